package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"cosmander/cos"
)

// errOtherLane sends an item back to the queue because it turned out to be of
// another size.
var errOtherLane = errors.New("belongs to the other lane")

// task is an item that is being run.
type task struct {
	*active
	item  *item
	lane  lane
	pause pause
	sent  atomic.Int64 // bytes of this item that are in active.moved
	check atomic.Bool  // everything is sent and is being verified

	since int  // active.answers when it began
	final bool // it fails if another item is in its way
	late  bool // one was: it is put off

	// What the item's destination needs, see claim and still.
	claimed string
	release func()
	sure    bool // it was looked at a moment ago
	// overtaken: what is there now others wrote during this run, whatever it
	// holds.
	overtaken bool

	self   *cos.Owner // who the service takes us for, see introduce
	left   string     // what sweep could not tell apart
	sealed *sealing   // how its content is encrypted; nil: it is not
	rival  *sealing   // how what it is compared with is

	rewriting *rewriting  // of an object that is copied onto itself; else nil
	regained  cos.Headers // access and encryption of a version that becomes the newest again
}

// counter counts the bytes of one request, so that they can be taken back
// when the request is repeated.
type counter struct {
	t *task
	n atomic.Int64
}

func (c *counter) add(n int) {
	c.n.Add(int64(n))
	c.t.advance(int64(n))
}

func (c *counter) reset() { c.t.advance(-c.n.Swap(0)) }

// full makes it count size bytes, whatever was told before.
func (c *counter) full(size int64) { c.t.advance(size - c.n.Swap(size)) }

func (t *task) advance(n int64) {
	t.sent.Add(n)
	t.moved.Add(n)
}

// attempt runs op in the retry loop, shown as this item's.
func (t *task) attempt(ctx context.Context, op func(context.Context) error) error {
	return t.e.attempt(ctx, &t.pause, op)
}

// run does the item and tells the keeper when its end is in the journal.
func (t *task) run() {
	out, err := t.do(t.ctx)
	delta, save := t.end(out, err)
	if save != nil {
		err = t.e.j.w.note(save)
	} else if t.ctx.Err() != nil || !errors.Is(err, errJournal) {
		err = nil // a read of the journal that was cut off by the stop says nothing
	}
	t.e.events <- func() { t.finished(delta, err) }
}

// end decides what is written of the item. Nothing is if the job was stopped:
// it goes on later.
func (t *task) end(out outcome, err error) (tally, func(*txn) error) {
	var met *askError
	var wait *restoringError
	switch {
	case err == nil:
		t.item.attempts = t.pause.attempts()
		t.advance(out.size - t.sent.Load())
		var drop *Spec
		if !t.keepsRow() {
			drop = &t.spec
		}
		return t.e.j.done(t.item, out, drop)
	case t.ctx.Err() != nil || errors.Is(err, errJournal) || errors.Is(err, errAbandoned):
		return tally{}, nil
	case errors.Is(err, errInTheWay) && !t.final:
		t.late = true
		t.advance(-t.sent.Load())
		return tally{}, nil
	case errors.As(err, &met):
		t.advance(-t.sent.Load())
		return t.e.j.asks(t.item, met.Conflict)
	case errors.As(err, &wait):
		t.advance(-t.sent.Load())
		return t.e.j.restores(t.item, wait, t.laneFor(wait.head.Size), t.e.now().Add(t.e.cfg.lookFirst))
	case errors.Is(err, errOtherLane):
		t.advance(-t.sent.Load())
		return t.e.j.resized(t.item, out.size, t.laneFor(out.size))
	}
	t.advance(-t.sent.Load())
	t.item.attempts = t.pause.attempts() + 1
	t.item.explain(err)
	return t.e.j.fail(t.item)
}

// keepsRow reports that the row of the item stays when it is done: of a job
// with very many items most go. Where two names can be one file, rows are what
// the next ones are held against.
func (t *task) keepsRow() bool {
	return !t.mayDrop || t.item.n <= t.e.cfg.KeepDone || t.spec.Kind == Download && t.sameness().any()
}

// finished is run by the keeper.
func (t *task) finished(delta tally, err error) {
	t.inflight[t.lane]--
	t.mu.Lock()
	delete(t.tasks, t.item.n)
	t.mu.Unlock()
	if err != nil {
		t.halt(err)
		return
	}
	if delta.asking > 0 && t.item.answer != "" {
		delta.asking = 0 // it was answered before it could ask
	}
	t.asked = t.asked || delta.asking+delta.restoring > 0
	t.count(delta)
	if delta.done > 0 {
		t.letIn()
	}
	if t.late {
		t.putOff()
		return
	}
	// One that asked may have its answer already: while it was here the look
	// for what was answered passed it over.
	overlooked := delta.asking > 0 && t.since != t.answers
	if (delta.done+delta.failed+delta.asking+delta.restoring == 0 || overlooked) && t.stopping == nil {
		t.reopen(laneSmall)
		t.reopen(laneLarge)
	}
}

func (t *task) do(ctx context.Context) (outcome, error) {
	if t.spec.inexact {
		return outcome{}, errInexact
	}
	if t.item.copied {
		return t.resumeMove(ctx)
	}
	out, err := t.transfer(ctx)
	if err != nil || !t.spec.Move {
		return out, err
	}
	return t.finishMove(ctx, out)
}

// transfer does what the job is for, and leaves no upload behind whose id got
// lost.
func (t *task) transfer(ctx context.Context) (outcome, error) {
	defer t.unclaim()
	out, err := t.byKind(ctx)
	if err != nil || len(t.item.askings) == 0 {
		return out, err
	}
	b, err := t.remote()
	if err == nil {
		err = t.sweep(ctx, b, true)
	}
	if out.reason == "" {
		out.reason = t.left
	}
	return out, err
}

func (t *task) byKind(ctx context.Context) (outcome, error) {
	switch t.spec.Kind {
	case Upload:
		return t.anew(ctx, t.upload)
	case Download:
		return t.anew(ctx, t.download)
	case Copy:
		return t.anew(ctx, t.copy)
	case Delete:
		return t.remove(ctx)
	case SetHeaders, SetClass:
		return t.anew(ctx, t.rewrite)
	case SetACL, SetTags:
		return t.setProperty(ctx)
	case Restore:
		return t.restore(ctx)
	case MakeFolder:
		return t.makeFolder(ctx)
	case Append:
		return t.append(ctx)
	case Abort:
		return t.abortOne(ctx)
	}
	return outcome{}, fmt.Errorf("unknown kind of job: %q", t.spec.Kind)
}

// remote returns the bucket that the item is written to or, if that is no
// bucket, the one that it is in.
func (t *task) remote() (*cos.Bucket, error) {
	if t.spec.Kind != Upload && t.spec.Kind != Copy && t.spec.Kind != Append {
		return t.origin()
	}
	return t.e.cfg.Bucket(t.spec.Dest.Bucket, t.spec.Dest.Region)
}

// origin returns the bucket that the item is in.
func (t *task) origin() (*cos.Bucket, error) {
	p := t.spec.Sources[t.item.source].Place
	return t.e.cfg.Bucket(p.Bucket, p.Region)
}

// target is the key of the object that the item is about in remote.
func (t *task) target() string {
	if t.spec.Kind == Copy {
		return t.item.path
	}
	return t.item.key
}

// learns tells how much an item is of which that was not known. What comes in
// one piece is done before anybody has looked.
func (t *task) learns(size int64) error {
	if t.item.size >= 0 || size <= copyBuffer {
		return nil
	}
	delta, err := t.e.j.sized(t.item, size)
	if err != nil {
		return err
	}
	t.item.size = size
	t.count(delta)
	return nil
}

// shown is the state of the item on the screen.
func (t *task) shown() State {
	if _, _, waits := t.pause.waits(); waits {
		return Retrying
	}
	if t.check.Load() {
		return Verifying
	}
	return Running
}
