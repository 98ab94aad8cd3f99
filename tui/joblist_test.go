package tui

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
