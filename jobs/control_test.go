package jobs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// slow makes the transfer of parts and ranges take long enough to be met
// half-way.
func (w *world) slow() (fast func()) {
	return w.server.Faults().Add(emulator.Fault{Op: "UploadPart", After: 2, Stall: true})
}

func half(t *testing.T, q *Queue, id ID) {
	t.Helper()
	eventually(t, func() bool {
		acked, err := q.j.acked(t.Context(), id)
		return err == nil && acked[1] == 2*partBytes
	}, "two parts are in the journal")
}

func TestControl_PauseKeepsPartsAndResumeGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := w.file("big", 4*partBytes)
	fast := w.slow()
	q := w.open(func(c *Config) { c.Parts = 1 })
	id := start(t, q, w.upload("big"))
	half(t, q, id)
	require.NoError(t, q.Pause(t.Context(), id))
	j := job(t, q, id)
	assert.Equal(t, Paused, j.State)
	assert.EqualValues(t, 2*partBytes, j.BytesDone)
	assert.Zero(t, j.Rate)
	assert.EqualValues(t, -1, j.Left)
	fast()
	require.NoError(t, q.Resume(t.Context(), id))
	for job(t, q, id).State != Done {
		assert.GreaterOrEqual(t, job(t, q, id).BytesDone, int64(2*partBytes), "what is acknowledged still counts")
		<-q.Changed()
	}
	j = finish(t, q, id)
	assert.Equal(t, Done, j.State, j.Reason)
	same(t, want, w.stored("up/big"))
	assert.EqualValues(t, 1, w.server.Requests("InitiateMultipartUpload"))
}

func TestControl_CancelAbortsUploadsAndRetryStartsAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := w.file("big", 4*partBytes)
	fast := w.slow()
	q := w.open(func(c *Config) { c.Parts = 1 })
	id := start(t, q, w.upload("big"))
	half(t, q, id)
	require.NoError(t, q.Cancel(t.Context(), id))
	assert.Equal(t, Cancelled, job(t, q, id).State)
	assert.Zero(t, w.uploads())
	items, err := q.Items(t.Context(), id, 0, 10, Cancelled)
	require.NoError(t, err)
	assert.Len(t, items, 1)
	fast()
	require.NoError(t, q.Retry(t.Context(), id))
	assert.Equal(t, Done, finish(t, q, id).State)
	same(t, want, w.stored("up/big"))
	require.NoError(t, q.ClearDone(t.Context()))
	assert.Empty(t, q.Snapshot().Jobs)
}

func TestControl_CancelRemovesTemporaryFilesAlsoAfterAKill(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{400 * kib, 4 * partBytes} {
		t.Run(nth(int(size)), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.cfg.Parts = 1
			w.object("d/x", size)
			to := filepath.Join(w.dir, "to")
			k := newKiller()
			cfg := w.cfg
			cfg.create = func(root *os.Root, name string, flag int) (tempFile, error) {
				defer func() {
					k.strike() // the temporary file exists, and the process is gone
				}()
				return createTemp(root, name, flag)
			}
			q, err := Open(t.Context(), cfg)
			require.NoError(t, err)
			k.attach(q)
			if _, err = q.Add(t.Context(), w.download(to, "d/")); err != nil {
				require.ErrorIs(t, err, errClosed, "the kill came before the answer")
			}
			<-k.done
			require.Contains(t, strings.Join(names(tree(t, to)), " "), "d/.cosmander-1-1-")
			w.server.Faults().Add(emulator.Fault{Op: "GetObject", Stall: true})
			q = w.open()
			require.NoError(t, q.Cancel(t.Context(), 1))
			assert.Equal(t, Cancelled, job(t, q, 1).State)
			assert.Equal(t, []string{"d/"}, names(tree(t, to)))
		})
	}
}

func TestControl_WhatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a", 1)
	q, j := w.run(w.upload("a"))
	require.ErrorContains(t, q.Pause(t.Context(), j.ID), "cannot pause a job that is done")
	require.ErrorContains(t, q.Resume(t.Context(), j.ID), "cannot resume")
	require.ErrorContains(t, q.Cancel(t.Context(), j.ID), "cannot cancel")
	require.ErrorContains(t, q.Retry(t.Context(), j.ID), "cannot retry")
	require.ErrorIs(t, q.Pause(t.Context(), 99), ErrNoJob)
	_, err := q.Items(t.Context(), 99, 0, 1)
	require.ErrorIs(t, err, ErrNoJob)
}

func TestFindOpen_KnowsTheSameCommandAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a", 10)
	fast := w.server.Faults().Add(emulator.Fault{Op: "PutObject", Status: 403, Code: "AccessDenied"})
	q, j := w.run(w.upload("a"))
	id, err := q.FindOpen(t.Context(), w.upload("a"))
	require.NoError(t, err)
	assert.Equal(t, j.ID, id)
	other := w.upload("a")
	other.Dest.Key = "other/"
	id, err = q.FindOpen(t.Context(), other)
	require.NoError(t, err)
	assert.Zero(t, id)
	fast()
	require.NoError(t, q.Retry(t.Context(), j.ID))
	finish(t, q, j.ID)
	id, err = q.FindOpen(t.Context(), w.upload("a"))
	require.NoError(t, err)
	assert.Zero(t, id, "a job that is done is not gone on with")
}

func TestTwoProcesses_TheSecondSeesControlsAndTakesOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := w.file("big", 4*partBytes)
	fast := w.slow()
	first := w.open(func(c *Config) { c.Parts = 1 })
	second := w.open(func(c *Config) { c.Parts = 1 })
	require.True(t, first.Snapshot().Runner)
	require.False(t, second.Snapshot().Runner)

	ids, err := second.Add(t.Context(), w.upload("big"))
	require.NoError(t, err)
	id := ids[0]
	half(t, first, id)
	eventually(t, func() bool { return job(t, second, id).BytesDone >= 2*partBytes }, "the second sees the progress")
	assert.Equal(t, Running, job(t, second, id).State)

	require.NoError(t, second.Pause(t.Context(), id))
	assert.Equal(t, Paused, job(t, second, id).State)
	eventually(t, func() bool { return job(t, first, id).State == Paused }, "the runner obeys")
	require.NoError(t, second.Resume(t.Context(), id))
	eventually(t, func() bool { return job(t, first, id).State == Running }, "the runner obeys")

	require.NoError(t, first.Close())
	eventually(t, func() bool { return second.Snapshot().Runner }, "the second takes over")
	fast()
	assert.Equal(t, Done, finish(t, second, id).State)
	same(t, want, w.stored("up/big"))
}

func TestTwoProcesses_TheSecondCancels(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("big", 4*partBytes)
	w.slow()
	first := w.open(func(c *Config) { c.Parts = 1 })
	second := w.open()
	id := start(t, first, w.upload("big"))
	half(t, first, id)
	require.NoError(t, second.Cancel(t.Context(), id))
	eventually(t, func() bool { return job(t, first, id).State == Cancelled && w.uploads() == 0 }, "cancelled and aborted")
	require.NoError(t, first.Wait(t.Context(), id))
}

func TestAccounts_OnlyTheOwnJobsAreRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a", 10)
	s := w.upload("a")
	s.Account = "other"
	q := w.open()
	id := start(t, q, s)
	mine := start(t, q, w.upload("a"))
	finish(t, q, mine)
	assert.Equal(t, Queued, job(t, q, id).State)
	other := w.open(func(c *Config) { c.Account = "other" })
	assert.Equal(t, Done, finish(t, other, id).State)
}

func TestProgress_NeverPassesTheTotalAndIsSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 20 {
		w.file(fmt.Sprintf("d/%02d", i), 100*kib)
	}
	w.file("d/big", 3*partBytes)
	w.server.Faults().Add(emulator.Fault{Op: "UploadPart", Times: 2, LoseAnswer: true})
	w.server.Faults().Add(emulator.Fault{Op: "PutObject", Times: 3, Status: 503, Code: "SlowDown"})
	q := w.open()
	id := start(t, q, w.upload("d"))
	deadline := time.After(20 * time.Second)
	for !job(t, q, id).State.Final() {
		select {
		case <-q.Changed():
		case <-deadline:
			require.Fail(t, "no news")
		}
		j := job(t, q, id)
		assert.LessOrEqual(t, j.BytesDone, j.Bytes)
		assert.GreaterOrEqual(t, j.BytesDone, int64(0))
	}
	assert.Equal(t, Done, job(t, q, id).State)
}

func TestProgress_PausedDownloadKeepsItsRangesAndTheLastNewsIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := w.object("big", 6*partBytes)
	fast := w.server.Faults().Add(emulator.Fault{Op: "GetObject", After: 3, Stall: true})
	q := w.open(func(c *Config) { c.Parts = 1 })
	to := filepath.Join(w.dir, "to")
	id := start(t, q, w.download(to, "big"))
	var kept int64
	eventually(t, func() bool {
		acked, err := q.j.acked(t.Context(), id)
		kept = acked[1]
		return err == nil && kept >= 2*partBytes
	}, "ranges are in the journal")
	done := make(chan error, 1)
	go func() { done <- q.Pause(t.Context(), id) }()
	var last Job
	for last.State != Paused || last.BytesDone < kept || last.Rate != 0 || last.Left != -1 {
		select {
		case <-q.Changed():
			last = job(t, q, id)
			assert.GreaterOrEqual(t, last.BytesDone, kept)
		case <-time.After(10 * time.Second):
			require.Fail(t, "the last news was not told", "%+v", last)
		}
	}
	require.NoError(t, <-done)
	fast()
	require.NoError(t, q.Resume(t.Context(), id))
	assert.Equal(t, Done, finish(t, q, id).State)
	same(t, want, []byte(tree(t, to)["big"]))
}

func TestRetrying_IsShownWithTheReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a", 10)
	w.server.Faults().Add(emulator.Fault{Op: "PutObject", Status: 503, Code: "SlowDown"})
	q := w.open(func(c *Config) { c.Retry = RetryPolicy{Attempts: 3, Base: time.Hour, Cap: time.Hour} })
	id := start(t, q, w.upload("a"))
	eventually(t, func() bool { return job(t, q, id).State == Retrying }, "retrying")
	j := job(t, q, id)
	assert.Contains(t, j.Reason, "SlowDown")
	assert.False(t, j.RetryAt.IsZero())
	items, err := q.Items(t.Context(), id, 0, 5, Retrying)
	require.NoError(t, err)
	require.Len(t, items, 1)
	require.NoError(t, q.Cancel(t.Context(), id))
}
