package jobs

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadNames_SortsThemAllAndPassesTheFirstBeforeTheRest(t *testing.T) {
	t.Parallel()
	for _, count := range []int{0, 1, namesRead - 1, namesRead, namesRead + 1, 2*namesRead + 500} {
		t.Run(nth(count), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			var want []string
			for i := range count {
				want = append(want, fmt.Sprintf("%d ü.txt", i))
				require.NoError(t, os.WriteFile(filepath.Join(dir, want[i]), nil, 0o600))
			}
			slices.Sort(want)
			var early []string
			l, err := readNames(dir, func(first []string) error {
				require.Empty(t, early, "once")
				early = append(early, first...)
				return nil
			})
			require.NoError(t, err)
			var got []string
			for i := range l.len() {
				got = append(got, l.name(i))
			}
			assert.Equal(t, want, got)
			if count >= namesRead {
				assert.Len(t, early, namesRead)
				assert.Subset(t, want, early)
			} else {
				assert.Empty(t, early)
			}
		})
	}
}

func TestReadNames_SaysWhoStoppedIt(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	dir := t.TempDir()
	for i := range namesRead + 1 {
		require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), nil, 0o600))
	}
	_, err := readNames(dir, func([]string) error { return stop })
	require.ErrorIs(t, err, stop)
	var early *earlyError
	require.ErrorAs(t, err, &early)
	_, err = readNames(filepath.Join(dir, "gone"), nil)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NotErrorAs(t, err, &early)
}

func TestNameList_HoldsNamesAcrossBlocks(t *testing.T) {
	t.Parallel()
	l := &nameList{}
	var want []string
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 { // about 3 MiB
		name := strings.Repeat(string(rune('a'+r.IntN(26))), r.IntN(maxSegment+1))
		want = append(want, name)
		l.add(name)
	}
	require.Greater(t, len(l.blocks), 2)
	slices.Sort(want)
	l.sort()
	for i := range want {
		require.Equal(t, want[i], l.name(i))
	}
}

// manyFiles makes files that are few enough for a test and more than one read
// of their folder gives.
func (w *world) manyFiles(dir string, count int) {
	w.t.Helper()
	require.NoError(w.t, os.MkdirAll(filepath.Join(w.dir, dir), 0o700))
	for i := range count {
		require.NoError(w.t, os.WriteFile(filepath.Join(w.dir, dir, fmt.Sprintf("%05d", i)), []byte{1}, 0o600))
	}
}

func TestUpload_OfALargeFolderBeginsBeforeItIsReadAndKeepsItsCounts(t *testing.T) {
	t.Parallel()
	const count = namesRead + 100
	for name, keep := range map[string]int64{"all rows stay": 10_000, "few rows stay": 7} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.manyFiles("d", count)
			w.file("d/sub/x", 1)
			require.NoError(t, os.Symlink("nowhere", filepath.Join(w.dir, "d", "link")))
			w.cfg.KeepDone = keep
			f, err := os.Open(filepath.Join(w.dir, "d"))
			require.NoError(t, err)
			defer f.Close()
			unsorted, err := f.Readdirnames(7)
			require.NoError(t, err)
			q, j := w.run(w.upload("d"))
			assert.Equal(t, Done, j.State, j.Reason)
			assert.EqualValues(t, count+2, j.Items)
			assert.EqualValues(t, count+2, j.ItemsDone)
			assert.EqualValues(t, 1, j.ItemsSkipped, "the link")
			assert.EqualValues(t, count+1, j.Bytes)
			assert.EqualValues(t, count+1, w.server.Requests("PutObject"), "nothing is sent twice")
			first, err := q.Items(t.Context(), j.ID, 0, len(unsorted))
			require.NoError(t, err)
			for i, it := range first {
				assert.Equal(t, "d/"+unsorted[i], it.Name, "as the folder gives them: sorting takes all")
			}
			keys := map[string]bool{}
			for r, err := range q.Receipts(t.Context(), j.ID) {
				require.NoError(t, err)
				assert.False(t, keys[r.Key], r.Key)
				keys[r.Key] = true
			}
			assert.Len(t, keys, count+1)
		})
	}
}

func TestCrash_UploadOfALargeFolderCountsNothingTwice(t *testing.T) {
	t.Parallel()
	const count = namesRead + 100
	for _, commit := range []int64{3, 5, 9} {
		t.Run(nth(int(commit)), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.cfg.KeepDone = 50
			w.manyFiles("d", count)
			require.False(t, w.killed(w.upload("d"), 0, commit))
			for _, j := range w.resume() {
				assert.Equal(t, Done, j.State, j.Reason)
				assert.EqualValues(t, count, j.Items)
				assert.EqualValues(t, count, j.Bytes)
			}
			assert.Len(t, w.keys(), count)
			// Of those that were in flight nobody knows.
			assert.LessOrEqual(t, w.server.Requests("PutObject"), int64(count+Config{}.withDefaults().Files))
		})
	}
}
