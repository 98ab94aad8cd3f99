package jobs

import (
	"crypto/sha256"
	"encoding/hex"
	"os"

	"github.com/gofrs/flock"
)

// Attended reports whether a process, this one or another, runs the jobs of
// the account now.
func (q *Queue) Attended(account string) bool {
	if account == q.cfg.Account && q.runner.Load() {
		return true
	}
	path := lockPath(q.cfg.Journal, account)
	if _, err := os.Stat(path); err != nil {
		return false // nobody ever has
	}
	// Shared, so that two that ask do not take each other for a runner. One
	// that becomes the runner at this moment tries again at its next poll.
	lock := flock.New(path)
	free, err := lock.TryRLock()
	_ = lock.Close()
	return err == nil && !free
}

// lockPath is the file that the process which runs an account's jobs holds.
func lockPath(journal, account string) string { return journal + "." + accountHash(account) + ".lock" }

// accountHash names an account's lock file without telling its name.
func accountHash(account string) string {
	sum := sha256.Sum256([]byte(account))
	return hex.EncodeToString(sum[:8])
}
