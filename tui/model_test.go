package tui

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/jobs"
)

func manyKeys(n int) []string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = fmt.Sprintf("k%06d", i)
	}
	return keys
}

func TestKeys_MoveTheCursor(t *testing.T) {
	t.Parallel()
	d := drive(t, manyKeys(100)...) // no parent row: there is no list of buckets
	for _, step := range []struct{ key, at string }{
		{"j", "k000001"}, {"down", "k000002"}, {"k", "k000001"}, {"G", "k000099"}, {"j", "k000099"},
		{"home", "k000000"}, {"up", "k000000"}, {"ctrl+d", "k000010"}, {"ctrl+f", "k000031"}, {"ctrl+b", "k000010"},
		{"ctrl+u", "k000000"}, {"end", "k000099"}, {"g", "k000099"}, {"g", "k000000"},
	} {
		d.press(step.key)
		assert.Equal(t, step.at, d.cursor(), "after %s", step.key)
	}
}

func TestKeys_SequenceIsBrokenByAnotherKey(t *testing.T) {
	t.Parallel()
	d := drive(t, manyKeys(10)...)
	d.press("G", "g", "k", "g")
	assert.Equal(t, "k000009", d.cursor(), "g k is no sequence; neither is half of g g")
	d.press("g")
	assert.Equal(t, "k000000", d.cursor())
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
	d.press("enter", "home", "enter")
	assert.Equal(t, "", d.pane().at.Key)
	assert.Equal(t, "a/", d.cursor())
}

func TestPane_FileIsNotEntered(t *testing.T) {
	t.Parallel()
	d := drive(t, "e.txt")
	d.press("enter")
	assert.Contains(t, d.m.status, "is a file")
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

func TestErrors_AreSaidAndTheProgramGoesOn(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/1")
	d.store.err = &cos.Error{Op: "ListObjects", Status: 403, Code: "AccessDenied", RequestID: "5f3a", Message: "no"}
	d.press("enter")
	assert.Contains(t, d.m.status, "AccessDenied")
	assert.Contains(t, d.m.status, "5f3a")
	assert.Equal(t, "a/", d.cursor(), "the old rows stay")
	d.press("j")
	assert.NotEmpty(t, d.m.status, "an error outlives a move of the cursor")
	d.press("esc")
	assert.Empty(t, d.m.status)
}

func TestErrors_OfTheFirstListingStandInThePane(t *testing.T) {
	t.Parallel()
	d := start(t)
	d.store.err = errors.New("no such host\x1b[2J")
	d.run(d.m.Init())
	assert.Contains(t, d.screen(), "no such host␛[2J")
	assert.Contains(t, d.screen(), "C-r tries again")
	d.store.err, d.store.keys = nil, []string{"x"}
	d.press("tab", "ctrl+r")
	assert.Equal(t, "x", d.cursor())
}

func TestErrors_LocalFolderThatIsGoneLeadsUp(t *testing.T) {
	t.Parallel()
	d := drive(t)
	d.press("tab", "j", "enter")
	require.Equal(t, filepath.Join(d.dir, "sub"), d.pane().at.Path)
	require.NoError(t, os.Remove(d.pane().at.Path))
	d.press("ctrl+r")
	assert.Equal(t, d.dir, d.pane().at.Path)
	assert.Contains(t, d.m.status, "no such file")
}

func TestASCIILocale(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		environ []string
		ascii   bool
	}{
		{nil, false},
		{[]string{"LANG=zh_CN.UTF-8"}, false},
		{[]string{"LANG=C"}, true},
		{[]string{"LANG=C", "LC_ALL=C.utf8"}, false},
		{[]string{"LANG=en_US.UTF-8", "LC_CTYPE=de_DE.ISO-8859-1"}, true},
	} {
		assert.Equal(t, c.ascii, asciiLocale(c.environ), "%v", c.environ)
	}
}

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
		{Place: jobs.Place{Bucket: "b-1", Region: "ap-guangzhou", Key: "f.txt"}},
	}, spec.Sources)
	assert.Empty(t, d.m.modals)
	assert.Zero(t, d.pane().rows.marked)
	assert.Contains(t, d.m.status, "queued")
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

func TestQuit_AsksWhenJobsRun(t *testing.T) {
	t.Parallel()
	d := drive(t, "x")
	_, cmd := d.m.Update(press("q"))
	require.NotNil(t, cmd)
	assert.Equal(t, tea.QuitMsg{}, cmd())
	d.m.Update(queueMsg{jobs.Snapshot{Jobs: []jobs.Job{{ID: 1, State: jobs.Running, Left: -1}, {ID: 2, State: jobs.Paused, Left: -1}}}})
	d.press("q")
	assert.Contains(t, d.screen(), "2 jobs run; they go on at the next start")
	d.press("enter")
	require.Empty(t, d.m.modals, "it opens on Stay")
	d.press("q", "tab")
	_, cmd = d.m.Update(press("enter"))
	assert.Equal(t, tea.QuitMsg{}, cmd())
}

func TestForce_TakesTwoPresses(t *testing.T) {
	t.Parallel()
	d := drive(t, "x")
	_, cmd := d.m.Update(press("ctrl+c"))
	require.Nil(t, cmd)
	d.press("j")
	_, cmd = d.m.Update(press("ctrl+c"))
	require.Nil(t, cmd, "another key came between")
	_, cmd = d.m.Update(press("ctrl+c"))
	assert.Equal(t, tea.QuitMsg{}, cmd())
}

func TestJobs_KeysActOnTheCurrentOne(t *testing.T) {
	t.Parallel()
	states := map[string]struct {
		state jobs.State
		keys  []string
		asked []string
		says  string
	}{
		"pause":            {jobs.Running, []string{"space"}, []string{"pause"}, ""},
		"resume":           {jobs.Paused, []string{"p"}, []string{"resume"}, ""},
		"cancel":           {jobs.Queued, []string{"x"}, []string{"cancel"}, ""},
		"retry":            {jobs.Failed, []string{"r"}, []string{"retry"}, ""},
		"clear":            {jobs.Done, []string{"c"}, []string{"clear"}, ""},
		"nothing to retry": {jobs.Done, []string{"r"}, nil, "nothing has failed"},
		"nothing to stop":  {jobs.Done, []string{"x", "p"}, nil, "nothing to pause"},
	}
	for name, c := range states {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := drive(t, "x")
			d.m.Update(queueMsg{jobs.Snapshot{Jobs: []jobs.Job{{ID: 7, State: c.state, Title: "video", Left: -1}}}})
			d.press("w")
			d.press(c.keys...)
			assert.Equal(t, c.asked, d.queue.asked)
			assert.Contains(t, d.screen(), c.says)
			d.press("esc")
			assert.Empty(t, d.m.modals)
		})
	}
}

func TestJobs_DetailsShowFailedItemsFirst(t *testing.T) {
	t.Parallel()
	d := drive(t, "x")
	d.queue.items = []jobs.Item{{N: 1, Name: "good", State: jobs.Done}, {N: 2, Name: "bad", State: jobs.Failed, Code: "AccessDenied", RequestID: "5f3a"}}
	d.m.Update(queueMsg{jobs.Snapshot{Jobs: []jobs.Job{{ID: 7, State: jobs.Failed, Title: "video", Left: -1}}}})
	d.press("w", "enter")
	list := d.m.jobList()
	require.Len(t, list.Items, 2)
	assert.Equal(t, "bad", list.Items[0].Name)
	assert.Contains(t, d.screen(), "request 5f3a")
	d.press("esc")
	assert.Zero(t, list.Details)
	d.press("esc")
	assert.Nil(t, d.m.jobList())
}

func TestJobs_EndRefreshesThePaneTheyWroteTo(t *testing.T) {
	t.Parallel()
	d := drive(t, "x", "y")
	d.press("j")
	running := jobs.Job{ID: 9, Kind: jobs.Upload, State: jobs.Running, To: "cos://b-1/", Left: -1, Title: "a"}
	d.m.Update(queueMsg{jobs.Snapshot{Jobs: []jobs.Job{running}}})
	assert.Contains(t, d.screen(), "1 job")
	calls := d.store.calls
	d.store.keys = append([]string{"a"}, d.store.keys...)
	done := running
	done.State = jobs.Done
	_, cmd := d.m.Update(queueMsg{jobs.Snapshot{Jobs: []jobs.Job{done}}})
	d.run(cmd)
	assert.Equal(t, calls+1, d.store.calls)
	assert.Equal(t, "y", d.cursor())
	assert.Contains(t, d.screen(), "verified")
	d.send(resultOverMsg{d.m.result.n})
	assert.NotContains(t, d.screen(), "verified")
}

func TestJobs_FailureStaysOnTheStripUntilItIsLookedAt(t *testing.T) {
	t.Parallel()
	d := drive(t, "x")
	d.m.Update(queueMsg{jobs.Snapshot{Jobs: []jobs.Job{{ID: 9, State: jobs.Running, Left: -1, Title: "a"}}}})
	d.m.Update(queueMsg{jobs.Snapshot{Jobs: []jobs.Job{{ID: 9, State: jobs.Failed, Left: -1, Title: "a", Reason: "disk full"}}}})
	d.send(resultOverMsg{d.m.result.n})
	assert.Contains(t, d.screen(), "a: disk full")
	d.press("w", "esc")
	assert.NotContains(t, d.screen(), "disk full")
}

func TestQueue_OneMessageForManyChanges(t *testing.T) {
	t.Parallel()
	d := start(t)
	got := make(chan tea.Msg, 1)
	cmd := d.m.watchQueue()
	go func() { got <- cmd() }()
	for i := range 1000 {
		d.queue.set(jobs.Snapshot{Rate: float64(i)})
	}
	select {
	case msg := <-got:
		assert.InDelta(t, 999, msg.(queueMsg).snapshot.Rate, 0)
	case <-time.After(5 * time.Second):
		require.Fail(t, "no snapshot came")
	}
}

func TestHelp_IsMadeFromTheLiveKeys(t *testing.T) {
	t.Parallel()
	d := drive(t, "x")
	d.m.deps.Keys.Pane.Copy.SetHelp("F5 c", "a help text of its own")
	d.press("?")
	assert.Contains(t, d.screen(), "a help text of its own")
	d.press("end")
	assert.Contains(t, d.screen(), "Backspace")
	d.press("esc")
	assert.Empty(t, d.m.modals)
}

func TestFrame_FitsEverySize(t *testing.T) {
	t.Parallel()
	d := drive(t, demoKeys()...)
	d.m.queue = jobs.Snapshot{Jobs: []jobs.Job{{ID: 1, State: jobs.Running, Left: -1, Title: "旅行"}}}
	for _, open := range []string{"", "?", "c", "d", "n", "w", "q"} {
		if open != "" {
			d.press(open)
		}
		for width := 1; width < 210; width += 7 {
			for height := 1; height < 60; height += 6 {
				d.m.Update(tea.WindowSizeMsg{Width: width, Height: height})
				require.Len(t, d.m.lines(), height, "%q at %dx%d", open, width, height)
			}
		}
		d.m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
		if open != "" {
			d.press("esc")
			require.Empty(t, d.m.modals, open)
		}
	}
	d.m.Update(tea.WindowSizeMsg{Width: 59, Height: 24})
	assert.Contains(t, d.screen(), "window too small")
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

func TestGuarded_TurnsAPanicIntoAMessage(t *testing.T) {
	t.Parallel()
	msg := guarded(func() tea.Msg { panic("boom") })()
	require.IsType(t, panickedMsg(""), msg)
	d := start(t)
	_, cmd := d.m.Update(msg)
	assert.Equal(t, tea.QuitMsg{}, cmd())
	assert.ErrorIs(t, outcome(t.Context(), d.m, nil), ErrPanic)
}
