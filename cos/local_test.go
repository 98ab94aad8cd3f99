package cos_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/cos/emulator"
)

// localServer returns a bucket of the local server, which checks signatures
// without any of our code.
func localServer(t *testing.T) *cos.Bucket {
	t.Helper()
	s, err := emulator.Open(emulator.Config{
		Dir: t.TempDir(), SecretID: testKeys.SecretID, SecretKey: testKeys.SecretKey, Buckets: []string{"b-1250000000"},
	})
	require.NoError(t, err)
	web := httptest.NewServer(s)
	t.Cleanup(func() {
		assert.NoError(t, s.Close())
		web.Close()
	})
	return bucketAt(t, web.URL, func(c *cos.Config) { c.Region = emulator.DefaultRegion })
}

func TestPresign_IsAcceptedByTheLocalServer(t *testing.T) {
	t.Parallel()
	b := localServer(t)
	const key = "a b/中文+~!*'()&=;.txt"
	send := func(method, url, kind string) (status int, body string, h http.Header) {
		req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader("content"))
		require.NoError(t, err)
		if method == http.MethodGet {
			req.Body, req.ContentLength = nil, 0
		}
		req.Header.Set("Content-Type", kind)
		resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
		require.NoError(t, err)
		defer resp.Body.Close()
		got, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp.StatusCode, string(got), resp.Header
	}
	o := cos.PresignOptions{Lifetime: time.Minute, Headers: cos.Headers{ContentType: "text/plain"}}
	put, err := b.PresignPut(t.Context(), key, o)
	require.NoError(t, err)
	status, _, _ := send(http.MethodPut, put, "text/html")
	assert.Equal(t, http.StatusForbidden, status, "another header than the one that was signed")
	status, body, _ := send(http.MethodPut, put, "text/plain")
	assert.Equal(t, http.StatusOK, status, body)
	get, err := b.PresignGet(t.Context(), key, cos.PresignOptions{
		Lifetime: time.Minute, Response: cos.ResponseHeaders{ContentDisposition: `attachment; filename="a b"`},
	})
	require.NoError(t, err)
	status, body, h := send(http.MethodGet, get, "")
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "content", body)
	assert.Equal(t, `attachment; filename="a b"`, h.Get("Content-Disposition"))
	status, _, _ = send(http.MethodPut, get, "text/plain")
	assert.Equal(t, http.StatusForbidden, status, "a URL for getting does not put")
}

func TestCopy_IsUnderstoodByTheLocalServer(t *testing.T) {
	t.Parallel()
	b := localServer(t)
	data := bytes.Repeat([]byte("0123456789abcdef"), 1<<17)
	const source = "from/+ %?#中//."
	_, err := b.Put(t.Context(), source, bytesBody(data), cos.Headers{Meta: map[string]string{"m": "v"}})
	require.NoError(t, err)
	got, err := b.Copy(t.Context(), "whole", cos.CopySource{Key: source}, cos.CopyOptions{})
	require.NoError(t, err)
	assert.Equal(t, cos.CRC64(0, data), got.CRC64)
	head, err := b.Head(t.Context(), "whole", cos.GetOptions{Conditions: cos.Conditions{IfMatch: got.ETag}})
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"m": "v"}, head.Headers.Meta)

	id, err := b.InitiateUpload(t.Context(), "parts", cos.Headers{})
	require.NoError(t, err)
	var parts []cos.Part
	for n := range 2 {
		part, err := b.CopyPart(t.Context(), "parts", id, n+1, cos.CopySource{Key: source},
			&cos.ByteRange{Offset: int64(n) << 20, Length: 1 << 20})
		require.NoError(t, err)
		parts = append(parts, cos.Part{Number: n + 1, ETag: part.ETag})
	}
	done, err := b.CompleteUpload(t.Context(), "parts", id, parts)
	require.NoError(t, err)
	assert.Equal(t, cos.CRC64(0, data), done.CRC64)
}
