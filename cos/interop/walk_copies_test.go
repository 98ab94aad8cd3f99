package interop

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	sdk "github.com/tencentyun/cos-go-sdk-v5"
)

func walkCopies(t *testing.T, w walk) {
	_, err := w.Bucket.PutVersioning(t.Context(), &sdk.BucketPutVersionOptions{Status: "Enabled"})
	require.NoError(t, err)
	old := w.put(t, walkKey, "old", &sdk.ObjectPutOptions{ObjectPutHeaderOptions: sdkHeaders()})
	w.put(t, walkKey, "new", &sdk.ObjectPutOptions{ObjectPutHeaderOptions: sdkHeaders()})
	source := bucketHost + "/" + walkKey

	done, resp, err := w.Object.Copy(t.Context(), "copied", source, nil)
	require.NoError(t, err)
	header := w.holds(t, "new", "copied")
	assert.Equal(t, header.Get("ETag"), quotedOnce(done.ETag))
	assert.Equal(t, header.Get("x-cos-hash-crc64ecma"), done.CRC64)
	assert.Equal(t, header.Get("x-cos-version-id"), done.VersionId)
	assert.NotEmpty(t, done.LastModified)
	assert.Equal(t, done.VersionId, resp.Header.Get("x-cos-version-id"))
	assert.Equal(t, map[string]string{"Content-Type": wireHeaders.ContentType, "x-cos-meta-who-wrote": "some body", "x-cos-storage-class": ""},
		headersOf(header, "Content-Type", "x-cos-meta-who-wrote", "x-cos-storage-class"), "all is copied but the class")

	_, resp, err = w.Object.Copy(t.Context(), "copied", source, nil, old)
	require.NoError(t, err)
	assert.Equal(t, old, resp.Header.Get("x-cos-copy-source-version-id"))
	w.holds(t, "old", "copied")

	_, _, err = w.Object.Copy(t.Context(), walkKey, source, nil)
	assertRefusal(t, err, http.StatusBadRequest, "InvalidRequest")
	replace := &sdk.ObjectCopyHeaderOptions{
		XCosMetadataDirective: "Replaced", ContentType: "image/png", XCosStorageClass: "INTELLIGENT_TIERING",
		XCosCopySourceIfMatch: header.Get("ETag"),
	}
	_, _, err = w.Object.Copy(t.Context(), walkKey, source, &sdk.ObjectCopyOptions{ObjectCopyHeaderOptions: replace})
	require.NoError(t, err)
	header = w.holds(t, "new", walkKey)
	assert.Equal(t, map[string]string{"Content-Type": "image/png", "x-cos-meta-who-wrote": "", "x-cos-storage-class": "INTELLIGENT_TIERING"},
		headersOf(header, "Content-Type", "x-cos-meta-who-wrote", "x-cos-storage-class"))

	for _, fails := range []*sdk.ObjectCopyHeaderOptions{
		{XCosCopySourceIfMatch: `"other"`},
		{XCosCopySourceIfNoneMatch: header.Get("ETag")},
		{XCosCopySourceIfModifiedSince: wireExpires},
		{XCosCopySourceIfUnmodifiedSince: "Wed, 21 Oct 2015 07:28:00 GMT"},
	} {
		_, _, err = w.Object.Copy(t.Context(), "never", source, &sdk.ObjectCopyOptions{ObjectCopyHeaderOptions: fails})
		assertRefusal(t, err, http.StatusPreconditionFailed, "PreconditionFailed")
	}
	_, _, err = w.Object.Copy(t.Context(), "never", bucketHost+"/missing", nil)
	assertRefusal(t, err, http.StatusNotFound, "NoSuchKey")
	w.assertAbsent(t, "never")

	other := w.at(t, fresh)
	_, err = other.Bucket.Put(t.Context(), nil)
	require.NoError(t, err)
	_, _, err = other.Object.Copy(t.Context(), "from afar", source, nil)
	require.NoError(t, err)
	walk{w.lab, w.mode, other}.holds(t, "new", "from afar")
}

// quotedOnce returns an ETag out of a document as the header has it.
func quotedOnce(etag string) string { return `"` + strings.Trim(etag, `"`) + `"` }

// walkLargeCopies copies in parts what was uploaded in parts. MultiCopy has no
// switch for less than 5 GB, so it copies at once and the parts go by hand.
func walkLargeCopies(t *testing.T, w walk) {
	large := string(content("large", 2<<20+7))
	w.put(t, walkKey, large, nil)
	source := bucketHost + "/" + walkKey
	_, _, err := w.Object.MultiCopy(t.Context(), "copied", source, nil)
	require.NoError(t, err)
	w.holds(t, large, "copied")

	begun, _, err := w.Object.InitiateMultipartUpload(t.Context(), "pieces", nil)
	require.NoError(t, err)
	etag := w.head(t, walkKey).Get("ETag")
	complete := &sdk.CompleteMultipartUploadOptions{}
	for i, span := range []string{"bytes=0-1048575", "bytes=1048576-2097158"} {
		part, _, err := w.Object.CopyPart(t.Context(), "pieces", begun.UploadID, i+1, source, &sdk.ObjectCopyPartOptions{
			XCosCopySourceRange: span, XCosCopySourceIfMatch: etag,
		})
		require.NoError(t, err)
		assert.NotEmpty(t, part.LastModified)
		complete.Parts = append(complete.Parts, sdk.Object{PartNumber: i + 1, ETag: part.ETag})
	}
	_, _, err = w.Object.CopyPart(t.Context(), "pieces", begun.UploadID, 3, source, &sdk.ObjectCopyPartOptions{XCosCopySourceIfMatch: `"other"`})
	assertRefusal(t, err, http.StatusPreconditionFailed, "PreconditionFailed")
	_, _, err = w.Object.CopyPart(t.Context(), "pieces", begun.UploadID, 3, source, &sdk.ObjectCopyPartOptions{XCosCopySourceRange: "bytes=0-2097159"})
	assertRefusal(t, err, http.StatusRequestedRangeNotSatisfiable, "InvalidRange")
	_, _, err = w.Object.CompleteMultipartUpload(t.Context(), "pieces", begun.UploadID, complete)
	require.NoError(t, err)
	header := w.holds(t, large, "pieces")
	assert.Equal(t, w.head(t, walkKey).Get("x-cos-hash-crc64ecma"), header.Get("x-cos-hash-crc64ecma"))
}
