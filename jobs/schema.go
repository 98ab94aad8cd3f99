package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver
)

// ErrNewerJournal reports a journal written by a newer version of the program.
var ErrNewerJournal = errors.New("the journal was written by a newer version of this program")

// ErrDamagedJournal reports a file that is no usable journal while another
// process has it open. It is left as it is.
var ErrDamagedJournal = errors.New("the journal is damaged")

// migrations lead from schema number i to i+1. A released one never changes.
var migrations = []string{`
CREATE TABLE jobs (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	kind        TEXT NOT NULL,
	account     TEXT NOT NULL,
	state       TEXT NOT NULL,
	want        TEXT NOT NULL DEFAULT '',  -- asked for by any process, done by the runner
	spec        TEXT NOT NULL,             -- canonical JSON
	created     INTEGER NOT NULL,          -- ms
	finished    INTEGER NOT NULL DEFAULT 0,
	reason      TEXT NOT NULL DEFAULT '',
	walked      INTEGER NOT NULL DEFAULT 0,
	walk_source INTEGER NOT NULL DEFAULT 0,
	walk_after  BLOB NOT NULL DEFAULT x'', -- last name of walk_source that is in items
	next_n      INTEGER NOT NULL DEFAULT 1,
	items       INTEGER NOT NULL DEFAULT 0,
	done        INTEGER NOT NULL DEFAULT 0,
	failed      INTEGER NOT NULL DEFAULT 0,
	skipped     INTEGER NOT NULL DEFAULT 0,
	unverified  INTEGER NOT NULL DEFAULT 0,
	bytes       INTEGER NOT NULL DEFAULT 0,
	bytes_done  INTEGER NOT NULL DEFAULT 0, -- of items that are done
	live_state  TEXT NOT NULL DEFAULT '',   -- what other processes show; coarse
	live_bytes  INTEGER NOT NULL DEFAULT 0, -- of items that are not done
	live_rate   REAL NOT NULL DEFAULT 0,
	live_retry  INTEGER NOT NULL DEFAULT 0, -- ms
	live_reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX jobs_open ON jobs (account, id) WHERE state IN ('queued', 'running');
CREATE TABLE items (
	job         INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
	n           INTEGER NOT NULL,
	state       TEXT NOT NULL,
	lane        INTEGER NOT NULL,
	source      INTEGER NOT NULL,          -- index into the spec's sources
	name        BLOB NOT NULL,             -- relative, for people
	folder      INTEGER NOT NULL DEFAULT 0,
	path        BLOB NOT NULL,             -- local; below the destination for downloads
	key         BLOB NOT NULL,
	dest        BLOB,                      -- null: a walk that failed; see item.nowhere
	size        INTEGER NOT NULL,          -- -1: not known yet
	etag        TEXT NOT NULL DEFAULT '',
	crc         INTEGER NOT NULL DEFAULT 0,
	has_crc     INTEGER NOT NULL DEFAULT 0,
	version     TEXT NOT NULL DEFAULT '',
	mtime_ns    INTEGER NOT NULL DEFAULT 0, -- the source's identity, with size
	inode       INTEGER NOT NULL DEFAULT 0,
	dev         INTEGER NOT NULL DEFAULT 0,
	upload_id   TEXT NOT NULL DEFAULT '',
	part_size   INTEGER NOT NULL DEFAULT 0,
	temp        TEXT NOT NULL DEFAULT '',
	skipped     INTEGER NOT NULL DEFAULT 0,
	verified    INTEGER NOT NULL DEFAULT 0,
	attempts    INTEGER NOT NULL DEFAULT 0,
	code        TEXT NOT NULL DEFAULT '',
	request_id  TEXT NOT NULL DEFAULT '',
	reason      TEXT NOT NULL DEFAULT '',
	walk_source INTEGER,                   -- of a walk that failed: where to go on
	walk_after  BLOB,
	PRIMARY KEY (job, n)
) WITHOUT ROWID;
CREATE INDEX items_todo ON items (job, lane, n) WHERE state IN ('queued', 'running', 'verifying');
CREATE INDEX items_failed ON items (job, n) WHERE state = 'failed';
CREATE UNIQUE INDEX items_dest ON items (job, dest) WHERE dest IS NOT NULL;
CREATE TABLE parts (
	job    INTEGER NOT NULL,
	n      INTEGER NOT NULL,
	number INTEGER NOT NULL,               -- from 1
	size   INTEGER NOT NULL,
	etag   TEXT NOT NULL DEFAULT '',
	crc    INTEGER NOT NULL,
	PRIMARY KEY (job, n, number),
	FOREIGN KEY (job, n) REFERENCES items (job, n) ON DELETE CASCADE
) WITHOUT ROWID;
`, `
ALTER TABLE items ADD COLUMN ctime_ns INTEGER NOT NULL DEFAULT 0; -- of the source's identity
`, `
ALTER TABLE items ADD COLUMN copied INTEGER NOT NULL DEFAULT 0; -- of a move: verified, the source is next
`, `
ALTER TABLE items ADD COLUMN finished INTEGER NOT NULL DEFAULT 0; -- ms
CREATE TABLE receipts (                   -- of items that are done and whose rows are gone
	job      INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
	n        INTEGER NOT NULL,
	source   INTEGER NOT NULL,             -- index into the spec's sources
	name     BLOB NOT NULL,
	origin   BLOB,                         -- null: follows from name
	dest     BLOB,                         -- null: follows from name
	size     INTEGER NOT NULL,
	crc      INTEGER NOT NULL,
	has_crc  INTEGER NOT NULL,
	etag     BLOB NOT NULL,                -- text, or the 16 bytes of an MD5
	version  TEXT NOT NULL,
	skipped  INTEGER NOT NULL,
	verified INTEGER NOT NULL,
	finished INTEGER NOT NULL,             -- ms
	PRIMARY KEY (job, n)
) WITHOUT ROWID;
`, `
ALTER TABLE jobs ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN rank INTEGER NOT NULL DEFAULT 0; -- the order of jobs of one priority
UPDATE jobs SET rank = id;
`, `
ALTER TABLE jobs ADD COLUMN asking INTEGER NOT NULL DEFAULT 0; -- items that do
ALTER TABLE jobs ADD COLUMN answer TEXT NOT NULL DEFAULT '';   -- to all that have yet to ask
ALTER TABLE items ADD COLUMN answer TEXT NOT NULL DEFAULT '';
ALTER TABLE items ADD COLUMN here_ms INTEGER NOT NULL DEFAULT 0; -- of one that asks: the source's time
ALTER TABLE items ADD COLUMN there_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE items ADD COLUMN there_size INTEGER NOT NULL DEFAULT 0;
`, `
DROP INDEX items_todo;                    -- an IN costs a temporary table with every change of a row
CREATE INDEX items_todo ON items (job, lane, n)
	WHERE CASE state WHEN 'queued' THEN 1 WHEN 'running' THEN 1 WHEN 'verifying' THEN 1 END;
`, `
ALTER TABLE items ADD COLUMN token INTEGER NOT NULL DEFAULT 0; -- see item.tempName
UPDATE items SET token = random() WHERE state <> 'done';
`, `
ALTER TABLE items ADD COLUMN there TEXT NOT NULL DEFAULT ''; -- what the rule for conflicts was applied to; '': not known
CREATE TABLE reserved (                   -- names that were found for items beside what exists
	place BLOB PRIMARY KEY,               -- path or cos:// address
	job   INTEGER NOT NULL,
	n     INTEGER NOT NULL,
	FOREIGN KEY (job, n) REFERENCES items (job, n) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX reserved_by ON reserved (job, n);
ALTER TABLE receipts ADD COLUMN reason TEXT NOT NULL DEFAULT '';
`, `
ALTER TABLE items ADD COLUMN askings TEXT NOT NULL DEFAULT ''; -- when upload ids were asked for that have not arrived, see askings
`, `
ALTER TABLE jobs ADD COLUMN restoring INTEGER NOT NULL DEFAULT 0; -- items that are
ALTER TABLE jobs ADD COLUMN look_at INTEGER NOT NULL DEFAULT 0;   -- ms; when some of them are looked at
ALTER TABLE jobs ADD COLUMN looks INTEGER NOT NULL DEFAULT 0;     -- how often that was in vain, in a row
ALTER TABLE items ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;    -- ms; when the restore was; 0: it was not
ALTER TABLE items ADD COLUMN looked INTEGER NOT NULL DEFAULT 0;   -- ms; when it was looked at
CREATE INDEX items_restoring ON items (job, asked) WHERE state = 'restoring';
`, `
ALTER TABLE items ADD COLUMN envelope TEXT NOT NULL DEFAULT ''; -- of what is encrypted, as metadata in JSON
`}

// openJournal opens or creates the file. The first handle writes, the second
// only reads.
func openJournal(ctx context.Context, path string) (write, read *sql.DB, err error) {
	if err := createPrivate(path); err != nil {
		return nil, nil, fmt.Errorf("open the journal %s: %w", path, err)
	}
	const common = "?_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)"
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + common
	write, err = sql.Open("sqlite", dsn+"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate")
	if err != nil {
		return nil, nil, fmt.Errorf("open the journal %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	if err := migrate(ctx, write); err != nil {
		_ = write.Close()
		return nil, nil, fmt.Errorf("open the journal %s: %w", path, err)
	}
	read, err = sql.Open("sqlite", dsn+"&_pragma=query_only(1)")
	if err != nil {
		_ = write.Close()
		return nil, nil, fmt.Errorf("open the journal %s: %w", path, err)
	}
	read.SetMaxOpenConns(4)
	return write, read, nil
}

// createPrivate makes the file before SQLite does, because SQLite would let
// the umask decide who may read it; its side files copy the mode.
func createPrivate(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func migrate(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return damaged(err)
	}
	defer tx.Rollback() //nolint:errcheck // a no-op after Commit
	var have int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return damaged(err)
	}
	if have > len(migrations) {
		return fmt.Errorf("%w (schema %d, known %d)", ErrNewerJournal, have, len(migrations))
	}
	if err := sound(ctx, tx); err != nil {
		return err
	}
	for i, m := range migrations[have:] {
		if _, err := tx.ExecContext(ctx, m); err != nil {
			return fmt.Errorf("bring the schema from %d to %d: %w", have+i, have+i+1, damaged(err))
		}
	}
	if have < len(migrations) {
		// A pragma takes no bound values.
		if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(migrations))); err != nil {
			return damaged(err)
		}
	}
	var rows int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM jobs").Scan(&rows); err != nil {
		return damaged(err)
	}
	return damaged(tx.Commit())
}
