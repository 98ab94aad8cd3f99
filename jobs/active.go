package jobs

import (
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"cosmander/cos"
)

// Why the context of a job or of the engine ended.
var (
	errPaused    = errors.New("paused")
	errCancelled = errors.New("cancelled")
	errClosing   = errors.New("the program ends")
	// errAbandoned stands for a killed process: whoever sees it leaves
	// everything as it is.
	errAbandoned = errors.New("abandoned")
)

// engine is what all running work shares.
type engine struct {
	cfg    Config
	j      *journal
	retry  RetryPolicy
	gate   *gate
	speed  *throttle
	parts  *semaphore.Weighted
	claims claims
	now    func() time.Time
	sleep  func(context.Context, time.Duration) error
	events chan func() // run by the keeper, in order
}

// active is a job that is being run.
type active struct {
	e    *engine
	id   ID
	spec Spec
	ctx  context.Context //nolint:containedctx // the job's life
	stop context.CancelCauseFunc

	pause // of the walker's requests

	moved atomic.Int64 // bytes that are done or on their way
	ended atomic.Bool  // the walk
	room  chan struct{}

	chain   *chain
	mayDrop bool        // rows of done items are not needed to tell sources apart, see keepsRow
	singly  atomic.Bool // objects are deleted one by one

	same      sync.Once // guards sameNames, see sameness
	sameNames sameness

	mu     sync.Mutex // guards counts, tasks, loaded, root, rate, pace, halted, answer
	counts tally
	tasks  map[int64]*task
	loaded map[int64]int64 // bytes of unfinished items that are in moved already
	root   *os.Root        // the local destination; opened when first needed
	rate   float64
	pace   float64    // items that came to their end a second, since it was loaded
	halted error      // the journal failed: nothing more is done
	answer OnConflict // to all that ask

	// The rest belongs to the keeper.
	priority Priority
	stopping error // why it stops, nil while it runs
	settled  bool  // its end is being written
	walking  bool
	cleaning bool
	asked    bool // since the rows were read
	answers  int  // how often it was told to go on with what was answered
	buffer   [lanes][]*item
	cursor   [lanes]int64
	grown    [lanes]atomic.Bool // more may be in the journal
	inflight [lanes]int
	meter    meter
	told     live
	shown    State // at the last look
	began    time.Time
	before   int64 // items at their end when it was loaded
}

// awaitRoom holds the walker back while it is far ahead of the transfers.
func (a *active) awaitRoom(ctx context.Context) error {
	if a.chain != nil {
		return ctx.Err() // nothing is transferred before all is found
	}
	for {
		a.mu.Lock()
		ahead := a.counts.items - a.counts.done - a.counts.failed - a.counts.restoring
		a.mu.Unlock()
		if ahead < walkAhead {
			return nil
		}
		select {
		case <-a.room:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// grew is told by the walker that items are in the journal.
func (a *active) grew(delta tally, end bool) {
	a.count(delta)
	for l := range a.grown {
		a.grown[l].Store(true)
	}
	if end {
		a.ended.Store(true)
	}
	a.e.events <- func() {} // the keeper looks for work after every event
}

func (a *active) count(delta tally) {
	a.mu.Lock()
	a.counts.add(delta)
	a.mu.Unlock()
	select {
	case a.room <- struct{}{}:
	default:
	}
}

// has reports whether the lane has an item to start.
func (a *active) has(l lane) bool {
	if a.stopping != nil {
		return false
	}
	if l == laneLast && !a.onlyLast() || a.chain != nil && !a.ended.Load() {
		return false
	}
	if len(a.buffer[l]) == 0 && a.grown[l].Load() {
		a.refill(l)
	}
	return len(a.buffer[l]) > 0
}

// ready reports whether the lane has an item that may start now.
func (a *active) ready(l lane) bool {
	return a.err() == nil && a.has(l) && (!a.batched(l) || a.inflight[l] < deleteBatches)
}

// holdsAPlace reports that a small file of another job would have to wait for
// this one if places were few. Large files have slots of their own.
func (a *active) holdsAPlace() bool {
	return a.err() == nil && (!a.ended.Load() || a.inflight[laneSmall] > 0 || a.has(laneSmall))
}

func (a *active) itemPace() float64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.pace
}

// err returns why nothing more can be done for the job; nil normally.
func (a *active) err() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.halted
}

// onlyLast reports that nothing but the last lane is left.
func (a *active) onlyLast() bool {
	return a.ended.Load() && a.inflight[laneSmall]+a.inflight[laneLarge] == 0 &&
		!a.has(laneSmall) && !a.has(laneLarge) && !a.unanswered()
}

const refillItems = 128

// refillSize is how many items are read at once: at least what one request
// takes.
func (a *active) refillSize() int {
	if a.spec.Kind == Delete {
		return cos.MaxDeletes
	}
	return refillItems
}

func (a *active) refill(l lane) {
	// Cleared before the look, so that rows added during it are not missed.
	a.grown[l].Store(false)
	size := a.refillSize()
	items, err := a.e.j.todo(a.ctx, a.id, l, a.cursor[l], size)
	if err != nil {
		if a.ctx.Err() == nil {
			a.halt(err)
		}
		return
	}
	if len(items) == size {
		a.grown[l].Store(true)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, it := range items {
		a.cursor[l] = it.n
		if _, busy := a.tasks[it.n]; !busy {
			a.buffer[l] = append(a.buffer[l], it)
		}
	}
}

func (a *active) take(l lane) *item {
	it := a.buffer[l][0]
	a.buffer[l] = a.buffer[l][1:]
	a.inflight[l]++
	return it
}

// reopen makes the lane look at all its items again.
func (a *active) reopen(l lane) {
	a.cursor[l] = 0
	a.buffer[l] = nil
	a.grown[l].Store(true)
}

// idle reports that nothing runs; over, that nothing is left to run either.
func (a *active) idle() bool {
	sum := 0
	for _, n := range a.inflight {
		sum += n
	}
	return sum == 0 && !a.walking
}

func (a *active) over() bool {
	if a.stopping != nil {
		return a.idle()
	}
	// With its context ended a look at the journal finds nothing, which must
	// not be taken for nothing left.
	return a.ctx.Err() == nil && a.idle() && a.ended.Load() && !a.has(laneSmall) && !a.has(laneLarge) && !a.has(laneLast) &&
		(a.chain == nil || a.chain.waiting == 0)
}

// halt stops a job whose progress can no longer be kept.
func (a *active) halt(err error) {
	a.mu.Lock()
	if a.halted == nil {
		a.halted = err
	}
	a.mu.Unlock()
	a.stop(err)
}

// folder opens the destination of a download, making it if needed.
func (a *active) folder() (*os.Root, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.root != nil {
		return a.root, nil
	}
	if err := os.MkdirAll(a.spec.Dest.Path, 0o777); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(a.spec.Dest.Path)
	a.root = root
	return root, err
}

func (a *active) release() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.root != nil {
		_ = a.root.Close()
	}
}
