package emulator

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"
)

// writer owns the one connection that changes the index. Changes that wait
// together are committed together, so that many small puts share the price of
// a transaction.
type writer struct {
	db    *sql.DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt // used by the writing goroutine only
	bury  func([]int64)
	seq   int64 // the last that nextSeq gave; used by the writing goroutine only

	mu     sync.RWMutex // held for reading while a change is handed over
	closed bool
	queue  chan *change
	done   chan struct{}
}

type change struct {
	apply func(*writeTx) error
	dead  []int64
	err   error
	done  chan struct{}
}

// maxBatch bounds how many changes one transaction holds.
const maxBatch = 256

var errClosed = errors.New("the server is closed")

func openWriter(path string, bury func([]int64)) (*writer, error) {
	ctx := context.Background()
	db, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		return nil, fmt.Errorf("open index: %w", err)
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open index %s: %w", path, err), db.Close())
	}
	w := &writer{
		db: db, conn: conn, bury: bury,
		stmts: map[string]*sql.Stmt{}, queue: make(chan *change, maxBatch), done: make(chan struct{}),
	}
	if err := w.migrate(ctx, path); err != nil {
		return nil, errors.Join(err, conn.Close(), db.Close())
	}
	go w.run()
	return w, nil
}

// do runs apply in a transaction and returns when it is committed or undone.
// apply runs alone among all changes; if it fails, nothing of it stays. It may
// be run a second time, the first having been undone.
func (w *writer) do(apply func(*writeTx) error) error {
	c := &change{apply: apply, done: make(chan struct{})}
	w.mu.RLock()
	if w.closed {
		w.mu.RUnlock()
		return errClosed
	}
	w.queue <- c
	w.mu.RUnlock()
	<-c.done
	return c.err
}

// close waits for the changes that were handed over.
func (w *writer) close() error {
	w.mu.Lock()
	w.closed = true
	close(w.queue)
	w.mu.Unlock()
	<-w.done
	for _, stmt := range w.stmts {
		_ = stmt.Close()
	}
	return errors.Join(w.conn.Close(), w.db.Close())
}

func (w *writer) run() {
	defer close(w.done)
	for first := range w.queue {
		batch := append(make([]*change, 0, 16), first)
		for more := true; more && len(batch) < maxBatch; {
			select {
			case c, ok := <-w.queue:
				if more = ok; ok {
					batch = append(batch, c)
				}
			default:
				more = false
			}
		}
		w.commit(batch)
	}
}

// commit applies a batch in one transaction. A change that fails after it
// has written spoils the transaction for its neighbours; that is rare, as
// changes check before they write, and then each gets one of its own. A
// savepoint for every change would cost more than half of a small put.
func (w *writer) commit(batch []*change) {
	if err := w.applyAll(batch); err != nil {
		for _, c := range batch {
			if err := w.applyAll([]*change{c}); err != nil && c.err == nil {
				c.err = err
			}
		}
	}
	var dead []int64
	for _, c := range batch {
		if c.err == nil {
			dead = append(dead, c.dead...)
		}
	}
	w.bury(dead)
	for _, c := range batch {
		close(c.done)
	}
}

// applyAll commits the batch, or nothing of it and returns an error.
func (w *writer) applyAll(batch []*change) error {
	if err := w.exec(`BEGIN IMMEDIATE`); err != nil {
		return err
	}
	for _, c := range batch {
		tx := &writeTx{w: w}
		c.err = c.apply(tx)
		c.dead = tx.dead
		if c.err != nil && tx.wrote {
			return errors.Join(c.err, w.exec(`ROLLBACK`))
		}
	}
	if err := w.exec(`COMMIT`); err != nil {
		return errors.Join(err, w.exec(`ROLLBACK`))
	}
	return nil
}

// nextSeq returns a number above all that were given out before, also by an
// earlier run unless the clock was put back since.
func (w *writer) nextSeq() int64 {
	w.seq = max(w.seq+1, time.Now().UnixMicro())
	return w.seq
}

func (w *writer) exec(query string, args ...any) error {
	_, err := w.execCount(query, args...)
	return err
}

func (w *writer) execCount(query string, args ...any) (int64, error) {
	stmt, err := w.prepared(query)
	if err != nil {
		return 0, err
	}
	res, err := stmt.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, fmt.Errorf("write index: %w", err)
	}
	return res.RowsAffected()
}

func (w *writer) prepared(query string) (*sql.Stmt, error) {
	if stmt := w.stmts[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := w.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	w.stmts[query] = stmt
	return stmt, nil
}

// writeTx is a change while it is applied.
type writeTx struct {
	w     *writer
	wrote bool
	dead  []int64 // files that are no longer named
}

func (tx *writeTx) exec(query string, args ...any) error {
	_, err := tx.execCount(query, args...)
	return err
}

// execCount returns how many rows were changed.
func (tx *writeTx) execCount(query string, args ...any) (int64, error) {
	tx.wrote = true
	return tx.w.execCount(query, args...)
}

// row scans the one row of a query; sql.ErrNoRows if there is none.
func (tx *writeTx) row(query string, args []any, dest ...any) error {
	stmt, err := tx.w.prepared(query)
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(context.Background(), args...).Scan(dest...)
}

// add enters the blobs of new content.
func (tx *writeTx) add(c *content) error {
	for _, s := range c.body {
		if err := tx.exec(`INSERT INTO blobs (id, refs, data) VALUES (?, 1, ?)`, s.blob, c.data); err != nil {
			return err
		}
	}
	return nil
}

// share counts one more owner of the blobs of body. It fails with errGone if
// one of them was dropped.
func (tx *writeTx) share(body []segment) error {
	for _, s := range body {
		n, err := tx.execCount(`UPDATE blobs SET refs = refs + 1 WHERE id = ?`, s.blob)
		if err != nil {
			return err
		}
		if n == 0 {
			return errGone
		}
	}
	return nil
}

// drop counts one owner less of the blobs of a packed body.
func (tx *writeTx) drop(packed []byte) error {
	body, err := decodeBody(packed)
	if err != nil {
		return err
	}
	for _, s := range body {
		if err := tx.release(s); err != nil {
			return err
		}
	}
	return nil
}

func (tx *writeTx) release(s segment) error {
	n, err := tx.execCount(`DELETE FROM blobs WHERE id = ? AND refs = 1`, s.blob)
	if err != nil {
		return err
	}
	if n == 0 {
		return tx.exec(`UPDATE blobs SET refs = refs - 1 WHERE id = ?`, s.blob)
	}
	if !s.inline {
		tx.dead = append(tx.dead, s.blob)
	}
	return nil
}
