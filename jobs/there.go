package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"cosmander/cos"
)

// nothing is item.there where the destination does not exist.
const nothing = "-"

// errOvertaken reports a destination that is no more what the rule for
// conflicts was applied to.
var errOvertaken = errors.New("somebody writes to the destination again and again")

// overtakes is how often an item begins anew because of that.
const overtakes = 5

// objectStamp tells states of a destination apart; nil: there is none.
func objectStamp(head *cos.Head) string {
	if head == nil {
		return nothing
	}
	return fmt.Sprintf("%s %d %d", head.ETag, head.Size, head.LastModified.Unix())
}

// fileStamp leaves the time of change out: a link to the file moves it on.
func fileStamp(info os.FileInfo) string {
	if info == nil {
		return nothing
	}
	id := identify(info)
	return fmt.Sprintf("%d %d %d %d", id.size, id.mtimeNS, id.dev, id.inode)
}

// looks reports that what is in the destination's place decides what is done.
func (t *task) looks() bool {
	switch {
	case t.item.folder, t.spec.Kind.InPlace():
		return false
	case t.spec.OnConflict != Ask:
		return t.spec.OnConflict != Overwrite
	}
	return t.choice() != Overwrite || t.toAll() != Overwrite
}

// begun reports that something of the transfer is outside the journal.
func (t *task) begun() bool { return t.item.uploadID != "" || t.item.temp != "" }

// sees keeps what is in the destination's place. Where the transfer has begun
// the journal has an older look, else it gets this one as it begins.
func (t *task) sees(stamp string) error {
	t.sure = true
	if t.item.there == stamp {
		return nil
	}
	t.item.there = stamp
	if !t.begun() {
		return nil
	}
	return t.e.j.seen(t.item)
}

// still is asked before an object is written, and returns errOvertaken if there
// is another one in its place than the rule was applied to. The API documents
// that we have know no condition for writing, so what somebody else puts there
// between this look and the request is overwritten; our own jobs wait for each
// other, see claim.
func (t *task) still(ctx context.Context, b *cos.Bucket) error {
	sure := t.sure
	t.sure = false // a second request comes later
	if sure || !t.looks() {
		return nil
	}
	head, err := b.Head(ctx, t.target(), cos.GetOptions{})
	switch {
	case errors.Is(err, cos.ErrNotFound):
		return nil // nothing can be lost
	case err != nil:
		return err
	case t.item.there == objectStamp(head), t.item.there == head.ETag:
		return nil
	}
	return errOvertaken
}

// anew repeats once while the destination is taken by others meanwhile, so that
// the rule is applied to what they wrote.
func (t *task) anew(ctx context.Context, once func(context.Context) (outcome, error)) (outcome, error) {
	for try := 1; ; try++ {
		out, err := once(ctx)
		if !errors.Is(err, errOvertaken) || try >= overtakes {
			return out, err
		}
		t.overtaken = true
		t.unclaim()
	}
}

// forsake removes what has begun of a transfer that is not wanted any more.
func (t *task) forsake(ctx context.Context) error {
	switch {
	case t.item.uploadID != "", len(t.item.askings) > 0:
		b, err := t.remote()
		if err != nil {
			return err
		}
		return t.drop(ctx, b)
	case t.item.temp != "":
		root, err := t.folder()
		if err != nil {
			return err
		}
		return t.discard(root)
	}
	return nil
}

// claims lets those who write to one place wait for each other: between the
// look at a destination and its replacement no other job may write there. The
// zero value has none.
type claims struct {
	mu   sync.Mutex // guards held
	held map[string]chan struct{}
}

func (c *claims) take(ctx context.Context, place string) (release func(), err error) {
	for {
		c.mu.Lock()
		other, taken := c.held[place]
		if !taken {
			if c.held == nil {
				c.held = map[string]chan struct{}{}
			}
			mine := make(chan struct{})
			c.held[place] = mine
			c.mu.Unlock()
			return func() {
				c.mu.Lock()
				delete(c.held, place)
				c.mu.Unlock()
				close(mine)
			}, nil
		}
		c.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// claim waits until no other item writes where this one is about to. It holds
// one place at a time, until unclaim.
func (t *task) claim(ctx context.Context) error {
	place := t.slot()
	if t.claimed == place {
		return nil
	}
	t.unclaim()
	release, err := t.e.claims.take(ctx, place)
	if err == nil {
		t.claimed, t.release = place, release
	}
	return err
}

func (t *task) unclaim() {
	if t.claimed != "" {
		t.release()
	}
	t.claimed, t.release, t.sure = "", nil, false
}
