package emulator

import (
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// misbehave does what the faults of a request ask for before or instead of
// the work, and reports whether that was all.
func (s *Server) misbehave(q *request) (done bool) {
	f := &q.fault
	if f.Latency > 0 && !s.pause(q.r.Context(), f.Latency) {
		panic(http.ErrAbortHandler)
	}
	switch {
	case f.HTML:
		q.html()
		return true
	case f.Status != 0:
		q.unavailable()
		return true
	case f.Reset:
		reset(q.w)
		return true
	case f.Stall && q.op.name != opGet.name:
		// An answer of headers alone would be whole: nothing is sent at all.
		_, _ = io.Copy(io.Discard, q.r.Body)
		s.stall(q.r.Context())
	case f.LoseAnswer:
		q.lost = &discard{header: q.w.Header()}
		q.w = q.lost
	}
	return false
}

// finish ends a request whose work is done.
func (q *request) finish() {
	if q.lost != nil {
		panic(http.ErrAbortHandler)
	}
}

// pause waits for d and returns false if the client or the server went away
// first.
func (s *Server) pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
	case <-s.closed:
	}
	return false
}

// stall never returns: it waits until the client or the server goes away and
// breaks off.
func (s *Server) stall(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-s.closed:
	}
	panic(http.ErrAbortHandler)
}

func (q *request) html() {
	status := first(q.fault.Status, http.StatusOK)
	delete(q.w.Header(), "x-cos-request-id") // it is not the service that answers
	q.set("Content-Type", "text/html; charset=utf-8")
	q.status(status)
	_, _ = io.WriteString(q.w, "<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body>Please log in to use this network.</body></html>\n")
}

func (q *request) unavailable() {
	if q.fault.RetryAfter > 0 {
		q.set("Retry-After", strconv.Itoa(q.fault.RetryAfter))
	}
	q.answerError(q.fault.refusal())
}

// refusal is the error that a fault answers.
func (f Fault) refusal() *apiError {
	return &apiError{f.Status, first(f.Code, codeOf(f.Status)), "A fault of this server's own making."}
}

// codeOf names the usual code of a status.
func codeOf(status int) string {
	switch status {
	case http.StatusServiceUnavailable:
		return "ServiceUnavailable"
	case http.StatusForbidden:
		return "AccessDenied"
	case http.StatusNotFound:
		return "NoSuchKey"
	}
	return "InternalError"
}

// reset breaks the connection off with a TCP reset, as far as that can be had.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// discard takes an answer that is to be lost.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(int)             {}
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
