package cos

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// maxBuckets is far beyond what an account may have (200, or more by request):
// a list that goes on and on ends there.
const maxBuckets = 10_000

// ListBuckets returns all buckets of the account, of every region (GET
// Service). A page of more than 1000 buckets, one that says that there are more
// and brings none, and more than 10000 in all are [ErrMalformed]. It may be
// repeated.
func (c *Client) ListBuckets(ctx context.Context) ([]BucketInfo, error) {
	return c.listBuckets(ctx, params{})
}

// ListBucketsIn is [Client.ListBuckets] for the buckets of one region. What a
// service that does not know of regions answers of others is left out. It may be
// repeated.
func (c *Client) ListBucketsIn(ctx context.Context, region string) ([]BucketInfo, error) {
	if err := checkRegion(region); err != nil {
		return nil, fmt.Errorf("ListBuckets: %w", err)
	}
	all, err := c.listBuckets(ctx, params{}.add("region", region))
	return slices.DeleteFunc(all, func(b BucketInfo) bool { return b.Region != region }), err
}

func (c *Client) listBuckets(ctx context.Context, query params) ([]BucketInfo, error) {
	var all []BucketInfo
	for marker := ""; ; {
		page, next, err := c.bucketPage(ctx, slices.Clone(query).add("marker", marker))
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		switch {
		case next == "":
			return all, nil
		case len(all) > maxBuckets:
			return nil, fmt.Errorf("ListBuckets: %w: more than %d buckets", ErrMalformed, maxBuckets)
		case next <= marker || len(page) == 0:
			return nil, fmt.Errorf("ListBuckets: %w: the page after %q does not advance", ErrMalformed, shortened(marker))
		}
		marker = next
	}
}

// bucketPage returns one page and the marker of the next, "" on the last.
func (c *Client) bucketPage(ctx context.Context, query params) ([]BucketInfo, string, error) {
	var page []BucketInfo
	var next string
	truncated := false
	call := &call{op: "ListBuckets", method: http.MethodGet, query: query}
	err := c.decoded(ctx, call, "ListAllMyBucketsResult", func(p *xmlParser) error {
		return p.each(func(name string) (err error) {
			switch name {
			case "Buckets":
				page, err = decodeBuckets(p, page)
			case "IsTruncated":
				truncated, err = boolean(p)
			case "NextMarker":
				next, err = p.text()
			default:
				err = p.skip()
			}
			return err
		})
	})
	if !truncated {
		next = ""
	} else if next == "" && err == nil {
		err = fmt.Errorf("ListBuckets: %w: it is truncated and names no next marker", ErrMalformed)
	}
	return page, next, err
}

func decodeBuckets(p *xmlParser, all []BucketInfo) ([]BucketInfo, error) {
	err := p.each(func(string) error {
		b, err := decodeBucket(p)
		if err == nil {
			err = pageOf("", "", 0).entry(len(all), b.Name)
		}
		all = append(all, b)
		return err
	})
	return all, err
}

func decodeBucket(p *xmlParser) (b BucketInfo, err error) {
	err = p.each(func(name string) (err error) {
		switch name {
		case "Name":
			b.Name, err = p.text()
		case "Location":
			b.Region, err = p.text()
		case "CreationDate":
			b.Created, err = moment(p)
		case "BucketType":
			b.Type, err = p.text()
		default:
			err = p.skip()
		}
		return err
	})
	return b, err
}

// CreateBucket creates a bucket in the client's region (PUT Bucket). The name
// has to end in the account's APPID; an account has at most 200 buckets. A name
// that is taken is [ErrConflict], also if it is by this account, so that after
// a lost answer a repeated call may say so of its own bucket.
func (c *Client) CreateBucket(ctx context.Context, name string) error {
	return c.finished(ctx, c.Bucket(name, "").onBucket("CreateBucket", http.MethodPut))
}

// DeleteBucket removes the bucket, which has to be empty: no objects, no
// versions, no uploads in progress; else it is [ErrConflict] (DELETE Bucket).
// A bucket that is gone already is [ErrNoBucket], also when the call is
// repeated after a lost answer.
func (b *Bucket) DeleteBucket(ctx context.Context) error {
	return b.client.finished(ctx, b.onBucket("DeleteBucket", http.MethodDelete))
}

// FindRegion asks where the bucket is (HEAD Bucket): the region that the answer
// names, also if it is a redirect there, else the one that was asked. A bucket
// that is not there, or not for these credentials, is an error that names the
// region asked, because a bucket of another region may look like a missing one.
// It may be repeated.
func (b *Bucket) FindRegion(ctx context.Context) (string, error) {
	a, err := b.client.do(ctx, b.onBucket("HeadBucket", http.MethodHead))
	region := ""
	var api *Error
	switch {
	case err == nil:
		a.finish()
		region = a.Header.Get("x-cos-bucket-region")
	case errors.As(err, &api) && api.Foreign == "":
		region = api.region
	}
	region = strings.TrimSpace(region)
	switch {
	case region == "" && err == nil:
		return b.region, nil
	case region == "" && api != nil:
		return "", fmt.Errorf("asked in region %s: %w", b.region, err)
	case region == "":
		return "", err
	case checkRegion(region) != nil:
		return "", fmt.Errorf("HeadBucket %s: %w: %s is no region", printable(b.name), ErrMalformed, shortened(region))
	}
	return region, nil
}

// Locate is FindRegion for buckets of which only the name is sure. Asked in
// another region the service may say that there is no such bucket: then the list
// of buckets tells. Keys may be allowed to use a bucket and to do neither, or the
// list may not have it: then it is taken to be where it was looked for, and what
// its first request says is what counts. It may be repeated.
func (b *Bucket) Locate(ctx context.Context) (string, error) {
	region, err := b.FindRegion(ctx)
	switch {
	case errors.Is(err, ErrDenied):
		return b.region, nil
	case !errors.Is(err, ErrNoBucket) && !errors.Is(err, ErrNotFound):
		return region, err
	}
	all, err := b.client.ListBuckets(ctx)
	if err != nil && !errors.Is(err, ErrDenied) {
		return "", err
	}
	for _, info := range all {
		if info.Name == b.name {
			return info.Region, nil
		}
	}
	return b.region, nil
}

// Versioning is a bucket's versioning state.
type Versioning string

// The states of versioning. Once enabled it can only be suspended.
const (
	Unversioned         Versioning = "" // it never was enabled
	VersioningEnabled   Versioning = "Enabled"
	VersioningSuspended Versioning = "Suspended"
)

// Versioning asks for the bucket's versioning state (GET Bucket versioning). It
// may be repeated.
func (b *Bucket) Versioning(ctx context.Context) (Versioning, error) {
	call := b.onBucket("GetBucketVersioning", http.MethodGet)
	call.query = params{{"versioning", ""}}
	status := ""
	err := b.client.decoded(ctx, call, "VersioningConfiguration", func(p *xmlParser) error {
		return decodeVersioning(p, &status)
	})
	if err != nil {
		return "", err
	}
	for _, v := range []Versioning{Unversioned, VersioningEnabled, VersioningSuspended} {
		if strings.EqualFold(status, string(v)) {
			return v, nil
		}
	}
	return "", fmt.Errorf("%s: %w: versioning is %s", call.what(), ErrMalformed, shortened(status))
}

func decodeVersioning(p *xmlParser, status *string) error {
	return p.each(func(name string) error {
		if name != "Status" {
			return p.skip()
		}
		s, err := p.text()
		*status = strings.TrimSpace(s)
		return err
	})
}

// SetVersioning enables or suspends versioning (PUT Bucket versioning); v is
// [VersioningEnabled] or [VersioningSuspended], else it is [ErrInvalidInput].
// It may be repeated.
func (b *Bucket) SetVersioning(ctx context.Context, v Versioning) error {
	call := b.onBucket("PutBucketVersioning", http.MethodPut)
	if v != VersioningEnabled && v != VersioningSuspended {
		return fmt.Errorf("%s: %w: versioning can be %s or %s, not %q", call.what(), ErrInvalidInput,
			VersioningEnabled, VersioningSuspended, shortened(string(v)))
	}
	call.query = params{{"versioning", ""}}
	doc := "<VersioningConfiguration><Status>" + string(v) + "</Status></VersioningConfiguration>"
	return b.client.finished(ctx, call.sends([]byte(doc)))
}
