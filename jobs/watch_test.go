package jobs

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// watcher opens the journal as a process does that only looks and asks.
func (w *world) watcher() *Queue {
	return w.open(func(c *Config) { c.Watch, c.Account, c.Bucket = true, "", nil })
}

func TestWatch_NeverRunsWhatIsInTheJournal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a", 10)
	q := w.watcher()
	s := w.upload("a")
	s.Account = w.cfg.Account
	id := start(t, q, s)
	assert.False(t, q.Snapshot().Runner)
	assert.False(t, q.Attended(w.cfg.Account))
	require.NoError(t, q.Pause(t.Context(), id))
	require.NoError(t, q.Resume(t.Context(), id))
	j := job(t, q, id)
	assert.Equal(t, Queued, j.State)
	assert.True(t, j.Pending, "nobody has done it yet")
	require.NoError(t, q.look(t.Context()))
	assert.Zero(t, w.seen.Load())

	runner := w.open()
	assert.True(t, q.Attended(w.cfg.Account))
	assert.False(t, q.Attended("other"))
	assert.Equal(t, Done, finish(t, runner, id).State)
	eventually(t, func() bool { return job(t, q, id).State == Done }, "the other sees it")
}

func TestWatch_AsksTheProcessThatRunsTheQueue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := w.file("big", 4*partBytes)
	fast := w.slow()
	runner := w.open(func(c *Config) { c.Parts = 1 })
	id := start(t, runner, w.upload("big"))
	half(t, runner, id)
	q := w.watcher()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for _, step := range []struct {
		ask  func(context.Context, ID) error
		then State
	}{{q.Pause, Paused}, {q.Resume, Running}, {q.Cancel, Cancelled}, {q.Retry, Running}} {
		require.NoError(t, step.ask(ctx, id))
		eventually(t, func() bool { j := job(t, q, id); return !j.Pending && j.State == step.then }, string(step.then))
	}
	fast()
	require.NoError(t, q.Wait(ctx, id))
	assert.Equal(t, Done, job(t, q, id).State)
	same(t, want, w.stored("up/big"))
}

func TestClear_TakesOnlyWhatIsOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a", 10)
	w.file("b", 10)
	w.server.Faults().Add(denied("PutObject", "up/b"))
	q := w.open()
	done, failed := finish(t, q, start(t, q, w.upload("a"))), finish(t, q, start(t, q, w.upload("b")))
	require.Equal(t, []State{Done, Failed}, []State{done.State, failed.State})
	require.ErrorContains(t, q.Clear(t.Context(), failed.ID), "cancel it first")
	require.ErrorIs(t, q.Clear(t.Context(), 99), ErrNoJob)
	require.NoError(t, q.Clear(t.Context(), done.ID))
	require.NoError(t, q.Cancel(t.Context(), failed.ID))
	require.NoError(t, q.Clear(t.Context(), failed.ID))
	assert.Empty(t, q.Snapshot().Jobs)

	watcher := w.watcher()
	s := w.upload("a")
	s.Account = "nobody"
	id := start(t, watcher, s)
	require.ErrorContains(t, watcher.Clear(t.Context(), id), "cannot clear a job that is queued")
	require.NoError(t, watcher.Cancel(t.Context(), id))
	require.ErrorContains(t, watcher.Clear(t.Context(), id), "a cancel is pending")
}

func TestManual_ShowsAsWaitingWhatAnotherProcessLeftRunning(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("big", 4*partBytes)
	fast := w.slow()
	first, err := Open(t.Context(), w.cfg)
	require.NoError(t, err)
	id := start(t, first, w.upload("big"))
	half(t, first, id)
	first.abandon()
	fast()
	second := w.open(func(c *Config) { c.Manual = true })
	q := w.watcher()
	eventually(t, func() bool { return job(t, q, id).State == Queued }, "it waits")
	assert.Zero(t, job(t, q, id).Rate)
	require.NoError(t, q.Resume(t.Context(), id))
	assert.Equal(t, Done, finish(t, second, id).State)
}
