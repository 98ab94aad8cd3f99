package jobs

import (
	"context"
	"fmt"
	"strings"
)

// todo returns up to limit items of a lane that have something to do.
func (j *journal) todo(ctx context.Context, id ID, l lane, after int64, limit int) ([]*item, error) {
	list, all, err := j.untouched(ctx, id, l, after, limit)
	if err != nil || all {
		return list, err
	}
	return j.items(ctx, "SELECT "+itemColumns+todoRows, id, l, after, limit)
}

// list returns items for the screen, in order.
func (j *journal) list(ctx context.Context, id ID, after int64, limit int, states []State) ([]*item, []Item, error) {
	query := "SELECT " + itemColumns + " FROM items WHERE job = ? AND n > ?"
	args := []any{id, after}
	if len(states) > 0 {
		query += " AND state IN (?" + strings.Repeat(", ?", len(states)-1) + ")"
		for _, s := range states {
			args = append(args, s)
		}
	}
	rows, shown, err := j.scan(ctx, query+" ORDER BY n LIMIT ?", append(args, limit)...)
	return rows, shown, err
}

func (j *journal) items(ctx context.Context, query string, args ...any) ([]*item, error) {
	rows, _, err := j.scan(ctx, query, args...)
	return rows, err
}

func (j *journal) scan(ctx context.Context, query string, args ...any) (list []*item, shown []Item, err error) {
	rows, err := j.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: read items: %w", errJournal, err)
	}
	defer rows.Close()
	for rows.Next() {
		i := &item{}
		var skipped, verified bool
		if err := rows.Scan(i.fields(&skipped, &verified)...); err != nil {
			return nil, nil, fmt.Errorf("%w: read items: %w", errJournal, err)
		}
		i.id.size = i.size
		list = append(list, i)
		s := i.show()
		s.Skipped, s.Verified = skipped, verified
		shown = append(shown, s)
	}
	if err := rows.Err(); err != nil {
		return nil, nil, fmt.Errorf("%w: read items: %w", errJournal, err)
	}
	return list, shown, nil
}

func (i *item) show() Item {
	s := Item{
		Job: i.job, N: i.n, Name: i.name, State: i.state, Size: i.size, Attempts: i.attempts,
		Code: i.code, RequestID: i.request, Reason: i.reason, ETag: i.etag, CRC64: i.crc, VersionID: i.version,
		Finished: moment(i.finished),
	}
	switch s.State {
	case Done:
		s.Done = s.Size
	case Asking:
		s.Conflict = i.met.conflict(i.size)
	case Restoring:
		s.RestoringSince = moment(i.asked)
	default:
	}
	return s
}

// acks returns the parts that are safe, by number.
func (j *journal) acks(ctx context.Context, it *item) (acks []ack, err error) {
	rows, err := j.read.QueryContext(ctx,
		"SELECT number, size, etag, crc FROM parts WHERE job = ? AND n = ? ORDER BY number", it.job, it.n)
	if err != nil {
		return nil, fmt.Errorf("%w: read parts: %w", errJournal, err)
	}
	defer rows.Close()
	for rows.Next() {
		var a ack
		if err := rows.Scan(&a.number, &a.size, &a.etag, bits{&a.crc}); err != nil {
			return nil, fmt.Errorf("%w: read parts: %w", errJournal, err)
		}
		acks = append(acks, a)
	}
	return acks, rows.Err()
}

// acked returns how many bytes of each unfinished item are safe.
func (j *journal) acked(ctx context.Context, id ID) (_ map[int64]int64, err error) {
	rows, err := j.read.QueryContext(ctx, `SELECT p.n, sum(p.size) FROM parts p JOIN items i
		ON i.job = p.job AND i.n = p.n WHERE p.job = ? AND i.state IN ('queued', 'running', 'verifying') GROUP BY p.n`, id)
	if err != nil {
		return nil, fmt.Errorf("%w: read parts: %w", errJournal, err)
	}
	defer rows.Close()
	sums := map[int64]int64{}
	for rows.Next() {
		var n, sum int64
		if err := rows.Scan(&n, &sum); err != nil {
			return nil, fmt.Errorf("%w: read parts: %w", errJournal, err)
		}
		sums[n] = sum
	}
	return sums, rows.Err()
}

// leftovers returns items that have something outside the journal.
func (j *journal) leftovers(ctx context.Context, id ID, after int64) ([]*item, error) {
	return j.items(ctx, `SELECT `+itemColumns+` FROM items WHERE job = ? AND n > ? AND state <> 'done'
		AND (upload_id <> '' OR askings <> '' OR temp <> '') ORDER BY n LIMIT 100`, id, after)
}
