package cos

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// PresignOptions say what a signed URL allows.
type PresignOptions struct {
	Lifetime  time.Duration   // 1 s and more, whole seconds
	VersionID string          // of a GET
	Response  ResponseHeaders // of a GET
	Headers   Headers         // of a PUT: whoever uses the URL has to send just these
}

// PresignGet returns a URL with which anyone may get an object (GET Object)
// until Lifetime has passed, or until temporary credentials expire. It sends
// nothing and the URL is not checked. The URL is a secret: it is for the one it
// is given to, not for logs. Anonymous credentials are [ErrNoCredentials],
// Headers or a bad Lifetime [ErrInvalidInput].
//
// The URL names the host that requests connect to. Where the endpoint holds no
// {bucket} that is the endpoint's own host, and the server there has to know by
// itself which bucket is meant.
func (b *Bucket) PresignGet(ctx context.Context, key string, o PresignOptions) (string, error) {
	call := b.onKey("PresignGet", http.MethodGet, key)
	call.query = o.Response.add(params{}.add("versionId", o.VersionID))
	err := o.Headers.set(call.header)
	if err == nil && len(call.header) > 0 {
		err = fmt.Errorf("%w: headers are only for a PUT", ErrInvalidInput)
	}
	return b.presign(ctx, call, o.Lifetime, err)
}

// PresignPut returns a URL with which anyone may put an object of at most 5 GB
// (PUT Object). Headers are signed: each of them has to be sent with exactly
// the value given here, and of those that the signature covers (Content-Type,
// Cache-Control, Content-Disposition, Content-Encoding, Expires, x-cos-*) a
// missing one is refused. What [Bucket.PresignGet] says holds here; VersionID
// and Response are [ErrInvalidInput], a key that [CheckKey] refuses is
// [ErrInvalidKey].
func (b *Bucket) PresignPut(ctx context.Context, key string, o PresignOptions) (string, error) {
	call := b.onKey("PresignPut", http.MethodPut, key)
	call.write = true
	err := o.Headers.set(call.header)
	if err == nil && (o.VersionID != "" || o.Response != ResponseHeaders{}) {
		err = fmt.Errorf("%w: a version and response headers are only for a GET", ErrInvalidInput)
	}
	return b.presign(ctx, call, o.Lifetime, err)
}

// URL returns where an object is, without a signature: whoever may read it
// without one can use it. It sends nothing. The host is that of PresignGet; a
// key that [CheckKey] refuses is [ErrInvalidKey].
func (b *Bucket) URL(key string) (string, error) {
	call := b.onKey("URL", http.MethodGet, key)
	if err := call.check(); err != nil {
		return "", fmt.Errorf("%s: %w", call.op, err)
	}
	host, _, err := b.client.endpoint.bucketHosts(b.name, b.region)
	if err != nil {
		return "", fmt.Errorf("%s: %w", call.what(), err)
	}
	return b.client.endpoint.scheme + "://" + host + encode("/"+key, true), nil
}

// presign signs a call that somebody else will send, unless the options are
// wrong.
func (b *Bucket) presign(ctx context.Context, call *call, life time.Duration, wrong error) (string, error) {
	if err := call.check(); err != nil {
		return "", fmt.Errorf("%s: %w", call.op, err)
	}
	if wrong == nil && (life < time.Second || life%time.Second != 0) {
		wrong = fmt.Errorf("%w: a lifetime of %v is not whole seconds", ErrInvalidInput, life)
	}
	var url string
	if wrong == nil {
		url, wrong = b.client.signedURL(ctx, call, life)
	}
	if wrong != nil {
		return "", fmt.Errorf("%s: %w", call.what(), wrong)
	}
	return url, nil
}

func (c *Client) signedURL(ctx context.Context, call *call, life time.Duration) (string, error) {
	host, _, err := c.endpoint.bucketHosts(call.bucket.name, call.bucket.region)
	if err != nil {
		return "", err
	}
	creds, err := c.credentials(ctx)
	if err != nil {
		return "", err
	}
	if creds.Anonymous() {
		return "", fmt.Errorf("%w to sign with", ErrNoCredentials)
	}
	path, now := "/"+call.key, c.cfg.Now().Add(c.ClockSkew())
	query := call.query.add("x-cos-security-token", creds.Token)
	var url strings.Builder
	url.WriteString(c.endpoint.scheme + "://" + host + encode(path, true) + "?")
	signed := signature(creds, call.method, path, query, signedHeaders(call.header, host, -1), now.Add(-signLead), now.Add(life))
	for i, p := range append(query, signed...) {
		if i > 0 {
			url.WriteByte('&')
		}
		url.WriteString(encode(p.name, false) + "=" + encode(p.value, false))
	}
	return url.String(), nil
}
