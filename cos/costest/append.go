package costest

import (
	"crypto/md5" //nolint:gosec // Content-MD5 is MD5
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func appendChapter() chapter {
	return chapter{"Append", []promise{
		{"CreatesAtZeroAndContinues", appendContinues},
		{"KeepsTheHeadersOfTheFirst", appendHeaders},
		{"RefusesAnyOtherPosition", appendPosition},
		{"RefusesANormalObject", appendNormal},
		{"EndsWithAPut", appendEndsWithPut},
		{"ChecksTheContentMD5", appendChecksMD5},
		{"StartsAgainAfterADelete", appendAfterDelete},
	}}
}

func (p place) append(t testing.TB, key string, position int64, content string, h ...cos.Headers) *cos.AppendResult {
	t.Helper()
	r, err := p.Bucket.Append(t.Context(), key, position, text(content), one(h))
	require.NoError(t, err)
	assert.Equal(t, position+int64(len(content)), r.NextPosition)
	assert.Equal(t, crcOf(content), r.SentCRC64)
	return r
}

func (p place) tryAppend(t testing.TB, key string, position int64, body cos.Body) error {
	t.Helper()
	_, err := p.Bucket.Append(t.Context(), key, position, body, cos.Headers{})
	return err
}

func appendContinues(t *testing.T, p place) {
	key, whole := p.key("k"), ""
	for _, piece := range []string{"first\n", "second, and longer\n", filler(300_000), "x"} {
		r := p.append(t, key, int64(len(whole)), piece)
		whole += piece
		assert.True(t, r.HasCRC64)
		assert.Equal(t, crcOf(whole), r.CRC64, "the sum of the whole object")
		h, content := p.open(t, key, cos.GetOptions{})
		assertSame(t, whole, content)
		assert.Equal(t, int64(len(whole)), h.Size)
		assert.Equal(t, crcOf(whole), h.CRC64)
		assert.Equal(t, r.ETag, h.ETag)
		assert.Equal(t, "appendable", h.ObjectType)
	}
}

func appendHeaders(t *testing.T, p place) {
	key, want := p.key("k"), everyHeader()
	p.append(t, key, 0, "content", want)
	assertHeaders(t, want, p.head(t, key).Headers)
	p.append(t, key, 7, " and more", cos.Headers{StorageClass: "STANDARD"})
	assert.Equal(t, "STANDARD_IA", p.head(t, key).StorageClass, "the class of a later piece does not count")
	_, err := p.Bucket.Append(t.Context(), p.key("tiering"), 0, text("x"), cos.Headers{StorageClass: "INTELLIGENT_TIERING"})
	assertRefused(t, err)
}

func appendPosition(t *testing.T, p place) {
	key := p.key("k")
	assertCode(t, p.tryAppend(t, key, 1, text("x")), "AppendPositionErr")
	assert.ErrorIs(t, p.tryHead(t, key, cos.GetOptions{}), cos.ErrNotFound)
	p.append(t, key, 0, "content")
	for _, position := range []int64{0, 6, 8, 1 << 30} {
		assertCode(t, p.tryAppend(t, key, position, text("x")), "AppendPositionErr")
	}
	assertRefused(t, p.tryAppend(t, key, -1, text("x")))
	assert.Equal(t, "content", p.get(t, key))
}

func appendNormal(t *testing.T, p place) {
	key := p.key("k")
	p.put(t, key, "content")
	assertCode(t, p.tryAppend(t, key, 7, text("x")), "ObjectNotAppendable")
	assert.Equal(t, "content", p.get(t, key))
}

func appendEndsWithPut(t *testing.T, p place) {
	key := p.key("k")
	p.append(t, key, 0, "content")
	p.put(t, key, "other")
	h, content := p.open(t, key, cos.GetOptions{})
	assert.Equal(t, "other", content)
	assert.NotEqual(t, "appendable", h.ObjectType)
	assertCode(t, p.tryAppend(t, key, 5, text("x")), "ObjectNotAppendable")
}

func appendChecksMD5(t *testing.T, p place) {
	key := p.key("k")
	p.append(t, key, 0, "content")
	body, wrong := text("more"), md5.Sum([]byte("wrong")) //nolint:gosec // as above
	body.MD5 = &wrong
	assertCode(t, p.tryAppend(t, key, 7, body), "BadDigest", "InvalidDigest")
	assert.Equal(t, "content", p.get(t, key))
	right := md5.Sum([]byte("more")) //nolint:gosec // as above
	body.MD5 = &right
	assert.NoError(t, p.tryAppend(t, key, 7, body))
}

func appendAfterDelete(t *testing.T, p place) {
	key := p.key("k")
	p.append(t, key, 0, "content")
	p.delete(t, key, "")
	assertCode(t, p.tryAppend(t, key, 7, text("x")), "AppendPositionErr")
	p.append(t, key, 0, "anew")
	assert.Equal(t, "anew", p.get(t, key))
}
