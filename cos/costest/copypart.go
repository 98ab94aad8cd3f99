package costest

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func copyPartChapter() chapter {
	return chapter{"CopyPart", []promise{
		{"TakesAWholeObject", copyPartWhole},
		{"TakesARange", copyPartRange},
		{"RefusesARangeThatIsNotThere", copyPartBadRange},
		{"HoldsTheConditionsOfTheSource", copyPartConditions},
		{"CrossesBuckets", copyPartCrosses},
		{"OfWhatIsMissingIsNotFound", copyPartMissing},
	}}
}

func (p place) copyPart(t testing.TB, u anUpload, number int, from cos.CopySource, r *cos.ByteRange) cos.Part {
	t.Helper()
	part, err := p.Bucket.CopyPart(t.Context(), u.key, u.id, number, from, r)
	require.NoError(t, err)
	assert.NotEmpty(t, part.ETag)
	return cos.Part{Number: number, ETag: part.ETag}
}

func (p place) tryCopyPart(t testing.TB, u anUpload, number int, from cos.CopySource, r *cos.ByteRange) error {
	t.Helper()
	_, err := p.Bucket.CopyPart(t.Context(), u.key, u.id, number, from, r)
	return err
}

func copyPartWhole(t *testing.T, p place) {
	from, content := p.key("from"), filler(cos.MinPartBytes)
	p.put(t, from, content, everyHeader())
	u := p.start(t, "to")[0]
	first := p.copyPart(t, u, 1, cos.CopySource{Key: from}, nil)
	second := p.part(t, u.key, u.id, 2, "tail")
	listed := p.parts(t, u.key, u.id)
	require.Len(t, listed, 2)
	assert.Equal(t, cos.Part{Number: 1, Size: cos.MinPartBytes, ETag: first.ETag}, listed[0])
	r := p.complete(t, u.key, u.id, first, second)
	assert.Equal(t, crcOf(content+"tail"), r.CRC64)
	h, got := p.open(t, u.key, cos.GetOptions{})
	assertSame(t, content+"tail", got)
	assert.Empty(t, h.Headers.Meta, "a part carries no headers")
}

func copyPartRange(t *testing.T, p place) {
	from, content := p.key("from"), filler(cos.MinPartBytes+100)
	p.put(t, from, content)
	u := p.start(t, "to")[0]
	first := p.copyPart(t, u, 1, cos.CopySource{Key: from}, &cos.ByteRange{Offset: 100, Length: cos.MinPartBytes})
	second := p.copyPart(t, u, 2, cos.CopySource{Key: from}, &cos.ByteRange{Offset: 7, Length: 1})
	r := p.complete(t, u.key, u.id, first, second)
	want := content[100:] + content[7:8]
	assert.Equal(t, crcOf(want), r.CRC64)
	assertSame(t, want, p.get(t, u.key))
}

func copyPartBadRange(t *testing.T, p place) {
	from := p.key("from")
	p.put(t, from, "0123456789")
	u := p.start(t, "to")[0]
	for _, r := range []cos.ByteRange{
		{Offset: 10, Length: 1}, {Offset: 5, Length: 6}, {Offset: 0, Length: -1}, {Offset: -1, Length: 2}, {Offset: 3, Length: 0},
	} {
		err := p.tryCopyPart(t, u, 1, cos.CopySource{Key: from}, &r)
		assert.Error(t, err, "%+v", r)
	}
	assert.Empty(t, p.parts(t, u.key, u.id))
}

func copyPartConditions(t *testing.T, p place) {
	from := p.key("from")
	p.put(t, from, "content")
	h := p.head(t, from)
	u := p.start(t, "to")[0]
	for _, c := range conditionCases(h.ETag, h.LastModified) {
		err := p.tryCopyPart(t, u, 1, cos.CopySource{Key: from, Conditions: c.set}, nil)
		if c.want == nil {
			assert.NoError(t, err, c.name)
		} else {
			assert.ErrorIs(t, err, cos.ErrPrecondition, c.name)
		}
	}
}

func copyPartCrosses(t *testing.T, p place) {
	p.needOther(t)
	from := p.key("from")
	p.put(t, from, "content")
	other := p.in(p.Other)
	u := other.start(t, "to")[0]
	source := cos.CopySource{Bucket: p.Bucket.Name(), Region: p.Bucket.Region(), Key: from}
	other.complete(t, u.key, u.id, other.copyPart(t, u, 1, source, nil))
	assert.Equal(t, "content", other.get(t, u.key))
}

func copyPartMissing(t *testing.T, p place) {
	u := p.start(t, "to")[0]
	err := p.tryCopyPart(t, u, 1, cos.CopySource{Key: p.key("none")}, nil)
	assertCode(t, err, "NoSuchKey", "NoSuchCopySource")
	assert.ErrorIs(t, err, cos.ErrNotFound)
	p.put(t, p.key("from"), "content")
	u.id = "0123456789abcdef"
	assertNoUpload(t, p.tryCopyPart(t, u, 1, cos.CopySource{Key: p.key("from")}, nil), "there never was one")
}
