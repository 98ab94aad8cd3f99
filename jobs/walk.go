package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cosmander/cos"
)

const (
	// walkBatch items are written to the journal at once.
	walkBatch = 1000
	// walkPace is how long a found item waits for others at most.
	walkPace = 100 * time.Millisecond
	// walkAhead is how far the walker runs ahead of the transfers, in items.
	// It bounds the journal, not memory: a waiting item is a row.
	walkAhead = 20_000
)

// walker finds the items of a job and writes them to the journal, so that
// transfers begin while it still walks.
type walker struct {
	a     *active
	batch []*item
	at    walkPos
	wrote time.Time
	// report is the item whose place is being walked again; 0: none.
	report int64
}

// run walks on from where the journal says. It returns an error only if the
// job must stop; what cannot be read becomes a failed item.
func (w *walker) run(ctx context.Context) error {
	start := w.at
	if err := w.again(ctx); err != nil {
		return err
	}
	w.at = start
	for i := start.source; i < len(w.a.spec.Sources); i++ {
		after := ""
		if i == start.source {
			after = start.after
		}
		if err := w.source(ctx, i, after); err != nil {
			return err
		}
		w.at = walkPos{source: i + 1}
	}
	return w.flush(true)
}

func (w *walker) source(ctx context.Context, i int, after string) error {
	switch w.a.spec.Kind { //nolint:exhaustive // the others walk
	case MakeFolder:
		return w.newFolder(ctx, i, after)
	case Append:
		return w.appended(ctx, i, after)
	case Abort:
		return w.openUpload(ctx, i, after)
	}
	if w.a.spec.Sources[i].Local() {
		return w.local(ctx, i, after)
	}
	return w.bucket(ctx, i, after)
}

// put takes an item; after is the name to go on behind if this is the last
// one that gets written.
func (w *walker) put(ctx context.Context, it *item, after string) error {
	if it.state == "" {
		it.state = Queued
	}
	w.batch = append(w.batch, it)
	w.at = walkPos{it.source, after}
	now := w.a.e.now()
	if len(w.batch) < walkBatch && now.Sub(w.wrote) < walkPace {
		return ctx.Err()
	}
	w.wrote = now
	if err := w.flush(false); err != nil {
		return err
	}
	return w.a.awaitRoom(ctx)
}

// begun reports that something was found already.
func (w *walker) begun() bool {
	w.a.mu.Lock()
	defer w.a.mu.Unlock()
	return len(w.batch) > 0 || w.a.counts.items > 0
}

// broken takes a report that something could not be walked.
func (w *walker) broken(ctx context.Context, i int, name, after string, why error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return w.failed(ctx, &item{source: i, name: name}, after, why)
}

// failed puts an item that failed before it could begin. A retry looks at it
// again; a restart of the program goes on behind it.
func (w *walker) failed(ctx context.Context, it *item, after string, why error) error {
	at := w.at
	if at.source != it.source {
		at = walkPos{source: it.source}
	}
	it.size, it.state, it.walk = -1, Failed, &at
	it.explain(why)
	return w.put(ctx, it, after)
}

func (w *walker) flush(end bool) error {
	if len(w.batch) == 0 && !end {
		return nil
	}
	var delta tally
	var err error
	if w.report != 0 {
		delta, err = w.a.e.j.revisited(w.a.id, w.batch, w.at, w.report, end)
		end = false // of one place, not of the walk
	} else {
		delta, err = w.a.e.j.walked(w.a.id, w.batch, w.at, end)
	}
	if err != nil {
		return fmt.Errorf("keep the list of files: %w", err)
	}
	w.batch = nil
	w.a.grew(delta, end)
	return nil
}

// explain fills in why an item failed.
func (i *item) explain(err error) {
	i.reason = cos.WithHint(err)
	var answer *cos.Error
	if errors.As(err, &answer) {
		i.code, i.request = answer.Code, answer.RequestID
	}
}

// laneFor keeps large files away from small ones. Inside the service an object
// is small if one request copies it.
func (a *active) laneFor(size int64) lane {
	limit := a.e.cfg.Threshold
	if a.spec.Kind == Copy || a.spec.Kind.rewrites() {
		limit = a.e.cfg.CopyThreshold
	}
	if size > limit {
		return laneLarge
	}
	return laneSmall
}
