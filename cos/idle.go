package cos

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// A watchdog cancels its context with [ErrStalled] when no byte has moved for
// the idle timeout. Touching it is one atomic store, so it can be done for
// every read.
type watchdog struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	start  time.Time
	last   atomic.Int64 // nanoseconds from start to the last byte
	idle   time.Duration
	timer  *time.Timer
}

func newWatchdog(parent context.Context, idle time.Duration) *watchdog {
	w := &watchdog{start: time.Now(), idle: idle}
	w.ctx, w.cancel = context.WithCancelCause(parent)
	// Armed by Reset, so that check never runs before the field is set.
	w.timer = time.AfterFunc(24*time.Hour, w.check)
	w.timer.Reset(idle)
	return w
}

func (w *watchdog) touch() { w.last.Store(int64(time.Since(w.start))) }

// check runs when the timer fires. The timer is not moved on every byte but
// set again here for what is left of the time.
func (w *watchdog) check() {
	quiet := time.Since(w.start) - time.Duration(w.last.Load())
	if quiet >= w.idle {
		w.cancel(fmt.Errorf("no byte moved for %v: %w", w.idle, ErrStalled))
		return
	}
	if w.ctx.Err() == nil {
		w.timer.Reset(w.idle - quiet)
	}
}

func (w *watchdog) stop() {
	w.cancel(context.Canceled)
	w.timer.Stop()
}

// An answerBody is the body of an answer, read under its request's watchdog.
// Closing it ends the request.
type answerBody struct {
	body  io.ReadCloser
	dog   *watchdog
	cause func(error) error // words an error of the connection
}

func (b *answerBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	if n > 0 {
		b.dog.touch()
	}
	if err != nil && err != io.EOF { //nolint:errorlint // an EOF is never wrapped by a Reader
		err = b.cause(err)
	}
	return n, err
}

func (b *answerBody) Close() error {
	err := b.body.Close()
	b.dog.stop()
	return err
}
