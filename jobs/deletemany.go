package jobs

import (
	"context"
	"errors"

	"cosmander/cos"
)

// deleteBatches requests for many deletions are under way at most: the service
// takes 300 a second of an account.
const deleteBatches = 4

// errSingly sends a batch back to the queue, to be deleted one by one.
var errSingly = errors.New("one by one")

// batch is the removal of many objects of one bucket by one request.
type batch struct {
	*active
	lane lane
	each []*task
}

// batched reports that what is next in the lane can go with others in one
// request.
func (a *active) batched(l lane) bool {
	return a.spec.Kind == Delete && l == laneSmall && !a.singly.Load() && len(a.buffer[l]) > 0 && !a.spec.Sources[a.buffer[l][0].source].Local()
}

// takeBatch takes what is in the same bucket as the first in the lane.
func (a *active) takeBatch(l lane) *batch {
	b := &batch{active: a, lane: l}
	first := a.spec.Sources[a.buffer[l][0].source]
	for len(a.buffer[l]) > 0 && len(b.each) < cos.MaxDeletes {
		it := a.buffer[l][0]
		if src := a.spec.Sources[it.source]; src.Bucket != first.Bucket || src.Region != first.Region {
			break
		}
		a.buffer[l] = a.buffer[l][1:]
		b.each = append(b.each, &task{active: a, item: it, lane: l})
	}
	a.inflight[l]++
	return b
}

// run deletes, and tells the keeper when all ends are in the journal.
func (b *batch) run() {
	failed, err := b.remove(b.ctx)
	var delta tally
	var saves []func(*txn) error
	if !errors.Is(err, errSingly) {
		for i, t := range b.each {
			d, save := t.end(outcome{size: max(t.item.size, 0), version: t.item.version, verified: true}, failed[i])
			if save != nil {
				saves = append(saves, save)
				delta.add(d)
			}
		}
	}
	err = nil
	if len(saves) > 0 {
		err = b.e.j.w.note(func(t *txn) error {
			for _, save := range saves {
				if err := save(t); err != nil {
					return err
				}
			}
			return nil
		})
	}
	b.e.events <- func() { b.finished(delta, err) }
}

// finished is run by the keeper.
func (b *batch) finished(delta tally, err error) {
	b.inflight[b.lane]--
	b.mu.Lock()
	for _, t := range b.each {
		delete(b.tasks, t.item.n)
	}
	b.mu.Unlock()
	if err != nil {
		b.halt(err)
		return
	}
	b.count(delta)
	if delta.done+delta.failed == 0 && b.stopping == nil {
		b.reopen(b.lane)
	}
}

// remove returns why each of them could not be deleted. The error is
// errSingly if the service does not take the request as a whole.
func (b *batch) remove(ctx context.Context) ([]error, error) {
	failed := make([]error, len(b.each))
	rest := make([]int, len(b.each))
	for i := range rest {
		rest[i] = i
	}
	bucket, err := b.each[0].remote()
	if err == nil && b.spec.inexact {
		err = errInexact
	}
	if err == nil {
		err = b.each[0].attempt(ctx, func(ctx context.Context) (err error) {
			rest, err = b.removeOnce(ctx, bucket, rest, failed)
			return err
		})
	}
	if errors.Is(err, cos.ErrDenied) && len(rest) == len(b.each) || errors.Is(err, cos.ErrUnsupported) || errors.Is(err, cos.ErrInvalidKey) {
		// Deleting many needs a permission of its own, and one name that
		// cannot be asked for must not keep the others.
		b.singly.Store(true)
		return failed, errSingly
	}
	for _, i := range rest {
		if bucket == nil || !b.each[i].gone(ctx, bucket, err) {
			failed[i] = err
		}
	}
	return failed, nil
}

// removeOnce asks for the deletion of those in rest, notes what failed for
// good, and returns those to ask for again, with the reason of one.
func (b *batch) removeOnce(ctx context.Context, bucket *cos.Bucket, rest []int, failed []error) ([]int, error) {
	objects := make([]cos.ObjectVersion, len(rest))
	at := make(map[cos.ObjectVersion]int, len(rest))
	for i, n := range rest {
		objects[i] = cos.ObjectVersion{Key: b.each[n].item.key, VersionID: b.each[n].item.version}
		at[objects[i]] = n
	}
	res, err := bucket.DeleteMany(ctx, objects, false)
	if err != nil {
		return rest, err
	}
	var again []int
	var why error
	for _, f := range res.Failed {
		n := at[cos.ObjectVersion{Key: f.Key, VersionID: f.VersionID}]
		if retryable(f.Err) {
			again, why = append(again, n), f.Err
			continue
		}
		failed[n] = f.Err
	}
	for _, d := range res.Deleted {
		if d.VersionID == "" {
			b.each[at[cos.ObjectVersion{Key: d.Key}]].item.version = d.DeleteMarkerVersionID
		}
	}
	return again, why
}
