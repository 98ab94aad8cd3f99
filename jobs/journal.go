package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/gofrs/flock"
)

// ErrNoJob reports an ID the journal does not hold.
var ErrNoJob = errors.New("no such job")

// errSpec fails the one job whose description cannot be read.
var errSpec = errors.New("what was to be done cannot be read")

// journal is the file through which everything survives. Reads are safe for
// concurrent use; writes go through the one writer.
type journal struct {
	write, read *sql.DB
	found       *sql.Stmt    // of read: see untouched
	users       *flock.Flock // held shared while it is open
	aside       string       // see Queue.SetAside
	w           *writer
	now         func() time.Time
}

func newJournal(ctx context.Context, cfg Config) (*journal, error) {
	write, read, users, aside, err := openSound(ctx, cfg)
	if err != nil {
		return nil, err
	}
	var conn *sql.Conn
	found, err := read.PrepareContext(ctx, selectFound+todoRows)
	if err == nil {
		conn, err = write.Conn(ctx)
	}
	if err != nil {
		_ = write.Close()
		_ = read.Close()
		_ = users.Close()
		return nil, fmt.Errorf("open the journal %s: %w", cfg.Journal, err)
	}
	return &journal{write, read, found, users, aside, newWriter(conn, cfg.onCommit), cfg.Now}, nil
}

func (j *journal) close() error {
	j.w.close()
	return errors.Join(j.found.Close(), j.read.Close(), j.write.Close(), j.users.Close())
}

// jobRow is a row of the journal without its spec, which never changes.
type jobRow struct {
	id       ID
	kind     Kind
	account  string
	state    State
	want     want
	priority Priority
	created  int64 // ms
	finished int64 // ms
	reason   string
	walked   bool
	walk     walkPos
	nextN    int64
	answer   OnConflict
	since    int64 // ms; the oldest restore that is waited for; 0: none
	lookAt   int64 // ms
	looks    int
	tally
	live live
}

// live is what the runner tells other processes of a running job about once
// a second.
type live struct {
	state   State
	bytes   int64
	rate    float64
	retryAt int64 // ms
	reason  string
}

const jobColumns = `id, kind, account, state, want, priority, created, finished, reason, walked, walk_source,
	walk_after, next_n, items, done, failed, skipped, unverified, asking, restoring, answer, bytes, bytes_done, look_at, looks,
	CASE WHEN restoring > 0 THEN (SELECT coalesce(min(asked), 0) FROM items WHERE job = jobs.id AND state = 'restoring') ELSE 0 END,
	live_state, live_bytes, live_rate, live_retry, live_reason`

func (r *jobRow) fields() []any {
	return []any{
		&r.id, &r.kind, &r.account, &r.state, &r.want, &r.priority, &r.created, &r.finished, &r.reason, &r.walked,
		&r.walk.source,
		text{&r.walk.after},
		&r.nextN, &r.items, &r.done, &r.failed, &r.skipped,
		&r.unverified, &r.asking, &r.restoring, &r.answer, &r.bytes, &r.bytesDone, &r.lookAt, &r.looks, &r.since,
		&r.live.state, &r.live.bytes, &r.live.rate, &r.live.retryAt, &r.live.reason,
	}
}

// queueOrder puts the jobs that are over first, oldest first, so that those to
// come stand below what has been, and these as they are to be run.
const queueOrder = ` ORDER BY state IN ('done', 'failed', 'cancelled') DESC,
	CASE WHEN state IN ('done', 'failed', 'cancelled') THEN 0 ELSE -priority END,
	CASE WHEN state IN ('done', 'failed', 'cancelled') THEN id ELSE rank END, id`

// jobs returns all rows in the order of the queue.
func (j *journal) jobs(ctx context.Context) (list []jobRow, err error) {
	rows, err := j.read.QueryContext(ctx, "SELECT "+jobColumns+" FROM jobs"+queueOrder)
	if err != nil {
		return nil, fmt.Errorf("%w: list the jobs: %w", errJournal, err)
	}
	defer rows.Close()
	for rows.Next() {
		var r jobRow
		if err := rows.Scan(r.fields()...); err != nil {
			return nil, fmt.Errorf("%w: list the jobs: %w", errJournal, err)
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

func (j *journal) job(ctx context.Context, id ID) (r jobRow, err error) {
	err = j.read.QueryRowContext(ctx, "SELECT "+jobColumns+" FROM jobs WHERE id = ?", id).Scan(r.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return r, ErrNoJob
	}
	if err != nil {
		return r, fmt.Errorf("%w: read job %d: %w", errJournal, id, err)
	}
	return r, nil
}

func (j *journal) spec(ctx context.Context, id ID) (s Spec, err error) {
	var doc string
	if err := j.read.QueryRowContext(ctx, "SELECT spec FROM jobs WHERE id = ?", id).Scan(&doc); err != nil {
		return s, fmt.Errorf("%w: read job %d: %w", errJournal, id, err)
	}
	if s, err = decodeSpec(doc); err == nil && len(s.Sources) == 0 {
		err = errors.New("it names no sources")
	}
	if err != nil {
		return s, fmt.Errorf("%w: job %d: %w: %w", errJournal, id, errSpec, err)
	}
	return s, nil
}

func (j *journal) add(specs []Spec) (ids []ID, err error) {
	err = j.w.do(func(t *txn) error {
		ids = ids[:0]
		for _, s := range specs {
			doc, err := encodeSpec(s)
			if err != nil {
				return fmt.Errorf("write the job: %w", err)
			}
			var id ID
			err = t.get(`INSERT INTO jobs (kind, account, state, spec, created, rank)
				VALUES (?, ?, ?, ?, ?, (SELECT coalesce(max(rank), 0) + 1 FROM jobs)) RETURNING id`,
				[]any{s.Kind, s.Account, Queued, doc, j.now().UnixMilli()}, &id)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	return ids, err
}

// find returns the newest open or failed job with this spec, or 0.
func (j *journal) find(ctx context.Context, s Spec) (id ID, err error) {
	doc, err := encodeSpec(s)
	if err != nil {
		return 0, fmt.Errorf("compare jobs: %w", err)
	}
	err = j.read.QueryRowContext(ctx, `SELECT id FROM jobs WHERE account = ? AND spec = ? AND want <> 'cancel'
		AND state IN ('queued', 'running', 'paused', 'asking', 'restoring', 'failed') ORDER BY id DESC LIMIT 1`, s.Account, doc).Scan(&id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("%w: compare jobs: %w", errJournal, err)
	}
	return id, nil
}

// ask notes what somebody wants of a job.
func (j *journal) ask(id ID, w want) error {
	return j.w.do(func(t *txn) error {
		state, now, err := t.jobState(id)
		if err != nil {
			return err
		}
		if err := w.check(state, now); err != nil {
			return fmt.Errorf("job %d: %w", id, err)
		}
		_, err = t.exec("UPDATE jobs SET want = ? WHERE id = ?", w, id)
		return err
	})
}

func (t *txn) jobState(id ID) (s State, w want, err error) {
	err = t.get("SELECT state, want FROM jobs WHERE id = ?", []any{id}, &s, &w)
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("job %d: %w", id, ErrNoJob)
	}
	return s, w, err
}

// move brings a job to another state if the table allows it.
func (t *txn) move(id ID, to State, reason string, finished int64) error {
	from, _, err := t.jobState(id)
	if err != nil {
		return err
	}
	if from == to {
		return nil
	}
	if !mayMove(jobMoves, from, to) {
		return fmt.Errorf("jobs: job %d cannot go from %s to %s", id, from, to)
	}
	_, err = t.exec(`UPDATE jobs SET state = ?, reason = ?, finished = ?, live_state = '' WHERE id = ?`,
		to, reason, finished, id)
	return err
}

// settle moves a job and drops the wish w if it is still the one in force.
func (j *journal) settle(id ID, to State, w want) error {
	var finished int64
	if to.Final() {
		finished = j.now().UnixMilli()
	}
	return j.w.do(func(t *txn) error {
		if err := t.move(id, to, "", finished); err != nil {
			return err
		}
		_, err := t.exec("UPDATE jobs SET want = '' WHERE id = ? AND want = ?", id, w)
		return err
	})
}

// unreadable settles a job whose description cannot be read.
func (j *journal) unreadable(id ID, why error) error {
	return j.w.do(func(t *txn) error {
		if err := t.move(id, Running, "", 0); err != nil {
			return err
		}
		return t.move(id, Failed, why.Error(), j.now().UnixMilli())
	})
}

// paused settles a job that ran, with the bytes that are safe of items which
// are not done.
func (j *journal) paused(id ID, bytes int64) error {
	return j.w.do(func(t *txn) error {
		if err := t.tell(map[ID]live{id: {bytes: bytes}}); err != nil {
			return err
		}
		if err := t.move(id, Paused, "", 0); err != nil {
			return err
		}
		_, err := t.exec("UPDATE jobs SET want = '' WHERE id = ? AND want = ?", id, wantPause)
		return err
	})
}

// cancelled settles a job that was cancelled; trouble is what could not be
// cleaned up, if anything.
func (j *journal) cancelled(id ID, trouble error) error {
	reason := ""
	if trouble != nil {
		reason = "not all was cleaned up: " + trouble.Error()
	}
	return j.w.do(func(t *txn) error {
		if err := t.tell(map[ID]live{id: {}}); err != nil {
			return err
		}
		if err := t.move(id, Cancelled, reason, j.now().UnixMilli()); err != nil {
			return err
		}
		_, err := t.exec("UPDATE jobs SET want = '' WHERE id = ? AND want = ?", id, wantCancel)
		return err
	})
}

// drop forgets a wish that needs nothing done.
func (j *journal) drop(id ID, w want) error {
	return j.w.do(func(t *txn) error {
		_, err := t.exec("UPDATE jobs SET want = '' WHERE id = ? AND want = ?", id, w)
		return err
	})
}

// finish ends a job whose items are all at their end: done if none failed. One
// with items that ask waits for their answers, one with items that are being
// restored for the service. It is only noted: were it lost with the power, the job would find its work done.
func (j *journal) finish(id ID) error {
	return j.w.note(func(t *txn) error {
		if err := t.flush(); err != nil {
			return err
		}
		var items, done, failed, asking, restoring int64
		var w want
		if err := t.get("SELECT items, done, failed, asking, restoring, want FROM jobs WHERE id = ? AND walked", []any{id},
			&items, &done, &failed, &asking, &restoring, &w); err != nil {
			return fmt.Errorf("jobs: end job %d: %w", id, err)
		}
		if asking > 0 || w == wantAnswer && done+failed < items {
			return t.move(id, Asking, "", 0)
		}
		if restoring > 0 {
			return t.move(id, Restoring, "", 0)
		}
		if done+failed != items {
			return fmt.Errorf("jobs: job %d has %d items, but %d are done and %d failed", id, items, done, failed)
		}
		to, reason := Done, ""
		if failed > 0 {
			to = Failed
			if err := t.get("SELECT reason FROM items WHERE job = ? AND state = 'failed' ORDER BY n LIMIT 1",
				[]any{id}, &reason); err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
			if items > 1 {
				reason = fmt.Sprintf("%d of %d failed: %s", failed, items, reason)
			}
		}
		if err := t.move(id, to, reason, j.now().UnixMilli()); err != nil {
			return err
		}
		_, err := t.exec("UPDATE jobs SET live_bytes = 0, live_rate = 0 WHERE id = ?", id)
		return err
	})
}

// tell keeps what other processes show of running jobs.
func (t *txn) tell(lives map[ID]live) error {
	for id, l := range lives {
		_, err := t.exec(`UPDATE jobs SET live_state = ?, live_bytes = ?, live_rate = ?, live_retry = ?,
			live_reason = ? WHERE id = ?`, l.state, l.bytes, l.rate, l.retryAt, l.reason, id)
		if err != nil {
			return err
		}
	}
	return nil
}

// text scans a column that may hold bytes which are no UTF-8.
type text struct{ s *string }

// Scan implements [sql.Scanner].
func (t text) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*t.s = ""
	case string:
		*t.s = v
	case []byte:
		*t.s = string(v)
	default:
		return fmt.Errorf("jobs: column of type %T", v)
	}
	return nil
}
