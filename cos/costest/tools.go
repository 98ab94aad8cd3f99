package costest

import (
	"bytes"
	"crypto/md5" //nolint:gosec // ETags of single puts are MD5
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func text(s string) cos.Body { return cos.Body{ReaderAt: strings.NewReader(s), Size: int64(len(s))} }

func etagOf(content string) string {
	sum := md5.Sum([]byte(content)) //nolint:gosec // as above
	return hex.EncodeToString(sum[:])
}

func crcOf(content string) uint64 { return cos.CRC64(0, []byte(content)) }

// filler returns n bytes that repeat nowhere near.
func filler(n int) string {
	var b bytes.Buffer
	b.Grow(n + md5.Size)
	for sum := md5.Sum(nil); b.Len() < n; sum = md5.Sum(sum[:]) { //nolint:gosec // as above
		b.Write(sum[:])
	}
	return string(b.Bytes()[:n])
}

func (p place) put(t testing.TB, key, content string, h ...cos.Headers) *cos.PutResult {
	t.Helper()
	r, err := p.Bucket.Put(t.Context(), key, text(content), one(h))
	require.NoError(t, err)
	return r
}

// one returns the one value of an optional argument, or none.
func one[T any](given []T) T {
	var none T
	if len(given) == 0 {
		return none
	}
	return given[0]
}

func (p place) head(t testing.TB, key string, o ...cos.GetOptions) *cos.Head {
	t.Helper()
	h, err := p.Bucket.Head(t.Context(), key, one(o))
	require.NoError(t, err)
	return h
}

// get returns the content of an object.
func (p place) get(t testing.TB, key string, o ...cos.GetOptions) string {
	t.Helper()
	_, content := p.open(t, key, one(o))
	return content
}

func (p place) open(t testing.TB, key string, o cos.GetOptions) (cos.Head, string) {
	t.Helper()
	obj, err := p.Bucket.Get(t.Context(), key, o)
	require.NoError(t, err)
	defer obj.Body.Close()
	content, err := io.ReadAll(obj.Body)
	require.NoError(t, err)
	return obj.Head, string(content)
}

// tryGet returns the error of a GET, of its body too.
func (p place) tryGet(t testing.TB, key string, o cos.GetOptions) error {
	t.Helper()
	obj, err := p.Bucket.Get(t.Context(), key, o)
	if err != nil {
		return err
	}
	defer obj.Body.Close()
	_, err = io.Copy(io.Discard, obj.Body)
	return err
}

func (p place) tryPut(t testing.TB, key string, body cos.Body, h cos.Headers) error {
	t.Helper()
	_, err := p.Bucket.Put(t.Context(), key, body, h)
	return err
}

func (p place) tryHead(t testing.TB, key string, o cos.GetOptions) error {
	t.Helper()
	_, err := p.Bucket.Head(t.Context(), key, o)
	return err
}

func (p place) delete(t testing.TB, key, versionID string) *cos.DeleteResult {
	t.Helper()
	r, err := p.Bucket.Delete(t.Context(), key, versionID)
	require.NoError(t, err)
	return r
}

// fetch uses a presigned URL.
func (p place) fetch(t testing.TB, method, url, content string, header http.Header) (int, http.Header, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(content))
	require.NoError(t, err)
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := p.HTTP.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, resp.Header, string(answer)
}

// assertSame compares content that is too long to be shown.
func assertSame(t testing.TB, want, got string) {
	t.Helper()
	if want == got {
		return
	}
	same := 0
	for same < min(len(want), len(got)) && want[same] == got[same] {
		same++
	}
	assert.Fail(t, "other bytes came back", "%d instead of %d, from byte %d on", len(got), len(want), same)
}

// assertCode checks that the service refused, with one of codes.
func assertCode(t testing.TB, err error, codes ...string) {
	t.Helper()
	var api *cos.Error
	if assert.ErrorAs(t, err, &api) {
		assert.Contains(t, codes, api.Code, "%v", err)
	}
}

// assertRefused checks that a request was refused as wrong, before it was sent
// or by the service, whatever the code: the documents name none.
func assertRefused(t testing.TB, err error, what ...any) {
	t.Helper()
	var api *cos.Error
	switch {
	case errors.Is(err, cos.ErrInvalidInput):
	case errors.As(err, &api):
		assert.Equal(t, 4, api.Status/100, "%v: %v", what, err)
	default:
		assert.Fail(t, "not refused", "%v: %v", what, err)
	}
}
