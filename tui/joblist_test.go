package tui

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/jobs"
)

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
		"move up":          {jobs.Queued, []string{"K"}, []string{"up"}, ""},
		"move down":        {jobs.Queued, []string{"J"}, []string{"down"}, ""},
		"do next":          {jobs.Paused, []string{"n"}, []string{"next"}, ""},
		"raise":            {jobs.Queued, []string{"+"}, []string{"priority 1"}, ""},
		"lower":            {jobs.Queued, []string{"-"}, []string{"priority -1"}, ""},
		"no place":         {jobs.Done, []string{"K", "J", "n", "+"}, nil, "no place in the queue"},
		"nothing asks":     {jobs.Running, []string{"a"}, nil, "nothing asks"},
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

func TestJobs_PriorityEndsAtTheHighestAndTheLowest(t *testing.T) {
	t.Parallel()
	d := drive(t, "x")
	for key, j := range map[string]jobs.Job{
		"+": {ID: 7, State: jobs.Queued, Priority: jobs.High, Left: -1}, "-": {ID: 7, State: jobs.Queued, Priority: jobs.Low, Left: -1},
	} {
		d.m.Update(queueMsg{jobs.Snapshot{Jobs: []jobs.Job{j}}})
		d.press("w", key)
		assert.Empty(t, d.queue.asked)
		assert.Contains(t, d.screen(), "est") // highest, lowest
		d.press("esc")
	}
}

func TestJobs_DetailsShowFailedItemsFirstAndEverythingOfOne(t *testing.T) {
	t.Parallel()
	d := drive(t, "x")
	d.queue.items = []jobs.Item{
		{N: 1, Name: "good", State: jobs.Done, Verified: true},
		{N: 2, Name: "bad", From: "/home/bad", To: "cos://b-1/bad", State: jobs.Failed, Code: "AccessDenied", RequestID: "5f3a", Reason: "no · " + cos.Hint(cos.ErrDenied)},
	}
	failed := jobs.Job{ID: 7, State: jobs.Failed, Title: "video", Left: -1, Items: 2, ItemsFailed: 1}
	d.m.Update(queueMsg{jobs.Snapshot{Jobs: []jobs.Job{failed}}})
	d.press("w", "enter")
	list := d.m.jobList()
	require.Len(t, list.Items, 2)
	assert.Equal(t, "bad", list.Items[0].Name)
	assert.Contains(t, d.screen(), "request 5f3a")
	d.press("enter")
	for _, text := range []string{"/home/bad", "cos://b-1/bad", "AccessDenied", "5f3a", "to do     this key pair may not", "then r tries again"} {
		assert.Contains(t, d.screen(), text)
	}
	d.queue.items[1].State = jobs.Queued
	d.send(queueMsg{jobs.Snapshot{Jobs: []jobs.Job{{ID: 7, State: jobs.Queued, Title: "video", Left: -1, Items: 2}}}})
	assert.Contains(t, d.screen(), "state     waiting", "it follows the item")
	d.press("esc", "r")
	assert.Contains(t, d.screen(), "nothing has failed", "keys act on the job whose details are shown")
	d.press("esc")
	assert.Zero(t, list.Details)
	d.press("esc")
	assert.Nil(t, d.m.jobList())
}

func TestJobs_HelpBeginsWithTheirKeys(t *testing.T) {
	t.Parallel()
	d := drive(t, "x")
	d.press("w", "?")
	assert.Regexp(t, `Keys.*\n.*  Jobs`, d.screen())
	assert.Contains(t, d.screen(), "Jobs ", "the list stays behind it")
	d.press("esc")
	assert.NotNil(t, d.m.jobList())
	d.press("esc", "?")
	assert.Regexp(t, `Keys.*\n.*  Panes`, d.screen())
}

func TestJobs_DetailsFollowTheQueue(t *testing.T) {
	t.Parallel()
	d := drive(t, "x")
	at := func(done int64) queueMsg {
		return queueMsg{jobs.Snapshot{Jobs: []jobs.Job{{ID: 7, State: jobs.Running, Title: "many", Items: 4000, ItemsDone: done, Left: -1}}}}
	}
	d.queue.items = []jobs.Item{{N: 1, Name: "one", State: jobs.Running}}
	d.m.Update(at(0))
	d.press("w", "enter")
	assert.Contains(t, d.screen(), "and 3 999 more")
	_, first := d.m.Update(at(1))
	_, second := d.m.Update(at(2))
	d.queue.items = []jobs.Item{{N: 1, Name: "one", State: jobs.Done}, {N: 2, Name: "two", State: jobs.Running}}
	assert.Empty(t, d.results(second), "one query at a time")
	d.run(first)
	assert.Contains(t, d.screen(), "two")
	assert.False(t, d.m.reading)
	_, same := d.m.Update(at(2))
	assert.Empty(t, d.results(same), "nothing changed")
}

func TestTouches(t *testing.T) {
	t.Parallel()
	d := start(t)
	remote := func(key string) jobs.Place { return jobs.Place{Bucket: "b", Key: key} }
	for _, c := range []struct {
		spec jobs.Spec
		at   string
		want bool
	}{
		{jobs.Spec{Kind: jobs.Upload, Dest: remote("d/")}, "d/", true},
		{jobs.Spec{Kind: jobs.Upload, Dest: remote("d/")}, "", true},
		{jobs.Spec{Kind: jobs.Upload, Dest: remote("d/")}, "d/src/", true},
		{jobs.Spec{Kind: jobs.Upload, Dest: remote("d/")}, "d/src/deep/", true},
		{jobs.Spec{Kind: jobs.Upload, Dest: remote("d/")}, "d/src2/", false},
		{jobs.Spec{Kind: jobs.Upload, Dest: remote("d/")}, "d2/", false},
		{jobs.Spec{Kind: jobs.Delete}, "src/", true},
		{jobs.Spec{Kind: jobs.Delete}, "src/deep/", true},
		{jobs.Spec{Kind: jobs.Delete}, "", true},
		{jobs.Spec{Kind: jobs.Delete}, "src2/", false},
		{jobs.Spec{Kind: jobs.SetClass}, "src/deep/", true},
		{jobs.Spec{Kind: jobs.SetClass}, "", true},
		{jobs.Spec{Kind: jobs.SetClass}, "src2/", false},
		{jobs.Spec{Kind: jobs.MakeFolder}, "", true},
	} {
		source := jobs.Source{Place: jobs.Place{Path: "/home/src"}, Folder: true}
		if c.spec.Kind.InPlace() {
			source.Place = remote("src/")
		}
		c.spec.Sources = []jobs.Source{source}
		d.m.own[1] = c.spec
		at := place{Place: remote(c.at)}
		assert.Equal(t, c.want, d.m.touches(jobs.Job{ID: 1, Kind: c.spec.Kind}, at), "%s of %q seen from %q", c.spec.Kind, c.spec.Dest.Key, c.at)
	}
	class := jobs.Job{ID: 3, Kind: jobs.SetClass, From: "cos://b/d/"}
	assert.True(t, d.m.touches(class, place{Place: remote("d/e/")}))
	assert.False(t, d.m.touches(class, place{Place: jobs.Place{Path: "/home"}}), "an empty destination is not the root")
	theirs := jobs.Job{ID: 2, Kind: jobs.Download, To: "/home/in"}
	for path, want := range map[string]bool{"/home/in": true, "/home/in/a/b": true, "/home": true, "/home/in2": false, "/srv": false} {
		assert.Equal(t, want, d.m.touches(theirs, place{Place: jobs.Place{Path: path}}), path)
	}
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
