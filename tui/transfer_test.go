package tui

import (
	"os"
	"path/filepath"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/jobs"
)

func TestCopy_PlansThenQueues(t *testing.T) {
	t.Parallel()
	d := drive(t, "dir/x", "f.txt", "g.txt")
	d.queue.tally = jobs.Tally{Files: 3, Bytes: 999, Existing: 1, Names: []string{"old.txt"}}
	d.press("space", "space", "c")
	assert.Contains(t, d.screen(), "Download")
	assert.Contains(t, d.screen(), "3 files")
	assert.Contains(t, d.screen(), "old.txt")
	d.press("tab", "right", "enter") // the policy, then start
	require.Len(t, d.queue.added, 1)
	spec := d.queue.added[0]
	assert.Equal(t, jobs.Download, spec.Kind)
	assert.Equal(t, jobs.Skip, spec.OnConflict)
	assert.Equal(t, jobs.Place{Path: d.dir}, spec.Dest)
	assert.Equal(t, []jobs.Source{
		{Place: jobs.Place{Bucket: "b-1", Region: "ap-guangzhou", Key: "dir/"}, Folder: true},
		{Place: jobs.Place{Bucket: "b-1", Region: "ap-guangzhou", Key: "f.txt"}, Size: d.pane().rows.files[0].size, Sized: true},
	}, spec.Sources)
	assert.Empty(t, d.m.modals)
	assert.Zero(t, d.pane().rows.marked)
	assert.Contains(t, d.m.status, "queued")
}

func TestMove_PlansThenQueues(t *testing.T) {
	t.Parallel()
	d := drive(t, "f.txt")
	d.queue.tally = jobs.Tally{Files: 1, Done: true}
	d.press("f6")
	assert.Contains(t, d.screen(), "Move")
	assert.Contains(t, d.screen(), "once its copy is verified")
	d.press("enter")
	require.Len(t, d.queue.added, 1)
	assert.Equal(t, jobs.Download, d.queue.added[0].Kind)
	assert.True(t, d.queue.added[0].Move)
	assert.Contains(t, d.m.status, "queued: move of")
}

func TestCopy_UploadsWhatIsUnderTheCursor(t *testing.T) {
	t.Parallel()
	d := drive(t, "dir/x")
	d.press("enter", "tab", "j", "c", "enter")
	require.Len(t, d.queue.added, 1)
	assert.Equal(t, jobs.Upload, d.queue.added[0].Kind)
	assert.Equal(t, "dir/", d.queue.added[0].Dest.Key)
	assert.Equal(t, []jobs.Source{{Place: jobs.Place{Path: filepath.Join(d.dir, "sub")}, Folder: true}}, d.queue.added[0].Sources)
}

func TestCopy_LeavingThePlanStopsCounting(t *testing.T) {
	t.Parallel()
	d := drive(t, "f.txt")
	d.queue.hold = true
	d.press("c")
	ctx := <-d.queue.surveys
	require.NoError(t, ctx.Err())
	d.press("esc")
	require.Error(t, ctx.Err())
	assert.Empty(t, d.m.modals)
	assert.Empty(t, d.queue.added)
}

func TestCopy_OfNothingSaysWhy(t *testing.T) {
	t.Parallel()
	d := drive(t)
	d.press("c")
	assert.Contains(t, d.m.status, "nothing to copy")
	assert.Empty(t, d.m.modals)
}

func TestCopy_WaitsUntilWhatIsToBeMarkedIsListed(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"ctrl+a", "*"} {
		d := drive(t, manyKeys(2500)...)
		d.store.gate = make(chan struct{})
		_, next := d.m.Update(press(key))
		d.press("c", "d")
		assert.Empty(t, d.m.modals)
		assert.Equal(t, "still listing: 1 000 so far · Esc stops", d.m.status)
		close(d.store.gate)
		d.run(next)
		require.Equal(t, 2500, d.pane().rows.marked)
		d.press("c", "enter")
		require.Len(t, d.queue.added, 1)
		assert.Len(t, d.queue.added[0].Sources, 2500)
		assert.Zero(t, d.pane().rows.marked)
	}
}

func TestCopy_TakesOnlyTheMarksOffThatWereQueued(t *testing.T) {
	t.Parallel()
	d := drive(t, "a", "b", "c")
	d.press("space", "c")
	_, add := d.m.Update(press("enter"))
	d.press("space") // before the queue has answered
	d.run(add)
	assert.Equal(t, []string{"b"}, d.pane().rows.markedIDs())
}

func TestMarks_OfAllOutliveARefresh(t *testing.T) {
	t.Parallel()
	d := drive(t, manyKeys(2500)...)
	d.store.gate = make(chan struct{})
	d.m.Update(press("ctrl+a"))
	d.m.Update(press("space")) // but for the first
	_, again := d.m.Update(press("ctrl+r"))
	close(d.store.gate)
	d.run(again)
	assert.Equal(t, 2499, d.pane().rows.marked)
	assert.False(t, d.pane().rows.isMarked(0))
}

func TestMarks_OfAllDoNotFollowIntoAnotherFolder(t *testing.T) {
	t.Parallel()
	keys := manyKeys(2500)
	for i := range keys {
		keys[i] = "dir/" + keys[i]
	}
	d := drive(t, append(keys, manyKeys(2500)...)...)
	d.store.gate = make(chan struct{})
	d.m.Update(press("ctrl+a"))
	_, enter := d.m.Update(press("enter"))
	close(d.store.gate)
	d.run(enter)
	require.Equal(t, "dir/", d.pane().at.Key)
	d.press("G")
	assert.Equal(t, 2500, d.pane().rows.len())
	assert.Zero(t, d.pane().rows.marked)
}

func TestDelete_OpensOnCancelAndGoesThroughTheQueue(t *testing.T) {
	t.Parallel()
	d := drive(t, "f.txt", "g.txt")
	d.press("d")
	assert.Contains(t, d.screen(), "cannot be undone")
	assert.Contains(t, d.screen(), "f.txt")
	d.press("enter")
	require.Empty(t, d.queue.added, "Enter alone does nothing")
	d.press("d", "tab", "enter")
	require.Len(t, d.queue.added, 1)
	assert.Equal(t, jobs.Delete, d.queue.added[0].Kind)
	assert.Equal(t, "f.txt", d.queue.added[0].Sources[0].Key)
}

func TestDelete_ListsTheFirstAndCountsTheRest(t *testing.T) {
	t.Parallel()
	d := drive(t, manyKeys(40)...)
	d.press("ctrl+a", "d")
	assert.Contains(t, d.screen(), "40 items in cos://b-1/")
	assert.Contains(t, d.screen(), "and 34 more")
}

func TestMakeFolder(t *testing.T) {
	t.Parallel()
	d := drive(t, "x")
	d.press("n", "q", "/", "enter")
	assert.Contains(t, d.screen(), "one folder at a time", "q is a letter here")
	d.press("backspace", "enter")
	assert.Equal(t, []string{"q/"}, d.store.put)
	assert.Equal(t, "q/", d.cursor())
	d.press("n", "q", "enter")
	assert.Equal(t, []string{"q/"}, d.store.put, "it is there")
	assert.Contains(t, d.m.status, "q/ exists already")
	d.press("tab", "n")
	d.send(tea.PasteMsg{Content: "旅行\n"})
	d.press("enter")
	info, err := os.Stat(filepath.Join(d.dir, "旅行"))
	require.NoError(t, err)
	assert.True(t, info.IsDir())
	assert.Equal(t, "旅行/", d.cursor())
	d.press("n")
	d.send(tea.PasteMsg{Content: "旅行"})
	d.press("enter")
	assert.Contains(t, d.m.status, "exists")
}

func TestWrongName(t *testing.T) {
	t.Parallel()
	local, remote := place{Place: jobs.Place{Path: "/x"}}, place{Place: jobs.Place{Bucket: "b"}}
	for name, fine := range map[string]bool{"a": true, " ": true, "": false, ".": false, "..": false, "a/b": false, "a\x00": false, "\xff": false} {
		assert.Equal(t, fine, wrongName(local, name) == "", "%q", name)
		assert.Equal(t, fine, wrongName(remote, name) == "", "%q", name)
	}
}
