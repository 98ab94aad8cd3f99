package cos

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// List returns one page of at most 1000 objects and 1000 prefixes (GET Bucket).
// A truncated page always has a NextMarker behind the marker that was asked for.
// One without is [ErrMalformed], and so are more entries than were asked for and
// names that do not begin with the prefix. It may be repeated.
func (b *Bucket) List(ctx context.Context, o ListOptions) (*ListPage, error) {
	call := b.onBucket("ListObjects", http.MethodGet)
	asked := pageOf(o.Prefix, o.Delimiter, o.MaxKeys)
	call.query = params{}.add("prefix", o.Prefix).add("delimiter", o.Delimiter).add("marker", o.Marker).
		add("max-keys", strconv.Itoa(asked.most)).add("encoding-type", "url")
	page := &ListPage{}
	decode := func(p *xmlParser) error { return page.decode(p, asked) }
	if err := b.client.decoded(ctx, call, "ListBucketResult", decode); err != nil {
		return nil, err
	}
	if page.Truncated && page.NextMarker == "" {
		page.NextMarker = page.last()
	}
	if page.Truncated && page.NextMarker <= o.Marker {
		return nil, fmt.Errorf("%s: %w: the page after %q does not advance", call.what(), ErrMalformed, shortened(o.Marker))
	}
	if !page.Truncated {
		page.NextMarker = ""
	}
	return page, nil
}

// Pages lists page after page (GET Bucket). While the loop's body handles a
// page the next one is asked for, so at most one request more is sent than
// pages are used. Leaving the loop cancels that request and waits for it. An
// error is yielded with a nil page and ends the loop; a page that does not
// advance is one. Ranging again begins again.
func (b *Bucket) Pages(ctx context.Context, o ListOptions) iter.Seq2[*ListPage, error] {
	return pages(ctx, b.onBucket("ListObjects", "").what(), o, b.List, func(page *ListPage) (ListOptions, bool) {
		o := o
		o.Marker = page.NextMarker
		return o, page.Truncated
	})
}

// last is the greatest name of a page, from which a service that gave no
// marker goes on.
func (l *ListPage) last() string {
	last := ""
	if n := len(l.Objects); n > 0 {
		last = l.Objects[n-1].Key
	}
	if n := len(l.Prefixes); n > 0 {
		last = max(last, l.Prefixes[n-1])
	}
	return last
}

func (l *ListPage) decode(p *xmlParser, asked listing) error {
	return p.each(func(name string) (err error) {
		switch name {
		case "Contents":
			var o ObjectInfo
			if o, err = decodeObject(p); err == nil {
				err = asked.entry(len(l.Objects), o.Key)
			}
			l.Objects = append(l.Objects, o)
		case "CommonPrefixes":
			l.Prefixes, err = asked.prefixes(p, l.Prefixes)
		case "IsTruncated":
			l.Truncated, err = boolean(p)
		case "NextMarker":
			l.NextMarker, err = encodedName(p)
		default:
			err = p.skip()
		}
		return err
	})
}

func decodeObject(p *xmlParser) (ObjectInfo, error) {
	o := ObjectInfo{StorageClass: storageClass("")}
	err := p.each(func(name string) error { return o.field(p, name) })
	return o, err
}

// field decodes one element of an object; of a version it knows all but the
// version.
func (o *ObjectInfo) field(p *xmlParser, name string) (err error) {
	switch name {
	case "Key":
		o.Key, err = encodedName(p)
	case "LastModified":
		o.LastModified, err = moment(p)
	case "ETag":
		o.ETag, err = etag(p)
	case "Size":
		o.Size, err = integer(p)
	case "StorageClass":
		o.StorageClass, err = class(p)
	default:
		err = p.skip()
	}
	return err
}

// encodedName reads a name that was asked for with encoding-type=url. "+" is a
// plus there.
func encodedName(p *xmlParser) (string, error) {
	s, err := p.text()
	if err != nil {
		return "", err
	}
	name, err := url.PathUnescape(s)
	if err != nil {
		return "", fmt.Errorf("%w: name %s is not percent-encoded", ErrMalformed, shortened(s))
	}
	return name, nil
}

func etag(p *xmlParser) (string, error) {
	s, err := p.text()
	return unquote(s), err
}

func unquote(s string) string { return strings.Trim(strings.TrimSpace(s), `"`) }

func boolean(p *xmlParser) (bool, error) {
	s, err := p.text()
	return strings.EqualFold(strings.TrimSpace(s), "true"), err
}

func integer(p *xmlParser) (int64, error) {
	s, err := p.text()
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%w: %s is not a size or a count", errXML, shortened(s))
	}
	return n, nil
}

// moment reads a time; one in an unknown form is the zero time, because a
// listing without its dates is better than none.
func moment(p *xmlParser) (time.Time, error) {
	s, err := p.text()
	return parseTime(s), err
}

func parseTime(s string) time.Time {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", time.DateTime} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	t, _ := http.ParseTime(s)
	return t
}

func class(p *xmlParser) (string, error) {
	s, err := p.text()
	return storageClass(s), err
}

// storageClass returns the documented spelling. The known ones are shared
// strings, so that a million rows do not hold a million copies.
func storageClass(s string) string {
	switch s = strings.ToUpper(strings.TrimSpace(s)); s {
	case "", "STANDARD":
		return "STANDARD"
	case "STANDARD_IA":
		return "STANDARD_IA"
	case "ARCHIVE":
		return "ARCHIVE"
	case "DEEP_ARCHIVE":
		return "DEEP_ARCHIVE"
	case "INTELLIGENT_TIERING":
		return "INTELLIGENT_TIERING"
	}
	return s
}
