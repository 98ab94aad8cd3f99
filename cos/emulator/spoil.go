package emulator

import (
	"io"
	"net/http"
)

// spoil returns a writer that does to the body of an answer of length bytes
// what the faults ask.
// Without such a fault it is w itself, which can take whole files.
func (q *request) spoil(w io.Writer, length int64) io.Writer {
	f := q.fault
	switch {
	case f.Stall, f.CutBody < 0:
		return &cutWriter{q: q, w: w}
	case f.CutBody > 0:
		return &cutWriter{q: q, w: w, left: f.CutBody}
	case f.Corrupt:
		return &flipWriter{w: w, at: length / 2}
	}
	return w
}

// cutWriter lets left bytes through and then breaks off, or stalls.
type cutWriter struct {
	q    *request
	w    io.Writer
	left int64
}

func (c *cutWriter) Write(p []byte) (int, error) {
	n := min(c.left, int64(len(p)))
	if _, err := c.w.Write(p[:n]); err != nil {
		return 0, err
	}
	if c.left -= n; c.left > 0 {
		return len(p), nil
	}
	_ = http.NewResponseController(c.q.w).Flush() // what was let through is to arrive
	if c.q.fault.Stall {
		c.q.server.stall(c.q.r.Context())
	}
	panic(http.ErrAbortHandler)
}

// flipWriter changes the byte at offset at.
type flipWriter struct {
	w        io.Writer
	at, seen int64
}

func (f *flipWriter) Write(p []byte) (int, error) {
	if i := f.at - f.seen; i >= 0 && i < int64(len(p)) {
		p = append([]byte(nil), p...) // p belongs to the caller
		p[i] ^= 1
	}
	f.seen += int64(len(p))
	return f.w.Write(p)
}
