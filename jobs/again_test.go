package jobs

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func denied(op, key string) emulator.Fault {
	return emulator.Fault{Op: op, Key: key, Status: http.StatusForbidden, Code: "AccessDenied"}
}

func TestRestart_CopiesWhatIsThereNow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("d/bad", 10)
	w.file("d/good", 10)
	w.file("d/gone", 10)
	mend := w.server.Faults().Add(denied("PutObject", "up/d/bad"))
	q, j := w.run(w.upload("d"))
	require.Equal(t, Failed, j.State)
	require.EqualValues(t, 2, j.ItemsDone)
	mend()
	changed := w.file("d/good", 2000)
	added := w.file("d/new/file", 30)
	require.NoError(t, os.Remove(filepath.Join(w.dir, "d/gone")))
	require.NoError(t, q.Restart(t.Context(), j.ID))
	j = finish(t, q, j.ID)
	assert.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 3, j.Items)
	assert.EqualValues(t, 3, j.ItemsDone)
	assert.Zero(t, j.ItemsFailed)
	assert.EqualValues(t, 2040, j.Bytes)
	assert.EqualValues(t, 2040, j.BytesDone)
	same(t, changed, w.stored("up/d/good"))
	same(t, added, w.stored("up/d/new/file"))
	require.Error(t, q.Restart(t.Context(), j.ID), "what is done is done")
}

func TestRestart_GoesOnWithPartsOfTheSameFileAndDropsThoseOfAGoneOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := w.file("d/big", 4*partBytes)
	w.file("d/gone", 2*partBytes)
	w.file("d/small", 10)
	mend := []func(){
		w.server.Faults().Add(denied("CompleteMultipartUpload", "up/d/big")),
		w.server.Faults().Add(denied("CompleteMultipartUpload", "up/d/gone")),
	}
	q, j := w.run(w.upload("d"))
	require.Equal(t, Failed, j.State)
	require.EqualValues(t, 2, j.ItemsFailed)
	for _, f := range mend {
		f()
	}
	parts := w.server.Requests("UploadPart")
	require.NoError(t, os.Remove(filepath.Join(w.dir, "d/gone")))
	require.NoError(t, q.Restart(t.Context(), j.ID))
	j = finish(t, q, j.ID)
	assert.Equal(t, Failed, j.State)
	assert.EqualValues(t, 2, j.ItemsDone)
	assert.Equal(t, []string{"d/gone"}, names(reasons(t, q, j.ID)))
	assert.Equal(t, parts, w.server.Requests("UploadPart"), "no part was sent again")
	same(t, want, w.stored("up/d/big"))
	assert.Zero(t, w.uploads())
	require.NoError(t, q.Restart(t.Context(), j.ID))
	j = finish(t, q, j.ID)
	assert.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 2, j.Items)
}

func TestRestart_GoesOnWithRangesOfTheSameObject(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := w.object("big", 4*partBytes)
	w.object("small", 5)
	rule := denied("GetObject", "big")
	rule.After = 2
	mend := w.server.Faults().Add(rule)
	to := filepath.Join(w.dir, "to")
	q := w.open(func(c *Config) { c.Parts = 1 })
	id := start(t, q, w.download(to, "big", "small"))
	j := finish(t, q, id)
	require.Equal(t, Failed, j.State)
	mend()
	kept, err := q.j.acks(t.Context(), &item{job: id, n: 1})
	require.NoError(t, err)
	require.NotEmpty(t, kept)
	before := w.server.Requests("GetObject")
	require.NoError(t, q.Restart(t.Context(), id))
	j = finish(t, q, id)
	assert.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 2, j.Items)
	assert.EqualValues(t, 4-len(kept)+1, w.server.Requests("GetObject")-before, "the ranges that were missing, and the small one")
	same(t, want, []byte(tree(t, to)["big"]))
	noTemps(t, to)
}

func TestRetryAndRestart_LookAgainAtWhatCouldNotBeRead(t *testing.T) {
	t.Parallel()
	for name, again := range map[string]func(*Queue, ID) error{
		"retry":   func(q *Queue, id ID) error { return q.Retry(t.Context(), id) },
		"restart": func(q *Queue, id ID) error { return q.Restart(t.Context(), id) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.file("d/a", 1)
			w.file("d/z", 2)
			for _, n := range []string{"b", "c"} {
				require.NoError(t, os.Symlink("nowhere", filepath.Join(w.dir, "d", n)))
			}
			q, j := w.run(w.following("d"))
			require.EqualValues(t, 2, j.ItemsFailed)
			require.NoError(t, os.Remove(filepath.Join(w.dir, "d/b")))
			w.file("d/b", 3)
			require.NoError(t, again(q, j.ID))
			j = finish(t, q, j.ID)
			assert.EqualValues(t, 1, j.ItemsFailed)
			assert.EqualValues(t, 3, j.ItemsDone)
			assert.Equal(t, []string{"d/c"}, names(reasons(t, q, j.ID)))
			require.NoError(t, os.Remove(filepath.Join(w.dir, "d/c")))
			require.NoError(t, again(q, j.ID))
			j = finish(t, q, j.ID)
			assert.Equal(t, Done, j.State, j.Reason)
			assert.Equal(t, []string{"up/d/a", "up/d/b", "up/d/z"}, w.keys())
		})
	}
}

func TestRetry_LooksOnlyAtWhatFailed(t *testing.T) {
	t.Parallel()
	for _, c := range []OnConflict{KeepBoth, Overwrite} {
		t.Run(string(c), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.manyFiles("d", 30)
			w.link("nowhere", "d/00009x")
			w.link("nowhere", "d/folder")
			w.cfg.KeepDone = 5
			s := w.following("d")
			s.OnConflict = c
			q, j := w.run(s)
			require.EqualValues(t, 32, j.Items)
			require.EqualValues(t, 30, j.ItemsDone)
			for _, left := range []int64{2, 2} { // they fail again, with rows of their own
				require.NoError(t, q.Retry(t.Context(), j.ID))
				j = finish(t, q, j.ID)
				assert.EqualValues(t, 32, j.Items)
				assert.EqualValues(t, 30, j.ItemsDone)
				assert.Equal(t, left, j.ItemsFailed)
			}
			require.NoError(t, os.Remove(filepath.Join(w.dir, "d/folder")))
			w.manyFiles("d/folder", 2*walkBatch)
			require.NoError(t, os.Remove(filepath.Join(w.dir, "d/00009x")))
			require.NoError(t, q.Retry(t.Context(), j.ID))
			j = finish(t, q, j.ID)
			assert.Equal(t, Done, j.State, j.Reason)
			assert.EqualValues(t, 30+2*walkBatch, j.Items)
			assert.EqualValues(t, 30+2*walkBatch, j.ItemsDone)
			assert.EqualValues(t, 30+2*walkBatch, w.server.Requests("PutObject"), "nothing is sent twice")
			assert.Len(t, w.keys(), 30+2*walkBatch)
		})
	}
}
