package cos

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // Content-MD5 is MD5
	"encoding/base64"
	"fmt"
	"net/http"
)

// A call is one operation before it is sent.
type call struct {
	op     string
	method string
	bucket *Bucket // nil for the service itself
	object bool    // on an object, so that an empty key is a mistake
	key    string
	write  bool // the key is about to become an object's name
	query  params
	header http.Header
	body   *Body // nil for none
}

// what names the operation and its resource in errors.
func (c *call) what() string {
	if c.bucket == nil {
		return c.op
	}
	return target(c.op, c.bucket.name, c.key)
}

// onKey begins a call on an object.
func (b *Bucket) onKey(op, method, key string) *call {
	return &call{op: op, method: method, bucket: b, object: true, key: key, header: http.Header{}}
}

// onBucket begins a call on the bucket itself.
func (b *Bucket) onBucket(op, method string) *call {
	return &call{op: op, method: method, bucket: b, header: http.Header{}}
}

// onVersion begins a call on a sub-resource of an object or of one version.
func (b *Bucket) onVersion(op, method, key, resource, versionID string) *call {
	call := b.onKey(op, method, key)
	call.query = params{{resource, ""}}.add("versionId", versionID)
	return call
}

func (c *call) check() error {
	switch {
	case !c.object:
		return nil
	case c.write:
		return CheckKey(c.key)
	}
	return checkExistingKey(c.key)
}

// carry gives the call a body and the headers that belong to it.
func (c *call) carry(body Body) error {
	if body.Size < 0 {
		return fmt.Errorf("%w: a body of %d bytes", ErrInvalidInput, body.Size)
	}
	if body.MD5 != nil {
		c.header.Set("Content-Md5", base64.StdEncoding.EncodeToString(body.MD5[:]))
	}
	c.body = &body
	return setTrafficLimit(c.header, body.TrafficLimit)
}

// smallBody makes a Body of a document.
func smallBody(doc []byte) *Body {
	return &Body{ReaderAt: bytes.NewReader(doc), Size: int64(len(doc))}
}

// sends gives the call an XML document as its body.
func (c *call) sends(doc []byte) *call {
	c.body = smallBody(doc)
	c.header.Set("Content-Type", "application/xml")
	return c
}

// sendsSummed is sends with the Content-MD5 that the service wants of some
// documents.
func (c *call) sendsSummed(doc []byte) *call {
	sum := md5.Sum(doc) //nolint:gosec // Content-MD5 is MD5
	c.header.Set("Content-Md5", base64.StdEncoding.EncodeToString(sum[:]))
	return c.sends(doc)
}

// finished makes a call whose answer's headers say all.
func (c *Client) finished(ctx context.Context, call *call) error {
	a, err := c.do(ctx, call)
	if err != nil {
		return err
	}
	a.finish()
	return nil
}

// decoded makes a call whose answer is a document with the given root element.
func (c *Client) decoded(ctx context.Context, call *call, root string, decode func(*xmlParser) error) error {
	a, err := c.do(ctx, call)
	if err != nil {
		return err
	}
	return a.document(root, decode)
}
