package cos

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"strings"
)

// InitiateUpload starts a multipart upload and returns its upload id (Initiate
// Multipart Upload). The headers are those of the object to be and cannot be
// read back before it is complete. A key that [CheckKey] refuses is
// [ErrInvalidKey]. A repeated call starts another upload; one whose answer was
// lost stays until it is aborted.
func (b *Bucket) InitiateUpload(ctx context.Context, key string, h Headers) (uploadID string, err error) {
	call := b.onKey("InitiateUpload", http.MethodPost, key)
	call.write = true
	call.query = params{{"uploads", ""}}
	if err := h.set(call.header); err != nil {
		return "", fmt.Errorf("%s: %w", call.what(), err)
	}
	err = b.client.decoded(ctx, call, "InitiateMultipartUploadResult", func(p *xmlParser) error {
		return p.each(func(name string) (err error) {
			if name != "UploadId" {
				return p.skip()
			}
			uploadID, err = p.text()
			return err
		})
	})
	if err == nil && uploadID == "" {
		err = fmt.Errorf("%s: %w: it holds no upload id", call.what(), ErrMalformed)
	}
	return uploadID, err
}

// onUpload begins a call on an upload. An empty id would make it a call on
// the object.
func (b *Bucket) onUpload(op, method, key, uploadID string) (*call, error) {
	call := b.onKey(op, method, key)
	if uploadID == "" {
		return nil, fmt.Errorf("%s: %w: no upload id", call.what(), ErrInvalidInput)
	}
	call.query = params{{"uploadId", uploadID}}
	return call, nil
}

// UploadPart sends part number 1 to 10000 (Upload Part). A part has 1 MB to
// 5 GB, the last one may be smaller; too small a one is refused only by
// CompleteUpload. A number or size out of bounds is [ErrInvalidInput], an upload
// that was completed or aborted [ErrNoUpload]. What [Bucket.Put] says of its body
// holds here. It may be repeated: the part is replaced.
func (b *Bucket) UploadPart(ctx context.Context, key, uploadID string, number int, body Body) (*PutResult, error) {
	call, err := b.onUpload("UploadPart", http.MethodPut, key, uploadID)
	if err != nil {
		return nil, err
	}
	if number < 1 || number > MaxParts || body.Size < 0 || body.Size > MaxPartBytes {
		return nil, fmt.Errorf("%s: %w: part %d of %d bytes", call.what(), ErrInvalidInput, number, body.Size)
	}
	call.query = params{{"partNumber", strconv.Itoa(number)}, {"uploadId", uploadID}}
	return b.put(ctx, call, body)
}

// ListParts returns one page of at most 1000 parts, ascending by number (List
// Parts). A truncated page brings parts and its NextMarker is behind the marker
// that was asked for. One that does not is [ErrMalformed], as are more parts than
// were asked for and parts out of order. It may be repeated.
func (b *Bucket) ListParts(ctx context.Context, key, uploadID string, o PartsOptions) (*PartsPage, error) {
	call, err := b.onUpload("ListParts", http.MethodGet, key, uploadID)
	if err != nil {
		return nil, err
	}
	if o.Marker > 0 {
		call.query = call.query.add("part-number-marker", strconv.Itoa(o.Marker))
	}
	o.MaxParts = pageOf("", "", o.MaxParts).most
	call.query = call.query.add("max-parts", strconv.Itoa(o.MaxParts)).add("encoding-type", "url")
	page := &PartsPage{StorageClass: storageClass("")}
	decode := func(p *xmlParser) error { return page.decode(p, o) }
	if err := b.client.decoded(ctx, call, "ListPartsResult", decode); err != nil {
		return nil, err
	}
	if !page.Truncated {
		page.NextMarker = 0
		return page, nil
	}
	if page.NextMarker <= o.Marker || page.NextMarker > MaxParts || len(page.Parts) == 0 {
		return nil, fmt.Errorf("%s: %w: the page after part %d does not advance", call.what(), ErrMalformed, o.Marker)
	}
	return page, nil
}

func (l *PartsPage) decode(p *xmlParser, asked PartsOptions) error {
	last := asked.Marker
	return p.each(func(name string) (err error) {
		switch name {
		case "Part":
			var part Part
			part, err = decodePart(p)
			if err == nil && (part.Number <= last || len(l.Parts) == asked.MaxParts) {
				err = fmt.Errorf("%w: part %d is out of order or one too many", ErrMalformed, part.Number)
			}
			last = part.Number
			l.Parts = append(l.Parts, part)
		case "IsTruncated":
			l.Truncated, err = boolean(p)
		case "NextPartNumberMarker":
			var s string
			s, err = p.text()
			// Absent or empty on the last page.
			l.NextMarker, _ = strconv.Atoi(strings.TrimSpace(s))
		case "StorageClass":
			l.StorageClass, err = class(p)
		case "Owner":
			l.Owner, err = decodeOwner(p)
		case "Initiator":
			l.Initiator, err = decodeOwner(p)
		default:
			err = p.skip()
		}
		return err
	})
}

func decodePart(p *xmlParser) (part Part, err error) {
	err = p.each(func(name string) (err error) {
		switch name {
		case "PartNumber":
			var n int64
			n, err = integer(p)
			part.Number = int(min(n, MaxParts+1))
		case "Size":
			part.Size, err = integer(p)
		case "ETag":
			part.ETag, err = etag(p)
		case "LastModified":
			part.LastModified, err = moment(p)
		default:
			err = p.skip()
		}
		return err
	})
	if err == nil && (part.Number < 1 || part.Number > MaxParts) {
		err = fmt.Errorf("%w: part number %d", errXML, part.Number)
	}
	return part, err
}

// PartPages lists page after page of an upload's parts, as [Bucket.Pages] does
// of objects (List Parts).
func (b *Bucket) PartPages(ctx context.Context, key, uploadID string) iter.Seq2[*PartsPage, error] {
	list := func(ctx context.Context, o PartsOptions) (*PartsPage, error) {
		return b.ListParts(ctx, key, uploadID, o)
	}
	return pages(ctx, target("ListParts", b.name, key), PartsOptions{}, list, func(page *PartsPage) (PartsOptions, bool) {
		return PartsOptions{Marker: page.NextMarker}, page.Truncated
	})
}

// AllParts returns every part the service holds of an upload, by number (List
// Parts, page after page). It may be repeated.
func (b *Bucket) AllParts(ctx context.Context, key, uploadID string) ([]Part, error) {
	var all []Part
	for page, err := range b.PartPages(ctx, key, uploadID) {
		if err != nil {
			return nil, err
		}
		if all = append(all, page.Parts...); len(all) > MaxParts {
			return nil, fmt.Errorf("%s: %w: more than %d parts", target("ListParts", b.name, key), ErrMalformed, MaxParts)
		}
	}
	return all, nil
}

// CompleteUpload joins 1 to 10000 parts, ascending by number, into the object
// (Complete Multipart Upload). Parts out of order or without an ETag are
// [ErrInvalidInput]; a 200 that holds an Error is an error. The answer may take
// minutes, during which the service sends spaces. After a lost answer the
// outcome is not known: ask with [Bucket.Head] before repeating, because to the
// second call a completed upload is [ErrNoUpload].
func (b *Bucket) CompleteUpload(ctx context.Context, key, uploadID string, parts []Part) (*CompleteResult, error) {
	call, err := b.onUpload("CompleteUpload", http.MethodPost, key, uploadID)
	if err != nil {
		return nil, err
	}
	doc, err := completeDocument(parts)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", call.what(), err)
	}
	a, err := b.client.do(ctx, call.sends(doc))
	if err != nil {
		return nil, err
	}
	r := &CompleteResult{VersionID: a.Header.Get("x-cos-version-id")}
	r.CRC64, r.HasCRC64 = crcHeader(a.Header)
	err = a.document("CompleteMultipartUploadResult", r.decode)
	if err == nil && r.ETag == "" {
		err = fmt.Errorf("%s: %w: it holds no ETag", call.what(), ErrMalformed)
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (r *CompleteResult) decode(p *xmlParser) error {
	return p.each(func(name string) (err error) {
		switch name {
		case "Location":
			r.Location, err = p.text()
		case "Bucket":
			r.Bucket, err = p.text()
		case "Key":
			r.Key, err = p.text()
		case "ETag":
			r.ETag, err = etag(p)
		default:
			err = p.skip()
		}
		return err
	})
}

func completeDocument(parts []Part) ([]byte, error) {
	if len(parts) == 0 || len(parts) > MaxParts {
		return nil, fmt.Errorf("%w: %d parts", ErrInvalidInput, len(parts))
	}
	doc := []byte("<CompleteMultipartUpload>")
	for i, p := range parts {
		if p.Number < 1 || p.Number > MaxParts || i > 0 && p.Number <= parts[i-1].Number {
			return nil, fmt.Errorf("%w: part number %d is out of order", ErrInvalidInput, p.Number)
		}
		if p.ETag == "" || strings.ContainsAny(p.ETag, "<>&") {
			return nil, fmt.Errorf("%w: part %d has no ETag", ErrInvalidInput, p.Number)
		}
		doc = fmt.Appendf(doc, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", p.Number, quoted(p.ETag))
	}
	return append(doc, "</CompleteMultipartUpload>"...), nil
}

// AbortUpload drops an upload and its parts (Abort Multipart Upload). One that
// is gone already is [ErrNoUpload], also when the call is repeated after a lost
// answer. It may be repeated.
func (b *Bucket) AbortUpload(ctx context.Context, key, uploadID string) error {
	call, err := b.onUpload("AbortUpload", http.MethodDelete, key, uploadID)
	if err != nil {
		return err
	}
	return b.client.finished(ctx, call)
}
