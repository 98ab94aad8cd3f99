package emulator

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"sync"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// index is the SQLite database: what there is, and in which blobs.
type index struct {
	readers *sql.DB
	writer  *writer

	// admin is held while a bucket is made, changed or removed, so that what is
	// known of it here follows the index in order.
	admin sync.Mutex

	mu      sync.RWMutex // guards buckets and stmts
	buckets map[string]bucket
	stmts   map[string]*sql.Stmt
}

// openIndex opens or creates the database. bury is told which files a
// committed transaction dropped.
func openIndex(path string, bury func([]int64)) (*index, error) {
	w, err := openWriter(path, bury)
	if err != nil {
		return nil, err
	}
	readers, err := sql.Open("sqlite", dsn(path, "query_only(1)"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open index: %w", err), w.close())
	}
	readers.SetMaxOpenConns(2 + 2*runtime.GOMAXPROCS(0))
	readers.SetMaxIdleConns(2 + 2*runtime.GOMAXPROCS(0))
	x := &index{readers: readers, writer: w, stmts: map[string]*sql.Stmt{}}
	if err := x.loadBuckets(); err != nil {
		return nil, errors.Join(err, x.close())
	}
	return x, nil
}

// dsn names the database. WAL with synchronous=NORMAL keeps what was
// committed when the process is killed; only a power cut can lose the newest
// transactions, and never damages the rest.
func dsn(path string, pragmas ...string) string {
	q := url.Values{"_txlock": {"immediate"}}
	for _, p := range append([]string{"journal_mode(WAL)", "synchronous(NORMAL)", "busy_timeout(10000)", "cache_size(-16000)", "wal_autocheckpoint(4000)"}, pragmas...) {
		q.Add("_pragma", p)
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String()
}

func (x *index) close() error {
	// Closing the database closes its statements; closing them here would have
	// to wait for requests that still run.
	return errors.Join(x.readers.Close(), x.writer.close())
}

// prepared returns the statement for a reading query, which is compiled once.
func (x *index) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	x.mu.RLock()
	stmt := x.stmts[query]
	x.mu.RUnlock()
	if stmt != nil {
		return stmt, nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if stmt := x.stmts[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := x.readers.PrepareContext(ctx, query) //nolint:sqlclosecheck // kept for the next caller; the database closes it
	if err != nil {
		return nil, fmt.Errorf("prepare query: %w", err)
	}
	x.stmts[query] = stmt
	return stmt, nil
}

// row scans the one row of a reading query; sql.ErrNoRows if there is none.
func (x *index) row(ctx context.Context, query string, args []any, dest ...any) error {
	stmt, err := x.prepared(ctx, query)
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(ctx, args...).Scan(dest...)
}

// each calls scan for every row of a reading query.
func (x *index) each(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	stmt, err := x.prepared(ctx, query)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// fileBlobs returns the blobs that are files, and the highest number in use.
func (x *index) fileBlobs() (known map[int64]bool, last int64, err error) {
	known = map[int64]bool{}
	ctx := context.Background()
	err = x.each(ctx, `SELECT id FROM blobs WHERE data IS NULL`, nil, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		known[id] = true
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("read index: %w", err)
	}
	err = x.row(ctx, `SELECT coalesce(max(id), 0) FROM blobs`, nil, &last)
	return known, last, err
}

// inlineData loads the inline blobs of body. It fails with errGone if one was
// dropped since body was read.
func (x *index) inlineData(ctx context.Context, body []segment) (map[int64][]byte, error) {
	var loaded map[int64][]byte
	for _, s := range body {
		if !s.inline {
			continue
		}
		var data []byte
		err := x.row(ctx, `SELECT data FROM blobs WHERE id = ?`, []any{s.blob}, &data)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, errGone
		}
		if err != nil {
			return nil, err
		}
		if int64(len(data)) < s.offset+s.length {
			return nil, errors.New("damaged index: inline content is short")
		}
		if loaded == nil {
			loaded = map[int64][]byte{}
		}
		loaded[s.blob] = data
	}
	return loaded, nil
}

// errGone reports content that was dropped between two looks at the index.
var errGone = errors.New("content was replaced while it was read")

func (x *index) note(ctx context.Context, name string) (text string, err error) {
	err = x.row(ctx, `SELECT text FROM notes WHERE name = ?`, []any{name}, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return text, err
}

func (x *index) setNote(name, text string) error {
	return x.writer.do(func(tx *writeTx) error {
		return tx.exec(`INSERT OR REPLACE INTO notes VALUES (?, ?)`, name, text)
	})
}
