package costest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func presignChapter() chapter {
	return chapter{"Presign", []promise{
		{"GetIsReadByAnyone", presignGet},
		{"GetAnswersRanges", presignRange},
		{"GetReplacesHeadersOfTheAnswer", presignOverrides},
		{"PutIsWrittenByAnyone", presignPut},
		{"PutTakesTheHeadersThatWereSigned", presignPutHeaders},
		{"URLIsGoodForNothingElse", presignNothingElse},
		{"URLEndsWithItsLifetime", presignExpires},
		{"RefusesWhatCannotBeSigned", presignRefuses},
	}}
}

func (p place) presignGet(t testing.TB, key string, o cos.PresignOptions) string {
	t.Helper()
	url, err := p.Bucket.PresignGet(t.Context(), key, o)
	require.NoError(t, err)
	return url
}

func (p place) presignPut(t testing.TB, key string, o cos.PresignOptions) string {
	t.Helper()
	url, err := p.Bucket.PresignPut(t.Context(), key, o)
	require.NoError(t, err)
	return url
}

// anHour is longer than Env.Advance ever goes ahead.
func anHour() cos.PresignOptions { return cos.PresignOptions{Lifetime: time.Hour} }

func presignGet(t *testing.T, p place) {
	for _, name := range []string{"k", "a b+c%2F/?x=1&y#z", "中文/😀"} {
		p.put(t, p.key(name), "content", everyHeader())
		status, h, content := p.fetch(t, http.MethodGet, p.presignGet(t, p.key(name), anHour()), "", nil)
		assert.Equal(t, http.StatusOK, status, content)
		assert.Equal(t, "content", content)
		assert.Equal(t, everyHeader().ContentType, h.Get("Content-Type"))
		assert.Equal(t, everyHeader().Meta["color"], h.Get("x-cos-meta-color"))
	}
	status, _, _ := p.fetch(t, http.MethodGet, p.presignGet(t, p.key("none"), anHour()), "", nil)
	assert.Equal(t, http.StatusNotFound, status)
}

func presignRange(t *testing.T, p place) {
	p.put(t, p.key("k"), "0123456789")
	ask := http.Header{"Range": {"bytes=2-4"}}
	status, _, content := p.fetch(t, http.MethodGet, p.presignGet(t, p.key("k"), anHour()), "", ask)
	assert.Equal(t, http.StatusPartialContent, status, content)
	assert.Equal(t, "234", content)
}

func presignOverrides(t *testing.T, p place) {
	p.put(t, p.key("k"), "content", everyHeader())
	url := p.presignGet(t, p.key("k"), cos.PresignOptions{Lifetime: time.Hour, Response: cos.ResponseHeaders{
		ContentType: "text/css", ContentDisposition: `attachment; filename="a & b+c.txt"`, CacheControl: "no-store",
		ContentLanguage: "de", ContentEncoding: "x-none", Expires: "Thu, 29 Oct 2037 20:30:00 GMT",
	}})
	status, h, content := p.fetch(t, http.MethodGet, url, "", nil)
	assert.Equal(t, http.StatusOK, status, content)
	for name, want := range map[string]string{
		"Content-Type": "text/css", "Content-Disposition": `attachment; filename="a & b+c.txt"`, "Cache-Control": "no-store",
		"Content-Language": "de", "Content-Encoding": "x-none", "Expires": "Thu, 29 Oct 2037 20:30:00 GMT",
	} {
		assert.Equal(t, want, h.Get(name))
	}
}

func presignPut(t *testing.T, p place) {
	for _, name := range []string{"k", "a b+c%2F/?x=1&y#z", "中文/😀"} {
		url := p.presignPut(t, p.key(name), anHour())
		status, h, answer := p.fetch(t, http.MethodPut, url, "content", nil)
		assert.Equal(t, http.StatusOK, status, answer)
		assert.Equal(t, `"`+etagOf("content")+`"`, h.Get("ETag"))
		assert.Equal(t, "content", p.get(t, p.key(name)))
		status, _, answer = p.fetch(t, http.MethodPut, url, "again", nil)
		assert.Equal(t, http.StatusOK, status, answer)
		assert.Equal(t, "again", p.get(t, p.key(name)), "as often as wanted")
	}
}

func presignPutHeaders(t *testing.T, p place) {
	key, want := p.key("k"), cos.Headers{
		ContentType: "text/css", StorageClass: "STANDARD_IA", Meta: map[string]string{"color": "deep blue"},
	}
	url := p.presignPut(t, key, cos.PresignOptions{Lifetime: time.Hour, Headers: want})
	sent := http.Header{
		"Content-Type": {"text/css"}, "X-Cos-Storage-Class": {"STANDARD_IA"}, "X-Cos-Meta-Color": {"deep blue"},
	}
	status, _, answer := p.fetch(t, http.MethodPut, url, "content", sent)
	assert.Equal(t, http.StatusOK, status, answer)
	assertHeaders(t, want, p.head(t, key).Headers)

	sent.Set("X-Cos-Meta-Color", "red")
	status, _, answer = p.fetch(t, http.MethodPut, url, "other", sent)
	assert.Equal(t, http.StatusForbidden, status, answer)
	sent.Del("X-Cos-Meta-Color")
	status, _, answer = p.fetch(t, http.MethodPut, url, "other", sent)
	assert.Equal(t, http.StatusForbidden, status, answer)
	assert.Equal(t, "content", p.get(t, key))
}

func presignNothingElse(t *testing.T, p place) {
	key := p.key("k")
	p.put(t, key, "content")
	p.put(t, p.key("q"), "secret")
	url := p.presignGet(t, key, anHour())
	for name, try := range map[string]struct{ method, url string }{
		"another key":       {http.MethodGet, strings.Replace(url, "/k?", "/q?", 1)},
		"another method":    {http.MethodPut, url},
		"a delete":          {http.MethodDelete, url},
		"a tampered end":    {http.MethodGet, strings.Replace(url, "q-signature=", "q-signature=0", 1)},
		"no signature left": {http.MethodGet, strings.Split(url, "?")[0]},
	} {
		status, _, answer := p.fetch(t, try.method, try.url, "", nil)
		assert.Equal(t, http.StatusForbidden, status, "%s: %s", name, answer)
	}
	assert.Equal(t, "content", p.get(t, key))
}

func presignExpires(t *testing.T, p place) {
	key := p.key("k")
	p.put(t, key, "content")
	url := p.presignGet(t, key, cos.PresignOptions{Lifetime: time.Second})
	if p.Advance != nil {
		p.Advance(3 * time.Second)
	}
	refused := func() bool {
		status, _, answer := p.fetch(t, http.MethodGet, url, "", nil)
		return status == http.StatusForbidden && strings.Contains(answer, "<Error>")
	}
	require.Eventually(t, refused, time.Minute, 50*time.Millisecond)
}

func presignRefuses(t *testing.T, p place) {
	for _, lifetime := range []time.Duration{-time.Second, 0, time.Second - 1} {
		_, err := p.Bucket.PresignGet(t.Context(), p.key("k"), cos.PresignOptions{Lifetime: lifetime})
		assert.ErrorIs(t, err, cos.ErrInvalidInput, "%s", lifetime)
		_, err = p.Bucket.PresignPut(t.Context(), p.key("k"), cos.PresignOptions{Lifetime: lifetime})
		assert.ErrorIs(t, err, cos.ErrInvalidInput, "%s", lifetime)
	}
	_, err := p.Bucket.PresignGet(t.Context(), "", anHour())
	assert.ErrorIs(t, err, cos.ErrInvalidKey)
	p.needConnect(t)
	_, err = p.anonymous(t).Bucket.PresignGet(t.Context(), p.key("k"), anHour())
	assert.ErrorIs(t, err, cos.ErrNoCredentials)
}
