package cos

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"strconv"
)

// ListUploads returns one page of at most 1000 uploads in progress and 1000
// prefixes (List Multipart Uploads), by key, of a key the oldest first. A
// truncated page always has a key marker that is not before the one asked for,
// and another upload marker if it is the same. One without is [ErrMalformed], as
// is what [Bucket.List] calls so, and an upload without an id. It may be
// repeated.
func (b *Bucket) ListUploads(ctx context.Context, o UploadsOptions) (*UploadsPage, error) {
	call := b.onBucket("ListUploads", http.MethodGet)
	asked := pageOf(o.Prefix, o.Delimiter, o.MaxUploads)
	call.query = params{{"uploads", ""}}.add("prefix", o.Prefix).add("delimiter", o.Delimiter).
		add("key-marker", o.KeyMarker).add("upload-id-marker", o.UploadMarker).
		add("max-uploads", strconv.Itoa(asked.most)).add("encoding-type", "url")
	page := &UploadsPage{}
	decode := func(p *xmlParser) error { return page.decode(p, asked) }
	if err := b.client.decoded(ctx, call, "ListMultipartUploadsResult", decode); err != nil {
		return nil, err
	}
	// A key alone would leave out what is left of its uploads.
	if n := len(page.Uploads); n > 0 && page.NextUploadMark == "" && page.Uploads[n-1].Key == page.NextKeyMarker {
		page.NextUploadMark = page.Uploads[n-1].UploadID
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
// [Bucket.Pages] does of objects (List Multipart Uploads). Pages that go round
// in a circle are [ErrMalformed], at the latest when three times as many came as
// are different.
func (b *Bucket) UploadPages(ctx context.Context, o UploadsOptions) iter.Seq2[*UploadsPage, error] {
	return pages(ctx, b.onBucket("ListUploads", "").what(), o, b.ListUploads, func(page *UploadsPage) (UploadsOptions, bool) {
		o := o
		o.KeyMarker, o.UploadMarker = page.NextKeyMarker, page.NextUploadMark
		return o, page.Truncated
	})
}

func (l *UploadsPage) decode(p *xmlParser, asked listing) error {
	return p.each(func(name string) (err error) {
		switch name {
		case "Upload":
			var u Upload
			if u, err = decodeUpload(p); err == nil {
				err = asked.entry(len(l.Uploads), u.Key)
			}
			l.Uploads = append(l.Uploads, u)
		case "CommonPrefixes":
			l.Prefixes, err = asked.prefixes(p, l.Prefixes)
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

func decodeUpload(p *xmlParser) (Upload, error) {
	u := Upload{StorageClass: storageClass("")}
	err := p.each(func(name string) (err error) {
		switch name {
		case "Key":
			u.Key, err = encodedName(p)
		case "UploadId":
			u.UploadID, err = p.text()
		case "Initiated":
			u.Initiated, err = moment(p)
		case "StorageClass":
			u.StorageClass, err = class(p)
		case "Owner":
			u.Owner, err = decodeOwner(p)
		case "Initiator":
			u.Initiator, err = decodeOwner(p)
		default:
			err = p.skip()
		}
		return err
	})
	if err == nil && u.UploadID == "" {
		err = fmt.Errorf("%w: it has an upload without an id", ErrMalformed)
	}
	return u, err
}
