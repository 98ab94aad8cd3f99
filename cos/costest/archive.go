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
		{"IsReadAfterARestore", archiveRestores},
		{"RestoresOnceAtATime", archiveRestoresOnce},
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

func archiveRestores(t *testing.T, p place) {
	p.needArchive(t)
	p.need(t, p.RestoreWait > 0, "time to wait for a restore (Env.RestoreWait)")
	key := p.key("k")
	p.put(t, key, "content", cos.Headers{StorageClass: "ARCHIVE"})
	p.restore(t, key, cos.RestoreRequest{Days: 2, Tier: cos.Expedited})
	state := p.restored(t, key, "")
	assert.WithinDuration(t, time.Now().Add(48*time.Hour), state.Expires, 48*time.Hour, "two days, perhaps of whole ones")
	h, content := p.open(t, key, cos.GetOptions{})
	assert.Equal(t, "content", content)
	assert.Equal(t, "ARCHIVE", h.StorageClass, "the class stays")
	assert.Equal(t, "c", p.get(t, key, cos.GetOptions{Range: &cos.ByteRange{Length: 1}}))
	p.copy(t, p.key("copy"), cos.CopySource{Key: key}, cos.CopyOptions{})
	assert.Equal(t, "content", p.get(t, p.key("copy")))
	// Again, for longer: any success will do.
	p.restore(t, key, cos.RestoreRequest{Days: 3, Tier: cos.Expedited})
}

// restored waits until a restore is over and returns what HEAD says then.
func (p place) restored(t testing.TB, key, versionID string) cos.RestoreState {
	t.Helper()
	o := cos.GetOptions{VersionID: versionID}
	first := p.head(t, key, o).Restore
	require.NotNil(t, first)
	assert.True(t, first.Ongoing)
	assert.True(t, first.Expires.IsZero())
	if p.Advance != nil {
		p.Advance(p.RestoreWait)
	}
	var state *cos.RestoreState
	over := func() bool {
		h, err := p.Bucket.Head(t.Context(), key, o)
		if err == nil {
			state = h.Restore
		}
		return err == nil && state != nil && !state.Ongoing
	}
	// Twice the time: the load of the machine counts too.
	require.Eventually(t, over, 2*p.RestoreWait, max(p.RestoreWait/100, time.Millisecond), "the restore of %s", key)
	return *state
}

func archiveRestoresOnce(t *testing.T, p place) {
	p.needArchive(t)
	key := p.key("k")
	p.put(t, key, "content", cos.Headers{StorageClass: "ARCHIVE"})
	p.restore(t, key, cos.RestoreRequest{Days: 1, Tier: cos.Bulk})
	state := p.head(t, key).Restore
	require.NotNil(t, state)
	assert.True(t, state.Ongoing)
	assert.Contains(t, []cos.Tier{"", cos.Bulk}, state.Tier)
	err := p.Bucket.Restore(t.Context(), key, cos.RestoreRequest{Days: 1, Tier: cos.Bulk})
	assertCode(t, err, "RestoreAlreadyInProgress")
	assert.ErrorIs(t, err, cos.ErrConflict)
	assertArchived(t, p.tryGet(t, key, cos.GetOptions{}), "it is not over")
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
