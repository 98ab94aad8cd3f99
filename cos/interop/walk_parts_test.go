package interop

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	sdk "github.com/tencentyun/cos-go-sdk-v5"
)

func walkParts(t *testing.T, w walk) {
	begun, _, err := w.Object.InitiateMultipartUpload(t.Context(), walkKey, &sdk.InitiateMultipartUploadOptions{
		ACLHeaderOptions: &sdk.ACLHeaderOptions{XCosACL: "public-read"}, ObjectPutHeaderOptions: sdkHeaders(),
	})
	require.NoError(t, err)
	id := begun.UploadID
	assert.Equal(t, []string{bucketName, walkKey}, []string{begun.Bucket, begun.Key})
	other, _, err := w.Object.InitiateMultipartUpload(t.Context(), "walk/b", nil)
	require.NoError(t, err)

	parts := []string{string(content("1", 1<<20)), "two"}
	_, err = w.Object.UploadPart(t.Context(), walkKey, id, 1, strings.NewReader("to be replaced"), nil)
	require.NoError(t, err)
	complete := &sdk.CompleteMultipartUploadOptions{}
	for i, part := range parts {
		resp, err := w.Object.UploadPart(t.Context(), walkKey, id, i+1, strings.NewReader(part), &sdk.ObjectUploadPartOptions{
			ContentMD5: md5Of(part), XCosTrafficLimit: wireLimit,
		})
		require.NoError(t, err)
		assert.Equal(t, `"`+hexMD5(part)+`"`, resp.Header.Get("ETag"))
		complete.Parts = append(complete.Parts, sdk.Object{PartNumber: i + 1, ETag: resp.Header.Get("ETag")})
	}
	w.assertParts(t, id, parts)
	w.assertUploads(t, map[string]string{walkKey: id, "walk/b": other.UploadID})

	_, err = w.Object.AbortMultipartUpload(t.Context(), "walk/b", other.UploadID)
	require.NoError(t, err)
	_, err = w.Object.AbortMultipartUpload(t.Context(), "walk/b", other.UploadID)
	assertRefusal(t, err, http.StatusNotFound, "NoSuchUpload")

	done, _, err := w.Object.CompleteMultipartUpload(t.Context(), walkKey, id, complete)
	require.NoError(t, err)
	assert.Equal(t, []string{bucketName, walkKey}, []string{done.Bucket, done.Key})
	assert.NotEmpty(t, done.Location)
	header := w.holds(t, strings.Join(parts, ""), walkKey)
	assert.Equal(t, quotedOnce(done.ETag), header.Get("ETag"))
	want := map[string]string{
		"Content-Type": wireHeaders.ContentType, "x-cos-meta-who-wrote": "some body", "x-cos-storage-class": "STANDARD_IA",
	}
	assert.Equal(t, want, headersOf(header, keysOf(want)...))
	acl, _, err := w.Object.GetACL(t.Context(), walkKey)
	require.NoError(t, err)
	assert.Len(t, acl.AccessControlList, 2, "the owner, and everyone")
}

// assertParts lists the two parts in two pages.
func (w walk) assertParts(t *testing.T, id string, parts []string) {
	t.Helper()
	marker := "0"
	for i, part := range parts {
		page, _, err := w.Object.ListParts(t.Context(), walkKey, id, &sdk.ObjectListPartsOptions{
			EncodingType: "url", MaxParts: "1", PartNumberMarker: marker,
		})
		require.NoError(t, err)
		require.Len(t, page.Parts, 1)
		got := page.Parts[0]
		assert.Equal(t, []any{i + 1, int64(len(part)), `"` + hexMD5(part) + `"`}, []any{got.PartNumber, got.Size, got.ETag})
		assert.Equal(t, i == 0, page.IsTruncated)
		assert.Equal(t, []string{id, "1", marker, "STANDARD_IA"},
			[]string{page.UploadID, page.MaxParts, page.PartNumberMarker, page.StorageClass})
		assert.Empty(t, page.EncodingType, "the SDK looks for Encoding-type, the document has EncodingType")
		key, err := sdk.DecodeURIComponent(page.Key)
		require.NoError(t, err)
		assert.Equal(t, walkKey, key)
		marker = page.NextPartNumberMarker
	}
}

func (w walk) assertUploads(t *testing.T, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	opt := &sdk.ObjectListUploadsOptions{Prefix: "walk/", MaxUploads: 1, EncodingType: "url"}
	for range want {
		page, _, err := w.Object.ListUploads(t.Context(), opt)
		require.NoError(t, err)
		require.Len(t, page.Upload, 1)
		key, err := sdk.DecodeURIComponent(page.Upload[0].Key)
		require.NoError(t, err)
		got[key] = page.Upload[0].UploadID
		assert.Equal(t, len(got) < len(want), page.IsTruncated)
		opt.KeyMarker, err = sdk.DecodeURIComponent(page.NextKeyMarker)
		require.NoError(t, err)
		opt.UploadIdMarker = page.NextUploadIdMarker
	}
	assert.Equal(t, want, got)
	grouped, _, err := w.Object.ListUploads(t.Context(), &sdk.ObjectListUploadsOptions{Delimiter: "/"})
	require.NoError(t, err)
	assert.Equal(t, []string{"walk/"}, grouped.CommonPrefixes)
	assert.Empty(t, grouped.Upload)
}
