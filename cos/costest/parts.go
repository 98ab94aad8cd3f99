package costest

import (
	"crypto/md5" //nolint:gosec // Content-MD5 is MD5
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func partsChapter() chapter {
	return chapter{"Parts", []promise{
		{"AreListedByNumber", partsAreListed},
		{"ArePagedAsAskedFor", partsInPagesOfOne},
		{"OverAThousandAreListedInPages", partsInPages},
		{"SentAgainReplace", partsReplace},
		{"HoldTheBoundsOfTheirNumber", partsNumbers},
		{"CheckTheContentMD5", partsCheckMD5},
		{"HoldTheBoundsOfTheTrafficLimit", partsTrafficLimit},
		{"OfNoUploadAreRefused", partsOfNoUpload},
	}}
}

// part sends one part.
func (p place) part(t testing.TB, key, id string, number int, content string) cos.Part {
	t.Helper()
	r, err := p.Bucket.UploadPart(t.Context(), key, id, number, text(content))
	require.NoError(t, err)
	assert.Equal(t, etagOf(content), r.ETag)
	assert.True(t, r.HasCRC64)
	assert.Equal(t, crcOf(content), r.CRC64)
	assert.Equal(t, r.CRC64, r.SentCRC64)
	return cos.Part{Number: number, Size: int64(len(content)), ETag: r.ETag}
}

func (p place) tryPart(t testing.TB, key, id string, number int, body cos.Body) error {
	t.Helper()
	_, err := p.Bucket.UploadPart(t.Context(), key, id, number, body)
	return err
}

// parts returns what the service holds of an upload, without the times.
func (p place) parts(t testing.TB, key, id string) []cos.Part {
	t.Helper()
	var all []cos.Part
	for page, err := range p.Bucket.PartPages(t.Context(), key, id) {
		require.NoError(t, err)
		for _, part := range page.Parts {
			all = append(all, cos.Part{Number: part.Number, Size: part.Size, ETag: part.ETag})
		}
	}
	return all
}

func partsAreListed(t *testing.T, p place) {
	u := p.start(t, "k")[0]
	assert.Empty(t, p.parts(t, u.key, u.id))
	last := p.part(t, u.key, u.id, 7, "seven")
	first := p.part(t, u.key, u.id, 2, "two")
	assert.Equal(t, []cos.Part{first, last}, p.parts(t, u.key, u.id))

	page, err := p.Bucket.ListParts(t.Context(), u.key, u.id, cos.PartsOptions{Marker: 2})
	require.NoError(t, err)
	require.Len(t, page.Parts, 1, "the page starts after the marker")
	assert.Equal(t, 7, page.Parts[0].Number)
	assert.False(t, page.Parts[0].LastModified.IsZero())
	assert.False(t, page.Truncated)
	assert.Equal(t, "STANDARD", page.StorageClass)
	assert.NotEmpty(t, page.Owner.ID)
	assert.NotEmpty(t, page.Initiator.ID)
}

func partsInPagesOfOne(t *testing.T, p place) {
	u := p.start(t, "k")[0]
	want := []cos.Part{p.part(t, u.key, u.id, 2, "two"), p.part(t, u.key, u.id, 7, "seven"), p.part(t, u.key, u.id, 9, "nine")}
	for i, o := 0, (cos.PartsOptions{MaxParts: 1}); i < len(want); i++ {
		page, err := p.Bucket.ListParts(t.Context(), u.key, u.id, o)
		require.NoError(t, err)
		require.Len(t, page.Parts, 1)
		assert.Equal(t, want[i].Number, page.Parts[0].Number)
		assert.Equal(t, i < len(want)-1, page.Truncated)
		o.Marker = page.NextMarker
	}
}

func partsInPages(t *testing.T, p place) {
	const count = cos.MaxPageKeys + 1
	u := p.start(t, "k")[0]
	want := make([]cos.Part, count)
	var wg sync.WaitGroup
	const senders = 16
	for s := range senders {
		wg.Go(func() {
			for i := s; i < count; i += senders {
				r, err := p.Bucket.UploadPart(t.Context(), u.key, u.id, i+1, text("x"))
				if assert.NoError(t, err) {
					want[i] = cos.Part{Number: i + 1, Size: 1, ETag: r.ETag}
				}
			}
		})
	}
	wg.Wait()
	assert.Equal(t, want, p.parts(t, u.key, u.id))
	page, err := p.Bucket.ListParts(t.Context(), u.key, u.id, cos.PartsOptions{})
	require.NoError(t, err)
	assert.Len(t, page.Parts, cos.MaxPageKeys)
	assert.True(t, page.Truncated)
	assert.Equal(t, cos.MaxPageKeys, page.NextMarker)
}

func partsReplace(t *testing.T, p place) {
	u := p.start(t, "k")[0]
	old := p.part(t, u.key, u.id, 1, "the first, longer content")
	part := p.part(t, u.key, u.id, 1, "the second")
	assert.Equal(t, []cos.Part{part}, p.parts(t, u.key, u.id))
	_, err := p.Bucket.CompleteUpload(t.Context(), u.key, u.id, []cos.Part{old})
	assertCode(t, err, "InvalidPart")
	p.complete(t, u.key, u.id, part)
	assert.Equal(t, "the second", p.get(t, u.key))
}

func partsNumbers(t *testing.T, p place) {
	u := p.start(t, "k")[0]
	first := p.part(t, u.key, u.id, 1, filler(cos.MinPartBytes))
	last := p.part(t, u.key, u.id, cos.MaxParts, "the end")
	for _, number := range []int{-1, 0, cos.MaxParts + 1} {
		assertRefused(t, p.tryPart(t, u.key, u.id, number, text("x")))
	}
	assert.Equal(t, []cos.Part{first, last}, p.parts(t, u.key, u.id))
	p.complete(t, u.key, u.id, first, last)
	assert.Equal(t, int64(cos.MinPartBytes+7), p.head(t, u.key).Size)
}

func partsCheckMD5(t *testing.T, p place) {
	u := p.start(t, "k")[0]
	right, wrong := md5.Sum([]byte("right")), md5.Sum([]byte("wrong")) //nolint:gosec // as above
	body := text("right")
	body.MD5 = &wrong
	assertCode(t, p.tryPart(t, u.key, u.id, 1, body), "BadDigest", "InvalidDigest")
	assert.Empty(t, p.parts(t, u.key, u.id))
	body.MD5 = &right
	assert.NoError(t, p.tryPart(t, u.key, u.id, 1, body))
}

func partsTrafficLimit(t *testing.T, p place) {
	u := p.start(t, "k")[0]
	for limit, fine := range trafficLimits() {
		body := text("content")
		body.TrafficLimit = limit
		err := p.tryPart(t, u.key, u.id, 1, body)
		if fine {
			assert.NoError(t, err, "limit %d", limit)
		} else {
			assertRefused(t, err, "limit", limit)
		}
	}
}

func partsOfNoUpload(t *testing.T, p place) {
	u := p.start(t, "k")[0]
	other := p.key("other")
	assertNoUpload(t, p.tryPart(t, other, u.id, 1, text("x")), "the upload is of another key")
	require.NoError(t, p.Bucket.AbortUpload(t.Context(), u.key, u.id))
	assertNoUpload(t, p.tryPart(t, u.key, u.id, 1, text("x")), "the upload is gone")
	_, err := p.Bucket.ListParts(t.Context(), u.key, u.id, cos.PartsOptions{})
	assertNoUpload(t, err, "the upload is gone")
	_, err = p.Bucket.ListParts(t.Context(), u.key, "0123456789abcdef", cos.PartsOptions{})
	assertNoUpload(t, err, "there never was one")
}

func assertNoUpload(t testing.TB, err error, why string) {
	t.Helper()
	assertCode(t, err, "NoSuchUpload")
	assert.ErrorIs(t, err, cos.ErrNoUpload, why)
}
