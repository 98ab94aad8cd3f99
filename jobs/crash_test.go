package jobs

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// killer abandons a queue once, from whatever goroutine says so.
type killer struct {
	once sync.Once
	done chan struct{}
	kill chan struct{}
}

func newKiller() *killer { return &killer{done: make(chan struct{}), kill: make(chan struct{})} }

func (k *killer) strike() { k.once.Do(func() { close(k.kill) }) }

// attach abandons q when strike is called.
func (k *killer) attach(q *Queue) {
	go func() {
		defer close(k.done)
		<-k.kill
		q.abandon()
	}()
}

// killed runs spec (unless the journal has it already) and abandons the queue
// at the nth request or commit; it reports whether the job ended before.
func (w *world) killed(spec Spec, request, commit int64) (ended bool) {
	w.t.Helper()
	k := newKiller()
	first := w.seen.Load()
	hook := func(n int64) {
		if request > 0 && n-first >= request {
			k.strike()
			<-k.done // the process is gone before the service sees more
		}
	}
	w.before.Store(&hook)
	cfg := w.cfg
	cfg.onCommit = func(n int64) bool {
		if commit > 0 && n >= commit {
			k.strike()
			return true
		}
		return false
	}
	q, err := Open(context.Background(), cfg)
	require.NoError(w.t, err)
	k.attach(q)
	ids, err := q.Add(w.t.Context(), spec)
	if err == nil {
		err = q.Wait(w.t.Context(), ids...)
	}
	k.strike()
	<-k.done
	w.before.Store(nil)
	return err == nil
}

// resume opens the queue again and runs what the journal has to its end.
func (w *world) resume() []Job {
	w.t.Helper()
	q := w.open()
	var ids []ID
	for _, j := range q.Snapshot().Jobs {
		ids = append(ids, j.ID)
	}
	require.NoError(w.t, q.Wait(w.t.Context(), ids...))
	return q.Snapshot().Jobs
}

const partBytes = 1 << 20

func TestCrash_UploadInPartsGoesOnFromEveryRequest(t *testing.T) {
	t.Parallel()
	// initiate, 3 parts, complete
	for n := int64(1); n <= 6; n++ {
		t.Run(nth(int(n)), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.cfg.Parts = 1
			size := int64(2*partBytes + 99)
			want := w.file("big", size)
			ended := w.killed(w.upload("big"), n, 0)
			assert.Equal(t, n > 5, ended)
			for _, j := range w.resume() {
				assert.Equal(t, Done, j.State, j.Reason)
				assert.Zero(t, j.Unverified)
			}
			same(t, want, w.stored("up/big"))
			assert.Zero(t, w.uploads())
			// One part was in flight.
			assert.LessOrEqual(t, w.sent.Load(), size+partBytes+10*kib)
		})
	}
}

func TestCrash_UploadInPartsGoesOnFromEveryCommit(t *testing.T) {
	t.Parallel()
	for n := int64(1); n <= 10; n++ {
		t.Run(nth(int(n)), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.cfg.Parts = 1
			size := int64(2*partBytes + 99)
			want := w.file("big", size)
			w.killed(w.upload("big"), 0, n)
			jobs := w.resume()
			if n == 1 {
				require.Empty(t, jobs, "the job was never on disk")
				return
			}
			for _, j := range jobs {
				assert.Equal(t, Done, j.State, j.Reason)
			}
			same(t, want, w.stored("up/big"))
			assert.Zero(t, w.uploads())
			assert.LessOrEqual(t, w.sent.Load(), size+partBytes+10*kib)
		})
	}
}

func TestCrash_DownloadInRangesGoesOnFromEveryRequestAndCommit(t *testing.T) {
	t.Parallel()
	const size = 3*partBytes + 99
	check := func(t *testing.T, request, commit int64) {
		w := newWorld(t)
		w.cfg.Parts = 2
		want := w.object("big", size)
		to := filepath.Join(w.dir, "to")
		w.killed(w.download(to, "big"), request, commit)
		jobs := w.resume()
		if commit == 1 {
			require.Empty(t, jobs, "the job was never on disk")
			return
		}
		for _, j := range jobs {
			assert.Equal(t, Done, j.State, j.Reason)
		}
		assert.Equal(t, string(want), tree(t, to)["big"])
		noTemps(t, to)
		// Four ranges, at most the two in flight twice, and the first request,
		// which finds out that the object is large.
		assert.LessOrEqual(t, w.server.Requests("GetObject"), int64(7))
	}
	for n := int64(1); n <= 7; n++ {
		t.Run(fmt.Sprintf("request=%d", n), func(t *testing.T) { t.Parallel(); check(t, n, 0) })
	}
	for n := int64(1); n <= 10; n++ {
		t.Run(fmt.Sprintf("commit=%d", n), func(t *testing.T) { t.Parallel(); check(t, 0, n) })
	}
}

func TestCrash_FolderJobsGoOnFromAnyRequest(t *testing.T) {
	t.Parallel()
	for _, n := range []int64{1, 2, 5, 13, 29, 40} {
		t.Run(nth(int(n)), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.cfg.Files = 4
			for i := range 40 {
				w.file(fmt.Sprintf("d/%d/f%02d", i%3, i), int64(i))
			}
			w.file("d/big", 2*partBytes+5)
			w.killed(w.upload("d"), n, 0)
			for _, j := range w.resume() {
				assert.Equal(t, Done, j.State, j.Reason)
				assert.EqualValues(t, 41, j.ItemsDone)
			}
			assert.Zero(t, w.uploads())
			to := filepath.Join(w.dir, "to")
			w.killed(w.download(to, "up/d/"), n, 0)
			for _, j := range w.resume() {
				assert.Equal(t, Done, j.State, j.Reason)
				assert.EqualValues(t, 41, j.ItemsDone)
				assert.EqualValues(t, 41, j.Items)
			}
			want := tree(t, filepath.Join(w.dir, "d"))
			assert.Equal(t, want, tree(t, filepath.Join(to, "d")))
			noTemps(t, to)
		})
	}
}

func TestCrash_ManyTimesInARow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.cfg.Parts, w.cfg.Files = 2, 3
	for i := range 12 {
		w.file(fmt.Sprintf("d/f%02d", i), 300*kib)
	}
	w.file("d/big", 5*partBytes+1)
	w.killed(w.upload("d"), 1, 0)
	for range 25 {
		k := newKiller()
		first := w.seen.Load()
		hook := func(n int64) {
			if n-first >= 3 {
				k.strike()
				<-k.done
			}
		}
		w.before.Store(&hook)
		q, err := Open(t.Context(), w.cfg)
		require.NoError(t, err)
		k.attach(q)
		_ = q.Wait(t.Context(), 1)
		k.strike()
		<-k.done
	}
	w.before.Store(nil)
	for _, j := range w.resume() {
		assert.Equal(t, Done, j.State, j.Reason)
	}
	assert.Zero(t, w.uploads())
	for name, want := range tree(t, filepath.Join(w.dir, "d")) {
		assert.Equal(t, want, string(w.stored("up/d/"+name)), name)
	}
}
