package cos

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Head asks for an object's headers (HEAD Object). Of o it uses the conditions
// and the version. A refusal of a HEAD has no code: it matches a sentinel by its
// status, so that [ErrNotFound] may mean that the bucket is missing. An answer
// that does not tell the size is [ErrMalformed]. It may be repeated.
func (b *Bucket) Head(ctx context.Context, key string, o GetOptions) (*Head, error) {
	call := b.onKey("HeadObject", http.MethodHead, key)
	o.Range, o.Response, o.TrafficLimit = nil, ResponseHeaders{}, 0
	if err := o.set(call); err != nil {
		return nil, err
	}
	a, err := b.client.do(ctx, call)
	if err != nil {
		return nil, err
	}
	defer a.finish()
	head, err := a.head()
	if err == nil && head.Size < 0 {
		return nil, a.sizeless()
	}
	return head, err
}

// sizeless is the error for an answer without a Content-Length: whoever plans
// parts of the object would count with -1.
func (a *answer) sizeless() error {
	return fmt.Errorf("%s: %w: it does not tell the object's size", a.call.what(), ErrMalformed)
}

// head reads the headers that describe an object. Every object has an ETag; a
// page of somebody else's has not.
func (a *answer) head() (*Head, error) {
	h := a.Header
	if h.Get("ETag") == "" {
		return nil, a.foreign()
	}
	out := &Head{
		Size:         a.ContentLength,
		ETag:         unquote(h.Get("ETag")),
		VersionID:    h.Get("x-cos-version-id"),
		StorageClass: storageClass(h.Get("x-cos-storage-class")),
		StorageTier:  strings.ToUpper(h.Get("x-cos-storage-tier")),
		ObjectType:   h.Get("x-cos-object-type"),
		Restore:      parseRestore(h.Get("x-cos-restore"), h.Get("x-cos-restore-status")),
		Encryption:   Encryption{h.Get(encryptionHeader), h.Get(kmsKeyHeader)},
		Raw:          h,
		Headers: Headers{
			ContentType:        h.Get("Content-Type"),
			CacheControl:       h.Get("Cache-Control"),
			ContentDisposition: h.Get("Content-Disposition"),
			ContentEncoding:    h.Get("Content-Encoding"),
			ContentLanguage:    h.Get("Content-Language"),
			Expires:            h.Get("Expires"),
			StorageClass:       storageClass(h.Get("x-cos-storage-class")),
			Meta:               map[string]string{},
		},
	}
	out.LastModified, _ = http.ParseTime(h.Get("Last-Modified"))
	out.CRC64, out.HasCRC64 = crcHeader(h)
	for name := range h {
		if len(name) > len(metaPrefix) && strings.EqualFold(name[:len(metaPrefix)], metaPrefix) {
			out.Headers.Meta[strings.ToLower(name[len(metaPrefix):])] = h.Get(name)
		}
	}
	return out, nil
}

func crcHeader(h http.Header) (sum uint64, ok bool) {
	sum, err := strconv.ParseUint(h.Get("x-cos-hash-crc64ecma"), 10, 64)
	return sum, err == nil
}
