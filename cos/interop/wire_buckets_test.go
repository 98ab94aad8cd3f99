package interop

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"cosmander/cos"
)

const fresh = "fresh-1250000000"

// atBucket makes the SDK ask another bucket: the one that its BucketURL names.
func atBucket(c *sdk.Client, name string) *sdk.BucketService {
	c.BaseURL.BucketURL.Host = strings.Replace(bucketHost, bucketName, name, 1)
	return c.Bucket
}

var wireBuckets = map[string]operation{
	"ListBuckets": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError2(c.Service.Get(ctx))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.Client().ListBuckets(ctx))
		},
		proxyOnly: true,
	},
	"ListBucketsIn": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError2(c.Service.Get(ctx, &sdk.ServiceGetOptions{Region: region}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.Client().ListBucketsIn(ctx, region))
		},
		proxyOnly: true,
	},
	"CreateBucket": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError(atBucket(c, fresh).Put(ctx, nil))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return b.Client().CreateBucket(ctx, fresh)
		},
		proxyOnly: true,
	},
	"DeleteBucket": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError(atBucket(c, fresh).Delete(ctx))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return b.Client().Bucket(fresh, "").DeleteBucket(ctx)
		},
		prepare: func(t *testing.T, l *lab) {
			require.NoError(t, l.client(t, proxyMode).CreateBucket(t.Context(), fresh))
		},
		proxyOnly: true,
	},
	"FindRegion": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError(c.Bucket.Head(ctx))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.FindRegion(ctx))
		},
	},
	"Versioning": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError2(c.Bucket.GetVersioning(ctx))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.Versioning(ctx))
		},
	},
	"SetVersioning": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError(c.Bucket.PutVersioning(ctx, &sdk.BucketPutVersionOptions{Status: "Enabled"}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return b.SetVersioning(ctx, cos.VersioningEnabled)
		},
	},
	"List": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError2(c.Bucket.Get(ctx, &sdk.BucketGetOptions{
				Prefix: "wire/a b/", Delimiter: "/", Marker: "wire/a b/%+&=", MaxKeys: 7, EncodingType: "url",
			}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.List(ctx, cos.ListOptions{
				Prefix: "wire/a b/", Delimiter: "/", Marker: "wire/a b/%+&=", MaxKeys: 7,
			}))
		},
	},
	"ListVersions": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError2(c.Bucket.GetObjectVersions(ctx, &sdk.BucketGetObjectVersionsOptions{
				Prefix: "wire/", Delimiter: "//", KeyMarker: wireKey, VersionIdMarker: "null", MaxKeys: 7, EncodingType: "url",
			}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.ListVersions(ctx, cos.VersionsOptions{
				Prefix: "wire/", Delimiter: "//", KeyMarker: wireKey, VersionMarker: "null", MaxKeys: 7,
			}))
		},
	},
}
