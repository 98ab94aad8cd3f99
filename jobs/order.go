package jobs

import (
	"context"
	"fmt"
	"slices"
)

// Priorities returns them all, the highest first.
func Priorities() []Priority { return []Priority{High, Normal, Low} }

// String returns "high", "normal" or "low".
func (p Priority) String() string {
	switch p {
	case High:
		return "high"
	case Low:
		return "low"
	case Normal:
	}
	return "normal"
}

// MoveUp puts a job before the one that is ahead of it in the queue; if that
// one has another priority, it takes that over. The first one stays. A job
// that is over has no place in the queue, which is an error.
func (q *Queue) MoveUp(ctx context.Context, id ID) error {
	return q.arrange(ctx, id, func(line []turn, i int) { exchange(line, i, max(i-1, 0)) })
}

// MoveDown is the opposite of MoveUp.
func (q *Queue) MoveDown(ctx context.Context, id ID) error {
	return q.arrange(ctx, id, func(line []turn, i int) { exchange(line, i, min(i+1, len(line)-1)) })
}

// DoNext puts a job before all others, with priority [High]. What runs is not
// stopped, but the job gets whatever becomes free.
func (q *Queue) DoNext(ctx context.Context, id ID) error {
	return q.arrange(ctx, id, first)
}

// SetPriority lets a job go before all of a lower priority: items of these
// begin only while it has none that could. Among equals it is the last.
func (q *Queue) SetPriority(ctx context.Context, id ID, p Priority) error {
	if p < Low || p > High {
		return fmt.Errorf("job %d: unknown priority %d", id, p)
	}
	return q.arrange(ctx, id, func(line []turn, i int) { reclass(line, i, p) })
}

// turn is a job's place in the queue.
type turn struct {
	id       ID
	priority Priority
	rank     int64
}

// exchange swaps two neighbours; the first of them moves, and goes over to the
// other's priority.
func exchange(line []turn, i, with int) {
	line[i].priority = line[with].priority
	line[i], line[with] = line[with], line[i]
}

func first(line []turn, i int) {
	next := line[i]
	next.priority = High
	copy(line[1:], line[:i])
	line[0] = next
}

func reclass(line []turn, i int, p Priority) {
	last := line[i]
	if last.priority == p {
		return
	}
	last.priority = p
	copy(line[i:], line[i+1:])
	line[len(line)-1] = last
	slices.SortStableFunc(line, func(a, b turn) int { return int(b.priority - a.priority) })
}

// arrange changes the order of the jobs that are not over, in which id stands
// at index i.
func (q *Queue) arrange(ctx context.Context, id ID, change func(line []turn, i int)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := q.j.arrange(id, change); err != nil {
		return err
	}
	return q.look(ctx)
}

func (j *journal) arrange(id ID, change func(line []turn, i int)) error {
	return j.w.do(func(t *txn) error {
		state, _, err := t.jobState(id)
		if err != nil {
			return err
		}
		if state.Final() {
			return fmt.Errorf("job %d: cannot move a job that is %s", id, state)
		}
		line, err := t.line()
		if err != nil {
			return err
		}
		change(line, slices.IndexFunc(line, func(u turn) bool { return u.id == id }))
		for i, u := range line {
			_, err := t.exec("UPDATE jobs SET priority = ?, rank = ? WHERE id = ? AND (priority <> ? OR rank <> ?)",
				u.priority, i+1, u.id, u.priority, i+1)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// line returns the jobs that are not over, in order.
func (t *txn) line() (line []turn, err error) {
	err = t.each(`SELECT id, priority, rank FROM jobs WHERE state NOT IN ('done', 'failed', 'cancelled')
		ORDER BY -priority, rank, id`, func(scan func(...any) error) error {
		var u turn
		if err := scan(&u.id, &u.priority, &u.rank); err != nil {
			return err
		}
		line = append(line, u)
		return nil
	})
	return line, err
}
