package cos

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// CopySource is the object that [Bucket.Copy] and [Bucket.CopyPart] read. The
// conditions are on it.
type CopySource struct {
	Bucket    string // empty means the destination's
	Region    string // empty means the destination's
	Key       string
	VersionID string // empty means the newest
	Conditions
}

// CopyOptions say what a copy is given. The service takes neither storage class
// nor ACL nor encryption from the source. Without a StorageClass the copy is
// STANDARD, without an ACL it has the bucket's default. Its tags are the
// source's, unless Headers has others.
type CopyOptions struct {
	// Replace gives the copy the content headers and metadata of Headers, all of
	// them and nothing of the source's. Without it the copy has the source's,
	// and Headers may hold only a storage class, an encryption, an ACL and
	// grants.
	Replace bool
	Headers Headers
}

// CopyResult is what a copy answered.
type CopyResult struct {
	ETag            string // without quotes
	LastModified    time.Time
	CRC64           uint64 // of the copy
	HasCRC64        bool   // false if the service gave none
	VersionID       string // of the copy; empty for a part
	SourceVersionID string
}

// Copy makes an object of another one of at most 5 GB, inside the service (PUT
// Object - Copy). The source may be in another bucket or region. A key that
// [CheckKey] refuses is [ErrInvalidKey]. [ErrInvalidInput] are headers that the
// service would ignore, and a copy of an object onto itself without Replace. A
// source that is archived is [ErrArchived], one that does not meet the
// conditions [ErrPrecondition]. A 200 that holds an Error is an error. The service
// may be silent while it copies, so the client's idle timeout bounds the whole.
// It may be repeated; with versioning every time makes a version.
func (b *Bucket) Copy(ctx context.Context, key string, from CopySource, o CopyOptions) (*CopyResult, error) {
	call := b.onKey("CopyObject", http.MethodPut, key)
	call.write = true
	err := o.set(call.header)
	if err == nil && !o.Replace && from.VersionID == "" && from.Key == key && (from.Bucket == "" || from.Bucket == b.name) {
		err = fmt.Errorf("%w: a copy onto itself has to replace something", ErrInvalidInput)
	}
	if err == nil {
		err = b.setSource(call.header, from)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", call.what(), err)
	}
	return b.copied(ctx, call, "CopyObjectResult")
}

// CopyPart makes part number (1..10000) of an upload of a range of another
// object, or of all of it if r is nil, inside the service (Upload Part - Copy).
// A part has 1 MB to 5 GB, the last one may be smaller. The range has to name
// its length: -1 is [ErrInvalidInput]. What [Bucket.Copy] says of the source and
// of errors holds here. It may be repeated: the part is replaced.
func (b *Bucket) CopyPart(ctx context.Context, key, uploadID string, number int, from CopySource, r *ByteRange) (*CopyResult, error) {
	call, err := b.onUpload("CopyPart", http.MethodPut, key, uploadID)
	if err != nil {
		return nil, err
	}
	if number < 1 || number > MaxParts {
		return nil, fmt.Errorf("%s: %w: part %d", call.what(), ErrInvalidInput, number)
	}
	call.query = params{{"partNumber", strconv.Itoa(number)}, {"uploadId", uploadID}}
	if r != nil {
		if r.Offset < 0 || r.Length < 1 || r.Length > MaxPartBytes || r.Offset > MaxObjectSize-r.Length {
			return nil, fmt.Errorf("%s: %w: a part of %d bytes from %d", call.what(), ErrInvalidInput, r.Length, r.Offset)
		}
		call.header.Set("X-Cos-Copy-Source-Range", fmt.Sprintf("bytes=%d-%d", r.Offset, r.Offset+r.Length-1))
	}
	if err := b.setSource(call.header, from); err != nil {
		return nil, fmt.Errorf("%s: %w", call.what(), err)
	}
	return b.copied(ctx, call, "CopyPartResult")
}

func (o CopyOptions) set(to http.Header) error {
	to.Set("X-Cos-Metadata-Directive", "Replaced")
	if len(o.Headers.Tags) > 0 {
		to.Set("X-Cos-Tagging-Directive", "Replaced")
	}
	if !o.Replace {
		to.Set("X-Cos-Metadata-Directive", "Copy")
		ignored := o.Headers
		ignored.StorageClass, ignored.ACL, ignored.GrantRead, ignored.GrantFullControl = "", "", "", ""
		ignored.Encryption, ignored.Tags = Encryption{}, nil
		lost := http.Header{}
		if err := ignored.set(lost); err != nil {
			return err
		}
		for name := range lost {
			return fmt.Errorf("%w: a copy that does not replace would lose %s", ErrInvalidInput, name)
		}
	}
	return o.Headers.set(to)
}

// setSource writes where a copy reads from and on which conditions.
func (b *Bucket) setSource(to http.Header, from CopySource) error {
	if from.Bucket == "" {
		from.Bucket = b.name
	}
	if from.Region == "" {
		from.Region = b.region
	}
	source, err := b.client.endpoint.copySource(from)
	if err != nil {
		return fmt.Errorf("the source: %w", err)
	}
	to.Set("X-Cos-Copy-Source", source)
	return from.require(to, "X-Cos-Copy-Source-")
}

// copySource is the value of x-cos-copy-source.
func (e endpoint) copySource(from CopySource) (string, error) {
	if err := checkExistingKey(from.Key); err != nil {
		return "", err
	}
	host, err := e.sourceHost(from.Bucket, from.Region)
	if err != nil {
		return "", err
	}
	source := host + "/" + encode(from.Key, true)
	if from.VersionID != "" {
		source += "?versionId=" + encode(from.VersionID, false)
	}
	return source, nil
}

// sourceHost names a bucket to the service. It reads bucket and region from the
// canonical host, whatever host the request takes: the accelerated one, say,
// names no region.
func (e endpoint) sourceHost(bucket, region string) (string, error) {
	if e.public() {
		e = endpoint{}
	}
	_, host, err := e.bucketHosts(bucket, region)
	return host, err
}

// public reports that the template is of the service's own domains.
func (e endpoint) public() bool {
	return e.template && (strings.HasSuffix(e.host, "."+bucketDomain) || strings.HasSuffix(e.host, ".tencentcos.cn"))
}

func (b *Bucket) copied(ctx context.Context, call *call, root string) (*CopyResult, error) {
	a, err := b.client.do(ctx, call)
	if err != nil {
		return nil, err
	}
	r := &CopyResult{
		VersionID:       a.Header.Get("x-cos-version-id"),
		SourceVersionID: a.Header.Get("x-cos-copy-source-version-id"),
	}
	r.CRC64, r.HasCRC64 = crcHeader(a.Header)
	if err := a.document(root, r.decode); err != nil {
		return nil, err
	}
	if r.ETag == "" {
		return nil, fmt.Errorf("%s: %w: it holds no ETag", call.what(), ErrMalformed)
	}
	return r, nil
}

func (r *CopyResult) decode(p *xmlParser) error {
	return p.each(func(name string) (err error) {
		var s string
		switch name {
		case "ETag":
			r.ETag, err = etag(p)
		case "LastModified":
			r.LastModified, err = moment(p)
		case "CRC64":
			s, err = p.text()
			if sum, bad := strconv.ParseUint(strings.TrimSpace(s), 10, 64); bad == nil {
				r.CRC64, r.HasCRC64 = sum, true
			}
		case "VersionId":
			if s, err = identifier(p); s != "" {
				r.VersionID = s
			}
		default:
			err = p.skip()
		}
		return err
	})
}
