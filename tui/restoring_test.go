package tui

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/jobs"
	"cosmander/views"
)

func TestCopy_OfWhatIsArchivedOffersToRestoreItFirst(t *testing.T) {
	t.Parallel()
	d := drive(t, "cold.csv", "warm.csv")
	d.queue.tally = jobs.Tally{Files: 2, Bytes: 999, Archived: 1}
	d.press("ctrl+a", "c")
	for _, text := range []string{"1 is archived", "Standard", "7 days", "takes 3 to 5 hours", "[ Restore, then download ]"} {
		assert.Contains(t, d.screen(), text)
	}
	d.press("tab", "tab", "right", "tab", "right", "enter")
	require.Len(t, d.queue.added, 1)
	assert.Equal(t, &jobs.Change{Tier: cos.Expedited, Days: 14}, d.queue.added[0].Change)

	d.press("ctrl+a", "c", "tab", "tab", "left")
	assert.Contains(t, d.screen(), "what is archived will fail")
	d.press("enter")
	require.Len(t, d.queue.added, 2)
	assert.Nil(t, d.queue.added[1].Change)

	d.queue.tally.Archived = 0
	d.press("ctrl+a", "c")
	assert.NotContains(t, d.screen(), "is archived")
	d.press("enter")
	assert.Nil(t, d.queue.added[2].Change, "nothing is paid for that nobody was shown")
}

func TestKnown_IsOfTheVeryObjectAndEnds(t *testing.T) {
	t.Parallel()
	now := noon
	k := newKnown(func() time.Time { return now })
	name := objectName{"b-1", "k"}
	k.learn(learned{name, fact{badge: views.Restored, size: 5, modified: 100, until: noon.Add(time.Hour)}})
	f, ok := k.of(name, 5, 100)
	require.True(t, ok)
	assert.Equal(t, views.Restored, f.badge)
	for _, other := range [][2]int64{{6, 100}, {5, 101}} {
		_, ok = k.of(name, other[0], other[1])
		assert.False(t, ok, "another object has that name by now")
	}
	now = noon.Add(time.Hour)
	f, _ = k.of(name, 5, 100)
	assert.Equal(t, views.Archived, f.badge, "the copy has gone")
	k.learn(learned{})
	assert.Len(t, k.list, 1, "an answer that brought nothing")
	for i := range 3 * knownKept {
		k.learn(learned{objectName{"b-1", string(rune(i + 1000))}, fact{}})
	}
	assert.LessOrEqual(t, len(k.list), knownKept)
}

// What jobs wait for is marked in the pane without a request for its rows.
func TestRestoring_IsMarkedInThePaneAsTheQueueTellsIt(t *testing.T) {
	t.Parallel()
	d := drive(t, "cold.csv", "warm.csv")
	heads := d.store.heads
	size := d.pane().rows.files[0].size
	snapshot := func(state jobs.State, waiting int64) jobs.Snapshot {
		j := jobs.Job{ID: 7, Kind: jobs.Restore, State: state, Title: "cold.csv", From: "cos://b-1/cold.csv", Items: 1, ItemsRestoring: waiting, Left: -1, RestoringSince: noon}
		return jobs.Snapshot{Runner: true, Jobs: []jobs.Job{j}}
	}
	d.queue.items = []jobs.Item{{Job: 7, N: 1, From: "cos://b-1/cold.csv", State: jobs.Restoring, Size: size}}
	d.send(queueMsg{snapshot(jobs.Restoring, 1)})
	assert.Contains(t, d.line("cold.csv"), "~cold.csv")
	assert.Contains(t, d.screen(), "~ 1 restoring")
	assert.Contains(t, d.screen(), "since "+noon.Format("15:04"))
	assert.NotContains(t, d.screen(), " left ")

	d.queue.items = nil
	d.send(queueMsg{snapshot(jobs.Done, 0)})
	assert.Contains(t, d.line("cold.csv"), "=cold.csv")
	assert.Contains(t, d.screen(), "cold.csv: restored", "the end is told")
	assert.Equal(t, heads, d.store.heads)
	assert.Empty(t, d.m.restoring)
}

func TestQuit_SaysThatARestoreIsWaitedForAgain(t *testing.T) {
	t.Parallel()
	d := drive(t, "a")
	d.send(queueMsg{jobs.Snapshot{Runner: true, Jobs: []jobs.Job{{ID: 1, Account: d.m.deps.AccountID, State: jobs.Restoring, Items: 1, ItemsRestoring: 1, Left: -1}}}})
	d.press("q")
	assert.Contains(t, d.screen(), "1 job waits until the service has restored")
}
