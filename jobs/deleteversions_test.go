package jobs

import (
	"fmt"
	"io"
	"testing"

	"cosmander/cos"
	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// versions lists what is left, as "key version" or "key marker".
func (w *world) versions(prefix string) []string {
	w.t.Helper()
	var list []string
	for page, err := range w.bucket.VersionPages(w.t.Context(), cos.VersionsOptions{Prefix: prefix}) {
		require.NoError(w.t, err)
		for _, v := range page.Versions {
			what := "version"
			if v.DeleteMarker {
				what = "marker"
			}
			list = append(list, v.Key+" "+what)
		}
	}
	return list
}

// history gives keys n versions each and a delete marker.
func (w *world) history(n int, keys ...string) {
	w.t.Helper()
	require.NoError(w.t, w.bucket.SetVersioning(w.t.Context(), cos.VersioningEnabled))
	for _, key := range keys {
		for i := range n {
			w.put(key, fmt.Append(nil, i))
		}
		_, err := w.bucket.Delete(w.t.Context(), key, "")
		require.NoError(w.t, err)
	}
}

func TestDeleteVersions_EveryVersionAndMarkerBelowAPrefixGoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put("p/a", []byte("before there was versioning"))
	w.history(3, "p/a", "p/b/c", "pq")
	before := w.versions("pq")
	s := w.removal("p/")
	s.Versions = true
	var last Tally
	q := w.open()
	require.NoError(t, q.Survey(t.Context(), s, func(t Tally) { last = t }))
	assert.EqualValues(t, 9, last.Files)
	j := finish(t, q, start(t, q, s))
	require.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 9, j.ItemsDone)
	assert.Empty(t, w.versions("p/"))
	assert.Equal(t, before, w.versions("pq"))
	assert.Zero(t, w.server.Requests("DeleteObject")-3, "all by DeleteMultipleObjects")
	seen := map[string]bool{}
	for r, err := range q.Receipts(t.Context(), j.ID) {
		require.NoError(t, err)
		assert.NotEmpty(t, r.VersionID)
		seen[r.Key+r.VersionID] = true
	}
	assert.Len(t, seen, 9, "a receipt names its version")
}

func TestDeleteVersions_OfOneKeyLeavesThoseThatBeginLikeIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.history(2, "k", "k/below", "k2")
	s := w.removal("k")
	s.Versions = true
	_, j := w.run(s)
	require.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 3, j.ItemsDone)
	assert.Empty(t, w.versions("k ")) // nothing of that name either
	assert.Equal(t, []string{
		"k/below marker", "k/below version", "k/below version", "k2 marker", "k2 version", "k2 version",
	}, w.versions("k"))
}

func TestDeleteVersions_OneVersionGoesForGood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.bucket.SetVersioning(t.Context(), cos.VersioningEnabled))
	var ids []string
	for _, text := range []string{"one", "two", "three"} {
		w.put("k", []byte(text))
		head, err := w.bucket.Head(t.Context(), "k", cos.GetOptions{})
		require.NoError(t, err)
		ids = append(ids, head.VersionID)
	}
	marker, err := w.bucket.Delete(t.Context(), "k", "")
	require.NoError(t, err)
	s := w.removal("k", "k")
	s.Sources[0].VersionID, s.Sources[1].VersionID = ids[1], marker.VersionID
	_, j := w.run(s)
	require.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 2, j.ItemsDone)
	same(t, []byte("three"), w.stored("k"))
	assert.Equal(t, []string{"k version", "k version"}, w.versions("k"))
	for _, id := range []string{ids[0], ids[2]} {
		_, err := w.bucket.Head(t.Context(), "k", cos.GetOptions{VersionID: id})
		assert.NoError(t, err)
	}
}

func TestDeleteVersions_KeepsFailuresOneByOneAndGoesSinglyWhereItMust(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.history(2, "p/a", "p/b")
	w.server.Faults().Add(denied("DeleteMultipleObjects", ""))
	mend := w.server.Faults().Add(denied("DeleteObject", "p/b"))
	s := w.removal("p/")
	s.Versions = true
	q, j := w.run(s)
	assert.Equal(t, Failed, j.State)
	assert.EqualValues(t, 3, j.ItemsDone)
	assert.EqualValues(t, 3, j.ItemsFailed)
	assert.Equal(t, []string{"p/b marker", "p/b version", "p/b version"}, w.versions("p/"))
	mend()
	require.NoError(t, q.Retry(t.Context(), j.ID))
	j = finish(t, q, j.ID)
	assert.Equal(t, Done, j.State, j.Reason)
	assert.Empty(t, w.versions("p/"))
}

func TestDeleteVersions_ALostAnswerOfOneVersionIsSettled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.history(1, "k")
	s := w.removal("k")
	s.Versions = true
	w.server.Faults().Add(denied("DeleteMultipleObjects", ""))
	w.server.Faults().Add(emulator.Fault{Op: "DeleteObject", LoseAnswer: true, Times: 1})
	_, j := w.run(s)
	assert.Equal(t, Done, j.State, j.Reason)
	assert.Empty(t, w.versions("k"))
}

// A key with more versions than a page holds is walked by its version marker.
func TestDeleteVersions_GoesOnBehindTheVersionAfterACrash(t *testing.T) {
	t.Parallel()
	for _, n := range []int64{3, 6} {
		t.Run(nth(int(n)), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			require.NoError(t, w.bucket.SetVersioning(t.Context(), cos.VersioningEnabled))
			for range 1010 {
				require.NoError(t, w.server.Store(bucketName, "p/k", emptyReader{}, 0, emulator.StoreOptions{}))
			}
			w.history(1, "p/l")
			s := w.removal("p/")
			s.Versions = true
			w.killed(s, 0, n)
			jobs := w.resume()
			require.NotEmpty(t, jobs)
			assert.Equal(t, Done, jobs[0].State, jobs[0].Reason)
			assert.EqualValues(t, 1012, jobs[0].ItemsDone)
			assert.Empty(t, w.versions("p/"))
		})
	}
}

func TestWalk_AVersionIsKnownByItsName(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{{"k", "v"}, {"k", ""}, {"a\x00b", "v"}, {"", ""}} {
		key, version := cutVersion(versionName(c[0], c[1]))
		assert.Equal(t, c[0], key)
		assert.Equal(t, c[1], version)
	}
}

type emptyReader struct{}

func (emptyReader) Read([]byte) (int, error) { return 0, io.EOF }
