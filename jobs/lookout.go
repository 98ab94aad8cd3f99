package jobs

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"golang.org/x/sync/errgroup"

	"cosmander/cos"
)

// How often the program looks whether what it waits for was restored: soon at
// first, for a fast tier takes a minute, then ever less often.
const (
	lookFirst = 5 * time.Second
	lookCap   = 20 * time.Minute
)

// How many waiting items of a job are looked at. What was asked for together is
// ready at about the same time, so that a few tell of all: with many more the
// share grows, so that none is passed over for ever. Once one is ready, so many
// at a time as mostLooks.
const (
	fewLooks     = 8
	mostLooks    = 64
	looksAtOnce  = 4
	looksPerItem = 64 // one look more for so many items
)

// round is a look at some of the items of one job that wait to be restored.
type round struct {
	id     ID
	cancel context.CancelFunc
}

// seen is what a round found: items that are still being restored, and items
// that are to go on. Why, their next run finds out: that they are ready or
// gone or, if nothing was learned, that nobody could be asked.
type seen struct {
	still, over []*item
	learned     bool
}

// lookOut begins the round that is due, if one is. One runs at a time, so that
// however many jobs wait their looks take no room from transfers.
func (k *keeper) lookOut() {
	if k.round != nil || !k.q.runner.Load() || k.life.Err() != nil {
		return
	}
	var due *jobRow
	for i := range k.q.rows {
		if r := &k.q.rows[i]; k.waits(r) && (due == nil || r.lookAt < due.lookAt) {
			due = r
		}
	}
	if due == nil {
		return
	}
	if wait := moment(due.lookAt).Sub(k.e.now()); due.lookAt > 0 && wait > 0 {
		k.due.Reset(wait) // by a clock that may stand still; the polls see it when it jumps
		return
	}
	ctx, cancel := context.WithCancel(k.life)
	row := *due
	k.round = &round{row.id, cancel}
	go func() {
		s, err := k.e.lookAt(ctx, row.id, looksAt(row.restoring, row.looks))
		stopped := ctx.Err() != nil
		cancel()
		k.e.events <- func() {
			k.round = nil
			if !stopped {
				k.looked(row, s, err)
			}
		}
	}()
}

// waits reports that items of a job wait to be restored, and are ours to look
// at.
func (k *keeper) waits(r *jobRow) bool {
	return r.restoring > 0 && r.account == k.e.cfg.Account && r.want == wantNothing && !r.state.Final() && r.state != Paused && !k.q.sleeps(r.id)
}

// looksAt is how many of the waiting items of a job are looked at in the next
// round.
func looksAt(waiting int64, looks int) int {
	if looks == 0 {
		return mostLooks
	}
	return int(min(fewLooks+waiting/looksPerItem, mostLooks))
}

// lookAt asks for some items of a job whether they are still being restored.
func (e *engine) lookAt(ctx context.Context, id ID, most int) (s seen, err error) {
	spec, err := e.j.spec(ctx, id)
	if err != nil {
		return s, err
	}
	items, err := e.j.waiting(ctx, id, most)
	if err != nil {
		return s, err
	}
	ongoing := make([]bool, len(items))
	failed := make([]error, len(items))
	var g errgroup.Group
	g.SetLimit(looksAtOnce)
	for i, it := range items {
		g.Go(func() error {
			ongoing[i], failed[i] = e.restoring(ctx, spec.Sources[it.source].Place, it)
			return nil
		})
	}
	_ = g.Wait() // nothing returns an error
	unreached := false
	for i, it := range items {
		switch {
		case ongoing[i]:
			s.still = append(s.still, it)
		case failed[i] != nil && retryable(failed[i]):
			// Nothing is known. One goes on, to be seen how it tries again: were
			// it all, they would take the slots of what can be done.
			if unreached {
				continue
			}
			unreached = true
			s.over = append(s.over, it)
		default:
			s.over, s.learned = append(s.over, it), true
		}
	}
	return s, nil
}

// restoring asks once whether the object of an item is being restored.
func (e *engine) restoring(ctx context.Context, at Place, it *item) (ongoing bool, err error) {
	b, err := e.cfg.Bucket(at.Bucket, at.Region)
	if err != nil {
		return false, err
	}
	err = e.gate.pass(ctx, func(ctx context.Context) error {
		head, err := b.Head(ctx, it.key, cos.GetOptions{VersionID: it.version})
		ongoing = err == nil && head.Restore != nil && head.Restore.Ongoing
		return err
	})
	return ongoing, err
}

// looked takes what a round found. If some items can go on there are likely to
// be more: the next round comes at once.
func (k *keeper) looked(r jobRow, s seen, err error) {
	if errors.Is(err, errSpec) {
		return // it is told where the job is shown
	}
	if err != nil {
		k.unreadable(err)
		return
	}
	now, looks := k.e.now(), r.looks+1
	next := now.Add(k.e.cfg.looksIn(looks, rand.Float64())) //nolint:gosec // it needs no secrecy
	if s.learned {
		next, looks = now, 0
	}
	freed, err := k.e.j.looked(r.id, s.still, s.over, now, next, looks)
	if err != nil {
		k.unreadable(err)
		return
	}
	if a := k.q.active[r.id]; a != nil && freed > 0 {
		a.count(tally{restoring: -freed})
		a.reopen(laneSmall)
		a.reopen(laneLarge)
	}
	k.look(k.life)
}

// looksIn is how long to wait after so many looks in vain, in a row. A part of it
// is by chance, so that jobs which began together do not stay together.
func (c Config) looksIn(looks int, random float64) time.Duration {
	wait := c.lookCap
	if looks < 16 {
		wait = min(c.lookFirst<<looks, c.lookCap)
	}
	return wait - wait/8 + time.Duration(random*float64(wait/8))
}

// awaited is how many items of the job wait to be restored.
func (a *active) awaited() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.counts.restoring
}
