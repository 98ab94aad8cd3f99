package cos_test

import (
	"crypto/md5" //nolint:gosec // Content-MD5 is MD5
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func TestPut_SendsEveryHeaderAndSignsThem(t *testing.T) {
	t.Parallel()
	data := []byte("0123456789")
	sum := md5.Sum(data) //nolint:gosec // as above
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for name, want := range map[string]string{
			"Content-Type": "text/plain", "Cache-Control": "no-cache", "Content-Disposition": "inline",
			"Content-Encoding": "gzip", "Content-Language": "zh", "Expires": "0", "x-cos-storage-class": "ARCHIVE",
			"x-cos-acl": "private", "x-cos-grant-read": `id="1",id="2"`, "x-cos-grant-full-control": `id="3"`,
			"x-cos-meta-a": "b", "Content-MD5": "eB5eJF1ptWaXm4bijSPyxw==", "x-cos-traffic-limit": "819200",
		} {
			assert.Equal(t, want, r.Header.Get(name), name)
		}
		assert.Contains(t, r.Header.Get("Authorization"), "&q-header-list=cache-control;content-disposition;content-encoding;"+
			"content-length;content-md5;content-type;expires;host;x-cos-acl;x-cos-grant-full-control;x-cos-grant-read;"+
			"x-cos-meta-a;x-cos-security-token;x-cos-storage-class;x-cos-traffic-limit&")
		stored(w)
	})
	body := bytesBody(data)
	body.MD5, body.TrafficLimit = &sum, 819_200
	_, err := b.Put(t.Context(), "k", body, cos.Headers{
		ContentType: "text/plain", CacheControl: "no-cache", ContentDisposition: "inline", ContentEncoding: "gzip",
		ContentLanguage: "zh", Expires: "0", StorageClass: "archive", ACL: "private", GrantRead: `id="1",id="2"`,
		GrantFullControl: `id="3"`, Meta: map[string]string{"a": "b"},
	})
	require.NoError(t, err)
}

func TestTrafficLimit_OutOfBoundsIsRefusedBeforeSending(t *testing.T) {
	t.Parallel()
	b := bucketAt(t, "http://127.0.0.1:1")
	for _, limit := range []int64{-1, 1, 819_199, 838_860_801} {
		body := bytesBody([]byte("x"))
		body.TrafficLimit = limit
		_, err := b.Put(t.Context(), "k", body, cos.Headers{})
		require.ErrorIs(t, err, cos.ErrInvalidInput)
		_, err = b.UploadPart(t.Context(), "k", "u", 1, body)
		require.ErrorIs(t, err, cos.ErrInvalidInput)
		_, err = b.Get(t.Context(), "k", cos.GetOptions{TrafficLimit: limit})
		require.ErrorIs(t, err, cos.ErrInvalidInput)
	}
}

var allConditions = cos.Conditions{
	IfMatch: "a", IfNoneMatch: `"b"`,
	IfModifiedSince:   time.Date(2017, 8, 8, 17, 43, 35, 999, time.FixedZone("", 8*3600)),
	IfUnmodifiedSince: time.Date(2018, 8, 8, 9, 43, 35, 0, time.UTC),
}

func TestGet_SendsConditionsAndOverrides(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for name, want := range map[string]string{
			"If-Match": `"a"`, "If-None-Match": `"b"`, "If-Modified-Since": "Tue, 08 Aug 2017 09:43:35 GMT",
			"If-Unmodified-Since": "Wed, 08 Aug 2018 09:43:35 GMT",
		} {
			assert.Equal(t, want, r.Header.Get(name), name)
		}
		if r.Method == http.MethodGet {
			assert.Equal(t, "838860800", r.Header.Get("x-cos-traffic-limit"))
			assert.Equal(t, "versionId=v&response-content-type=a%2Fb&response-cache-control=c&response-content-disposition=d%20e&"+
				"response-content-encoding=f&response-content-language=g&response-expires=h", r.URL.RawQuery)
		} else {
			assert.Empty(t, r.Header.Get("x-cos-traffic-limit"))
			assert.Equal(t, "versionId=v", r.URL.RawQuery)
		}
		empty(w)
	})
	o := cos.GetOptions{Conditions: allConditions, VersionID: "v", TrafficLimit: 838_860_800, Response: cos.ResponseHeaders{
		ContentType: "a/b", CacheControl: "c", ContentDisposition: "d e", ContentEncoding: "f", ContentLanguage: "g", Expires: "h",
	}}
	obj, err := b.Get(t.Context(), "k", o)
	require.NoError(t, err)
	require.NoError(t, obj.Body.Close())
	_, err = b.Head(t.Context(), "k", o)
	require.NoError(t, err)
}

func TestConditions_ThatDoNotHoldAreTheirSentinels(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]error{304: cos.ErrNotModified, 412: cos.ErrPrecondition} {
		b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("x-cos-request-id", "r")
			w.Header().Set("ETag", `"e"`)
			w.WriteHeader(status)
		})
		_, err := b.Head(t.Context(), "k", cos.GetOptions{})
		require.ErrorIs(t, err, want)
		_, err = b.Get(t.Context(), "k", cos.GetOptions{})
		require.ErrorIs(t, err, want)
		assert.False(t, cos.Retryable(err))
	}
}
