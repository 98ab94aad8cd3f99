package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/gofrs/flock"
	"golang.org/x/sync/semaphore"
)

// Queue is the handle of one process on the journal. Safe for concurrent use.
type Queue struct {
	cfg  Config
	j    *journal
	e    *engine
	lock *flock.Flock

	stop    context.CancelCauseFunc
	ended   chan struct{} // closed when the keeper has ended
	closed  sync.Once
	poke    chan chan struct{} // asks the keeper to look at the journal now
	changed chan struct{}
	runner  atomic.Bool

	mu     sync.Mutex // guards the rest
	rows   []jobRow
	specs  map[ID]specInfo
	active map[ID]*active
	asleep map[ID]bool   // see Config.Manual
	bump   chan struct{} // closed and replaced when rows changed
	broken error         // why the journal cannot be read, if so
}

// specInfo is what the screen shows of a spec.
type specInfo struct {
	title, from, to string
	move            bool
	broken          error // it cannot be read, and the job not be run
}

// Open opens the journal and begins to run the jobs of cfg.Account as soon as
// no other process does. Jobs that a killed process left go on. When ctx ends
// the transfers stop as they do in [Queue.Close], which is still to be called.
//
// A journal of a newer version is left as it is; the error is then
// [ErrNewerJournal]. A damaged one is kept aside, see [Queue.SetAside], unless
// another process has it open, which is [ErrDamagedJournal].
func Open(ctx context.Context, cfg Config) (*Queue, error) {
	cfg = cfg.withDefaults()
	if err := checkBandwidth(cfg.Bandwidth); err != nil {
		return nil, err
	}
	j, err := newJournal(ctx, cfg)
	if err != nil {
		return nil, err
	}
	life, stop := context.WithCancelCause(ctx)
	q := &Queue{
		cfg: cfg, j: j, stop: stop,
		lock:    flock.New(lockPath(cfg.Journal, cfg.Account), flock.SetPermissions(0o600)),
		ended:   make(chan struct{}),
		poke:    make(chan chan struct{}),
		changed: make(chan struct{}, 1),
		specs:   map[ID]specInfo{},
		active:  map[ID]*active{},
		bump:    make(chan struct{}),
	}
	q.e = &engine{
		cfg: cfg, j: j, retry: cfg.Retry, gate: newGate(cfg.Files + cfg.Parts), speed: newThrottle(cfg.Bandwidth), now: cfg.Now, sleep: cfg.sleep,
		parts: semaphore.NewWeighted(int64(cfg.Parts)), events: make(chan func(), 256),
	}
	k := &keeper{q: q, e: q.e}
	if err := k.begin(ctx); err != nil {
		stop(errClosing)
		return nil, errors.Join(fmt.Errorf("open the journal %s: %w", cfg.Journal, err), j.close())
	}
	if cfg.Manual {
		q.sleep()
	}
	go k.run(life)
	return q, nil
}

// sleep keeps the jobs that are in the journal now from being run here.
func (q *Queue) sleep() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.asleep = map[ID]bool{}
	for _, r := range q.rows {
		q.asleep[r.id] = true
	}
}

// wake lets a job run again, as somebody asked for it.
func (q *Queue) wake(id ID) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.asleep, id)
}

func (q *Queue) sleeps(id ID) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.asleep[id]
}

// Close stops the transfers, keeps what they have achieved in the journal and
// waits for them. The next Open goes on with them.
func (q *Queue) Close() error {
	var err error
	q.closed.Do(func() {
		q.stop(errClosing)
		<-q.ended
		err = errors.Join(q.j.close(), q.lock.Close())
	})
	return err
}

// abandon ends everything as a kill would: nothing more is written.
func (q *Queue) abandon() {
	q.j.w.kill()
	q.stop(errAbandoned)
	_ = q.Close()
}

// Add queues specs, each one job, and returns when they are on disk.
func (q *Queue) Add(ctx context.Context, specs ...Spec) ([]ID, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var list []Spec
	for _, s := range specs {
		c, err := q.canonical(s)
		if err != nil {
			return nil, fmt.Errorf("queue the job: %w", err)
		}
		list = append(list, c)
	}
	ids, err := q.j.add(list)
	if err != nil {
		return nil, fmt.Errorf("queue the job: %w", err)
	}
	return ids, q.look(ctx)
}

// FindOpen returns the unfinished (or failed) job that equals spec, so that
// the same command started again goes on with it; 0 if there is none.
func (q *Queue) FindOpen(ctx context.Context, spec Spec) (ID, error) {
	c, err := q.canonical(spec)
	if err != nil {
		return 0, err
	}
	return q.j.find(ctx, c)
}

// Pause stops a job and keeps what it has; Resume lets it go on. If this
// process runs the job, it has stopped when Pause returns.
func (q *Queue) Pause(ctx context.Context, id ID) error { return q.ask(ctx, id, wantPause) }

// Resume continues a paused job.
func (q *Queue) Resume(ctx context.Context, id ID) error { return q.ask(ctx, id, wantRun) }

// Cancel ends a job, aborts its uploads and removes its temporary files. If
// this process runs the job, that has happened when Cancel returns.
func (q *Queue) Cancel(ctx context.Context, id ID) error { return q.ask(ctx, id, wantCancel) }

// Retry queues the failed items of a failed or cancelled job again.
func (q *Queue) Retry(ctx context.Context, id ID) error { return q.ask(ctx, id, wantRetry) }

// Restart carries out a failed or cancelled job from its beginning, as if it
// were queued anew: it looks at the sources again and transfers what is there
// now. Only parts and ranges that unfinished items have stored are gone on
// with, as long as their sources are the same.
func (q *Queue) Restart(ctx context.Context, id ID) error { return q.ask(ctx, id, wantRestart) }

// ask leaves the wish in the journal, where the runner finds it: now if the
// runner is this process, at its next poll otherwise.
func (q *Queue) ask(ctx context.Context, id ID, w want) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := q.j.ask(id, w); err != nil {
		return err
	}
	err := q.obeyed(ctx, id)
	if w == wantCancel && errors.Is(err, errSpec) {
		return ctx.Err() // it need not be read to be cancelled
	}
	return err
}

// obeyed returns when a wish is carried out if this process runs the job; at
// once if not.
func (q *Queue) obeyed(ctx context.Context, id ID) error {
	q.wake(id) // before the keeper looks; another runner may do what is asked and leave the rest to us
	if err := q.look(ctx); err != nil {
		return err
	}
	err := q.await(ctx, func(rows []jobRow) bool {
		for _, r := range rows {
			if r.id == id {
				return r.want == wantNothing || q.halted(id) != nil || !q.runner.Load() || r.account != q.cfg.Account
			}
		}
		return true
	})
	return errors.Join(err, q.halted(id))
}

// halted returns why a job of this process cannot go on, which is always
// trouble with the journal.
func (q *Queue) halted(id ID) error {
	q.mu.Lock()
	a, broken := q.active[id], q.specs[id].broken
	q.mu.Unlock()
	if a == nil {
		return broken
	}
	return a.err()
}

// Wait returns when none of the jobs will move by itself any more: each is
// done, failed, cancelled, paused or asking. The error is [ErrNoJob] if one is not in
// the list (any more); another means that the journal can no longer be read
// or written.
func (q *Queue) Wait(ctx context.Context, ids ...ID) error {
	var gone error
	err := q.await(ctx, func(rows []jobRow) bool {
		still := map[ID]bool{}
		for _, r := range rows {
			still[r.id] = q.halted(r.id) == nil && (r.want != wantNothing || !r.state.Final() && r.state != Paused && r.state != Asking)
		}
		gone = nil
		for _, id := range ids {
			moves, there := still[id]
			if moves {
				return false
			}
			if !there {
				gone = errors.Join(gone, fmt.Errorf("job %d: %w", id, ErrNoJob))
			}
		}
		return true
	})
	if err == nil {
		err = gone
	}
	for _, id := range ids {
		err = errors.Join(err, q.halted(id))
	}
	return err
}

// ClearDone removes the jobs that are done and those that were cancelled from
// the list.
func (q *Queue) ClearDone(ctx context.Context) error {
	if err := q.j.clearDone(); err != nil {
		return fmt.Errorf("clear the finished jobs: %w", err)
	}
	return q.look(ctx)
}

// Clear removes one job that is done or was cancelled from the list, and its
// receipts with it.
func (q *Queue) Clear(ctx context.Context, id ID) error {
	if err := q.j.clear(id); err != nil {
		return err
	}
	return q.look(ctx)
}

// look lets the keeper read the journal now, so that what this process has
// just written is in the next snapshot.
func (q *Queue) look(ctx context.Context) error {
	seen := make(chan struct{})
	select {
	case q.poke <- seen:
	case <-q.ended:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-seen:
		return nil
	case <-q.ended:
		return errClosed
	}
}

// await returns when ok holds of the rows.
func (q *Queue) await(ctx context.Context, ok func([]jobRow) bool) error {
	for {
		q.mu.Lock()
		rows, bump, broken := q.rows, q.bump, q.broken
		q.mu.Unlock()
		if broken != nil {
			return broken
		}
		if ok(rows) {
			return nil
		}
		select {
		case <-bump:
		case <-q.ended:
			return errClosed
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Changed carries one token (capacity 1) when the snapshot may have changed.
// It is meant for one reader.
func (q *Queue) Changed() <-chan struct{} { return q.changed }

func (q *Queue) signal() {
	select {
	case q.changed <- struct{}{}:
	default:
	}
}

func (q *Queue) canonical(s Spec) (Spec, error) {
	s, err := s.canonical(q.cfg.Account)
	if err != nil {
		return s, err
	}
	return s.encrypting(q.cfg.Keys)
}
