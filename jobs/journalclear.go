package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// clearDone removes jobs that are over for good.
func (j *journal) clearDone() error {
	if err := j.shed("j.state IN ('done', 'cancelled') AND j.want = ''"); err != nil {
		return err
	}
	return j.w.do(func(t *txn) error {
		_, err := t.exec("DELETE FROM jobs WHERE state IN ('done', 'cancelled') AND want = ''")
		return err
	})
}

// clear removes one of them.
func (j *journal) clear(id ID) error {
	if err := j.w.do(func(t *txn) error { return t.clearable(id) }); err != nil {
		return err
	}
	if err := j.shed("j.id = ?", id); err != nil {
		return err
	}
	return j.w.do(func(t *txn) error {
		if err := t.clearable(id); err != nil {
			return err
		}
		_, err := t.exec("DELETE FROM jobs WHERE id = ?", id)
		return err
	})
}

func (t *txn) clearable(id ID) error {
	state, w, err := t.jobState(id)
	switch {
	case err != nil:
		return err
	case w != wantNothing:
		return fmt.Errorf("job %d: cannot clear a job while a %s is pending", id, w.verb())
	case state == Failed:
		return fmt.Errorf("job %d: cannot clear a job that failed: cancel it first, which removes what it has left behind", id)
	case state != Done && state != Cancelled:
		return fmt.Errorf("job %d: cannot clear a job that is %s", id, state)
	}
	return nil
}

// prune removes all done jobs but the newest keep: every look at the journal
// reads the whole list.
func (j *journal) prune(ctx context.Context, keep int) error {
	var last ID
	err := j.read.QueryRowContext(ctx, `SELECT id FROM jobs WHERE state = 'done' AND want = ''
		ORDER BY id DESC LIMIT 1 OFFSET ?`, keep).Scan(&last)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: list the jobs: %w", errJournal, err)
	}
	if err := j.shed("j.state = 'done' AND j.want = '' AND j.id <= ?", last); err != nil {
		return err
	}
	return j.w.note(func(t *txn) error {
		_, err := t.exec("DELETE FROM jobs WHERE state = 'done' AND want = '' AND id <= ?", last)
		return err
	})
}
