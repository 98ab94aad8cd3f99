package costest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func uploadsChapter() chapter {
	return chapter{"Uploads", []promise{
		{"InProgressAreListed", uploadsAreListed},
		{"OfOneKeyAreListedEach", uploadsOfOneKey},
		{"InPagesOfOneAreShownOnce", uploadsInPagesOfOne},
		{"AreGroupedByTheDelimiter", uploadsGrouped},
		{"StartAfterTheKeyMarker", uploadsMarker},
		{"ThatEndedAreNotListed", uploadsThatEnded},
		{"DoNotShowAsObjects", uploadsAreNoObjects},
	}}
}

func (p place) initiate(t testing.TB, key string, h ...cos.Headers) string {
	t.Helper()
	id, err := p.Bucket.InitiateUpload(t.Context(), key, one(h))
	require.NoError(t, err)
	return id
}

// anUpload is what identifies an upload in progress.
type anUpload struct{ key, id string }

// uploads returns all uploads and prefixes of a listing, in its order.
func (p place) uploads(t testing.TB, o cos.UploadsOptions) (all []anUpload, prefixes []string) {
	t.Helper()
	for page, err := range p.Bucket.UploadPages(t.Context(), o) {
		require.NoError(t, err)
		if o.MaxUploads > 0 {
			assert.LessOrEqual(t, len(page.Uploads)+len(page.Prefixes), o.MaxUploads)
		}
		for _, u := range page.Uploads {
			all = append(all, anUpload{u.Key, u.UploadID})
		}
		prefixes = append(prefixes, page.Prefixes...)
	}
	return all, prefixes
}

// start begins an upload of each name and returns them in that order.
func (p place) start(t testing.TB, names ...string) []anUpload {
	t.Helper()
	var all []anUpload
	for _, name := range names {
		all = append(all, anUpload{p.key(name), p.initiate(t, p.key(name))})
	}
	return all
}

func uploadsAreListed(t *testing.T, p place) {
	before := time.Now()
	want := p.start(t, "k")
	page, err := p.Bucket.ListUploads(t.Context(), cos.UploadsOptions{Prefix: p.folder})
	require.NoError(t, err)
	require.Len(t, page.Uploads, 1)
	got := page.Uploads[0]
	assert.Equal(t, want[0].key, got.Key)
	assert.Equal(t, want[0].id, got.UploadID)
	assert.WithinDuration(t, before, got.Initiated, 15*time.Minute)
	assert.Equal(t, "STANDARD", got.StorageClass)
	assert.NotEmpty(t, got.Owner.ID)
	assert.NotEmpty(t, got.Initiator.ID)
	assert.False(t, page.Truncated)

	page, err = p.Bucket.ListUploads(t.Context(), cos.UploadsOptions{Prefix: p.key("none")})
	require.NoError(t, err)
	assert.Empty(t, page.Uploads)
}

func uploadsOfOneKey(t *testing.T, p place) {
	want := p.start(t, "k", "k", "k")
	assert.NotEqual(t, want[0].id, want[1].id)
	for _, size := range []int{0, 1, 2} {
		got, _ := p.uploads(t, cos.UploadsOptions{Prefix: p.folder, MaxUploads: size})
		// Their order is not promised.
		assert.ElementsMatch(t, want, got, "pages of %d", size)
	}
}

func uploadsInPagesOfOne(t *testing.T, p place) {
	want := p.start(t, "B", "a", "a/b", "b", "中文", "😀")
	for _, size := range []int{0, 1, 5} {
		got, prefixes := p.uploads(t, cos.UploadsOptions{Prefix: p.folder, MaxUploads: size})
		assert.Equal(t, want, got, "pages of %d", size)
		assert.Empty(t, prefixes)
	}
}

func uploadsGrouped(t *testing.T, p place) {
	all := p.start(t, "a", "b/1", "b/2", "b/2", "c", "d/e/f")
	for _, size := range []int{0, 1, 2} {
		got, prefixes := p.uploads(t, cos.UploadsOptions{Prefix: p.folder, Delimiter: "/", MaxUploads: size})
		assert.Equal(t, []anUpload{all[0], all[4]}, got, "pages of %d", size)
		assert.Equal(t, p.under("b/", "d/"), prefixes, "pages of %d", size)
	}
}

func uploadsMarker(t *testing.T, p place) {
	all := p.start(t, "a", "b", "c")
	got, _ := p.uploads(t, cos.UploadsOptions{Prefix: p.folder, KeyMarker: p.key("a")})
	assert.Equal(t, all[1:], got)
	got, _ = p.uploads(t, cos.UploadsOptions{Prefix: p.folder, KeyMarker: p.key("bb")})
	assert.Equal(t, all[2:], got)
	got, _ = p.uploads(t, cos.UploadsOptions{Prefix: p.folder, UploadMarker: all[2].id})
	assert.Equal(t, all, got, "without a key marker there is no upload marker")
}

func uploadsThatEnded(t *testing.T, p place) {
	all := p.start(t, "aborted", "completed", "open")
	require.NoError(t, p.Bucket.AbortUpload(t.Context(), all[0].key, all[0].id))
	p.complete(t, all[1].key, all[1].id, p.part(t, all[1].key, all[1].id, 1, "content"))
	got, _ := p.uploads(t, cos.UploadsOptions{Prefix: p.folder})
	assert.Equal(t, all[2:], got)
}

func uploadsAreNoObjects(t *testing.T, p place) {
	u := p.start(t, "k")[0]
	p.part(t, u.key, u.id, 1, "content")
	assert.ErrorIs(t, p.tryHead(t, u.key, cos.GetOptions{}), cos.ErrNotFound)
	assert.Empty(t, p.listed(t))
}
