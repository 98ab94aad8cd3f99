package cos

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Put writes an object of at most 5 GB in one request (PUT Object). It
// succeeds only if every byte of body was sent. An error of body.ReaderAt
// comes back wrapped and is not retryable. body.Progress is not called any
// more once Put has returned, but after a failure one last ReadAt may still
// be under way.
func (b *Bucket) Put(ctx context.Context, key string, body Body, h Headers) (*PutResult, error) {
	call := b.onKey("PutObject", http.MethodPut, key)
	call.write, call.body = true, &body
	if err := h.set(call.header); err != nil {
		return nil, fmt.Errorf("%s: %w", call.what(), err)
	}
	if body.Size < 0 || body.Size > MaxPutBytes {
		return nil, fmt.Errorf("%s: %w: %d bytes are not 0 to 5 GB", call.what(), ErrInvalidInput, body.Size)
	}
	return b.put(ctx, call)
}

// put sends a body and reads what was made of it.
func (b *Bucket) put(ctx context.Context, call *call) (*PutResult, error) {
	a, err := b.client.do(ctx, call)
	if err != nil {
		return nil, err
	}
	n, sum, err := a.sent.stop()
	defer a.finish()
	if err != nil {
		return nil, &sourceError{call.what(), err}
	}
	if n != call.body.Size {
		return nil, fmt.Errorf("%s: answered after %d of %d bytes: %w", call.what(), n, call.body.Size, ErrCutBody)
	}
	r := &PutResult{ETag: unquote(a.Header.Get("ETag")), SentCRC64: sum, VersionID: a.Header.Get("x-cos-version-id")}
	if r.ETag == "" {
		return nil, a.foreign()
	}
	r.CRC64, r.HasCRC64 = crcHeader(a.Header)
	return r, nil
}

// Head asks for an object's headers (HEAD Object). A range is not asked for.
func (b *Bucket) Head(ctx context.Context, key string, o GetOptions) (*Head, error) {
	call := b.onKey("HeadObject", http.MethodHead, key)
	o.Range = nil
	if err := o.set(call); err != nil {
		return nil, err
	}
	a, err := b.client.do(ctx, call)
	if err != nil {
		return nil, err
	}
	defer a.finish()
	return a.head()
}

// Delete removes an object; a missing one is no error (DELETE Object). With a
// version id that version is gone for good.
func (b *Bucket) Delete(ctx context.Context, key, versionID string) (*DeleteResult, error) {
	call := b.onKey("DeleteObject", http.MethodDelete, key)
	call.query = params{}.add("versionId", versionID)
	a, err := b.client.do(ctx, call)
	if err != nil {
		return nil, err
	}
	defer a.finish()
	return &DeleteResult{
		VersionID:    a.Header.Get("x-cos-version-id"),
		DeleteMarker: a.Header.Get("x-cos-delete-marker") == "true",
	}, nil
}

const metaPrefix = "X-Cos-Meta-"

// set writes the headers that are not empty.
func (h Headers) set(to http.Header) error {
	for name, value := range map[string]string{
		"Content-Type": h.ContentType, "Cache-Control": h.CacheControl,
		"Content-Disposition": h.ContentDisposition, "Content-Encoding": h.ContentEncoding,
		"Content-Language": h.ContentLanguage, "Expires": h.Expires,
		"X-Cos-Storage-Class": strings.ToUpper(h.StorageClass), "X-Cos-Acl": h.ACL,
	} {
		if err := setHeader(to, name, value); err != nil {
			return err
		}
	}
	for name, value := range h.Meta {
		if name == "" || strings.ContainsFunc(name, notToken) {
			return fmt.Errorf("%w: %q is no name for metadata", ErrInvalidInput, name)
		}
		if err := setHeader(to, metaPrefix+name, value); err != nil {
			return err
		}
	}
	return nil
}

// setHeader trims as net/http would when it sends, because what is signed must
// be what is sent.
func setHeader(to http.Header, name, value string) error {
	value = strings.Trim(value, " \t\r\n")
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
		return fmt.Errorf("%w: header %s holds a control character", ErrInvalidInput, name)
	}
	if value != "" {
		to.Set(name, value)
	}
	return nil
}

func notToken(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
}

// set writes what narrows a GET or HEAD.
func (o GetOptions) set(c *call) error {
	c.query = c.query.add("versionId", o.VersionID)
	if err := setHeader(c.header, "If-Match", quoted(o.IfMatch)); err != nil {
		return err
	}
	if r := o.Range; r != nil {
		if r.Offset < 0 || r.Length == 0 || r.Length < -1 {
			return fmt.Errorf("%s: %w: offset %d, length %d", c.what(), ErrRange, r.Offset, r.Length)
		}
		value := "bytes=" + strconv.FormatInt(r.Offset, 10) + "-"
		if r.Length > 0 {
			value += strconv.FormatInt(r.Offset+r.Length-1, 10)
		}
		c.header.Set("Range", value)
	}
	return nil
}

func quoted(etag string) string {
	if etag == "" || strings.HasPrefix(etag, `"`) {
		return etag
	}
	return `"` + etag + `"`
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
		ObjectType:   h.Get("x-cos-object-type"),
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
