package interop

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // Content-MD5 is MD5
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"cosmander/cos"
)

const (
	wireExpires = "Wed, 21 Oct 2037 07:28:00 GMT"
	wireGrant   = `id="100000000001",id="100000000002"`
	wireLimit   = 838860800 // bit/s, the highest
)

// wireHeaders are all that may be set on an object. A canned ACL has a case of
// its own, because it and grants exclude each other.
var wireHeaders = cos.Headers{
	ContentType: "text/plain; charset=utf-8", CacheControl: "no-cache", ContentDisposition: `inline; filename="a b"`,
	ContentEncoding: "identity", ContentLanguage: "zh-CN", Expires: wireExpires,
	StorageClass: "STANDARD_IA", Meta: map[string]string{"who-wrote": "some body"},
	GrantRead: wireGrant, GrantFullControl: wireGrant,
}

func sdkHeaders() *sdk.ObjectPutHeaderOptions {
	return &sdk.ObjectPutHeaderOptions{
		ContentType: wireHeaders.ContentType, CacheControl: wireHeaders.CacheControl,
		ContentDisposition: wireHeaders.ContentDisposition, ContentEncoding: wireHeaders.ContentEncoding,
		ContentLanguage: wireHeaders.ContentLanguage, Expires: wireHeaders.Expires,
		XCosStorageClass: wireHeaders.StorageClass, XCosMetaXXX: &http.Header{"X-Cos-Meta-Who-Wrote": {"some body"}},
	}
}

// wireKept are tags and an encryption, which only a put, an initiation and a
// copy take. The SDK knows no names for most of them.
var wireKept = cos.Headers{
	Tags: wireTags, Encryption: cos.Encryption{Algorithm: "cos/kms", KMSKeyID: "key-1"},
}

func sdkKept() (algorithm string, rest *http.Header) {
	return "cos/kms", &http.Header{
		"X-Cos-Tagging": {"colour=red%20%26%20blue&%E5%90%8D=x"},
		"X-Cos-Server-Side-Encryption-Cos-Kms-Key-Id": {"key-1"},
	}
}

func sdkGrants() *sdk.ACLHeaderOptions {
	return &sdk.ACLHeaderOptions{XCosGrantRead: wireGrant, XCosGrantFullControl: wireGrant}
}

// wireBody has everything that a body may have.
func wireBody(content string) cos.Body {
	sum := md5.Sum([]byte(content)) //nolint:gosec // Content-MD5 is MD5
	return cos.Body{ReaderAt: strings.NewReader(content), Size: int64(len(content)), MD5: &sum, TrafficLimit: wireLimit}
}

func md5Of(content string) string {
	sum := md5.Sum([]byte(content)) //nolint:gosec // Content-MD5 is MD5
	return base64.StdEncoding.EncodeToString(sum[:])
}

var wireObjects = map[string]operation{
	"Put": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			h := sdkHeaders()
			h.ContentMD5, h.XCosTrafficLimit = md5Of("hello"), wireLimit
			return onlyError(c.Object.Put(ctx, wireKey, strings.NewReader("hello"), &sdk.ObjectPutOptions{
				ACLHeaderOptions: sdkGrants(), ObjectPutHeaderOptions: h,
			}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.Put(ctx, wireKey, wireBody("hello"), wireHeaders))
		},
	},
	"Put, tags and encryption": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			h := &sdk.ObjectPutHeaderOptions{}
			h.XCosServerSideEncryption, h.XOptionHeader = sdkKept()
			return onlyError(c.Object.Put(ctx, wireKey, strings.NewReader("hello"), &sdk.ObjectPutOptions{ObjectPutHeaderOptions: h}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.Put(ctx, wireKey, body([]byte("hello")), wireKept))
		},
	},
	"Put, canned ACL": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError(c.Object.Put(ctx, wireKey, strings.NewReader("hello"), &sdk.ObjectPutOptions{
				ACLHeaderOptions: &sdk.ACLHeaderOptions{XCosACL: "private"},
			}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.Put(ctx, wireKey, body([]byte("hello")), cos.Headers{ACL: "private"}))
		},
	},
	"Put, empty": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError(c.Object.Put(ctx, "empty", bytes.NewReader(nil), nil))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.Put(ctx, "empty", body(nil), cos.Headers{}))
		},
	},
	"Append": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			h := sdkHeaders()
			h.ContentMD5, h.XCosTrafficLimit = md5Of("hello"), wireLimit
			_, _, err := c.Object.Append(ctx, "log +", 0, strings.NewReader("hello"), &sdk.ObjectPutOptions{
				ACLHeaderOptions: sdkGrants(), ObjectPutHeaderOptions: h,
			})
			return err
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.Append(ctx, "log +", 0, wireBody("hello"), wireHeaders))
		},
	},
	"Append, more": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError2(c.Object.Append(ctx, "log", 5, strings.NewReader(" again"), &sdk.ObjectPutOptions{
				ACLHeaderOptions: &sdk.ACLHeaderOptions{XCosACL: "private"},
			}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.Append(ctx, "log", 5, body([]byte(" again")), cos.Headers{ACL: "private"}))
		},
		prepare: func(t *testing.T, l *lab) {
			_, err := l.bucket(t, proxyMode).Append(t.Context(), "log", 0, body([]byte("hello")), cos.Headers{})
			require.NoError(t, err)
		},
	},
	"Delete": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError(c.Object.Delete(ctx, "wire/other"))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.Delete(ctx, "wire/other", ""))
		},
	},
	"Delete, version": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			// The field VersionId is sent as VersionId=, which is no parameter.
			return onlyError(c.Object.Delete(ctx, wireKey, &sdk.ObjectDeleteOptions{XOptionQuery: &url.Values{"versionId": {"null"}}}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.Delete(ctx, wireKey, "null"))
		},
		prepare: versioned,
	},
	"DeleteMany": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError2(c.Object.DeleteMulti(ctx, &sdk.ObjectDeleteMultiOptions{
				Quiet: true, Objects: []sdk.Object{{Key: wireKey, VersionId: "null"}, {Key: `<&"' odd`}},
			}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.DeleteMany(ctx, []cos.ObjectVersion{{Key: wireKey, VersionID: "null"}, {Key: `<&"' odd`}}, true))
		},
		prepare: versioned,
	},
	"DeleteMany, not quiet": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError2(c.Object.DeleteMulti(ctx, &sdk.ObjectDeleteMultiOptions{Objects: []sdk.Object{{Key: wireKey}}}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.DeleteMany(ctx, []cos.ObjectVersion{{Key: wireKey}}, false))
		},
	},
	"Restore": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError(c.Object.PostRestore(ctx, "archived", &sdk.ObjectRestoreOptions{
				Days: 3, Tier: &sdk.CASJobParameters{Tier: "Expedited"},
			}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return b.Restore(ctx, "archived", cos.RestoreRequest{Days: 3, Tier: cos.Expedited})
		},
		prepare: putWire("archived", "old", cos.Headers{StorageClass: "ARCHIVE"}),
	},
	"Restore, version": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError(c.Object.PostRestore(ctx, "archived", &sdk.ObjectRestoreOptions{
				Days: 365, Tier: &sdk.CASJobParameters{Tier: "Bulk"},
			}, "null"))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return b.Restore(ctx, "archived", cos.RestoreRequest{Days: 365, Tier: cos.Bulk, VersionID: "null"})
		},
		prepare: func(t *testing.T, l *lab) {
			putWire("archived", "old", cos.Headers{StorageClass: "ARCHIVE"})(t, l)
			versioned(t, l)
		},
	},
}
