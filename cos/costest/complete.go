package costest

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func completeChapter() chapter {
	return chapter{"Complete", []promise{
		{"JoinsThePartsAndSaysTheirSum", completeJoins},
		{"GivesTheHeadersOfTheInitiation", completeGivesHeaders},
		{"TakesOnlyThePartsNamed", completeTakesNamed},
		{"ReplacesTheObject", completeReplaces},
		{"RefusesPartsThatAreNotThere", completeInvalidPart},
		{"RefusesPartsOutOfOrder", completeOrder},
		{"RefusesASmallPartBeforeTheLast", completeTooSmall},
		{"EndsTheUpload", completeEnds},
		{"AbortEndsTheUpload", abortEnds},
	}}
}

func (p place) complete(t testing.TB, key, id string, parts ...cos.Part) *cos.CompleteResult {
	t.Helper()
	r, err := p.Bucket.CompleteUpload(t.Context(), key, id, parts)
	require.NoError(t, err)
	return r
}

func (p place) tryComplete(t testing.TB, key, id string, parts ...cos.Part) error {
	t.Helper()
	_, err := p.Bucket.CompleteUpload(t.Context(), key, id, parts)
	return err
}

func completeJoins(t *testing.T, p place) {
	whole := filler(2<<20 + 11)
	u := p.start(t, "k")[0]
	second := p.part(t, u.key, u.id, 2, whole[1<<20:2<<20])
	first := p.part(t, u.key, u.id, 1, whole[:1<<20])
	third := p.part(t, u.key, u.id, 5, whole[2<<20:])
	r := p.complete(t, u.key, u.id, first, second, third)
	assert.Regexp(t, `^[0-9a-f]{32}-3$`, r.ETag)
	assert.Equal(t, p.Bucket.Name()+" "+u.key, r.Bucket+" "+r.Key)
	assert.Contains(t, r.Location, p.Bucket.Name())
	assert.True(t, r.HasCRC64)
	assert.Equal(t, crcOf(whole), r.CRC64)
	h, got := p.open(t, u.key, cos.GetOptions{})
	assertSame(t, whole, got)
	assert.Equal(t, int64(len(whole)), h.Size)
	assert.Equal(t, r.ETag, h.ETag)
	assert.Equal(t, crcOf(whole), h.CRC64)
	across := cos.ByteRange{Offset: 1<<20 - 2, Length: 4}
	assert.Equal(t, whole[1<<20-2:1<<20+2], p.get(t, u.key, cos.GetOptions{Range: &across}))
}

func completeGivesHeaders(t *testing.T, p place) {
	key := p.key("k")
	id := p.initiate(t, key, everyHeader())
	r := p.complete(t, key, id, p.part(t, key, id, 1, "content"))
	assert.Regexp(t, `^[0-9a-f]{32}-1$`, r.ETag)
	assertHeaders(t, everyHeader(), p.head(t, key).Headers)

	_, err := p.Bucket.InitiateUpload(t.Context(), key, cos.Headers{StorageClass: "GOLD"})
	assertCode(t, err, "NotSupportedStorageClass")
}

func completeTakesNamed(t *testing.T, p place) {
	u := p.start(t, "k")[0]
	p.part(t, u.key, u.id, 1, "not wanted")
	wanted := p.part(t, u.key, u.id, 2, "wanted")
	p.part(t, u.key, u.id, 3, "nor this")
	r := p.complete(t, u.key, u.id, wanted)
	assert.Equal(t, crcOf("wanted"), r.CRC64)
	assert.Equal(t, "wanted", p.get(t, u.key))
}

func completeReplaces(t *testing.T, p place) {
	key := p.key("k")
	p.put(t, key, "old", everyHeader())
	id := p.initiate(t, key)
	part := p.part(t, key, id, 1, "new")
	assert.Equal(t, "old", p.get(t, key), "until it is complete")
	p.complete(t, key, id, part)
	h, content := p.open(t, key, cos.GetOptions{})
	assert.Equal(t, "new", content)
	assert.Empty(t, h.Headers.Meta)
}

func completeInvalidPart(t *testing.T, p place) {
	u := p.start(t, "k")[0]
	part := p.part(t, u.key, u.id, 1, "content")
	wrong := part
	wrong.ETag = etagOf("other")
	assertCode(t, p.tryComplete(t, u.key, u.id, wrong), "InvalidPart")
	missing := part
	missing.Number = 2
	assertCode(t, p.tryComplete(t, u.key, u.id, missing), "InvalidPart")
	p.complete(t, u.key, u.id, part)
}

func completeOrder(t *testing.T, p place) {
	u := p.start(t, "k")[0]
	first, second := p.part(t, u.key, u.id, 1, filler(cos.MinPartBytes)), p.part(t, u.key, u.id, 2, "x")
	// The client sees it before the service can say InvalidPartOrder.
	assertRefused(t, p.tryComplete(t, u.key, u.id, second, first))
	assertRefused(t, p.tryComplete(t, u.key, u.id, first, first))
	assertRefused(t, p.tryComplete(t, u.key, u.id))
	p.complete(t, u.key, u.id, first, second)
}

func completeTooSmall(t *testing.T, p place) {
	u := p.start(t, "k")[0]
	small, last := p.part(t, u.key, u.id, 1, filler(cos.MinPartBytes-1)), p.part(t, u.key, u.id, 2, "x")
	assertCode(t, p.tryComplete(t, u.key, u.id, small, last), "EntityTooSmall")
	assert.ErrorIs(t, p.tryHead(t, u.key, cos.GetOptions{}), cos.ErrNotFound)
	large := p.part(t, u.key, u.id, 1, filler(cos.MinPartBytes))
	p.complete(t, u.key, u.id, large, last)
}

func completeEnds(t *testing.T, p place) {
	u := p.start(t, "k")[0]
	part := p.part(t, u.key, u.id, 1, "content")
	p.complete(t, u.key, u.id, part)
	assertNoUpload(t, p.tryPart(t, u.key, u.id, 2, text("x")), "complete")
	_, err := p.Bucket.ListParts(t.Context(), u.key, u.id, cos.PartsOptions{})
	assertNoUpload(t, err, "complete")
	assertNoUpload(t, p.Bucket.AbortUpload(t.Context(), u.key, u.id), "complete")
	assert.Equal(t, "content", p.get(t, u.key))
}

func abortEnds(t *testing.T, p place) {
	key := p.key("k")
	p.put(t, key, "old")
	id := p.initiate(t, key)
	part := p.part(t, key, id, 1, "content")
	require.NoError(t, p.Bucket.AbortUpload(t.Context(), key, id))
	assertNoUpload(t, p.tryComplete(t, key, id, part), "aborted")
	assertNoUpload(t, p.Bucket.AbortUpload(t.Context(), key, id), "aborted")
	assert.Equal(t, "old", p.get(t, key))
}
