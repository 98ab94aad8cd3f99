package costest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func archiveChapter() chapter {
	return chapter{"Archive", []promise{
		{"IsNotReadUntilItIsRestored", archiveIsNotRead},
		{"Restores", archiveRestores},
		{"DeepRefusesToBeExpedited", archiveDeep},
		{"RestoresOnlyWhatIsArchived", archiveOnly},
		{"HoldsTheBoundsOfTheDays", archiveDays},
		{"IsReplacedByAPut", archiveReplaced},
	}}
}

func (p place) restore(t testing.TB, key string, r cos.RestoreRequest) {
	t.Helper()
	require.NoError(t, p.Bucket.Restore(t.Context(), key, r))
}

func assertArchived(t testing.TB, err error, why string) {
	t.Helper()
	assertCode(t, err, "InvalidObjectState")
	assert.ErrorIs(t, err, cos.ErrArchived, why)
}

func archiveIsNotRead(t *testing.T, p place) {
	p.needArchive(t)
	for _, class := range []string{"ARCHIVE", "DEEP_ARCHIVE"} {
		key := p.key(class)
		p.put(t, key, "content", cos.Headers{StorageClass: class})
		h := p.head(t, key)
		assert.Equal(t, class, h.StorageClass)
		assert.Equal(t, int64(7), h.Size)
		assert.Nil(t, h.Restore, "none was asked for")
		assertArchived(t, p.tryGet(t, key, cos.GetOptions{}), class)
		assertArchived(t, p.tryGet(t, key, cos.GetOptions{Range: &cos.ByteRange{Length: 1}}), class)
		// By analogy: no document says so.
		assertArchived(t, p.tryCopy(t, p.key("copy"), cos.CopySource{Key: key}, cos.CopyOptions{}), class)
	}
}

// archiveRestores is one after the other: when a restore ends is of no
// interest to the first, but moves the clock for all.
func archiveRestores(t *testing.T, p place) {
	p.needArchive(t)
	t.Run("OnceAtATime", func(t *testing.T) { archiveRestoresOnce(t, p) })
	t.Run("AndIsReadThen", func(t *testing.T) { archiveIsReadThen(t, p) })
}

func archiveRestoresOnce(t *testing.T, p place) {
	key := p.key("once")
	p.put(t, key, "content", cos.Headers{StorageClass: "ARCHIVE"})
	p.restore(t, key, cos.RestoreRequest{Days: 1, Tier: cos.Bulk})
	state := p.head(t, key).Restore
	require.NotNil(t, state)
	assert.True(t, state.Ongoing)
	assert.True(t, state.Expires.IsZero())
	assert.Contains(t, []cos.Tier{"", cos.Bulk}, state.Tier)
	err := p.Bucket.Restore(t.Context(), key, cos.RestoreRequest{Days: 1, Tier: cos.Bulk})
	assertCode(t, err, "RestoreAlreadyInProgress")
	assert.ErrorIs(t, err, cos.ErrRestoring)
	assert.ErrorIs(t, err, cos.ErrConflict)
	assertArchived(t, p.tryGet(t, key, cos.GetOptions{}), "it is not over")
}

func archiveIsReadThen(t *testing.T, p place) {
	p.need(t, p.RestoreWait > 0, "time to wait for a restore (Env.RestoreWait)")
	key := p.key("k")
	p.put(t, key, "content", cos.Headers{StorageClass: "ARCHIVE"})
	p.restore(t, key, cos.RestoreRequest{Days: 2, Tier: cos.Expedited})
	expires := p.restored(t, key)
	assert.WithinDuration(t, time.Now().Add(48*time.Hour), expires, 25*time.Hour, "two days, perhaps of whole ones")
	h, content := p.open(t, key, cos.GetOptions{})
	assert.Equal(t, "content", content)
	assert.Equal(t, "ARCHIVE", h.StorageClass, "the class stays")
	assert.Equal(t, "c", p.get(t, key, cos.GetOptions{Range: &cos.ByteRange{Length: 1}}))
	p.copy(t, p.key("copy"), cos.CopySource{Key: key}, cos.CopyOptions{})
	assert.Equal(t, "content", p.get(t, p.key("copy")))
	// Again, for longer: any success will do.
	p.restore(t, key, cos.RestoreRequest{Days: 3, Tier: cos.Expedited})
}

// restored waits until a restore is over and returns until when it is good.
func (p place) restored(t testing.TB, key string) time.Time {
	t.Helper()
	pause := p.RestoreWait / 100
	if p.Advance != nil {
		p.Advance(p.RestoreWait)
		pause = time.Millisecond
	}
	var state *cos.RestoreState
	over := func() bool {
		h, err := p.Bucket.Head(t.Context(), key, cos.GetOptions{})
		if err == nil {
			state = h.Restore
		}
		return err == nil && state != nil && !state.Ongoing
	}
	require.Eventually(t, over, p.RestoreWait+time.Minute, pause, "the restore of %s", key)
	return state.Expires
}

func archiveDeep(t *testing.T, p place) {
	p.needArchive(t)
	key := p.key("k")
	p.put(t, key, "content", cos.Headers{StorageClass: "DEEP_ARCHIVE"})
	assertRefused(t, p.Bucket.Restore(t.Context(), key, cos.RestoreRequest{Days: 1, Tier: cos.Expedited}))
	assert.Nil(t, p.head(t, key).Restore)
	p.restore(t, key, cos.RestoreRequest{Days: 1, Tier: cos.Standard})
}

func archiveOnly(t *testing.T, p place) {
	for _, class := range []string{"STANDARD", "STANDARD_IA"} {
		key := p.key(class)
		p.put(t, key, "content", cos.Headers{StorageClass: class})
		err := p.Bucket.Restore(t.Context(), key, cos.RestoreRequest{Days: 1, Tier: cos.Standard})
		assertCode(t, err, "RestoreNonArchiveObject")
		assert.Nil(t, p.head(t, key).Restore)
	}
	err := p.Bucket.Restore(t.Context(), p.key("none"), cos.RestoreRequest{Days: 1, Tier: cos.Standard})
	assertCode(t, err, "NoSuchKey")
	assert.ErrorIs(t, err, cos.ErrNotFound)
}

func archiveDays(t *testing.T, p place) {
	p.needArchive(t)
	key := p.key("k")
	p.put(t, key, "content", cos.Headers{StorageClass: "ARCHIVE"})
	for _, days := range []int{-1, 0, 366} {
		assertRefused(t, p.Bucket.Restore(t.Context(), key, cos.RestoreRequest{Days: days, Tier: cos.Standard}))
	}
	assertRefused(t, p.Bucket.Restore(t.Context(), key, cos.RestoreRequest{Days: 1, Tier: "Soon"}))
	assert.Nil(t, p.head(t, key).Restore)
	p.restore(t, key, cos.RestoreRequest{Days: 365, Tier: cos.Standard})
}

func archiveReplaced(t *testing.T, p place) {
	p.needArchive(t)
	key := p.key("k")
	p.put(t, key, "content", cos.Headers{StorageClass: "ARCHIVE"})
	p.put(t, key, "other")
	h, content := p.open(t, key, cos.GetOptions{})
	assert.Equal(t, "other", content)
	assert.Equal(t, "STANDARD", h.StorageClass)
	assert.Nil(t, h.Restore)
}
