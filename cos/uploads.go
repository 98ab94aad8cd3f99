package cos

import (
	"context"
	"fmt"
	"iter"
	"net/http"
)

// ListUploads returns one page of at most 1000 uploads in progress (List
// Multipart Uploads), by key, of a key the oldest first. A truncated page that
// does not advance is [ErrMalformed]. It may be repeated.
func (b *Bucket) ListUploads(ctx context.Context, o UploadsOptions) (*UploadsPage, error) {
	call := b.onBucket("ListUploads", http.MethodGet)
	call.query = params{{"uploads", ""}}.add("prefix", o.Prefix).add("delimiter", o.Delimiter).
		add("key-marker", o.KeyMarker).add("upload-id-marker", o.UploadMarker).
		add("max-uploads", pageSize(o.MaxUploads)).add("encoding-type", "url")
	page := &UploadsPage{}
	if err := b.client.decoded(ctx, call, "ListMultipartUploadsResult", page.decode); err != nil {
		return nil, err
	}
	stuck := page.NextKeyMarker < o.KeyMarker ||
		page.NextKeyMarker == o.KeyMarker && page.NextUploadMark == o.UploadMarker
	if page.Truncated && stuck {
		return nil, fmt.Errorf("%s: %w: the page after %s does not advance", call.what(), ErrMalformed, shortened(o.KeyMarker))
	}
	if !page.Truncated {
		page.NextKeyMarker, page.NextUploadMark = "", ""
	}
	return page, nil
}

// UploadPages lists page after page of the uploads in progress, as
// [Bucket.Pages] does of objects (List Multipart Uploads).
func (b *Bucket) UploadPages(ctx context.Context, o UploadsOptions) iter.Seq2[*UploadsPage, error] {
	return pages(ctx, o, b.ListUploads, func(page *UploadsPage) (UploadsOptions, bool) {
		o := o
		o.KeyMarker, o.UploadMarker = page.NextKeyMarker, page.NextUploadMark
		return o, page.Truncated
	})
}

func (l *UploadsPage) decode(p *xmlParser) error {
	return p.each(func(name string) (err error) {
		switch name {
		case "Upload":
			var u Upload
			u, err = decodeUpload(p)
			l.Uploads = append(l.Uploads, u)
		case "CommonPrefixes":
			l.Prefixes, err = decodePrefixes(p, l.Prefixes)
		case "IsTruncated":
			l.Truncated, err = boolean(p)
		case "NextKeyMarker":
			l.NextKeyMarker, err = encodedName(p)
		case "NextUploadIdMarker":
			l.NextUploadMark, err = identifier(p)
		default:
			err = p.skip()
		}
		return err
	})
}

func decodeUpload(p *xmlParser) (u Upload, err error) {
	err = p.each(func(name string) (err error) {
		switch name {
		case "Key":
			u.Key, err = encodedName(p)
		case "UploadId":
			u.UploadID, err = p.text()
		case "Initiated":
			u.Initiated, err = moment(p)
		default:
			err = p.skip()
		}
		return err
	})
	return u, err
}
