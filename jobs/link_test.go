package jobs

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func (w *world) link(to, name string) {
	w.t.Helper()
	require.NoError(w.t, os.Symlink(to, filepath.Join(w.dir, name)))
}

// following is an upload that follows links.
func (w *world) following(names ...string) Spec {
	s := w.upload(names...)
	s.FollowLinks = true
	return s
}

// passed returns why items were skipped.
func passed(t *testing.T, q *Queue, id ID) map[string]string {
	t.Helper()
	items, err := q.Items(t.Context(), id, 0, 1000, Done)
	require.NoError(t, err)
	m := map[string]string{}
	for _, it := range items {
		if it.Skipped {
			m[it.Name] = it.Reason
		}
	}
	return m
}

// withLinks makes a folder d with all that is no file of its own.
func (w *world) withLinks() {
	w.t.Helper()
	w.file("d/good", 10)
	w.file("d/sub/in", 20)
	w.file("else/in", 30)
	w.link(filepath.Join(w.dir, "d/good"), "d/file")
	w.link(filepath.Join(w.dir, "else"), "d/folder")
	w.link("..", "d/sub/up")
	w.link("self", "d/self")
	w.link("nowhere", "d/dangling")
	require.NoError(w.t, syscall.Mkfifo(filepath.Join(w.dir, "d/pipe"), 0o600))
	w.link("pipe", "d/pipelink")
}

func TestUpload_SkipsLinksAndSpecialFilesWithAReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.withLinks()
	q, j := w.run(w.upload("d"))
	assert.Equal(t, Done, j.State, j.Reason)
	link := "a link: not followed"
	assert.Equal(t, map[string]string{
		"d/file": link, "d/folder": link, "d/sub/up": link, "d/self": link, "d/dangling": link, "d/pipelink": link,
		"d/pipe": "is a named pipe, not a file",
	}, passed(t, q, j.ID))
	assert.EqualValues(t, 9, j.Items)
	assert.EqualValues(t, 9, j.ItemsDone)
	assert.EqualValues(t, 7, j.ItemsSkipped)
	assert.EqualValues(t, 30, j.Bytes)
	assert.Equal(t, []string{"up/d/good", "up/d/sub/in"}, w.keys())
	for r, err := range q.Receipts(t.Context(), j.ID) {
		require.NoError(t, err)
		assert.False(t, r.Skipped, "what is no object has no receipt: %s", r.Source)
	}
	var count Tally
	require.NoError(t, q.Survey(t.Context(), w.upload("d"), func(c Tally) { count = c }))
	assert.EqualValues(t, 2, count.Files)
	assert.EqualValues(t, 30, count.Bytes)
}

func TestUpload_FollowsLinksWhenAskedButNotInCircles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.withLinks()
	w.link(w.dir, "else/round")
	q, j := w.run(w.following("d"))
	assert.Equal(t, Failed, j.State)
	bad := reasons(t, q, j.ID)
	assert.Len(t, bad, 1)
	assert.Contains(t, bad["d/dangling"], "leads nowhere")
	skipped := passed(t, q, j.ID)
	assert.Contains(t, skipped["d/sub/up"], "leads back")
	assert.Contains(t, skipped["d/self"], "leads back")
	assert.Contains(t, skipped["d/folder/round/else"], "leads back")
	assert.Contains(t, skipped["d/pipelink"], "named pipe")
	assert.Equal(t, []string{
		"up/d/file", "up/d/folder/in", "up/d/good", "up/d/sub/in",
	}, w.keys())
	var count Tally
	require.NoError(t, q.Survey(t.Context(), w.following("d"), func(c Tally) { count = c }))
	assert.EqualValues(t, len(w.keys()), count.Files)
}

func TestUpload_FollowsALinkThatIsNamedItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("real/a", 3)
	w.link("real", "folder")
	w.link("real/a", "file")
	_, j := w.run(w.upload("folder", "file"))
	assert.Equal(t, Done, j.State, j.Reason)
	assert.Equal(t, []string{"up/file", "up/folder/a"}, w.keys())
}

func TestSpec_ThatFollowsNoLinksIsWhatItWasBeforeItCould(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	doc, err := encodeSpec(w.upload("d"))
	require.NoError(t, err)
	assert.NotContains(t, doc, "FollowLinks")
	doc, err = encodeSpec(w.following("d"))
	require.NoError(t, err)
	s, err := decodeSpec(doc)
	require.NoError(t, err)
	assert.True(t, s.FollowLinks)
	moving := w.following("d")
	moving.Move = true
	_, err = moving.canonical("")
	require.Error(t, err)
}
