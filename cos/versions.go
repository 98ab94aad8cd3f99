package cos

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"strings"
)

// Version is one version of an object, or a delete marker, in a listing.
type Version struct {
	ObjectInfo // of a delete marker only Key and LastModified are set

	VersionID    string // empty if the bucket never had versioning; "null" for one written without
	Latest       bool
	DeleteMarker bool
}

// VersionsOptions selects a page of [Bucket.ListVersions].
type VersionsOptions struct {
	Prefix        string
	Delimiter     string // "/" groups keys into prefixes
	KeyMarker     string // the page starts after it
	VersionMarker string // with KeyMarker: after this version of that key
	MaxKeys       int    // 1..1000; 0 means 1000
}

// VersionsPage is one page of [Bucket.ListVersions]: keys in UTF-8 binary
// order, of a key the newest first, versions and delete markers as they came.
type VersionsPage struct {
	Versions          []Version
	Prefixes          []string // common prefixes, each ending in the delimiter
	Truncated         bool
	NextKeyMarker     string // set if Truncated
	NextVersionMarker string // set if Truncated, unless a prefix was last
}

// ListVersions returns one page of the versions of all objects (GET Bucket
// Object versions), at most 1000 of them and 1000 prefixes. A truncated page
// always has a key marker that is not before the one asked for, and another
// version marker if it is the same. One without is [ErrMalformed], as is what
// [Bucket.List] calls so. Whether a version is behind another cannot be told
// from their ids: [Bucket.VersionPages] notices markers that come round again.
// A VersionMarker without a KeyMarker is [ErrInvalidInput]. It may be repeated.
func (b *Bucket) ListVersions(ctx context.Context, o VersionsOptions) (*VersionsPage, error) {
	call := b.onBucket("ListObjectVersions", http.MethodGet)
	if o.VersionMarker != "" && o.KeyMarker == "" {
		return nil, fmt.Errorf("%s: %w: a version marker needs a key marker", call.what(), ErrInvalidInput)
	}
	asked := pageOf(o.Prefix, o.Delimiter, o.MaxKeys)
	call.query = params{{"versions", ""}}.add("prefix", o.Prefix).add("delimiter", o.Delimiter).
		add("key-marker", o.KeyMarker).add("version-id-marker", o.VersionMarker).
		add("max-keys", strconv.Itoa(asked.most)).add("encoding-type", "url")
	page := &VersionsPage{}
	decode := func(p *xmlParser) error { return page.decode(p, asked) }
	if err := b.client.decoded(ctx, call, "ListVersionsResult", decode); err != nil {
		return nil, err
	}
	if !page.Truncated {
		page.NextKeyMarker, page.NextVersionMarker = "", ""
		return page, nil
	}
	// A key alone would leave out what is left of its versions.
	key, version := page.last()
	if page.NextKeyMarker == "" || page.NextKeyMarker == key && page.NextVersionMarker == "" {
		page.NextKeyMarker, page.NextVersionMarker = key, version
	}
	stuck := page.NextKeyMarker == o.KeyMarker && page.NextVersionMarker == o.VersionMarker
	if stuck || page.NextKeyMarker < o.KeyMarker {
		return nil, fmt.Errorf("%s: %w: the page after %q does not advance", call.what(), ErrMalformed, shortened(o.KeyMarker))
	}
	return page, nil
}

// VersionPages lists page after page of versions, as [Bucket.Pages] does of
// objects (GET Bucket Object versions). Pages that go round in a circle are
// [ErrMalformed], at the latest when three times as many came as are different.
func (b *Bucket) VersionPages(ctx context.Context, o VersionsOptions) iter.Seq2[*VersionsPage, error] {
	return pages(ctx, b.onBucket("ListObjectVersions", "").what(), o, b.ListVersions, func(page *VersionsPage) (VersionsOptions, bool) {
		o := o
		o.KeyMarker, o.VersionMarker = page.NextKeyMarker, page.NextVersionMarker
		return o, page.Truncated
	})
}

// last is the end of a page, from which a service that gave no markers goes on.
func (l *VersionsPage) last() (key, version string) {
	if n := len(l.Versions); n > 0 {
		key, version = l.Versions[n-1].Key, l.Versions[n-1].VersionID
	}
	if n := len(l.Prefixes); n > 0 && l.Prefixes[n-1] > key {
		key, version = l.Prefixes[n-1], ""
	}
	return key, version
}

func (l *VersionsPage) decode(p *xmlParser, asked listing) error {
	return p.each(func(name string) (err error) {
		switch name {
		case "Version", "DeleteMarker":
			var v Version
			if v, err = decodeVersion(p, name == "DeleteMarker"); err == nil {
				err = asked.entry(len(l.Versions), v.Key)
			}
			l.Versions = append(l.Versions, v)
		case "CommonPrefixes":
			l.Prefixes, err = asked.prefixes(p, l.Prefixes)
		case "IsTruncated":
			l.Truncated, err = boolean(p)
		case "NextKeyMarker":
			l.NextKeyMarker, err = encodedName(p)
		case "NextVersionIdMarker":
			l.NextVersionMarker, err = identifier(p)
		default:
			err = p.skip()
		}
		return err
	})
}

func decodeVersion(p *xmlParser, marker bool) (Version, error) {
	v := Version{DeleteMarker: marker}
	if !marker {
		v.StorageClass = storageClass("")
	}
	err := p.each(func(name string) (err error) {
		switch name {
		case "VersionId":
			v.VersionID, err = identifier(p)
		case "IsLatest":
			v.Latest, err = boolean(p)
		default:
			err = v.field(p, name)
		}
		return err
	})
	if marker {
		v.ObjectInfo = ObjectInfo{Key: v.Key, LastModified: v.LastModified}
	}
	return v, err
}

// identifier reads a value of the service's own making, such as a version id.
func identifier(p *xmlParser) (string, error) {
	s, err := p.text()
	return strings.TrimSpace(s), err
}
