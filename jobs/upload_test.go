package jobs

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestUpload_SendsFilesOfEverySizeAndVerifies(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{0, 1, 4096, 512 * kib, 512*kib + 1, 1 << 20, 1<<20 + 1, 5<<20 + 77} {
		t.Run(nth(int(size)), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			want := w.file("a.txt", size)
			_, j := w.run(w.upload("a.txt"))
			assert.Equal(t, Done, j.State, j.Reason)
			assert.EqualValues(t, 1, j.ItemsDone)
			assert.Zero(t, j.Unverified)
			assert.Equal(t, size, j.Bytes)
			assert.Equal(t, size, j.BytesDone)
			same(t, want, w.stored("up/a.txt"))
			assert.Zero(t, w.uploads())
		})
	}
}

func TestUpload_FolderKeepsItsStructure(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("d/a", 3)
	w.file("d/b/c", 4)
	w.file("d/b/大 +%.txt", 5)
	require.NoError(t, os.MkdirAll(filepath.Join(w.dir, "d/empty"), 0o700))
	_, j := w.run(w.upload("d"))
	assert.Equal(t, Done, j.State, j.Reason)
	assert.Equal(t, []string{"up/d/a", "up/d/b/c", "up/d/b/大 +%.txt", "up/d/empty/"}, w.keys())
}
