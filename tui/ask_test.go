package tui

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"cosmander/jobs"
)

// conflicts is a list of jobs in which one has met what exists.
func conflicts(t *testing.T, n int) *driver {
	d := drive(t, "x")
	for i := range n {
		d.queue.items = append(d.queue.items, jobs.Item{
			N: int64(i + 1), Name: string(rune('a' + i)), From: "/home/" + string(rune('a'+i)), To: "cos://b-1/" + string(rune('a'+i)), State: jobs.Asking,
			Conflict: jobs.Conflict{Size: 10, Modified: noon, ThereSize: 20, ThereModified: noon.Add(-time.Hour)},
		})
	}
	d.m.Update(queueMsg{jobs.Snapshot{Jobs: []jobs.Job{{ID: 7, State: jobs.Asking, Title: "video", Left: -1, Items: int64(n), ItemsAsking: int64(n)}}}})
	return d
}

func TestAsk_IsSaidOnTheStripAndInTheListAndNeverPopsUp(t *testing.T) {
	t.Parallel()
	d := conflicts(t, 3)
	assert.Empty(t, d.m.modals)
	assert.Contains(t, d.screen(), "? 3 ask")
	d.press("w")
	assert.Contains(t, d.screen(), "? 3 ask")
	assert.Contains(t, d.screen(), "a answer", "the hint comes first")
	assert.Len(t, d.m.modals, 1)
}

func TestAsk_AnswersOneAfterAnother(t *testing.T) {
	t.Parallel()
	d := conflicts(t, 3)
	d.press("w", "enter")
	assert.Contains(t, d.screen(), "cos://b-1/a")
	assert.Contains(t, d.screen(), "newer")
	assert.Contains(t, d.screen(), "larger")
	d.press("enter")
	assert.Contains(t, d.screen(), "cos://b-1/b")
	d.press("k", "enter", "tab", "enter")
	assert.Equal(t, []string{"answer 1 skip false", "answer 2 overwrite false", "answer 3 overwrite true"}, d.queue.asked)
	assert.Contains(t, d.screen(), "all answered")
	assert.Len(t, d.m.modals, 1, "back in the list")
}

func TestAsk_ASecondEnterAnswersNothingUnseen(t *testing.T) {
	t.Parallel()
	d := conflicts(t, 3)
	d.press("w", "a")
	_, first := d.m.Update(press("enter"))
	_, second := d.m.Update(press("enter"))
	assert.Empty(t, d.results(second))
	d.run(first)
	assert.Len(t, d.queue.asked, 1)
	assert.Contains(t, d.screen(), "cos://b-1/b")
}

func TestAsk_LeavingAnswersNothing(t *testing.T) {
	t.Parallel()
	d := conflicts(t, 1)
	d.press("w")
	_, late := d.m.Update(press("a"))
	d.press("esc")
	d.run(late)
	assert.Empty(t, d.queue.asked)
	assert.Len(t, d.m.modals, 1, "the dialog does not come back")
}

func TestAsk_GoesOnWhereSomebodyElseAnsweredAndSaysWhatFailed(t *testing.T) {
	t.Parallel()
	d := conflicts(t, 2)
	d.press("w", "a")
	d.queue.err = jobs.ErrNotAsking
	_, cmd := d.m.Update(press("enter"))
	msgs := d.results(cmd)
	assert.Len(t, msgs, 1)
	assert.NotContains(t, msgs[0].(askingMsg).err.Error(), "answer:", "that was no error; reading on is")
	d = conflicts(t, 2)
	d.press("w", "a")
	d.queue.err = errors.New("the journal is gone")
	d.press("enter")
	assert.Contains(t, d.screen(), "the journal is gone")
	assert.Len(t, d.m.modals, 1)
}

func TestAsk_IsAChoiceOfThePlan(t *testing.T) {
	t.Parallel()
	d := drive(t, "x")
	d.press("j", "c", "tab", "left")
	assert.Contains(t, d.screen(), "ask about each")
	d.press("tab", "tab", "enter")
	assert.Equal(t, jobs.Ask, d.queue.added[0].OnConflict)
}
