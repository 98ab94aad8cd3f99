package interop

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"cosmander/cos"
)

// A bucket elsewhere, to copy from.
const (
	farBucket = "far-1250000000"
	farRegion = "eu-frankfurt"
	farHost   = farBucket + ".cos." + farRegion + ".myqcloud.com"
)

// far makes it, with the usual object.
func far(t *testing.T, l *lab) {
	c := l.clientIn(t, proxyMode, farRegion)
	require.NoError(t, c.CreateBucket(t.Context(), farBucket))
	_, err := c.Bucket(farBucket, "").Put(t.Context(), wireKey, body([]byte(wireContent)), cos.Headers{})
	require.NoError(t, err)
}

var wireCopies = map[string]operation{
	"Copy": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError2(c.Object.Copy(ctx, "copy", bucketHost+"/"+wireKey, nil))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.Copy(ctx, "copy", cos.CopySource{Key: wireKey}, cos.CopyOptions{}))
		},
	},
	"Copy, replaced": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError2(c.Object.Copy(ctx, wireKey, bucketHost+"/"+wireKey, &sdk.ObjectCopyOptions{
				ACLHeaderOptions: sdkGrants(),
				ObjectCopyHeaderOptions: &sdk.ObjectCopyHeaderOptions{
					ContentType: wireHeaders.ContentType, CacheControl: wireHeaders.CacheControl,
					ContentDisposition: wireHeaders.ContentDisposition, ContentEncoding: wireHeaders.ContentEncoding,
					ContentLanguage: wireHeaders.ContentLanguage, Expires: wireHeaders.Expires,
					XCosStorageClass: wireHeaders.StorageClass, XCosMetaXXX: &http.Header{"X-Cos-Meta-Who-Wrote": {"some body"}},
					XCosMetadataDirective:     "Replaced",
					XCosCopySourceIfMatch:     `"` + wireETag + `"`,
					XCosCopySourceIfNoneMatch: `"` + partETag + `"`,

					XCosCopySourceIfModifiedSince:   wireLongAgo.Format(http.TimeFormat),
					XCosCopySourceIfUnmodifiedSince: wireInTime.Format(http.TimeFormat),
				},
			}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.Copy(ctx, wireKey, cos.CopySource{Key: wireKey, Conditions: wireConditions},
				cos.CopyOptions{Replace: true, Headers: wireHeaders}))
		},
	},
	"Copy, tags and encryption": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			h := &sdk.ObjectCopyHeaderOptions{XCosMetadataDirective: "Copy", XCosTaggingDirective: "Replaced"}
			h.XCosServerSideEncryption, h.XOptionHeader = sdkKept()
			return onlyError2(c.Object.Copy(ctx, "copy", bucketHost+"/"+wireKey, &sdk.ObjectCopyOptions{ObjectCopyHeaderOptions: h}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.Copy(ctx, "copy", cos.CopySource{Key: wireKey}, cos.CopyOptions{Headers: wireKept}))
		},
	},
	"Copy, of a version": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError2(c.Object.Copy(ctx, "copy", bucketHost+"/"+wireKey+"?versionId=null", &sdk.ObjectCopyOptions{
				ObjectCopyHeaderOptions: &sdk.ObjectCopyHeaderOptions{XCosMetadataDirective: "Copy"},
			}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.Copy(ctx, "copy", cos.CopySource{Key: wireKey, VersionID: "null"}, cos.CopyOptions{}))
		},
		prepare: versioned,
	},
	"Copy, from another bucket and region": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError2(c.Object.Copy(ctx, "copy", farHost+"/"+wireKey, &sdk.ObjectCopyOptions{
				ACLHeaderOptions:        &sdk.ACLHeaderOptions{XCosACL: "private"},
				ObjectCopyHeaderOptions: &sdk.ObjectCopyHeaderOptions{XCosMetadataDirective: "Copy"},
			}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.Copy(ctx, "copy", cos.CopySource{Bucket: farBucket, Region: farRegion, Key: wireKey},
				cos.CopyOptions{Headers: cos.Headers{ACL: "private"}}))
		},
		prepare: far,
	},
	"CopyPart": {
		sdk: func(ctx context.Context, c *sdk.Client, id string) error {
			return onlyError2(c.Object.CopyPart(ctx, wireKey, id, 2, bucketHost+"/"+wireKey, nil))
		},
		ours: func(ctx context.Context, b *cos.Bucket, id string) error {
			return onlyError(b.CopyPart(ctx, wireKey, id, 2, cos.CopySource{Key: wireKey}, nil))
		},
	},
	"CopyPart, range and conditions": {
		sdk: func(ctx context.Context, c *sdk.Client, id string) error {
			return onlyError2(c.Object.CopyPart(ctx, wireKey, id, 10000, bucketHost+"/"+wireKey+"?versionId=null", &sdk.ObjectCopyPartOptions{
				XCosCopySourceRange:             "bytes=2-4",
				XCosCopySourceIfMatch:           `"` + wireETag + `"`,
				XCosCopySourceIfNoneMatch:       `"` + partETag + `"`,
				XCosCopySourceIfModifiedSince:   wireLongAgo.Format(http.TimeFormat),
				XCosCopySourceIfUnmodifiedSince: wireInTime.Format(http.TimeFormat),
			}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, id string) error {
			return onlyError(b.CopyPart(ctx, wireKey, id, 10000, cos.CopySource{Key: wireKey, VersionID: "null", Conditions: wireConditions},
				&cos.ByteRange{Offset: 2, Length: 3}))
		},
		prepare: versioned,
	},
}
