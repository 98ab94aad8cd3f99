package emulator

import (
	"context"
	"io"
	"net/http"
	"time"
)

// pace holds a stream to a number of bytes per second. It sleeps in short
// steps, so that a slow stream is slow all along and not in gulps.
type pace struct {
	ctx   context.Context // lives for one request
	rate  int64           // bytes per second
	start time.Time
	moved int64
}

func newPace(ctx context.Context, rate int64) *pace {
	return &pace{ctx: ctx, rate: rate, start: time.Now()}
}

// step is how many bytes may move at once: a twentieth of a second's.
func (p *pace) step() int { return int(max(p.rate/20, 1)) }

func (p *pace) wait(n int) error {
	p.moved += int64(n)
	due := p.start.Add(time.Duration(float64(p.moved) / float64(p.rate) * float64(time.Second)))
	t := time.NewTimer(time.Until(due))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-p.ctx.Done():
		return p.ctx.Err()
	}
}

type slowReader struct {
	r io.Reader
	p *pace
}

func (s slowReader) Read(b []byte) (int, error) {
	n, err := s.r.Read(b[:min(len(b), s.p.step())])
	if werr := s.p.wait(n); werr != nil {
		return n, werr
	}
	return n, err
}

type slowWriter struct {
	w http.ResponseWriter
	p *pace
}

func (s slowWriter) Write(b []byte) (int, error) {
	written := 0
	for len(b) > 0 {
		n := min(len(b), s.p.step())
		if err := s.p.wait(n); err != nil {
			return written, err
		}
		m, err := s.w.Write(b[:n])
		written += m
		if err != nil {
			return written, err
		}
		_ = http.NewResponseController(s.w).Flush() // the last buffer goes anyway
		b = b[n:]
	}
	return written, nil
}

// slowBody returns the request's body at the lower of the rates that the
// client and the faults ask for; 0 is no limit.
func (q *request) slowBody(limit int64) io.Reader {
	if limit = slower(limit, q.fault.Bandwidth); limit > 0 {
		return slowReader{q.r.Body, newPace(q.r.Context(), limit)}
	}
	return q.r.Body
}

// slowAnswer returns where an object of length bytes is to be written: w
// itself unless something slows or spoils it.
func (q *request) slowAnswer(limit, length int64) io.Writer {
	var w io.Writer = q.w
	if limit = slower(limit, q.fault.Bandwidth); limit > 0 {
		w = slowWriter{q.w, newPace(q.r.Context(), limit)}
	}
	return q.spoil(w, length)
}

func slower(a, b int64) int64 {
	if a == 0 || (b != 0 && b < a) {
		return b
	}
	return a
}
