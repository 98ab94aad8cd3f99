package query

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// beatEvery is how often a stream shows that it lives.
const beatEvery = time.Second

// Run answers the query over an object of size bytes (-1 if that is unknown)
// and writes the answer to w as an event stream, each frame with one Write. It
// reads from object as it goes, at most 64 KB beyond what it needs, and holds
// some megabytes whatever the object's size.
//
// It returns nil when the stream has been ended: by the End event or, if the
// object or a value in it does not allow the query, by an error frame. It
// returns an [*Error] if nothing has been written yet, so that the refusal can
// still be answered in another way: that is when the header of a CSV object
// lacks a column. Any other error means that the stream is cut: ctx is done,
// which is seen at the next read, write or record, or w has failed. A Write of
// w that blocks is waited for even then.
//
// A Request may be run any number of times, also at the same time.
func (r *Request) Run(ctx context.Context, object io.Reader, size int64, w io.Writer) error {
	f := &frames{w: w}
	s, err := r.scan(ctx, object, size, f)
	var refusal *Error
	var header *headerError
	switch {
	case f.failed != nil:
		return f.failed
	case ctx.Err() != nil:
		return fmt.Errorf("select: %w", ctx.Err())
	case err == nil:
		return f.end(s, r.progress)
	case errors.As(err, &header):
		if !f.written {
			return header.refusal
		}
		return f.refuse(header.refusal)
	case errors.As(err, &refusal):
		return f.refuse(refusal)
	}
	return f.refuse(refuse("InternalError", "The query failed: %v.", err))
}

// scan reads the object and writes the records, while a second goroutine
// keeps the stream alive. When it returns, that has ended.
func (r *Request) scan(ctx context.Context, object io.Reader, size int64, f *frames) (*source, error) {
	ctx, cancel := context.WithCancel(ctx)
	s := &source{ctx: ctx, object: object, size: size, inflate: r.inflate}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer cancel() // a reader that nobody listens to stops
		keepAlive(ctx, func() error { return f.beat(s, r.progress) })
	}()
	defer func() {
		cancel()
		<-done
	}()
	x := &execution{Request: r, frames: f, env: env{check: ctx.Err}, counted: make([]accumulator, len(r.selection.aggregates))}
	return s, x.run(s)
}

// keepAlive calls beat at intervals until it fails or ctx ends.
func keepAlive(ctx context.Context, beat func() error) {
	t := time.NewTicker(beatEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if beat() != nil {
				return
			}
		}
	}
}

// execution is one run of a request.
type execution struct {
	*Request
	frames  *frames
	env     env
	counted []accumulator // for each aggregate
	emitted int64         // records of the answer
	buffer  []byte
}

// errEnough ends a scan at the LIMIT.
var errEnough = errors.New("limit is reached")

func (x *execution) run(s *source) error {
	if x.selection.limit == 0 {
		return nil
	}
	err := x.input(s, func(number int64, r row) error {
		if err := x.env.check(); err != nil {
			return err
		}
		x.env.row, x.env.made = r, 0
		return inRecord(number, x.take(r))
	})
	switch {
	case errors.Is(err, errEnough):
		return nil
	case err != nil || len(x.counted) == 0:
		return err
	}
	for i, a := range x.selection.aggregates {
		v, err := a.result(x.counted[i])
		if err != nil {
			return err
		}
		x.env.results = append(x.env.results, v)
	}
	x.env.row, x.env.made = jsonRow{}, 0
	return x.emit(nil)
}

// inRecord adds the record's number to a refusal.
func inRecord(number int64, err error) error {
	var refusal *Error
	if errors.As(err, &refusal) {
		return refuse(refusal.Code, "Record %d: %s", number, refusal.Message)
	}
	return err
}

// take evaluates the query for one record.
func (x *execution) take(r row) error {
	if w := x.selection.where; w != nil {
		b, _, err := condition(w, &x.env, x.selection.whereAt)
		if err != nil || !b {
			return err
		}
	}
	if len(x.counted) > 0 {
		return x.count()
	}
	if err := x.emit(r); err != nil {
		return err
	}
	if x.emitted++; x.emitted == x.selection.limit {
		return errEnough
	}
	return nil
}

// maxHeld bounds the text that all MIN and MAX of a query hold on to.
const maxHeld = 4 << 20 // bytes

// count evaluates the aggregates for one record.
func (x *execution) count() error {
	held := 0
	for i, a := range x.selection.aggregates {
		acc := &x.counted[i]
		if err := a.add(acc, &x.env); err != nil {
			return err
		}
		if held += len(acc.best.s) + len(acc.best.num.text); held > maxHeld {
			return a.at.refuse("OverMaxRecordSize", "MIN and MAX hold more than %d bytes", maxHeld)
		}
	}
	return nil
}

// emit writes a record of the answer.
func (x *execution) emit(r row) error {
	b, n := x.output.begin(x.buffer[:0]), 0
	field := func(name string, v value) error {
		if b = x.output.field(b, n, name, v); len(b) > maxRecord {
			return refuse("OverMaxRecordSize", "The answer for one record has more than %d bytes.", maxRecord)
		}
		n++
		return nil
	}
	if x.selection.star {
		if err := r.all(field); err != nil {
			return err
		}
	}
	for _, i := range x.selection.items {
		v, err := i.expr.eval(&x.env)
		if err != nil {
			return err
		}
		if err := field(i.name, v); err != nil {
			return err
		}
	}
	x.buffer = x.output.end(b)
	return x.frames.record(x.buffer)
}
