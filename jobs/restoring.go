package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cosmander/cos"
)

// ErrRestoreOver reports an archived object whose restore was waited for, but
// of which there is no readable copy (any more).
var ErrRestoreOver = errors.New("the copy that was restored has gone again, or the restore failed: retry the job to restore it once more")

// restoringError ends the run of an item that waits for the service to restore
// its object.
type restoringError struct {
	head  *cos.Head
	since time.Time
}

func (e *restoringError) Error() string { return "archived: waits until the service has restored it" }

// unreadable reports that an object has to be restored before it can be read.
func unreadable(head *cos.Head) bool {
	archived := cos.Archived(head.StorageClass) || cos.Archived(head.StorageTier)
	return archived && (head.Restore == nil || head.Restore.Ongoing)
}

// thawed runs fetch, which reads the object of the item. If that is archived, it
// is restored if the job is to do that, and the error is a restoringError.
func (t *task) thawed(ctx context.Context, b *cos.Bucket, fetch func() (outcome, error)) (outcome, error) {
	out, err := fetch()
	if !t.spec.restores() || !errors.Is(err, cos.ErrArchived) {
		return out, err
	}
	head, failed := t.headVersion(ctx, b)
	if failed != nil {
		return outcome{}, failed
	}
	if !unreadable(head) { // it has become readable in between
		return fetch()
	}
	return outcome{}, t.thaw(ctx, b, head, err)
}

// thaw makes the service restore an object that cannot be read, for the reason
// why. It is asked once: a copy that went before it was read is the user's
// decision, for the next one costs the same again.
func (t *task) thaw(ctx context.Context, b *cos.Bucket, head *cos.Head, why error) error {
	switch {
	case head.Restore != nil && head.Restore.Ongoing:
		return &restoringError{head, t.askedSince(head)}
	case t.item.asked != 0:
		return fmt.Errorf("%s, asked for on %s: %w: %w", t.item.key, moment(t.item.asked).Format("2006-01-02 15:04"), ErrRestoreOver, why)
	}
	if err := t.askRestore(ctx, b, head); err != nil {
		return err
	}
	return &restoringError{head, t.askedSince(head)}
}

// askedSince is since when the item waits: what the service says may be of a
// restore that others asked for.
func (t *task) askedSince(head *cos.Head) time.Time {
	switch {
	case t.item.asked != 0:
		return moment(t.item.asked)
	case head.Restore != nil && !head.Restore.Requested.IsZero():
		return head.Restore.Requested
	}
	return t.e.now()
}

// askRestore asks for a readable copy. That one is made already is no error, be
// it by ours whose answer was lost or by another's request.
func (t *task) askRestore(ctx context.Context, b *cos.Bucket, head *cos.Head) error {
	c := t.spec.Change
	err := t.attempt(ctx, func(ctx context.Context) error {
		err := b.Restore(ctx, t.item.key, cos.RestoreRequest{Days: c.Days, Tier: c.Tier, VersionID: t.item.version})
		if !lost(err) || ctx.Err() != nil {
			return err
		}
		now, failed := b.Head(ctx, t.item.key, cos.GetOptions{VersionID: t.item.version})
		if failed == nil && begun(now.Restore) && (head.Restore == nil || now.Restore.Ongoing || now.Restore.Expires.After(head.Restore.Expires)) {
			return nil
		}
		return err
	})
	if errors.Is(err, cos.ErrRestoring) {
		return nil
	}
	return err
}

// restores notes that an item waits for the service, and what is known of it by
// now. It is on disk: what was asked for costs money.
func (j *journal) restores(it *item, wait *restoringError, l lane, lookAt time.Time) (tally, func(*txn) error) {
	size := wait.head.Size
	delta := tally{restoring: 1, bytes: size - max(it.size, 0)}
	return delta, func(t *txn) error {
		// The first look is put off once, not by every item that comes to wait.
		_, err := t.exec(`UPDATE jobs SET look_at = ?, looks = 0 WHERE id = ?
			AND NOT EXISTS (SELECT 1 FROM items WHERE job = jobs.id AND state = 'restoring')`, lookAt.UnixMilli(), it.job)
		if err != nil {
			return err
		}
		t.count(it.job).add(delta)
		return t.moved(it, Restoring, "size = ?, lane = ?, etag = ?, asked = ?", size, l, wait.head.ETag, wait.since.UnixMilli())
	}
}

// waiting returns up to limit items of a job that wait for the service: those
// first that were not looked at for the longest time, in no order beyond that,
// so that a few of them tell of all.
func (j *journal) waiting(ctx context.Context, id ID, limit int) ([]*item, error) {
	return j.items(ctx, `SELECT `+itemColumns+` FROM items WHERE job = ? AND state = 'restoring'
		ORDER BY looked, (n * 2654435761) & 4294967295 LIMIT ?`, id, limit)
}

// looked notes what a look at waiting items told: those over are to go on. True
// if some do, and their number.
func (j *journal) looked(id ID, still, over []*item, at, next time.Time, looks int) (freed int64, err error) {
	err = j.w.do(func(t *txn) error {
		freed = 0
		state, w, err := t.jobState(id)
		if err != nil || state.Final() || state == Paused {
			return err
		}
		for _, it := range still {
			if _, err := t.exec("UPDATE items SET looked = ? WHERE job = ? AND n = ?", at.UnixMilli(), id, it.n); err != nil {
				return err
			}
		}
		for _, it := range over {
			n, err := t.exec(`UPDATE items SET state = CASE temp WHEN '' THEN 'queued' ELSE 'running' END, looked = ?
				WHERE job = ? AND n = ? AND state = 'restoring'`, at.UnixMilli(), id, it.n)
			if err != nil {
				return err
			}
			freed += n
		}
		t.count(id).restoring -= freed
		if _, err := t.exec("UPDATE jobs SET look_at = ?, looks = ? WHERE id = ?", next.UnixMilli(), looks, id); err != nil {
			return err
		}
		if freed > 0 && w == wantNothing && (state == Restoring || state == Asking) {
			return t.move(id, Queued, "", 0)
		}
		return nil
	})
	return freed, err
}

// lookNow makes the next look at a job's waiting items due.
func (j *journal) lookNow(id ID) error {
	return j.w.do(func(t *txn) error {
		_, err := t.exec("UPDATE jobs SET look_at = 0, looks = 0, want = '' WHERE id = ? AND want = ?", id, wantRun)
		return err
	})
}
