package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"cosmander/cos"
)

// chain is set for copies inside one bucket of which a destination can be a
// source: a to b and b to c, or a folder's content to a place above it. Were
// one begun before the other, it would overwrite what is still to be moved.
// Such a job lists everything before it begins, or it would find its own
// copies, and a destination that is still a source is waited for.
type chain struct {
	keys     map[string]bool
	prefixes []string

	// The keeper's:
	waiting int  // items that were put off since the last one was done
	final   bool // they have to fail if they still cannot go
}

// chained returns nil if no destination of the job can be a source.
func (s Spec) chained() *chain {
	if s.Kind != Copy {
		return nil
	}
	c := &chain{keys: map[string]bool{}}
	for _, src := range s.Sources {
		switch {
		case src.Bucket != s.Dest.Bucket:
		case src.Folder:
			c.prefixes = append(c.prefixes, src.Key)
		default:
			c.keys[src.Key] = true
		}
	}
	for _, src := range s.Sources {
		if c.touches(s.Dest.Key, src) {
			return c
		}
	}
	return nil
}

// touches reports that something of src may get the key of a source.
func (c *chain) touches(dest string, src Source) bool {
	to := dest + src.ownName()
	if !src.Folder {
		return c.holds(to)
	}
	if to += "/"; src.Contents {
		to = dest
	}
	for _, p := range c.prefixes {
		if strings.HasPrefix(p, to) || strings.HasPrefix(to, p) {
			return true
		}
	}
	for key := range c.keys {
		if strings.HasPrefix(key, to) {
			return true
		}
	}
	return false
}

// holds reports that a key is, or may be, that of a source.
func (c *chain) holds(key string) bool {
	if c == nil {
		return false
	}
	if c.keys[key] {
		return true
	}
	for _, p := range c.prefixes {
		if strings.HasPrefix(key, p) {
			return true
		}
	}
	return false
}

// errInTheWay puts an item off until another one of its job is done.
var errInTheWay = errors.New("what is there is itself still to be copied by this job: move one of them out of the way first")

// checkTurn is errInTheWay while the destination is a source that is still to
// be copied.
func (t *task) checkTurn(ctx context.Context, to *cos.Bucket) error {
	key := t.target()
	if !t.chain.holds(key) {
		return nil
	}
	_, err := t.head(ctx, to, key)
	if errors.Is(err, cos.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	waits, err := t.e.j.unfinished(ctx, t.item, key)
	if err == nil && waits {
		err = errInTheWay
	}
	return err
}

// putOff is told of items that had to wait, and done of those that others may
// have waited for.
func (a *active) putOff() { a.chain.waiting++ }

func (a *active) letIn() {
	if a.chain == nil || a.chain.waiting == 0 {
		return
	}
	a.chain.waiting, a.chain.final = 0, false
	a.reopen(laneSmall)
	a.reopen(laneLarge)
}

// lastCall lets items that wait for each other, or for one that failed, try
// once more and fail: nothing is left that could make room for them.
func (a *active) lastCall() {
	if a.chain == nil || a.chain.waiting == 0 || !a.idle() || a.stopping != nil || a.has(laneSmall) || a.has(laneLarge) {
		return
	}
	a.letIn()
	a.chain.final = true
}

// unfinished reports that another item of the job, of that key, has yet to be
// done. It looks at all of them.
func (j *journal) unfinished(ctx context.Context, it *item, key string) (bool, error) {
	var one int
	err := j.read.QueryRowContext(ctx, `SELECT 1 FROM items
		WHERE job = ? AND n <> ? AND key = ? AND state <> 'done' LIMIT 1`, it.job, it.n, []byte(key)).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%w: read items: %w", errJournal, err)
	}
	return true, nil
}
