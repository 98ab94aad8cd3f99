package jobs

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// waiting queues n jobs that none runs, and returns the handle of a process
// that only watches.
func (w *world) waiting(n int) *Queue {
	w.t.Helper()
	q := w.open(func(c *Config) { c.Watch = true })
	for i := range n {
		start(w.t, q, w.upload(fmt.Sprint("f", i+1)))
	}
	return q
}

func line(q *Queue) string {
	var ids []string
	for _, j := range q.Snapshot().Jobs {
		mark := map[Priority]string{High: "+", Normal: "", Low: "-"}[j.Priority]
		ids = append(ids, fmt.Sprint(j.ID, mark))
	}
	return strings.Join(ids, " ")
}

func TestOrder_JobsAreMovedAboutInTheQueue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := w.waiting(4)
	set := func(p Priority) func(*Queue, context.Context, ID) error {
		return func(q *Queue, ctx context.Context, id ID) error { return q.SetPriority(ctx, id, p) }
	}
	for _, step := range []struct {
		what string
		do   func(*Queue, context.Context, ID) error
		id   ID
		want string
	}{
		{"up", (*Queue).MoveUp, 3, "1 3 2 4"},
		{"up", (*Queue).MoveUp, 3, "3 1 2 4"},
		{"the first stays", (*Queue).MoveUp, 3, "3 1 2 4"},
		{"down", (*Queue).MoveDown, 1, "3 2 1 4"},
		{"the last stays", (*Queue).MoveDown, 4, "3 2 1 4"},
		{"next", (*Queue).DoNext, 4, "4+ 3 2 1"},
		{"next again", (*Queue).DoNext, 2, "2+ 4+ 3 1"},
		{"down among those of the same priority", (*Queue).MoveDown, 2, "4+ 2+ 3 1"},
		{"down past another priority, which it takes over", (*Queue).MoveDown, 2, "4+ 3 2 1"},
		{"up past another priority", (*Queue).MoveUp, 3, "3+ 4+ 2 1"},
		{"low", set(Low), 3, "4+ 2 1 3-"},
		{"high is the last of its kind", set(High), 1, "4+ 1+ 2 3-"},
		{"the same again changes nothing", set(High), 4, "4+ 1+ 2 3-"},
		{"normal", set(Normal), 4, "1+ 2 4 3-"},
	} {
		require.NoError(t, step.do(q, t.Context(), step.id), step.what)
		assert.Equal(t, step.want, line(q), step.what)
	}
	start(t, q, w.upload("f5"))
	assert.Equal(t, "1+ 2 4 5 3-", line(q), "a new job comes after all of its priority")
	other := w.open(func(c *Config) { c.Watch = true })
	assert.Equal(t, "1+ 2 4 5 3-", line(other), "the order is in the journal")
}

func TestOrder_WhatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a", 1)
	q, j := w.run(w.upload("a"))
	for _, do := range []func(*Queue, context.Context, ID) error{(*Queue).MoveUp, (*Queue).MoveDown, (*Queue).DoNext} {
		require.ErrorContains(t, do(q, t.Context(), j.ID), "cannot move a job that is done")
		require.ErrorIs(t, do(q, t.Context(), 99), ErrNoJob)
	}
	assert.ErrorContains(t, q.SetPriority(t.Context(), j.ID, 7), "unknown priority 7")
}

func TestOrder_AnyMovesKeepEveryJobAndTheirOrderByPriority(t *testing.T) {
	t.Parallel()
	forAll(t, func(t *testing.T, dice *rand.Rand) {
		line := make([]turn, 1+dice.IntN(6))
		for i := range line {
			line[i] = turn{id: ID(i + 1), priority: Priority(dice.IntN(3) - 1)}
		}
		slices.SortStableFunc(line, func(a, b turn) int { return int(b.priority - a.priority) })
		for range 20 {
			i := dice.IntN(len(line))
			switch dice.IntN(4) {
			case 0:
				exchange(line, i, max(i-1, 0))
			case 1:
				exchange(line, i, min(i+1, len(line)-1))
			case 2:
				first(line, i)
			case 3:
				reclass(line, i, Priority(dice.IntN(3)-1))
			}
			require.True(t, slices.IsSortedFunc(line, func(a, b turn) int { return int(b.priority - a.priority) }), "%+v", line)
		}
		ids := map[ID]bool{}
		for _, u := range line {
			ids[u.id] = true
		}
		require.Len(t, ids, len(line))
	})
}

// stalled holds every upload back until release is called.
func (w *world) stalled() (release func()) {
	return w.server.Faults().Add(emulator.Fault{Op: "PutObject", Stall: true})
}

func TestOrder_TheHigherPriorityGetsWhatBecomesFree(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 12 {
		w.file(fmt.Sprint("f", i+1), 1)
		w.file(fmt.Sprintf("many/%02d", i), 1)
	}
	release := w.stalled()
	q := w.open(func(c *Config) { c.Files = 2 })
	many := start(t, q, w.upload("many"))
	eventually(t, func() bool { return w.server.Requests("PutObject") == 2 }, "both places are taken")
	var late []ID
	for i := range 10 {
		late = append(late, start(t, q, w.upload(fmt.Sprint("f", i+1))))
	}
	require.NoError(t, q.SetPriority(t.Context(), many, Low))
	require.NoError(t, q.DoNext(t.Context(), late[9]))
	release()
	finish(t, q, late[9])
	for _, id := range append(late, many) {
		require.Equal(t, Done, finish(t, q, id).State)
	}
	ended := map[ID]int64{}
	for _, r := range q.rowsNow() {
		ended[r.id] = r.finished
	}
	for _, id := range late[:9] {
		assert.LessOrEqual(t, ended[late[9]], ended[id], "what is to be next is over first, though eight others had begun")
	}
	assert.GreaterOrEqual(t, ended[many], ended[late[0]])
}

func (q *Queue) rowsNow() []jobRow {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.rows
}

// TestOrder_ASmallFileStartsBesideManyLargeOnes: large files have their own
// slots, so that jobs of nothing else are in no small one's way.
func TestOrder_ASmallFileStartsBesideManyLargeOnes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("tiny", 10)
	names := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}
	for _, name := range names {
		w.file(name, 3<<20)
	}
	release := w.server.Faults().Add(emulator.Fault{Op: "UploadPart", Stall: true})
	q := w.open(func(c *Config) { c.Threshold = 1 << 20 })
	var ids []ID
	for _, name := range names {
		ids = append(ids, start(t, q, w.upload(name)))
	}
	eventually(t, func() bool { return w.server.Requests("UploadPart") > 0 }, "large files are on their way")
	id := start(t, q, w.upload("tiny"))
	eventually(t, func() bool { return w.server.Requests("PutObject") == 1 }, "the small one does not wait")
	release()
	for _, id := range append(ids, id) {
		require.Equal(t, Done, finish(t, q, id).State)
	}
}
