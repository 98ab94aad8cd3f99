package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// asked runs a job that meets two conflicts and asks.
func asked(t *testing.T, w *world, m meeting) (*Queue, ID) {
	t.Helper()
	at := time.Unix(1_700_000_000, 0)
	m.here(w, []byte("mine"), at)
	m.put(w, "a.txt", []byte("there!"))
	s := m.spec(w)
	s.OnConflict = Ask
	q := w.open()
	id := start(t, q, s)
	j := finish(t, q, id)
	require.Equal(t, Asking, j.State, j.Reason)
	assert.EqualValues(t, 1, j.ItemsAsking)
	assert.EqualValues(t, 4, j.Bytes)
	items, err := q.Items(t.Context(), id, 0, 10, Asking)
	require.NoError(t, err)
	require.Len(t, items, 1)
	assert.Equal(t, Asking, items[0].State)
	c := items[0].Conflict
	assert.EqualValues(t, 4, c.Size)
	assert.EqualValues(t, 6, c.ThereSize)
	assert.WithinDuration(t, at, c.Modified, time.Second)
	assert.WithinDuration(t, time.Now(), c.ThereModified, time.Minute)
	assert.Equal(t, "there!", m.got(w, "a.txt"), "nothing is written before the answer")
	return q, id
}

func TestAsk_WaitsForAnAnswerAndDoesWhatItSays(t *testing.T) {
	t.Parallel()
	for kind, m := range meetings() {
		for _, choice := range Answers() {
			for _, all := range []bool{true, false} {
				t.Run(fmt.Sprint(kind, choice, all), func(t *testing.T) {
					t.Parallel()
					w := newWorld(t)
					q, id := asked(t, w, m)
					require.NoError(t, q.Answer(t.Context(), id, 1, choice, all))
					j := finish(t, q, id)
					require.Equal(t, Done, j.State, j.Reason)
					assert.Zero(t, j.ItemsAsking)
					old := choice == Skip || choice == IfNewer || choice == KeepBoth
					assert.Equal(t, map[bool]string{true: "there!", false: "mine"}[old], m.got(w, "a.txt"))
					if choice == KeepBoth {
						assert.Equal(t, "mine", m.got(w, "a (2).txt"))
					}
				})
			}
		}
	}
}

func TestAsk_TheRestIsDoneMeanwhileAndTheQuestionOutlivesTheProgram(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, n := range []string{"d/a", "d/b", "d/c"} {
		w.put(n, []byte("mine"))
	}
	w.put("to/d/b", []byte("there"))
	s := w.copies("d/")
	s.OnConflict = Ask
	q, j := w.run(s)
	assert.Equal(t, Asking, j.State)
	assert.EqualValues(t, 2, j.ItemsDone)
	assert.Equal(t, "mine", string(w.stored("to/d/c")))
	require.NoError(t, q.Close())

	q = w.open()
	j = finish(t, q, j.ID)
	assert.Equal(t, Asking, j.State)
	require.NoError(t, q.Pause(t.Context(), j.ID))
	require.NoError(t, q.Answer(t.Context(), j.ID, 0, Overwrite, true))
	j = job(t, q, j.ID)
	assert.Equal(t, Paused, j.State)
	assert.Zero(t, j.ItemsAsking)
	require.NoError(t, q.Resume(t.Context(), j.ID))
	assert.Equal(t, Done, finish(t, q, j.ID).State)
	assert.Equal(t, "mine", string(w.stored("to/d/b")))
}

func TestAsk_AnAnswerToAllHoldsForWhatIsYetToCome(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 30 {
		w.put(fmt.Sprintf("d/%02d", i), []byte("mine"))
		w.put(fmt.Sprintf("to/d/%02d", i), []byte("there"))
	}
	s := w.copies("d/")
	s.OnConflict = Ask
	q := w.open(func(c *Config) { c.Files = 2 })
	id := start(t, q, s)
	eventually(t, func() bool { return job(t, q, id).ItemsAsking > 0 }, "one asks while others run")
	require.NoError(t, q.Answer(t.Context(), id, 0, Overwrite, true))
	j := finish(t, q, id)
	require.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 30, j.ItemsDone)
	for i := range 30 {
		require.Equal(t, "mine", string(w.stored(fmt.Sprintf("to/d/%02d", i))))
	}
}

func TestAsk_AnotherProcessMayAnswerWhileTheJobRuns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 40 {
		w.put(fmt.Sprintf("d/%02d", i), []byte("mine"))
		w.put(fmt.Sprintf("to/d/%02d", i), []byte("there"))
	}
	s := w.copies("d/")
	s.OnConflict = Ask
	q := w.open(func(c *Config) { c.Files = 2 })
	other := w.open(func(c *Config) { c.Watch = true })
	id := start(t, q, s)
	for answered := 0; answered < 40; {
		items, err := other.Items(t.Context(), id, 0, 100, Asking)
		require.NoError(t, err)
		for _, it := range items {
			require.NoError(t, other.Answer(t.Context(), id, it.N, Overwrite, false))
			answered++
		}
	}
	eventually(t, func() bool { return job(t, q, id).State == Done }, "all were answered one by one")
	assert.EqualValues(t, 40, job(t, q, id).ItemsDone)
	assert.Zero(t, job(t, q, id).ItemsAsking)
}

func TestAsk_AMovedFolderStaysUntilAllIsAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("d/a", 3)
	w.file("d/b", 3)
	w.put("up/d/b", []byte("there"))
	s := w.upload("d")
	s.OnConflict, s.Move = Ask, true
	q, j := w.run(s)
	require.Equal(t, Asking, j.State, j.Reason)
	assert.DirExists(t, filepath.Join(w.dir, "d"))
	require.NoError(t, q.Answer(t.Context(), j.ID, 0, Overwrite, true))
	j = finish(t, q, j.ID)
	require.Equal(t, Done, j.State, j.Reason)
	_, err := os.Stat(filepath.Join(w.dir, "d"))
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestAsk_CancelAndBeginningAgainAskAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q, id := asked(t, w, meetings()["upload"])
	require.NoError(t, q.Cancel(t.Context(), id))
	j := job(t, q, id)
	assert.Equal(t, Cancelled, j.State)
	assert.Zero(t, j.ItemsAsking)
	require.ErrorContains(t, q.Answer(t.Context(), id, 1, Skip, false), "cannot answer a job that is cancelled")
	require.NoError(t, q.Restart(t.Context(), id))
	j = finish(t, q, id)
	assert.Equal(t, Asking, j.State)
	assert.EqualValues(t, 1, j.ItemsAsking)
}

func TestAsk_WhatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q, id := asked(t, w, meetings()["copy"])
	for _, c := range []OnConflict{Ask, "", "perhaps"} {
		require.ErrorContains(t, q.Answer(t.Context(), id, 1, c, false), "answers no conflict")
	}
	require.ErrorIs(t, q.Answer(t.Context(), id, 2, Skip, false), ErrNotAsking)
	require.ErrorIs(t, q.Answer(t.Context(), 99, 1, Skip, false), ErrNoJob)
	require.NoError(t, q.Answer(t.Context(), id, 1, Skip, false))
	finish(t, q, id)
	assert.ErrorContains(t, q.Answer(t.Context(), id, 1, Skip, false), "cannot answer a job that is done")
}

func TestAsk_GoesOnFromEveryKill(t *testing.T) {
	t.Parallel()
	for kind, m := range meetings() {
		for n := int64(1); n <= 6; n++ {
			t.Run(fmt.Sprint(kind, n), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				m.here(w, []byte("mine"), time.Now())
				m.put(w, "a.txt", []byte("there!"))
				s := m.spec(w)
				s.OnConflict = Ask
				w.killed(s, 0, n)
				for _, j := range w.resume() {
					require.Equal(t, Asking, j.State, j.Reason)
					assert.EqualValues(t, 1, j.ItemsAsking)
					assert.EqualValues(t, 4, j.Bytes)
				}
				assert.Equal(t, "there!", m.got(w, "a.txt"))
			})
		}
	}
}

func TestAsk_AnAnswerIsKeptWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	for n := int64(1); n <= 6; n++ {
		t.Run(nth(int(n)), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			m := meetings()["copy"]
			q, id := asked(t, w, m)
			require.NoError(t, q.Close())
			cfg := w.cfg
			cfg.onCommit = func(commit int64) bool { return commit >= n }
			q, err := Open(t.Context(), cfg)
			require.NoError(t, err)
			answered := q.Answer(t.Context(), id, 0, Overwrite, true)
			q.abandon()
			j := w.resume()[0]
			if answered == nil {
				require.Equal(t, Done, j.State, j.Reason)
			}
			if j.State == Asking {
				assert.EqualValues(t, 1, j.ItemsAsking)
				assert.Equal(t, "there!", m.got(w, "a.txt"))
				return
			}
			require.Equal(t, Done, j.State, j.Reason)
			assert.Equal(t, "mine", m.got(w, "a.txt"))
		})
	}
}

func TestAsk_AnAnswerIsNotLostToAnotherWish(t *testing.T) {
	t.Parallel()
	for name, wish := range map[string]func(*Queue, context.Context, ID) error{
		"resume": (*Queue).Resume,
		"pause, resume": func(q *Queue, ctx context.Context, id ID) error {
			return errors.Join(q.Pause(ctx, id), q.Resume(ctx, id))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			q, id := asked(t, w, meetings()["copy"])
			require.NoError(t, q.Close())
			other := w.open(func(c *Config) { c.Watch = true })
			require.NoError(t, other.Answer(t.Context(), id, 1, Overwrite, false))
			require.NoError(t, wish(other, t.Context(), id))
			j := finish(t, w.open(), id)
			assert.Equal(t, Done, j.State, j.Reason)
		})
	}
}

// TestAsk_AnAnswerBetweenTheQuestionAndItsEndIsNotOverlooked lets the keeper
// take the answer after the question is in the journal and before it hears that
// the item which asked has come to rest: its look for what was answered passes
// that item over, as it still runs.
func TestAsk_AnAnswerBetweenTheQuestionAndItsEndIsNotOverlooked(t *testing.T) {
	t.Parallel()
	for kind, m := range meetings() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			m.here(w, []byte("mine"), time.Now())
			m.put(w, "a.txt", []byte("there!"))
			q, s := w.open(), m.spec(w)
			s.OnConflict = Ask
			ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
			defer cancel()
			between := func() { // run by the keeper, so that nothing comes between
				q.mu.Lock()
				a := q.active[1]
				q.mu.Unlock()
				for asking := int64(0); asking == 0 && ctx.Err() == nil; {
					var err error
					asking, _, err = q.j.asking(ctx, a.id)
					assert.NoError(t, err)
				}
				assert.Equal(t, 1, a.inflight[laneSmall], "its end is yet to come")
				assert.NoError(t, q.j.answer(a.id, 1, Overwrite, false))
				(&keeper{q: q, e: q.e, life: ctx}).heed(a)
			}
			var once sync.Once
			hook := func(int64) {
				q.mu.Lock()
				a := q.active[1]
				q.mu.Unlock()
				if a == nil {
					return // it is over
				}
				a.mu.Lock()
				began := len(a.tasks) > 0
				a.mu.Unlock()
				if began {
					once.Do(func() { q.e.events <- between })
				}
			}
			w.before.Store(&hook)
			id := start(t, q, s)
			require.EqualValues(t, 1, id)
			j := finish(t, q, id)
			require.Equal(t, Done, j.State, j.Reason)
			assert.Equal(t, "mine", m.got(w, "a.txt"))
			require.NoError(t, ctx.Err())
		})
	}
}
