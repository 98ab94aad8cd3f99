package jobs

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// again queues what failed once more, and the walks that broke off.
func (j *journal) again(id ID) error {
	return j.w.do(func(t *txn) error {
		if err := t.walkAgain(id); err != nil {
			return err
		}
		n, err := t.exec(`UPDATE items SET state = CASE WHEN upload_id <> '' OR temp <> '' OR copied THEN 'running' ELSE 'queued' END, attempts = 0, code = '', request_id = '', reason = '', finished = 0, asked = 0
			WHERE job = ? AND state = 'failed' AND substr(dest, 1, 1) <> x'00'`, id)
		if err != nil {
			return err
		}
		t.count(id).failed -= n
		if err := t.move(id, Queued, "", 0); err != nil {
			return err
		}
		_, err = t.exec("UPDATE jobs SET want = '' WHERE id = ? AND want = ?", id, wantRetry)
		return err
	})
}

// laneWalk holds the reports of walks that broke off and are to be taken up
// again: nothing but the walker looks there.
const laneWalk = lanes

// walkAgain queues the places where walks broke off. Only these are walked
// again, for of what was found elsewhere there may be no rows to know it by.
func (t *txn) walkAgain(id ID) error {
	n, err := t.exec(`UPDATE items SET state = 'queued', lane = ?, code = '', request_id = '', reason = '', finished = 0
		WHERE job = ? AND state = 'failed' AND walk_source IS NOT NULL`, laneWalk, id)
	if err != nil || n == 0 {
		return err
	}
	t.count(id).failed -= n
	_, err = t.exec("UPDATE jobs SET walked = 0 WHERE id = ?", id)
	return err
}

// report is the item of a walk that broke off.
type report struct {
	n     int64
	name  string
	whole bool // its source could not be walked at all, or is in a bucket
	at    walkPos
}

// reports returns those that are to be taken up again, after item number after.
func (j *journal) reports(ctx context.Context, id ID, after int64) (list []report, err error) {
	rows, err := j.read.QueryContext(ctx, `SELECT n, name, path, walk_source, walk_after FROM items
		WHERE job = ? AND lane = ? AND n > ? AND `+stateBefore(Done)+` ORDER BY n LIMIT 100`, id, laneWalk, after)
	if err != nil {
		return nil, fmt.Errorf("%w: read items: %w", errJournal, err)
	}
	defer rows.Close()
	for rows.Next() {
		var r report
		var path string
		if err := rows.Scan(&r.n, text{&r.name}, text{&path}, &r.at.source, text{&r.at.after}); err != nil {
			return nil, fmt.Errorf("%w: read items: %w", errJournal, err)
		}
		r.whole = path == "" && !strings.HasSuffix(r.name, "/") // a folder's ends in one
		list = append(list, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%w: read items: %w", errJournal, err)
	}
	return list, nil
}

// revisited is walked for what is at the place of a report: how far it is
// stands in the report, which goes at the end.
func (j *journal) revisited(id ID, items []*item, at walkPos, report int64, end bool) (delta tally, err error) {
	err = j.w.note(func(t *txn) (err error) {
		if delta, err = t.found(id, items); err != nil {
			return err
		}
		if end {
			n, err := t.exec("DELETE FROM items WHERE job = ? AND n = ?", id, report)
			delta.items -= n
			t.count(id).items -= n
			return err
		}
		_, err = t.exec("UPDATE items SET walk_after = ? WHERE job = ? AND n = ?", []byte(at.after), id, report)
		return err
	})
	return delta, err
}

// again takes up the walks that broke off.
func (w *walker) again(ctx context.Context) error {
	for after := int64(0); ; {
		list, err := w.a.e.j.reports(ctx, w.a.id, after)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, r := range list {
			after, w.report, w.at = r.n, r.n, r.at
			if err := w.revisit(ctx, r); err != nil {
				return err
			}
			if err := w.flush(true); err != nil {
				return err
			}
			w.report = 0
		}
	}
}

func (w *walker) revisit(ctx context.Context, r report) error {
	src := w.a.spec.Sources[r.at.source]
	rel := strings.TrimSuffix(r.name, "/")
	l := w.localWalk(r.at.source)
	if !src.Local() || r.whole || rel == l.top {
		return w.source(ctx, r.at.source, r.at.after)
	}
	inside := strings.TrimPrefix(strings.TrimPrefix(rel, l.top), "/")
	path := src.Path
	for _, name := range strings.Split(inside, "/") {
		if info, err := os.Stat(path); err == nil {
			l = l.inside(info)
		}
		path = filepath.Join(path, name)
	}
	var rest []string
	if r.at.after == rel || strings.HasPrefix(r.at.after, rel+"/") { // else it is where the first walk was before
		rest = behind(rel, r.at.after)
	}
	return l.entry(ctx, path, rel, rest)
}

// restart forgets what a job found and did, except what unfinished items have
// outside the journal: the new walk meets those again.
func (j *journal) restart(id ID) error {
	if err := j.shed("j.id = ?", id); err != nil {
		return err
	}
	return j.w.do(func(t *txn) error {
		if err := t.flush(); err != nil {
			return err
		}
		for _, step := range []string{
			"DELETE FROM items WHERE job = ? AND (state = 'done' OR upload_id = '' AND askings = '' AND temp = '')",
			`UPDATE items SET state = CASE WHEN state IN ('failed', 'asking', 'restoring') THEN 'running' ELSE state END, attempts = 0, code = '',
				request_id = '', reason = '', finished = 0, copied = 0, answer = '', asked = 0 WHERE job = ?`,
			`UPDATE jobs SET walked = 0, walk_source = 0, walk_after = x'', done = 0, failed = 0, skipped = 0,
				unverified = 0, asking = 0, restoring = 0, answer = '', bytes_done = 0, live_state = '', live_bytes = 0, live_rate = 0,
				items = (SELECT count(*) FROM items WHERE job = jobs.id),
				bytes = (SELECT coalesce(sum(max(size, 0)), 0) FROM items WHERE job = jobs.id) WHERE id = ?`,
		} {
			if _, err := t.exec(step, id); err != nil {
				return err
			}
		}
		if err := t.move(id, Queued, "", 0); err != nil {
			return err
		}
		_, err := t.exec("UPDATE jobs SET want = '' WHERE id = ? AND want = ?", id, wantRestart)
		return err
	})
}
