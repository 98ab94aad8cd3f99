package interop

import (
	"context"
	"strings"

	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"cosmander/cos"
)

var wireParts = map[string]operation{
	"InitiateUpload": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError2(c.Object.InitiateMultipartUpload(ctx, wireKey, &sdk.InitiateMultipartUploadOptions{
				ACLHeaderOptions: sdkGrants(), ObjectPutHeaderOptions: sdkHeaders(),
			}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.InitiateUpload(ctx, wireKey, wireHeaders))
		},
	},
	"InitiateUpload, tags and encryption": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			h := &sdk.ObjectPutHeaderOptions{}
			h.XCosServerSideEncryption, h.XOptionHeader = sdkKept()
			return onlyError2(c.Object.InitiateMultipartUpload(ctx, wireKey, &sdk.InitiateMultipartUploadOptions{
				ACLHeaderOptions: &sdk.ACLHeaderOptions{}, ObjectPutHeaderOptions: h, // see below
			}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.InitiateUpload(ctx, wireKey, wireKept))
		},
	},
	"InitiateUpload, canned ACL": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError2(c.Object.InitiateMultipartUpload(ctx, wireKey, &sdk.InitiateMultipartUploadOptions{
				// Left out, the SDK sends a header called ObjectPutHeaderOptions.
				ACLHeaderOptions: &sdk.ACLHeaderOptions{XCosACL: "private"}, ObjectPutHeaderOptions: &sdk.ObjectPutHeaderOptions{},
			}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.InitiateUpload(ctx, wireKey, cos.Headers{ACL: "private"}))
		},
	},
	"UploadPart": {
		sdk: func(ctx context.Context, c *sdk.Client, id string) error {
			return onlyError(c.Object.UploadPart(ctx, wireKey, id, 2, strings.NewReader("part two"), nil))
		},
		ours: func(ctx context.Context, b *cos.Bucket, id string) error {
			return onlyError(b.UploadPart(ctx, wireKey, id, 2, body([]byte("part two"))))
		},
	},
	"UploadPart, checked and limited": {
		sdk: func(ctx context.Context, c *sdk.Client, id string) error {
			return onlyError(c.Object.UploadPart(ctx, wireKey, id, 10000, strings.NewReader("part two"), &sdk.ObjectUploadPartOptions{
				ContentMD5: md5Of("part two"), XCosTrafficLimit: wireLimit,
			}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, id string) error {
			return onlyError(b.UploadPart(ctx, wireKey, id, 10000, wireBody("part two")))
		},
	},
	"ListParts, few": {
		sdk: func(ctx context.Context, c *sdk.Client, id string) error {
			return onlyError2(c.Object.ListParts(ctx, wireKey, id, &sdk.ObjectListPartsOptions{EncodingType: "url", MaxParts: "2"}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, id string) error {
			return onlyError(b.ListParts(ctx, wireKey, id, cos.PartsOptions{MaxParts: 2}))
		},
	},
	"ListParts": {
		sdk: func(ctx context.Context, c *sdk.Client, id string) error {
			return onlyError2(c.Object.ListParts(ctx, wireKey, id, &sdk.ObjectListPartsOptions{
				EncodingType: "url", MaxParts: "1000", PartNumberMarker: "3",
			}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, id string) error {
			return onlyError(b.ListParts(ctx, wireKey, id, cos.PartsOptions{Marker: 3}))
		},
	},
	"CompleteUpload": {
		sdk: func(ctx context.Context, c *sdk.Client, id string) error {
			return onlyError2(c.Object.CompleteMultipartUpload(ctx, wireKey, id, &sdk.CompleteMultipartUploadOptions{
				Parts: []sdk.Object{{PartNumber: 1, ETag: `"` + partETag + `"`}},
			}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, id string) error {
			return onlyError(b.CompleteUpload(ctx, wireKey, id, []cos.Part{{Number: 1, ETag: partETag}}))
		},
	},
	"AbortUpload": {
		sdk: func(ctx context.Context, c *sdk.Client, id string) error {
			return onlyError(c.Object.AbortMultipartUpload(ctx, wireKey, id))
		},
		ours: func(ctx context.Context, b *cos.Bucket, id string) error {
			return b.AbortUpload(ctx, wireKey, id)
		},
	},
	"ListUploads": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError2(c.Object.ListUploads(ctx, &sdk.ObjectListUploadsOptions{
				Prefix: "wire/", Delimiter: "/", KeyMarker: "wire/中", UploadIdMarker: "1a2b", MaxUploads: 9, EncodingType: "url",
			}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.ListUploads(ctx, cos.UploadsOptions{
				Prefix: "wire/", Delimiter: "/", KeyMarker: "wire/中", UploadMarker: "1a2b", MaxUploads: 9,
			}))
		},
	},
}
