package jobs

import (
	"database/sql"
	"errors"
)

// again queues what failed once more, and the walks that broke off.
func (j *journal) again(id ID) error {
	return j.w.do(func(t *txn) error {
		if err := t.walkAgain(id); err != nil {
			return err
		}
		n, err := t.exec(`UPDATE items SET state = CASE WHEN upload_id <> '' OR temp <> '' OR copied THEN 'running' ELSE 'queued' END, attempts = 0, code = '', request_id = '', reason = '', finished = 0
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

// walkAgain sends the walk back to the first place where one broke off. What
// it finds a second time is known by its destination.
func (t *txn) walkAgain(id ID) error {
	var at walkPos
	err := t.get(`SELECT walk_source, walk_after FROM items WHERE job = ? AND state = 'failed' AND walk_source IS NOT NULL
		ORDER BY walk_source, n LIMIT 1`, []any{id}, &at.source, text{&at.after})
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	n, err := t.exec("DELETE FROM items WHERE job = ? AND state = 'failed' AND walk_source IS NOT NULL", id)
	if err != nil {
		return err
	}
	c := t.count(id)
	c.failed -= n
	c.items -= n
	_, err = t.exec("UPDATE jobs SET walked = 0, walk_source = ?, walk_after = ? WHERE id = ?",
		at.source, []byte(at.after), id)
	return err
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
			"DELETE FROM items WHERE job = ? AND (state = 'done' OR upload_id = '' AND temp = '')",
			`UPDATE items SET state = CASE state WHEN 'failed' THEN 'running' ELSE state END, attempts = 0, code = '',
				request_id = '', reason = '', finished = 0, copied = 0, answer = '' WHERE job = ?`,
			`UPDATE jobs SET walked = 0, walk_source = 0, walk_after = x'', done = 0, failed = 0, skipped = 0,
				unverified = 0, asking = 0, answer = '', bytes_done = 0, live_state = '', live_bytes = 0, live_rate = 0,
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
