package costest

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func copyChapter() chapter {
	return chapter{"Copy", []promise{
		{"TakesContentAndHeaders", copyTakesHeaders},
		{"RefusesHeadersItWouldNotReplace", copyRefusesHeaders},
		{"ReplacesAllHeaders", copyReplacesHeaders},
		{"OntoItselfNeedsReplace", copyOntoItself},
		{"DoesNotInheritTheClass", copyClass},
		{"DoesNotInheritTheACL", copyACL},
		{"OverwritesTheDestination", copyOverwrites},
		{"CrossesBuckets", copyCrosses},
		{"HoldsTheConditionsOfTheSource", copyConditions},
		{"OfWhatIsMissingIsNotFound", copyMissing},
	}}
}

func (p place) copy(t testing.TB, key string, from cos.CopySource, o cos.CopyOptions) *cos.CopyResult {
	t.Helper()
	r, err := p.Bucket.Copy(t.Context(), key, from, o)
	require.NoError(t, err)
	return r
}

func (p place) tryCopy(t testing.TB, key string, from cos.CopySource, o cos.CopyOptions) error {
	t.Helper()
	_, err := p.Bucket.Copy(t.Context(), key, from, o)
	return err
}

func copyTakesHeaders(t *testing.T, p place) {
	from, to := p.key("from"), p.key("to")
	p.put(t, from, "content", everyHeader())
	r := p.copy(t, to, cos.CopySource{Key: from}, cos.CopyOptions{})
	assert.Equal(t, etagOf("content"), r.ETag)
	assert.True(t, r.HasCRC64)
	assert.Equal(t, crcOf("content"), r.CRC64)
	assert.False(t, r.LastModified.IsZero())
	assert.Empty(t, r.VersionID)
	h, content := p.open(t, to, cos.GetOptions{})
	assert.Equal(t, "content", content)
	want := everyHeader()
	want.StorageClass = "STANDARD"
	assertHeaders(t, want, h.Headers)
	assert.Equal(t, "content", p.get(t, from), "the source stays")
}

// The service ignores them; the client does not let it come to that.
func copyRefusesHeaders(t *testing.T, p place) {
	from, to := p.key("from"), p.key("to")
	p.put(t, from, "content", everyHeader())
	for _, h := range []cos.Headers{{Meta: map[string]string{"other": "yes"}}, {ContentType: "text/css"}} {
		assert.ErrorIs(t, p.tryCopy(t, to, cos.CopySource{Key: from}, cos.CopyOptions{Headers: h}), cos.ErrInvalidInput)
	}
}

func copyReplacesHeaders(t *testing.T, p place) {
	from, to := p.key("from"), p.key("to")
	p.put(t, from, "content", everyHeader())
	p.copy(t, to, cos.CopySource{Key: from}, cos.CopyOptions{Replace: true, Headers: otherHeaders()})
	h, content := p.open(t, to, cos.GetOptions{})
	assertHeaders(t, otherHeaders(), h.Headers)
	assert.Equal(t, "content", content)

	p.copy(t, to, cos.CopySource{Key: from}, cos.CopyOptions{Replace: true, Headers: cos.Headers{ContentType: "text/css"}})
	got := p.head(t, to).Headers
	assert.Equal(t, cos.Headers{ContentType: "text/css", StorageClass: "STANDARD", Meta: map[string]string{}}, got)
}

func copyOntoItself(t *testing.T, p place) {
	key := p.key("k")
	p.put(t, key, "content", everyHeader())
	assertRefused(t, p.tryCopy(t, key, cos.CopySource{Key: key}, cos.CopyOptions{}))
	assertHeaders(t, everyHeader(), p.head(t, key).Headers)

	p.copy(t, key, cos.CopySource{Key: key}, cos.CopyOptions{Replace: true, Headers: otherHeaders()})
	h, content := p.open(t, key, cos.GetOptions{})
	assert.Equal(t, "content", content)
	assertHeaders(t, otherHeaders(), h.Headers)
}

func copyClass(t *testing.T, p place) {
	from := p.key("from")
	p.put(t, from, "content", cos.Headers{StorageClass: "STANDARD_IA"})
	for _, replace := range []bool{false, true} {
		for sent, want := range map[string]string{"": "STANDARD", "STANDARD_IA": "STANDARD_IA", "STANDARD": "STANDARD"} {
			o := cos.CopyOptions{Replace: replace, Headers: cos.Headers{StorageClass: sent}}
			p.copy(t, p.key("to"), cos.CopySource{Key: from}, o)
			assert.Equal(t, want, p.head(t, p.key("to")).StorageClass, "replace %v, class %q", replace, sent)
		}
	}
}

func copyACL(t *testing.T, p place) {
	from, to := p.key("from"), p.key("to")
	p.put(t, from, "content", cos.Headers{ACL: "public-read"})
	p.copy(t, to, cos.CopySource{Key: from}, cos.CopyOptions{})
	assert.NotEqual(t, "public-read", p.acl(t, to, "").Canned())
	p.copy(t, to, cos.CopySource{Key: from}, cos.CopyOptions{Headers: cos.Headers{ACL: "public-read"}})
	assert.Equal(t, "public-read", p.acl(t, to, "").Canned(), "the one that was sent counts")
}

func copyOverwrites(t *testing.T, p place) {
	from, to := p.key("from"), p.key("to")
	p.put(t, from, "new")
	p.put(t, to, "old, and longer", everyHeader())
	p.copy(t, to, cos.CopySource{Key: from}, cos.CopyOptions{})
	h, content := p.open(t, to, cos.GetOptions{})
	assert.Equal(t, "new", content)
	assert.Empty(t, h.Headers.Meta)
}

func copyCrosses(t *testing.T, p place) {
	p.needOther(t)
	from, to := p.key("from"), p.key("to")
	p.put(t, from, "content", everyHeader())
	other := p.in(p.Other)
	source := cos.CopySource{Bucket: p.Bucket.Name(), Region: p.Bucket.Region(), Key: from}
	other.copy(t, to, source, cos.CopyOptions{})
	h, content := other.open(t, to, cos.GetOptions{})
	assert.Equal(t, "content", content)
	assert.Equal(t, everyHeader().Meta, h.Headers.Meta)
	assert.ErrorIs(t, p.tryHead(t, to, cos.GetOptions{}), cos.ErrNotFound, "nothing came up in the source's bucket")
	// Of the same name as the source, but not the same object.
	other.copy(t, from, source, cos.CopyOptions{})
	assert.Equal(t, "content", other.get(t, from))
}

func copyConditions(t *testing.T, p place) {
	from := p.key("from")
	p.put(t, from, "content")
	h := p.head(t, from)
	for i, c := range conditionCases(h.ETag, h.LastModified) {
		to := p.key("to" + string(rune('a'+i)))
		err := p.tryCopy(t, to, cos.CopySource{Key: from, Conditions: c.set}, cos.CopyOptions{})
		if c.want == nil {
			assert.NoError(t, err, c.name)
			continue
		}
		// A copy has no 304: whatever does not hold is a 412.
		assert.ErrorIs(t, err, cos.ErrPrecondition, c.name)
		assert.ErrorIs(t, p.tryHead(t, to, cos.GetOptions{}), cos.ErrNotFound, c.name)
	}
}

func copyMissing(t *testing.T, p place) {
	err := p.tryCopy(t, p.key("to"), cos.CopySource{Key: p.key("none")}, cos.CopyOptions{})
	assertCode(t, err, "NoSuchKey", "NoSuchCopySource")
	assert.ErrorIs(t, err, cos.ErrNotFound)
	err = p.tryCopy(t, p.key("to"), cos.CopySource{Bucket: p.freeName(), Key: p.key("none")}, cos.CopyOptions{})
	assert.True(t, errors.Is(err, cos.ErrNoBucket) || errors.Is(err, cos.ErrNotFound), "%v", err)
}
