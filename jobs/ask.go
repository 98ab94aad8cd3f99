package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// ErrNotAsking reports an answer to an item that waits for none.
var ErrNotAsking = errors.New("waits for no answer")

// Conflict is what somebody who answers has to know: the source and what is in
// its place.
type Conflict struct {
	Size          int64
	Modified      time.Time
	ThereSize     int64
	ThereModified time.Time
}

// metDoc is how the journal keeps a conflict; the size is the item's.
type metDoc struct {
	hereMS, thereMS, thereSize int64
}

func (m metDoc) conflict(size int64) Conflict {
	return Conflict{size, moment(m.hereMS), m.thereSize, moment(m.thereMS)}
}

// askError ends the run of an item that has to ask.
type askError struct{ Conflict }

func (e *askError) Error() string { return "the destination exists: waits for an answer" }

// Answer says what is to be done about the conflict of item n of a job, which
// is asking, or with all about those of the whole job, met or still to come; n
// is not used then. The choice cannot be [Ask]. An item that does not ask (any
// more) is [ErrNotAsking]. If this process runs the job, it has begun to go on
// when Answer returns.
func (q *Queue) Answer(ctx context.Context, id ID, n int64, choice OnConflict, all bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if choice == Ask || choice.check() != nil {
		return fmt.Errorf("job %d: %q answers no conflict", id, choice)
	}
	if err := q.j.answer(id, n, choice, all); err != nil {
		return err
	}
	return q.obeyed(ctx, id)
}

// Answers returns every choice that [Queue.Answer] takes.
func Answers() []OnConflict {
	return slices.DeleteFunc(Conflicts(), func(c OnConflict) bool { return c == Ask })
}

// choice is what is done about the item's conflict.
func (t *task) choice() OnConflict {
	if t.spec.OnConflict != Ask {
		return t.spec.OnConflict
	}
	if t.item.answer != "" {
		return t.item.answer
	}
	if all := t.toAll(); all != "" {
		return all
	}
	return Ask
}

// toAll is the answer to all conflicts of the job, met or not; empty: none.
func (t *task) toAll() OnConflict {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.answer
}

// asks notes that an item waits for an answer, and what it has met. If all of
// the job's were answered meanwhile, it has its answer: see item.answer.
func (j *journal) asks(it *item, c Conflict) (tally, func(*txn) error) {
	delta := tally{asking: 1, bytes: c.Size - max(it.size, 0)}
	return delta, func(t *txn) error {
		it.answer = ""
		if err := t.get("SELECT answer FROM jobs WHERE id = ?", []any{it.job}, &it.answer); err != nil {
			return err
		}
		to, counted := Asking, delta
		if it.answer != "" {
			to, counted.asking = Queued, 0
		}
		t.count(it.job).add(counted)
		return t.moved(it, to, "size = ?, answer = ?, there = ?, here_ms = ?, there_ms = ?, there_size = ?",
			c.Size, it.answer, it.there, milliseconds(c.Modified), milliseconds(c.ThereModified), c.ThereSize)
	}
}

// milliseconds is the opposite of moment.
func milliseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func (j *journal) answer(id ID, n int64, choice OnConflict, all bool) error {
	return j.w.do(func(t *txn) error {
		state, now, err := t.jobState(id)
		if err != nil {
			return err
		}
		if err := wantAnswer.check(state, now); err != nil {
			return fmt.Errorf("job %d: %w", id, err)
		}
		answered, err := t.answer(id, n, choice, all)
		if err != nil {
			return err
		}
		if answered == 0 && !all {
			return fmt.Errorf("job %d, item %d: %w", id, n, ErrNotAsking)
		}
		t.count(id).asking -= answered
		_, err = t.exec("UPDATE jobs SET want = ? WHERE id = ? AND want = ''", wantAnswer, id)
		return err
	})
}

func (t *txn) answer(id ID, n int64, choice OnConflict, all bool) (int64, error) {
	const set = "UPDATE items SET state = 'queued', answer = ? WHERE state = 'asking' AND job = ?"
	if !all {
		return t.exec(set+" AND n = ?", choice, id, n)
	}
	if _, err := t.exec("UPDATE jobs SET answer = ? WHERE id = ?", choice, id); err != nil {
		return 0, err
	}
	return t.exec(set, choice, id)
}

// asking returns how many items wait for an answer, and the answer to all that
// have yet to ask, if there is one.
func (j *journal) asking(ctx context.Context, id ID) (n int64, all OnConflict, err error) {
	err = j.read.QueryRowContext(ctx, "SELECT asking, answer FROM jobs WHERE id = ?", id).Scan(&n, &all)
	if err != nil {
		return 0, "", fmt.Errorf("%w: read job %d: %w", errJournal, id, err)
	}
	return n, all, nil
}

// unanswered reports that items wait for an answer or the service, which what
// comes last has to await too. A journal that cannot be read tells so where the
// job ends.
func (a *active) unanswered() bool {
	if a.awaited() > 0 {
		return true
	}
	if a.spec.OnConflict != Ask {
		return false
	}
	n, _, err := a.e.j.asking(a.ctx, a.id)
	return n > 0 || err != nil
}

// heed lets a job that runs go on with what was answered. The wish is dropped
// first: an answer that comes after the look leaves another.
func (k *keeper) heed(a *active) {
	if err := k.e.j.drop(a.id, wantAnswer); err != nil {
		return // it is there at the next look
	}
	if a.stopping != nil {
		return
	}
	_, all, err := k.e.j.asking(k.life, a.id)
	if err != nil {
		a.halt(err)
		return
	}
	a.mu.Lock()
	a.answer = all
	a.mu.Unlock()
	a.answers++
	a.reopen(laneSmall)
	a.reopen(laneLarge)
}
