package tui

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/jobs"
)

func manyKeys(n int) []string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = fmt.Sprintf("k%06d", i)
	}
	return keys
}

func TestPane_EntersAndLeavesWithTheCursorOnWhatWasLeft(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/1", "b/c/1", "b/d/1", "e.txt")
	d.press("j", "enter")
	require.Equal(t, "b/", d.pane().at.Key)
	d.press("j", "j", "l")
	require.Equal(t, "b/d/", d.pane().at.Key)
	d.press("h")
	assert.Equal(t, "d/", d.cursor())
	d.press("backspace")
	assert.Equal(t, "b/", d.cursor())
	d.press("h")
	assert.Contains(t, d.m.status, "nothing is above")
}

func TestPane_ParentRowLeadsUp(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/1")
	d.press("enter", "home", "l", "right")
	assert.Equal(t, "a/", d.pane().at.Key, "right does not lead up")
	d.press("enter")
	assert.Empty(t, d.pane().at.Key)
	assert.Equal(t, "a/", d.cursor())
}

func TestPane_FileIsNotEntered(t *testing.T) {
	t.Parallel()
	d := drive(t, "e.txt")
	d.press("enter")
	assert.Empty(t, d.pane().at.Key)
	assert.NotNil(t, d.m.preview, "it is shown")
}

func TestListing_LoadsPagesOnlyWhenTheyAreNeeded(t *testing.T) {
	t.Parallel()
	d := drive(t, manyKeys(5000)...)
	assert.Equal(t, 1, d.store.calls)
	assert.Contains(t, d.screen(), "1 000 of 1 000+")
	for range 38 {
		d.press("ctrl+f")
	}
	assert.Equal(t, 1, d.store.calls)
	for range 12 {
		d.press("ctrl+f")
	}
	assert.Equal(t, 2, d.store.calls)
	d.press("G")
	assert.Equal(t, 5, d.store.calls)
	assert.Equal(t, "k004999", d.cursor())
	assert.Contains(t, d.screen(), "5 000 items")
}

func TestListing_StaleGenerationIsDropped(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/1", "b/1")
	_, enter := d.m.Update(press("enter"))
	_, again := d.m.Update(press("j"))
	assert.Nil(t, again)
	_, second := d.m.Update(press("enter")) // b/ instead
	first, then := d.results(enter), d.results(second)
	for _, msg := range append(then, first...) {
		d.send(msg)
	}
	assert.Equal(t, "b/", d.pane().at.Key)
}

func TestListing_LeavingCancelsIt(t *testing.T) {
	t.Parallel()
	d := drive(t, append(manyKeys(3000), "a/1")...)
	d.press("G")
	d.press("home")
	d.store.gate = make(chan struct{})
	d.m.refresh(d.m.focus)
	old := d.pane().load.ctx
	require.NoError(t, old.Err())
	d.m.Update(press("enter")) // into a/
	assert.Error(t, old.Err())
}

func TestListing_EscapeStopsIt(t *testing.T) {
	t.Parallel()
	d := drive(t, "x")
	d.store.gate = make(chan struct{})
	_, cmd := d.m.Update(press("ctrl+r"))
	ctx := d.pane().load.ctx
	d.m.Update(press("esc"))
	require.Error(t, ctx.Err())
	for _, msg := range d.results(cmd) {
		d.send(msg)
	}
	assert.Equal(t, "stopped listing", d.m.status)
	assert.Equal(t, "x", d.cursor(), "the old rows stay")
}

func TestListing_IsMentionedOnlyWhenSlow(t *testing.T) {
	t.Parallel()
	d := start(t, "x")
	d.m.Init()
	assert.NotContains(t, d.screen(), "listing")
	d.send(slowMsg{1, d.m.panes[1].gen - 1})
	assert.NotContains(t, d.screen(), "listing", "another listing's clock")
	d.send(slowMsg{1, d.m.panes[1].gen})
	assert.Contains(t, d.screen(), "listing…")
}

func TestRefresh_KeepsCursorAndMarksByName(t *testing.T) {
	t.Parallel()
	d := drive(t, manyKeys(2500)...)
	d.press("G")
	d.press("k", "space", "k", "k")
	at := d.cursor()
	d.store.keys = append([]string{"a-new-one", "b-new-one"}, d.store.keys...)
	d.press("ctrl+r")
	assert.Equal(t, at, d.cursor())
	d.press("G")
	assert.Equal(t, []string{"k002498"}, d.pane().rows.markedIDs())
}

func TestRefresh_OfWhatIsGoneStaysNear(t *testing.T) {
	t.Parallel()
	d := drive(t, "a", "b", "c", "d")
	d.press("j", "j")
	d.store.keys = []string{"a", "b", "d"}
	d.press("ctrl+r")
	assert.Equal(t, "d", d.cursor())
}

func TestListing_FoldersThatComeLateDoNotMoveWhatIsSeen(t *testing.T) {
	t.Parallel()
	d := drive(t, append(manyKeys(1500), "z1/x", "z2/x")...)
	for range 44 {
		d.press("ctrl+f")
	}
	at, top := d.cursor(), d.pane().top
	require.Equal(t, 1, d.store.calls)
	seen := d.pane().window(21)
	d.press("ctrl+f")
	d.press("ctrl+b")
	require.Equal(t, 2, d.store.calls)
	assert.Equal(t, at, d.cursor())
	assert.Equal(t, top+2, d.pane().top, "two folders stand above now")
	assert.Equal(t, seen, d.pane().window(21))
}

func TestMarks(t *testing.T) {
	t.Parallel()
	d := drive(t, append(manyKeys(1200), "dir/x")...)
	d.press("space", "space", "j", "space")
	assert.Equal(t, []string{"dir/", "k000000", "k000002"}, d.pane().rows.markedIDs())
	d.press("k", "space")
	assert.Equal(t, 2, d.pane().rows.marked, "a second press takes the mark off")
	d.press("*")
	assert.Equal(t, 1201-2, d.pane().rows.marked, "all pages are listed and turned round")
	d.press("esc")
	assert.Zero(t, d.pane().rows.marked)
	assert.Zero(t, d.pane().rows.picked)
	d.press("ctrl+a")
	assert.Equal(t, 1201, d.pane().rows.marked)
	assert.Equal(t, d.pane().rows.size, d.pane().rows.picked)
}

func TestHidden_TogglesAndSaysHowMany(t *testing.T) {
	t.Parallel()
	d := drive(t, "x")
	d.press("tab")
	require.Contains(t, d.screen(), ".dot")
	d.press(".")
	assert.NotContains(t, d.screen(), ".dot ")
	assert.Contains(t, d.screen(), "1 hidden")
	d.press(".")
	assert.Contains(t, d.screen(), ".dot")
}

func TestBuckets_AreAbove(t *testing.T) {
	t.Parallel()
	d := start(t, "x")
	d.m.deps.Buckets = bucketsOf{{Name: "b-1", Region: "ap-guangzhou"}, {Name: "a-1", Region: "ap-nanjing"}}
	d.run(d.m.Init())
	d.press("tab", "h")
	assert.True(t, d.pane().at.buckets)
	assert.Equal(t, "b-1/", d.cursor())
	d.press("c")
	assert.Contains(t, d.m.status, "enter a bucket first")
	d.press("k", "enter")
	assert.Equal(t, jobs.Place{Bucket: "a-1", Region: "ap-nanjing"}, d.pane().at.Place)
}
