package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// errClosed is what a call gets after Close.
var errClosed = errors.New("the queue is closed")

// groupLimit bounds how many callers share one transaction, so that none
// waits long for the others' statements.
const groupLimit = 256

// gatherYields is how often the writer lets others run before it begins a
// transaction. On a busy machine those who are about to come then share it,
// which makes four commits one; on an idle one it costs nothing.
const gatherYields = 4

// write is one caller's share of a transaction. fn may run twice: first with
// others, and alone if one of the group failed.
type write struct {
	fn   func(*txn) error
	done func(error) // called by the writer; must be quick
	lazy bool
}

// writer is the one goroutine of a process that writes the journal. Callers
// that come while a commit is on its way to the disk share the next one.
type writer struct {
	conn  *sql.Conn
	queue chan write
	ended chan struct{}

	mu     sync.RWMutex // guards closed, and queue against a send after close
	closed bool

	dead    atomic.Bool // after kill nothing is committed any more
	commits atomic.Int64
	hook    func(commit int64) (die bool) // for tests: before the nth commit; may be nil

	// Only used by the goroutine:
	stmts   map[string]*sql.Stmt  // that read
	changes map[string]*statement // that do not
	full    bool                  // commits wait for the disk
}

func newWriter(conn *sql.Conn, hook func(int64) bool) *writer {
	w := &writer{
		conn: conn, hook: hook,
		queue:   make(chan write, 4*groupLimit),
		ended:   make(chan struct{}),
		stmts:   map[string]*sql.Stmt{},
		changes: map[string]*statement{},
		full:    true, // as openJournal asks for
	}
	go w.run()
	return w
}

// do commits fn and returns when it is on disk.
func (w *writer) do(fn func(*txn) error) error { return w.wait(fn, false) }

// note commits fn so that it survives the end of the process, but not a power
// loss. It is for what is found again or harmlessly repeated then, such as a
// part that the service lists: waiting for the disk with each would slow the
// transfer down. What is noted is on disk with the next do.
func (w *writer) note(fn func(*txn) error) error { return w.wait(fn, true) }

func (w *writer) wait(fn func(*txn) error, lazy bool) error {
	done := make(chan error, 1)
	w.send(write{fn: fn, lazy: lazy, done: func(err error) { done <- err }})
	return <-done
}

// send queues a share; its done is told how it went.
func (w *writer) send(share write) {
	w.mu.RLock()
	if w.closed {
		w.mu.RUnlock()
		share.done(errClosed)
		return
	}
	w.queue <- share
	w.mu.RUnlock()
}

// close commits what is queued and ends the goroutine.
func (w *writer) close() {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		close(w.queue)
	}
	w.mu.Unlock()
	<-w.ended
}

// kill makes every commit from now on fail, as if the process were gone.
func (w *writer) kill() { w.dead.Store(true) }

func (w *writer) run() {
	defer close(w.ended)
	for first := range w.queue {
		w.group(w.gather(first))
	}
	for _, s := range w.stmts {
		_ = s.Close()
	}
	for _, s := range w.changes {
		_ = s.close()
	}
	_ = w.conn.Close()
}

func (w *writer) gather(first write) []write {
	group := []write{first}
	yields := 0
	for len(group) < groupLimit {
		select {
		case next, open := <-w.queue:
			if !open {
				return group
			}
			group = append(group, next)
		default:
			if yields == gatherYields {
				return group
			}
			yields++
			runtime.Gosched()
		}
	}
	return group
}

func (w *writer) group(group []write) {
	err := w.commit(group)
	if err == nil || len(group) == 1 {
		for _, g := range group {
			g.done(err)
		}
		return
	}
	// One of them failed and took the others with it: each by itself.
	for _, g := range group {
		g.done(w.commit([]write{g}))
	}
}

func (w *writer) commit(group []write) error {
	if w.hook != nil && w.hook(w.commits.Load()+1) {
		w.kill()
	}
	if w.dead.Load() {
		return errAbandoned
	}
	// A commit is never cancelled: a caller that goes on must know whether it
	// happened. busy_timeout bounds it.
	t := &txn{ctx: context.Background(), w: w, tallies: map[ID]*tally{}}
	if err := w.sync(slices.ContainsFunc(group, func(g write) bool { return !g.lazy })); err != nil {
		return err
	}
	if _, err := t.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := t.all(group); err != nil {
		// It fails where a full disk has ended the transaction already.
		_, _ = t.exec("ROLLBACK")
		return err
	}
	w.commits.Add(1)
	return nil
}

// sync chooses whether commits wait for the disk.
func (w *writer) sync(full bool) error {
	if full == w.full {
		return nil
	}
	mode := "NORMAL"
	if full {
		mode = "FULL"
	}
	// Not a prepared statement: this pragma acts when it is compiled.
	if _, err := w.conn.ExecContext(context.Background(), "PRAGMA synchronous = "+mode); err != nil {
		return fmt.Errorf("the %w cannot be written: %w", errJournal, damaged(err))
	}
	w.full = full
	return nil
}

// errJournal marks failures to read or write the journal itself. No transfer
// goes on after one, because what it does could not be resumed.
var errJournal = errors.New("journal")

// tally is how a transaction changes the counters of a job. Many items that
// finish together cost one update.
type tally struct {
	items, done, failed, skipped, unverified, asking, restoring, bytes, bytesDone int64
}

func (c *tally) add(d tally) {
	c.items += d.items
	c.done += d.done
	c.failed += d.failed
	c.skipped += d.skipped
	c.unverified += d.unverified
	c.asking += d.asking
	c.restoring += d.restoring
	c.bytes += d.bytes
	c.bytesDone += d.bytesDone
}

// txn is an open transaction of the writer.
type txn struct {
	ctx     context.Context //nolint:containedctx // lives for one commit
	w       *writer
	tallies map[ID]*tally
}

func (t *txn) all(group []write) error {
	for _, g := range group {
		if err := g.fn(t); err != nil {
			return err
		}
	}
	if err := t.flush(); err != nil {
		return err
	}
	_, err := t.exec("COMMIT")
	return err
}

// exec runs a statement and returns how many rows it changed.
func (t *txn) exec(query string, args ...any) (int64, error) {
	n, err := t.change(query, args)
	if err != nil {
		return 0, fmt.Errorf("the %w cannot be written: %w", errJournal, damaged(err))
	}
	return n, nil
}

func (t *txn) change(query string, args []any) (int64, error) {
	s, ok := t.w.changes[query]
	if !ok {
		var err error
		if s, err = prepare(t.ctx, t.w.conn, query); err != nil {
			return 0, err
		}
		t.w.changes[query] = s
	}
	return s.exec(t.ctx, args)
}

// get scans the one row of a query; sql.ErrNoRows is passed on.
func (t *txn) get(query string, args []any, dest ...any) error {
	s, err := t.stmt(query)
	if err != nil {
		return err
	}
	err = s.QueryRowContext(t.ctx, args...).Scan(dest...)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("the %w cannot be written: %w", errJournal, damaged(err))
	}
	return err
}

// each calls row for every row of a query.
func (t *txn) each(query string, row func(scan func(...any) error) error) error {
	s, err := t.stmt(query)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(t.ctx)
	if err != nil {
		return fmt.Errorf("the %w cannot be read: %w", errJournal, damaged(err))
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return fmt.Errorf("the %w cannot be read: %w", errJournal, damaged(err))
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("the %w cannot be read: %w", errJournal, damaged(err))
	}
	return nil
}

func (t *txn) stmt(query string) (*sql.Stmt, error) {
	if s, ok := t.w.stmts[query]; ok {
		return s, nil
	}
	s, err := t.w.conn.PrepareContext(t.ctx, query)
	if err != nil {
		return nil, fmt.Errorf("the %w cannot be written: %w", errJournal, damaged(err))
	}
	t.w.stmts[query] = s
	return s, nil
}

// count returns the tally of a job, to be added to.
func (t *txn) count(id ID) *tally {
	c, ok := t.tallies[id]
	if !ok {
		c = &tally{}
		t.tallies[id] = c
	}
	return c
}

// flush writes the tallies.
func (t *txn) flush() error {
	for id, c := range t.tallies {
		if *c == (tally{}) {
			continue
		}
		_, err := t.exec(`UPDATE jobs SET items = items + ?, done = done + ?, failed = failed + ?,
			skipped = skipped + ?, unverified = unverified + ?, asking = asking + ?, restoring = restoring + ?, bytes = bytes + ?, bytes_done = bytes_done + ?
			WHERE id = ?`, c.items, c.done, c.failed, c.skipped, c.unverified, c.asking, c.restoring, c.bytes, c.bytesDone, id)
		if err != nil {
			return err
		}
		*c = tally{}
	}
	return nil
}
