package interop

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	sdk "github.com/tencentyun/cos-go-sdk-v5"
)

func walkACLs(t *testing.T, w walk) {
	w.put(t, walkKey, "x", nil)
	acl, _, err := w.Object.GetACL(t.Context(), walkKey)
	require.NoError(t, err)
	require.Len(t, acl.AccessControlList, 1)
	owner := acl.AccessControlList[0]
	assert.Equal(t, []string{acl.Owner.ID, "FULL_CONTROL"}, []string{owner.Grantee.ID, owner.Permission})

	_, err = w.Object.PutACL(t.Context(), walkKey, &sdk.ObjectPutACLOptions{Header: &sdk.ACLHeaderOptions{XCosACL: "public-read"}})
	require.NoError(t, err)
	acl, resp, err := w.Object.GetACL(t.Context(), walkKey)
	require.NoError(t, err)
	assert.Equal(t, "public-read", resp.Header.Get("x-cos-acl"), "as the SDK reads the grants")

	_, err = w.Object.PutACL(t.Context(), walkKey, &sdk.ObjectPutACLOptions{Body: &sdk.ACLXml{
		Owner: acl.Owner,
		AccessControlList: []sdk.ACLGrant{
			{Grantee: &sdk.ACLGrantee{ID: wireFriend, DisplayName: "friend"}, Permission: "READ"},
		},
	}})
	require.NoError(t, err)
	_, resp, err = w.Object.GetACL(t.Context(), walkKey)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"x-cos-acl": "private", "x-cos-grant-read": `id="` + wireFriend + `"`},
		headersOf(resp.Header, "x-cos-acl", "x-cos-grant-read"))

	_, err = w.Object.PutACL(t.Context(), walkKey, &sdk.ObjectPutACLOptions{Header: sdkGrants()})
	require.NoError(t, err)
	acl, _, err = w.Object.GetACL(t.Context(), walkKey)
	require.NoError(t, err)
	granted := map[string]int{}
	for _, g := range acl.AccessControlList {
		granted[g.Permission]++
	}
	assert.Equal(t, 2, granted["READ"])
	_, _, err = w.Object.GetACL(t.Context(), "missing")
	assertRefusal(t, err, http.StatusNotFound, "NoSuchKey")
}

func walkTags(t *testing.T, w walk) {
	_, err := w.Bucket.PutVersioning(t.Context(), &sdk.BucketPutVersionOptions{Status: "Enabled"})
	require.NoError(t, err)
	old := w.put(t, walkKey, "old", nil)
	w.put(t, walkKey, "new", nil)
	_, _, err = w.Object.GetTagging(t.Context(), walkKey)
	assertRefusal(t, err, http.StatusNotFound, "NoSuchTagSet")

	tags := []sdk.ObjectTaggingTag{{Key: "colour", Value: "red & blue"}, {Key: "名", Value: ""}}
	_, err = w.Object.PutTagging(t.Context(), walkKey, &sdk.ObjectPutTaggingOptions{TagSet: tags})
	require.NoError(t, err)
	_, err = w.Object.PutTagging(t.Context(), walkKey, &sdk.ObjectPutTaggingOptions{TagSet: tags[:1]}, old)
	require.NoError(t, err)
	got, _, err := w.Object.GetTagging(t.Context(), walkKey)
	require.NoError(t, err)
	assert.ElementsMatch(t, tags, got.TagSet)
	got, _, err = w.Object.GetTagging(t.Context(), walkKey, old)
	require.NoError(t, err)
	assert.Equal(t, tags[:1], got.TagSet)

	_, err = w.Object.DeleteTagging(t.Context(), walkKey)
	require.NoError(t, err)
	_, _, err = w.Object.GetTagging(t.Context(), walkKey)
	assertRefusal(t, err, http.StatusNotFound, "NoSuchTagSet")
	_, _, err = w.Object.GetTagging(t.Context(), walkKey, old)
	require.NoError(t, err, "of another version")
	_, err = w.Object.PutTagging(t.Context(), walkKey, &sdk.ObjectPutTaggingOptions{TagSet: []sdk.ObjectTaggingTag{tags[0], tags[0]}})
	assertRefusal(t, err, http.StatusBadRequest, "InvalidTag")
}

func walkBuckets(t *testing.T, w walk) {
	other := w.at(t, fresh)
	_, err := other.Bucket.Head(t.Context())
	require.True(t, sdk.IsNotFoundError(err))
	_, err = other.Bucket.Put(t.Context(), nil)
	require.NoError(t, err)
	head, err := other.Bucket.Head(t.Context())
	require.NoError(t, err)
	assert.Equal(t, region, head.Header.Get("x-cos-bucket-region"))
	_, err = other.Bucket.Put(t.Context(), nil)
	assertRefusal(t, err, http.StatusConflict, "BucketAlreadyOwnedByYou")

	all, _, err := w.Service.Get(t.Context())
	require.NoError(t, err)
	require.Len(t, all.Buckets, 2)
	assert.NotEmpty(t, all.Owner.ID)
	assert.NotEmpty(t, all.Buckets[0].CreationDate)
	var names []string
	marker := ""
	for range all.Buckets {
		page, _, err := w.Service.Get(t.Context(), &sdk.ServiceGetOptions{MaxKeys: 1, Marker: marker, Region: region})
		require.NoError(t, err)
		require.Len(t, page.Buckets, 1)
		names = append(names, page.Buckets[0].Name)
		marker = page.NextMarker
	}
	assert.ElementsMatch(t, []string{bucketName, fresh}, names)
	assert.Empty(t, marker)

	walk{w.lab, w.mode, other}.put(t, "one", "1", nil)
	_, err = other.Bucket.Delete(t.Context())
	assertRefusal(t, err, http.StatusConflict, "BucketNotEmpty")
	_, err = other.Object.Delete(t.Context(), "one")
	require.NoError(t, err)
	_, err = other.Bucket.Delete(t.Context())
	require.NoError(t, err)
	_, err = other.Bucket.Head(t.Context())
	require.True(t, sdk.IsNotFoundError(err))
}

func walkSignedURLs(t *testing.T, w walk) {
	sign := func(method string, opt *sdk.PresignedURLOptions) string {
		u, err := w.Object.GetPresignedURL(t.Context(), method, walkKey, secretID, secretKey, urlLifetime, opt)
		require.NoError(t, err)
		return u.String()
	}
	use := func(method, address string, header http.Header, content string) string {
		got, err := fetch(t.Context(), w.transport(t, w.mode), method, address, header, content)
		require.NoError(t, err)
		return got
	}
	typed := http.Header{"Content-Type": {"image/png"}}
	put := sign(http.MethodPut, &sdk.PresignedURLOptions{Header: &typed})
	assert.Contains(t, use(http.MethodPut, put, http.Header{"Content-Type": {"image/gif"}}, "a picture"), "SignatureDoesNotMatch")
	assert.Empty(t, use(http.MethodPut, put, typed, "a picture"))
	assert.Equal(t, "image/png", w.head(t, walkKey).Get("Content-Type"))
	get := sign(http.MethodGet, &sdk.PresignedURLOptions{Query: &url.Values{"response-content-type": {"text/x-url"}}})
	assert.Equal(t, "a picture", use(http.MethodGet, get, nil, ""))
	assert.Contains(t, use(http.MethodGet, get+"&versionId=null", nil, ""), "a picture", "what is not signed is not checked")
	assert.Contains(t, use(http.MethodPut, get, nil, "overwritten"), "SignatureDoesNotMatch")
	w.ahead.Store(int64(2 * urlLifetime))
	assert.Contains(t, use(http.MethodGet, get, nil, ""), "<Code>AccessDenied</Code><Message>Request has expired</Message>")
}
