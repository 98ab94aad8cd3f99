package interop

import (
	"crypto/md5" //nolint:gosec // Content-MD5 is MD5
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash/crc64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	sdk "github.com/tencentyun/cos-go-sdk-v5"
)

const walkKey = "walk/a b/中文+~!*'().txt"

func walkObjects(t *testing.T, w walk) {
	const content = "hello walk"
	sum := md5.Sum([]byte(content)) //nolint:gosec // Content-MD5 is MD5
	headers := sdkHeaders()
	headers.ContentMD5, headers.XCosTrafficLimit = base64.StdEncoding.EncodeToString(sum[:]), wireLimit
	put, err := w.Object.Put(t.Context(), walkKey, strings.NewReader(content), &sdk.ObjectPutOptions{
		ACLHeaderOptions: sdkGrants(), ObjectPutHeaderOptions: headers,
	})
	require.NoError(t, err)
	crc := fmt.Sprint(crc64.Checksum([]byte(content), crc64.MakeTable(crc64.ECMA)))
	etag := `"` + hex.EncodeToString(sum[:]) + `"`
	assert.Equal(t, map[string]string{"ETag": etag, "x-cos-hash-crc64ecma": crc}, headersOf(put.Header, "ETag", "x-cos-hash-crc64ecma"))

	want := map[string]string{
		"ETag": etag, "x-cos-hash-crc64ecma": crc, "Content-Length": "10",
		"Content-Type": headers.ContentType, "Cache-Control": headers.CacheControl, "Content-Disposition": headers.ContentDisposition,
		"Content-Encoding": headers.ContentEncoding, "Content-Language": headers.ContentLanguage, "Expires": headers.Expires,
		"x-cos-storage-class": "STANDARD_IA", "x-cos-meta-who-wrote": "some body", "x-cos-object-type": "normal",
	}
	assert.Equal(t, want, headersOf(w.head(t, walkKey), keysOf(want)...))
	assert.Equal(t, want, headersOf(w.holds(t, content, walkKey), keysOf(want)...))

	headers.ContentMD5 = md5Of("something else")
	_, err = w.Object.Put(t.Context(), "damaged", strings.NewReader(content), &sdk.ObjectPutOptions{ObjectPutHeaderOptions: headers})
	assertRefusal(t, err, http.StatusBadRequest, "BadDigest")
	headers.ContentMD5, headers.XCosTrafficLimit = "", 819199
	_, err = w.Object.Put(t.Context(), "hasty", strings.NewReader(content), &sdk.ObjectPutOptions{ObjectPutHeaderOptions: headers})
	assertRefusal(t, err, http.StatusBadRequest, "InvalidArgument")
	w.assertAbsent(t, "damaged")
	w.assertAbsent(t, "hasty")

	gone, err := w.Object.Delete(t.Context(), walkKey)
	require.NoError(t, err)
	assert.Equal(t, http.StatusNoContent, gone.StatusCode)
	w.assertAbsent(t, walkKey)
	_, err = w.Object.Delete(t.Context(), walkKey)
	require.NoError(t, err, "a missing object is deleted")
}

func walkConditions(t *testing.T, w walk) {
	w.put(t, walkKey, "0123456789", &sdk.ObjectPutOptions{ObjectPutHeaderOptions: &sdk.ObjectPutHeaderOptions{ContentType: "text/plain"}})
	head := w.head(t, walkKey)
	etag, modified := head.Get("ETag"), head.Get("Last-Modified")
	later := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	const earlier = "Wed, 21 Oct 2015 07:28:00 GMT"

	for _, c := range []struct{ ask, body, span string }{
		{"bytes=2-4", "234", "bytes 2-4/10"},
		{"bytes=7-", "789", "bytes 7-9/10"},
		{"bytes=-2", "89", "bytes 8-9/10"},
		{"bytes=8-99", "89", "bytes 8-9/10"},
	} {
		got, header := w.get(t, walkKey, &sdk.ObjectGetOptions{Range: c.ask, XCosTrafficLimit: 819200})
		assert.Equal(t, c.body, got, c.ask)
		assert.Equal(t, c.span, header.Get("Content-Range"))
		assert.Equal(t, head.Get("x-cos-hash-crc64ecma"), header.Get("x-cos-hash-crc64ecma"), "of the whole object")
	}
	_, err := w.Object.Get(t.Context(), walkKey, &sdk.ObjectGetOptions{Range: "bytes=10-"})
	assertRefusal(t, err, http.StatusRequestedRangeNotSatisfiable, "InvalidRange")

	for name, values := range map[string][2]string{ // one that holds, one that does not
		"If-Match":            {etag, `"other"`},
		"If-None-Match":       {`"other"`, etag},
		"If-Modified-Since":   {earlier, later},
		"If-Unmodified-Since": {modified, earlier},
	} {
		refused := http.StatusPreconditionFailed
		if name == "If-None-Match" || name == "If-Modified-Since" {
			refused = http.StatusNotModified
		}
		got, _ := w.get(t, walkKey, &sdk.ObjectGetOptions{XOptionHeader: &http.Header{name: {values[0]}}})
		assert.Equal(t, "0123456789", got, name)
		for _, ask := range []func() (*sdk.Response, error){
			func() (*sdk.Response, error) {
				return w.Object.Get(t.Context(), walkKey, &sdk.ObjectGetOptions{XOptionHeader: &http.Header{name: {values[1]}}})
			},
			func() (*sdk.Response, error) {
				return w.Object.Head(t.Context(), walkKey, &sdk.ObjectHeadOptions{XOptionHeader: &http.Header{name: {values[1]}}})
			},
		} {
			resp, err := ask()
			require.Error(t, err, name)
			assert.Equal(t, refused, resp.StatusCode, name)
		}
	}

	_, header := w.get(t, walkKey, &sdk.ObjectGetOptions{
		ResponseContentType: "text/x-wire; a=b", ResponseContentLanguage: "zh-CN", ResponseExpires: wireExpires,
		ResponseCacheControl: "no-cache", ResponseContentDisposition: `attachment; filename="a &+.txt"`, ResponseContentEncoding: "x-none",
	})
	want := map[string]string{
		"Content-Type": "text/x-wire; a=b", "Content-Language": "zh-CN", "Expires": wireExpires, "Cache-Control": "no-cache",
		"Content-Disposition": `attachment; filename="a &+.txt"`, "Content-Encoding": "x-none",
	}
	assert.Equal(t, want, headersOf(header, keysOf(want)...))
}

func walkLists(t *testing.T, w walk) {
	keys := []string{"a", "b/1", "b/2 +", "c<&\">/x", "d"}
	for _, key := range keys {
		w.put(t, key, key, nil)
	}
	page, _, err := w.Bucket.Get(t.Context(), &sdk.BucketGetOptions{Delimiter: "/", Marker: "a", MaxKeys: 2, EncodingType: "url"})
	require.NoError(t, err)
	assert.Equal(t, []string{"b/", "c%3C%26%22%3E/"}, page.CommonPrefixes)
	assert.Equal(t, "c%3C%26%22%3E/", page.NextMarker)
	assert.True(t, page.IsTruncated)
	assert.Equal(t, []any{bucketName, "a", "/", 2, "url"}, []any{page.Name, page.Marker, page.Delimiter, page.MaxKeys, page.EncodingType})

	page, _, err = w.Bucket.Get(t.Context(), &sdk.BucketGetOptions{Prefix: "b/"})
	require.NoError(t, err)
	require.Len(t, page.Contents, 2)
	assert.False(t, page.IsTruncated)
	last := page.Contents[1]
	assert.Equal(t, []any{"b/2 +", int64(5), `"` + hexMD5("b/2 +") + `"`}, []any{last.Key, last.Size, last.ETag})
	assert.NotEmpty(t, last.LastModified)
	require.NotNil(t, last.Owner)
	assert.NotEmpty(t, last.Owner.ID)

	all := &sdk.ObjectDeleteMultiOptions{}
	for _, key := range append(keys, "never was") {
		all.Objects = append(all.Objects, sdk.Object{Key: key})
	}
	done, _, err := w.Object.DeleteMulti(t.Context(), all)
	require.NoError(t, err)
	assert.Empty(t, done.Errors)
	var deleted []string
	for _, o := range done.DeletedObjects {
		deleted = append(deleted, o.Key)
	}
	assert.ElementsMatch(t, append(keys, "never was"), deleted)
	w.put(t, "quiet", "", nil)
	done, _, err = w.Object.DeleteMulti(t.Context(), &sdk.ObjectDeleteMultiOptions{Quiet: true, Objects: []sdk.Object{{Key: "quiet"}}})
	require.NoError(t, err)
	assert.Empty(t, done.DeletedObjects)
	page, _, err = w.Bucket.Get(t.Context(), nil)
	require.NoError(t, err)
	assert.Empty(t, page.Contents)
}

func hexMD5(content string) string {
	sum := md5.Sum([]byte(content)) //nolint:gosec // ETags are MD5
	return hex.EncodeToString(sum[:])
}

func walkAppending(t *testing.T, w walk) {
	next, _, err := w.Object.Append(t.Context(), "log", 0, strings.NewReader("one,"), &sdk.ObjectPutOptions{
		ObjectPutHeaderOptions: &sdk.ObjectPutHeaderOptions{
			ContentType: "text/x-log", XCosMetaXXX: &http.Header{"X-Cos-Meta-Who": {"me"}}, ContentMD5: md5Of("one,"),
		},
	})
	require.NoError(t, err)
	require.Equal(t, 4, next)
	next, _, err = w.Object.Append(t.Context(), "log", next, strings.NewReader("two"), nil)
	require.NoError(t, err)
	require.Equal(t, 7, next)
	_, _, err = w.Object.Append(t.Context(), "log", 4, strings.NewReader("again"), nil)
	assertRefusal(t, err, http.StatusConflict, "AppendPositionErr")

	header := w.holds(t, "one,two", "log")
	assert.Equal(t, fmt.Sprint(crc64.Checksum([]byte("one,two"), crc64.MakeTable(crc64.ECMA))), header.Get("x-cos-hash-crc64ecma"))
	want := map[string]string{
		"Content-Type": "text/x-log", "x-cos-meta-who": "me", "x-cos-object-type": "appendable", "x-cos-next-append-position": "7",
	}
	assert.Equal(t, want, headersOf(w.head(t, "log"), keysOf(want)...))

	w.put(t, "log", "normal", nil)
	_, _, err = w.Object.Append(t.Context(), "log", 6, strings.NewReader("more"), nil)
	assertRefusal(t, err, http.StatusConflict, "ObjectNotAppendable")
}

func walkArchives(t *testing.T, w walk) {
	w.put(t, "old", "asleep", &sdk.ObjectPutOptions{ObjectPutHeaderOptions: &sdk.ObjectPutHeaderOptions{XCosStorageClass: "ARCHIVE"}})
	_, err := w.Object.Get(t.Context(), "old", nil)
	assertRefusal(t, err, http.StatusForbidden, "InvalidObjectState")
	ask := &sdk.ObjectRestoreOptions{Days: 2, Tier: &sdk.CASJobParameters{Tier: "Expedited"}}
	resp, err := w.Object.PostRestore(t.Context(), "old", ask)
	require.NoError(t, err)
	assert.Equal(t, http.StatusAccepted, resp.StatusCode)
	header := w.head(t, "old")
	assert.Equal(t, `ongoing-request="true"`, header.Get("x-cos-restore"))
	assert.Contains(t, header.Get("x-cos-restore-status"), `tier="expedited"; request-date="`)
	_, err = w.Object.PostRestore(t.Context(), "old", ask)
	assertRefusal(t, err, http.StatusConflict, "RestoreAlreadyInProgress")
	_, err = w.Object.Get(t.Context(), "old", nil)
	assertRefusal(t, err, http.StatusForbidden, "InvalidObjectState")

	w.ahead.Store(int64(time.Minute))
	header = w.holds(t, "asleep", "old")
	assert.Contains(t, header.Get("x-cos-restore"), `ongoing-request="false", expiry-date="`)
	assert.Equal(t, "ARCHIVE", header.Get("x-cos-storage-class"))

	w.put(t, "awake", "", nil)
	_, err = w.Object.PostRestore(t.Context(), "awake", ask)
	assertRefusal(t, err, http.StatusMethodNotAllowed, "RestoreNonArchiveObject")
}
