package jobs

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDownload_FetchesObjectsOfEverySizeAndVerifies(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{0, 1, 4096, 512 * kib, 512*kib + 1, 1 << 20, 5<<20 + 77} {
		t.Run(nth(int(size)), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			want := w.object("x/a.txt", size)
			to := filepath.Join(w.dir, "new", "folder")
			_, j := w.run(w.download(to, "x/a.txt"))
			assert.Equal(t, Done, j.State, j.Reason)
			assert.Zero(t, j.Unverified)
			assert.Equal(t, size, j.Bytes)
			assert.Equal(t, size, j.BytesDone)
			got, err := os.ReadFile(filepath.Join(to, "a.txt"))
			require.NoError(t, err)
			assert.Equal(t, string(want), string(got))
			assert.Equal(t, []string{"a.txt"}, names(tree(t, to)))
		})
	}
}

func TestDownload_FolderKeepsItsStructure(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put("p/", nil)
	w.put("p/a", []byte("A"))
	w.put("p/empty/", nil)
	w.put("p/q/大 +%.txt", []byte("B"))
	_, j := w.run(w.download(w.dir, "p/"))
	assert.Equal(t, Done, j.State, j.Reason)
	assert.Equal(t, map[string]string{"p/": "", "p/a": "A", "p/empty/": "", "p/q/": "", "p/q/大 +%.txt": "B"}, tree(t, w.dir))
}
