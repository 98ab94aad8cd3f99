package interop

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"cosmander/cos"
)

const (
	wireOwner   = "qcs::cam::uin/1250000000:uin/1250000000"
	wireFriend  = "qcs::cam::uin/100000000001:uin/100000000001"
	everyoneURI = "http://cam.qcloud.com/groups/global/AllUsers"
)

var wireTags = []cos.Tag{{Key: "colour", Value: "red & blue"}, {Key: "名", Value: "x"}}

func tagged(t *testing.T, l *lab) {
	require.NoError(t, l.bucket(t, proxyMode).SetObjectTags(t.Context(), wireKey, "", wireTags))
}

func taggedVersion(t *testing.T, l *lab) {
	tagged(t, l)
	versioned(t, l)
}

var wireProperties = map[string]operation{
	"ObjectACL": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError2(c.Object.GetACL(ctx, wireKey))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.ObjectACL(ctx, wireKey, ""))
		},
	},
	"ObjectACL, version": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError2(c.Object.GetACL(ctx, wireKey, "null"))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.ObjectACL(ctx, wireKey, "null"))
		},
		prepare: versioned,
	},
	"SetObjectACL": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError(c.Object.PutACL(ctx, wireKey, &sdk.ObjectPutACLOptions{Body: &sdk.ACLXml{
				Owner: &sdk.Owner{ID: wireOwner, DisplayName: wireOwner},
				AccessControlList: []sdk.ACLGrant{
					{Grantee: &sdk.ACLGrantee{Type: "CanonicalUser", ID: wireFriend, DisplayName: "friend"}, Permission: "FULL_CONTROL"},
					{Grantee: &sdk.ACLGrantee{Type: "Group", URI: everyoneURI}, Permission: "READ"},
				},
			}}, "null"))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return b.SetObjectACL(ctx, wireKey, "null", cos.ACL{
				Owner: cos.Owner{ID: wireOwner, DisplayName: wireOwner},
				Grants: []cos.Grant{
					{ID: wireFriend, DisplayName: "friend", Permission: "FULL_CONTROL"},
					{URI: everyoneURI, Permission: "READ"},
				},
			})
		},
		prepare: versioned,
	},
	"SetObjectCannedACL": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError(c.Object.PutACL(ctx, wireKey, &sdk.ObjectPutACLOptions{Header: &sdk.ACLHeaderOptions{XCosACL: "public-read"}}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return b.SetObjectCannedACL(ctx, wireKey, "", "public-read", "", "")
		},
	},
	"SetObjectCannedACL, grants of a version": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError(c.Object.PutACL(ctx, wireKey, &sdk.ObjectPutACLOptions{Header: sdkGrants()}, "null"))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return b.SetObjectCannedACL(ctx, wireKey, "null", "", wireGrant, wireGrant)
		},
		prepare: versioned,
	},
	"ObjectTags": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError2(c.Object.GetTagging(ctx, wireKey))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.ObjectTags(ctx, wireKey, ""))
		},
		prepare: tagged,
	},
	"ObjectTags, version": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError2(c.Object.GetTagging(ctx, wireKey, "null"))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.ObjectTags(ctx, wireKey, "null"))
		},
		prepare: taggedVersion,
	},
	"SetObjectTags": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			set := &sdk.ObjectPutTaggingOptions{}
			for _, tag := range wireTags {
				set.TagSet = append(set.TagSet, sdk.ObjectTaggingTag{Key: tag.Key, Value: tag.Value})
			}
			return onlyError(c.Object.PutTagging(ctx, wireKey, set, "null"))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return b.SetObjectTags(ctx, wireKey, "null", wireTags)
		},
		prepare: versioned,
	},
	"DeleteObjectTags": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError(c.Object.DeleteTagging(ctx, wireKey, "null"))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return b.DeleteObjectTags(ctx, wireKey, "null")
		},
		prepare: taggedVersion,
	},
}
