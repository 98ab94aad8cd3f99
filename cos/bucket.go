package cos

import (
	"context"
	"errors"
	"iter"
)

var errSkeleton = errors.New("cos: skeleton")

// Client is an account at an endpoint. Safe for concurrent use.
type Client struct{ cfg Config }

// New checks cfg and returns a client. It sends nothing.
func New(cfg Config) (*Client, error) { return &Client{cfg}, nil }

// Bucket returns the bucket called name (with its APPID suffix). An empty
// region means the client's. Nothing is sent and the name is checked when the
// first request is made.
func (c *Client) Bucket(name, region string) *Bucket { return nil }

// ListBuckets returns all buckets of the account (GET Service).
func (c *Client) ListBuckets(ctx context.Context) ([]BucketInfo, error) { return nil, errSkeleton }

// CreateBucket creates a bucket in the client's region (PUT Bucket).
func (c *Client) CreateBucket(ctx context.Context, name string) error { return errSkeleton }

// Bucket carries the operations on one bucket. Safe for concurrent use.
type Bucket struct{}

// Name returns the bucket's name with its APPID suffix.
func (b *Bucket) Name() string { return "" }

// Region returns the region that requests are sent to.
func (b *Bucket) Region() string { return "" }

// List returns one page (GET Bucket).
func (b *Bucket) List(ctx context.Context, o ListOptions) (*ListPage, error) { return nil, errSkeleton }

// Pages lists page after page, one request at a time, and stops after the
// first error. A page that does not advance is an error.
func (b *Bucket) Pages(ctx context.Context, o ListOptions) iter.Seq2[*ListPage, error] { return nil }

// Put writes an object of at most 5 GB in one request (PUT Object).
func (b *Bucket) Put(ctx context.Context, key string, body Body, h Headers) (*PutResult, error) {
	return nil, errSkeleton
}

// Head asks for an object's headers (HEAD Object).
func (b *Bucket) Head(ctx context.Context, key string, o GetOptions) (*Head, error) {
	return nil, errSkeleton
}

// Get opens an object or a range of it (GET Object).
func (b *Bucket) Get(ctx context.Context, key string, o GetOptions) (*Object, error) {
	return nil, errSkeleton
}

// Delete removes an object; a missing one is no error (DELETE Object).
func (b *Bucket) Delete(ctx context.Context, key, versionID string) (*DeleteResult, error) {
	return nil, errSkeleton
}

// InitiateUpload starts a multipart upload and returns its upload id.
func (b *Bucket) InitiateUpload(ctx context.Context, key string, h Headers) (uploadID string, err error) {
	return "", errSkeleton
}

// UploadPart sends part number (1..10000).
func (b *Bucket) UploadPart(ctx context.Context, key, uploadID string, number int, body Body) (*PutResult, error) {
	return nil, errSkeleton
}

// ListParts returns the parts after marker (0 for the first page).
func (b *Bucket) ListParts(ctx context.Context, key, uploadID string, marker int) (*PartsPage, error) {
	return nil, errSkeleton
}

// AllParts returns every part the service holds of an upload, by number.
func (b *Bucket) AllParts(ctx context.Context, key, uploadID string) ([]Part, error) {
	return nil, errSkeleton
}

// CompleteUpload joins parts, ascending by number, into the object. A 200
// that holds an Error is an error. After a lost answer the outcome is not
// known: ask with Head.
func (b *Bucket) CompleteUpload(ctx context.Context, key, uploadID string, parts []Part) (*CompleteResult, error) {
	return nil, errSkeleton
}

// AbortUpload drops an upload and its parts.
func (b *Bucket) AbortUpload(ctx context.Context, key, uploadID string) error { return errSkeleton }

// ListUploads returns one page of the uploads in progress.
func (b *Bucket) ListUploads(ctx context.Context, o UploadsOptions) (*UploadsPage, error) {
	return nil, errSkeleton
}
