package jobs

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// named gives each source its way below a place as its name.
func sourceNamed(s Spec, names ...string) Spec {
	for i, n := range names {
		s.Sources[i].Name = n
	}
	return s
}

// filesIn are the names of the files below dir.
func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	return slices.DeleteFunc(names(tree(t, dir)), func(n string) bool { return strings.HasSuffix(n, "/") })
}

func TestName_WithSlashesKeepsTwoOfOneNameApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("d/a/x", 3)
	w.file("d/b/x", 4)
	w.file("d/b/deep/y/z", 5)
	q, up := w.run(sourceNamed(w.upload("d/a/x", "d/b/x", "d/b/deep"), "a/x", "b/x", "b/deep"))
	require.Equal(t, Done, up.State, up.Reason)
	assert.Equal(t, []string{"up/a/x", "up/b/deep/y/z", "up/b/x"}, w.keys())
	assert.Equal(t, filepath.Join(w.dir, "d"), up.From, "that is where all of them lie")

	to := filepath.Join(w.dir, "to")
	down := sourceNamed(w.download(to, "up/a/x", "up/b/x", "up/b/deep/"), "a/x", "b/x", "b/deep")
	var tally Tally
	require.NoError(t, q.Survey(t.Context(), down, func(c Tally) { tally = c }))
	assert.Zero(t, tally.Existing)
	j := finish(t, q, start(t, q, down))
	require.Equal(t, Done, j.State, j.Reason)
	assert.Equal(t, []string{"a/x", "b/deep/y/z", "b/x"}, filesIn(t, to))
	assert.Equal(t, "cos://"+bucketName+"/up/", j.From)
	require.NoError(t, q.Survey(t.Context(), down, func(c Tally) { tally = c }))
	assert.Equal(t, []string{"a/x", "b/x", "b/deep"}, tally.Names)

	moved := sourceNamed(w.copies("up/a/x", "up/b/x"), "a/x", "b/x")
	moved.Move = true
	j = finish(t, q, start(t, q, moved))
	require.Equal(t, Done, j.State, j.Reason)
	assert.Equal(t, []string{"to/a/x", "to/b/x", "up/b/deep/y/z"}, w.keys())
}

func TestName_ThatLeadsElsewhereIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put("k", []byte("x"))
	bad := []string{"../k", "a/../../k", "/k", "a//k", "a/./k"}
	_, j := w.run(sourceNamed(w.download(filepath.Join(w.dir, "to"), "k", "k", "k", "k", "k"), bad...))
	assert.Equal(t, Failed, j.State)
	assert.Equal(t, int64(len(bad)), j.ItemsFailed)
	assert.NoFileExists(t, filepath.Join(w.dir, "k"))
	assert.NoDirExists(t, filepath.Join(w.dir, "to", "a"))
}

func TestName_NestedSourcesAreNotDisjoint(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	assert.True(t, sourceNamed(w.copies("a", "b"), "a/x", "b/x").disjoint())
	assert.True(t, sourceNamed(w.copies("a", "b"), "a", "ab/x").disjoint())
	assert.False(t, sourceNamed(w.copies("a", "b"), "a/x", "a/x").disjoint())
	assert.False(t, sourceNamed(w.copies("a/", "a/x"), "a", "a/x").disjoint())
}
