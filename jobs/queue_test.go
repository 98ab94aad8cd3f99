package jobs

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOpen_KeepsOnlyTheNewestDoneJobs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := w.open(func(c *Config) { c.Account = "other" })
	s := w.upload("none")
	s.Account = w.cfg.Account
	ids, err := q.j.add(append(make([]Spec, 0, 260), repeat(s, 260)...))
	require.NoError(t, err)
	require.NoError(t, q.j.w.do(func(tx *txn) error {
		_, err := tx.exec("UPDATE jobs SET state = CASE id % 10 WHEN 0 THEN 'failed' ELSE 'done' END")
		return err
	}))
	require.NoError(t, q.Close())
	q = w.open()
	have := map[State]int{}
	for _, j := range q.Snapshot().Jobs {
		have[j.State]++
	}
	assert.Equal(t, map[State]int{Done: 200, Failed: 26}, have)
	assert.Zero(t, job(t, q, ids[0]))
	assert.Equal(t, Done, job(t, q, ids[258]).State)
}

func repeat(s Spec, n int) []Spec {
	list := make([]Spec, n)
	for i := range list {
		list[i] = s
	}
	return list
}

func TestClearDone_RemovesCancelledJobsAndWaitSaysThatTheyAreGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("bad", 10)
	w.server.Faults().Add(denied("PutObject", ""))
	q, j := w.run(w.upload("bad"))
	require.Equal(t, Failed, j.State)
	require.NoError(t, q.ClearDone(t.Context()))
	require.NoError(t, q.Wait(t.Context(), j.ID), "what failed stays")
	require.NoError(t, q.Cancel(t.Context(), j.ID))
	require.NoError(t, q.ClearDone(t.Context()))
	assert.Empty(t, q.Snapshot().Jobs)
	require.ErrorIs(t, q.Wait(t.Context(), j.ID), ErrNoJob)
}

func TestJob_ThatTheJournalCannotKeepSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a", 10)
	q := w.open()
	require.NoError(t, q.j.w.do(func(tx *txn) error {
		_, err := tx.exec(`CREATE TRIGGER full BEFORE INSERT ON items BEGIN SELECT RAISE(ABORT, 'no space left'); END`)
		return err
	}))
	id := start(t, q, w.upload("a"))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	err := q.Wait(ctx, id)
	require.Error(t, err)
	require.NotErrorIs(t, err, context.DeadlineExceeded)
	j := job(t, q, id)
	assert.Equal(t, Failed, j.State)
	assert.Contains(t, j.Reason, "the journal cannot be written: ")
	assert.Contains(t, j.Reason, "no space left")
}

func TestOpen_SaysThatTheQueueCannotBeLocked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, os.MkdirAll(lockPath(w.cfg.Journal, w.cfg.Account), 0o700))
	_, err := Open(t.Context(), w.cfg)
	assert.ErrorContains(t, err, "lock the queue")
}
