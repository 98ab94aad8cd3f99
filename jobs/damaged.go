package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"github.com/gofrs/flock"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// damaged marks an error of the driver that says the file is no sound
// database, so that the user is told what to do instead of a number.
func damaged(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff { // the low byte is the primary result code
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w; end every cosmander and start one: it is kept aside then, and a new one begun: %w", ErrDamagedJournal, err)
	}
	return err
}

// checkUpTo is how large a journal may be to be looked through when it is
// opened, in bytes: that must not take long. Of a larger one only what is read
// is noticed.
const checkUpTo = 32 * mebibyte

// sound looks through the journal for damage.
func sound(ctx context.Context, tx *sql.Tx) error {
	var pages, size int64
	if err := tx.QueryRowContext(ctx, "SELECT page_count, page_size FROM pragma_page_count, pragma_page_size").Scan(&pages, &size); err != nil {
		return damaged(err)
	}
	if pages*size > checkUpTo {
		return nil
	}
	var said string
	if err := tx.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&said); err != nil {
		return damaged(err)
	}
	if said != "ok" {
		return fmt.Errorf("%w: %s", ErrDamagedJournal, said)
	}
	return nil
}

// openSound opens the journal as openJournal does, but keeps a damaged one
// aside and begins a new one. aside is where the old one is then. While users is
// held nobody moves the journal away.
func openSound(ctx context.Context, cfg Config) (write, read *sql.DB, users *flock.Flock, aside string, err error) {
	if err := createPrivate(cfg.Journal); err != nil {
		return nil, nil, nil, "", fmt.Errorf("open the journal %s: %w", cfg.Journal, err)
	}
	users = flock.New(cfg.Journal+".users.lock", flock.SetPermissions(0o600))
	if err := users.RLock(); err != nil {
		return nil, nil, nil, "", fmt.Errorf("open the journal %s: %w", cfg.Journal, err)
	}
	write, read, err = openJournal(ctx, cfg.Journal)
	if errors.Is(err, ErrDamagedJournal) {
		if aside, err = setAside(users, cfg, err); err == nil {
			write, read, err = openJournal(ctx, cfg.Journal)
		}
	}
	if err != nil {
		return nil, nil, nil, "", errors.Join(err, users.Close())
	}
	return write, read, users, aside, nil
}

// setAside renames the journal and its side files unless somebody else has it
// open, and returns its new name. why is what is wrong with it.
func setAside(users *flock.Flock, cfg Config, why error) (string, error) {
	if err := users.Unlock(); err != nil {
		return "", errors.Join(why, err)
	}
	if alone, err := users.TryLock(); err != nil || !alone {
		return "", errors.Join(why, err)
	}
	to := cfg.Journal + ".damaged-" + cfg.Now().Format("20060102-150405")
	for n := 2; exists(to); n++ {
		to = fmt.Sprintf("%s.damaged-%s-%d", cfg.Journal, cfg.Now().Format("20060102-150405"), n)
	}
	for _, side := range []string{"-wal", "-shm", ""} { // the journal last: without it there is nothing to try again
		if err := os.Rename(cfg.Journal+side, to+side); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", errors.Join(why, err)
		}
	}
	// Somebody who waited and finds the new one uses it as well.
	if err := errors.Join(users.Unlock(), users.RLock()); err != nil {
		return "", errors.Join(why, err)
	}
	return to, nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// SetAside returns where the journal is that was found damaged when the queue
// was opened, and that a new one has taken the place of; empty if there was
// none. What its jobs had begun, uploads above all, may be left as it was.
func (q *Queue) SetAside() string { return q.j.aside }
