package jobs

import (
	"fmt"
	"testing"

	"cosmander/cos"
	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// wholeBucket is the deletion of the world's bucket.
func (w *world) wholeBucket(empty bool) Spec {
	return Spec{Kind: Delete, Sources: []Source{w.source("")}, Versions: empty, Whole: true}
}

// clutter fills the bucket with all that keeps it from being deleted.
func (w *world) clutter() {
	w.t.Helper()
	w.put("before/there were versions", []byte("x"))
	w.history(3, "a", "b/c", "b/旅行")
	w.put("last", []byte("y"))
	for i := range 3 {
		_, err := w.bucket.InitiateUpload(w.t.Context(), fmt.Sprint("unfinished/", i/2), cos.Headers{})
		require.NoError(w.t, err)
	}
}

// gone reports that the bucket is not there any more.
func (w *world) gone() bool {
	w.t.Helper()
	all, err := w.bucket.Client().ListBuckets(w.t.Context())
	require.NoError(w.t, err)
	for _, b := range all {
		if b.Name == bucketName {
			return false
		}
	}
	return true
}

func TestWholeBucket_GoesWithAllThatIsInIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.clutter()
	_, j := w.run(w.wholeBucket(true))
	require.Equal(t, Done, j.State, j.Reason)
	assert.True(t, w.gone())
	assert.EqualValues(t, 1+3*4+1+3+1, j.ItemsDone, "objects, versions, markers, uploads, and the bucket")
	assert.Zero(t, j.Unverified)
	assert.Equal(t, "the bucket "+bucketName, j.Title)
}

func TestWholeBucket_MustBeEmptyUnlessItIsEmptied(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put("k", []byte("x"))
	q, j := w.run(w.wholeBucket(false))
	assert.Equal(t, Failed, j.State)
	assert.Contains(t, reasons(t, q, j.ID)["the bucket itself"], "look what it is, and delete the bucket again")
	assert.False(t, w.gone())
	same(t, []byte("x"), w.stored("k"))
	_, err := w.bucket.Delete(t.Context(), "k", "")
	require.NoError(t, err)
	require.NoError(t, q.Retry(t.Context(), j.ID))
	j = finish(t, q, j.ID)
	assert.Equal(t, Done, j.State, j.Reason)
	assert.True(t, w.gone())
}

func TestWholeBucket_StaysWhileSomethingInItCannotGo(t *testing.T) {
	t.Parallel()
	for _, op := range []string{"AbortMultipartUpload", "ListMultipartUploads", "ListObjectVersions", "DeleteMultipleObjects"} {
		w := newWorld(t)
		w.clutter()
		faults := []func(){w.server.Faults().Add(denied(op, ""))}
		if op == "DeleteMultipleObjects" { // or they go one by one
			faults = append(faults, w.server.Faults().Add(denied("DeleteObject", "")))
		}
		q, j := w.run(w.wholeBucket(true))
		assert.Equal(t, Failed, j.State, op)
		assert.False(t, w.gone(), op)
		for _, mend := range faults {
			mend()
		}
		require.NoError(t, q.Retry(t.Context(), j.ID))
		j = finish(t, q, j.ID)
		assert.Equal(t, Done, j.State, "%s: %s", op, j.Reason)
		assert.True(t, w.gone(), op)
	}
}

func TestWholeBucket_ALostAnswerIsSettled(t *testing.T) {
	t.Parallel()
	for _, op := range []string{"DeleteBucket", "AbortMultipartUpload"} {
		w := newWorld(t)
		w.clutter()
		w.server.Faults().Add(emulator.Fault{Op: op, LoseAnswer: true, Times: 1})
		_, j := w.run(w.wholeBucket(true))
		assert.Equal(t, Done, j.State, "%s: %s", op, j.Reason)
		assert.True(t, w.gone(), op)
	}
}

// TestWholeBucket_GoesOnFromEveryCommit kills the job at every commit of the
// journal.
func TestWholeBucket_GoesOnFromEveryCommit(t *testing.T) {
	t.Parallel()
	for n := int64(2); n <= 12; n++ {
		t.Run(nth(int(n)), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.cfg.Files = 1
			w.clutter()
			ended := w.killed(w.wholeBucket(true), 0, n)
			left := w.resume()
			require.Len(t, left, 1)
			assert.Equal(t, Done, left[0].State, left[0].Reason)
			assert.True(t, w.gone())
			assert.True(t, n < 12 || ended, "there are more commits to be killed at")
		})
	}
}

func TestWholeBucket_NothingElseIsDeletedAsAWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put("p/k", []byte("x"))
	q := w.open()
	for name, s := range map[string]Spec{
		"a prefix":    {Kind: Delete, Whole: true, Sources: []Source{w.source("p/")}},
		"two buckets": {Kind: Delete, Whole: true, Sources: []Source{w.source(""), w.source("")}},
		"a folder":    {Kind: Delete, Whole: true, Sources: []Source{{Place: Place{Path: w.dir}, Folder: true}}},
		"a copy":      {Kind: Copy, Whole: true, Sources: []Source{w.source("")}, Dest: Place{Bucket: "other-1250000000"}},
	} {
		_, err := q.Add(t.Context(), s)
		assert.ErrorContains(t, err, "a bucket is deleted by itself", name)
	}
}

func TestWholeBucket_IsKeptInTheJournal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, err := w.wholeBucket(true).canonical("me")
	require.NoError(t, err)
	doc, err := encodeSpec(s)
	require.NoError(t, err)
	again, err := decodeSpec(doc)
	require.NoError(t, err)
	assert.Equal(t, s, again)
}
