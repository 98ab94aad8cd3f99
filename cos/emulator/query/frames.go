package query

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"sync"
)

// maxPayload is how many bytes of the answer one frame carries.
const maxPayload = 256 << 10

// frames writes an event stream, each frame with one Write. It is safe for
// concurrent use.
type frames struct {
	mu       sync.Mutex // guards all below
	w        io.Writer
	failed   error  // of a write; nothing is written after it
	written  bool   // something was written
	quiet    bool   // nothing was written since the last beat
	pending  []byte // of the answer, at most maxPayload
	returned int64  // bytes of the answer, pending ones included
	frame    []byte // reused
}

// record adds a piece of the answer.
func (f *frames) record(b []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.returned += int64(len(b))
	for len(b) > 0 && f.failed == nil {
		n := min(len(b), maxPayload-len(f.pending))
		f.pending, b = append(f.pending, b[:n]...), b[n:]
		if len(f.pending) == maxPayload {
			f.flush()
		}
	}
	return f.failed
}

// flush sends what is pending. The caller holds the lock.
func (f *frames) flush() {
	if len(f.pending) == 0 {
		return
	}
	f.send(f.pending, ":message-type", "event", ":event-type", "Records", ":content-type", "application/octet-stream")
	f.pending = f.pending[:0]
}

// beat is called at intervals. It sends what is pending, and how far the run
// is if that is wanted; if there was nothing to send, it says that the stream
// lives.
func (f *frames) beat(s *source, progress bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.flush()
	if progress {
		f.counts("Progress", s)
	}
	if f.quiet {
		f.send(nil, ":message-type", "event", ":event-type", "Cont")
	}
	f.quiet = true
	return f.failed
}

// counts sends a Progress or Stats event. The caller holds the lock.
func (f *frames) counts(name string, s *source) {
	payload := fmt.Sprintf("<?xml version=\"1.0\" encoding=\"UTF-8\"?><%s><BytesScanned>%d</BytesScanned>"+
		"<BytesProcessed>%d</BytesProcessed><BytesReturned>%d</BytesReturned></%s>",
		name, s.scanned.Load(), s.processed.Load(), f.returned, name)
	f.send([]byte(payload), ":message-type", "event", ":event-type", name, ":content-type", "text/xml")
}

// end ends a stream that is complete.
func (f *frames) end(s *source, progress bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.flush()
	if progress {
		f.counts("Progress", s)
	}
	f.counts("Stats", s)
	f.send(nil, ":message-type", "event", ":event-type", "End")
	return f.failed
}

// refuse ends a stream with an error, behind the records before it.
func (f *frames) refuse(e *Error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.flush()
	f.send(nil, ":message-type", "error", ":error-code", e.Code, ":error-message", e.Message)
	return f.failed
}

// send writes a frame with these headers, names and values in turn. The
// caller holds the lock.
func (f *frames) send(payload []byte, headers ...string) {
	if f.failed != nil {
		return
	}
	const prelude = 12
	b := append(f.frame[:0], make([]byte, prelude)...)
	for i := 0; i < len(headers); i += 2 {
		name, value := headers[i], headers[i+1]
		b = append(append(b, byte(len(name))), name...)
		b = append(b, 7) // a string follows
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(value))), value...)
	}
	headersLen := len(b) - prelude
	b = append(b, payload...)
	binary.BigEndian.PutUint32(b, uint32(len(b)+crc32.Size))
	binary.BigEndian.PutUint32(b[4:], uint32(headersLen))
	binary.BigEndian.PutUint32(b[8:], crc32.ChecksumIEEE(b[:8]))
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	f.frame, f.written, f.quiet = b, true, false
	if _, err := f.w.Write(b); err != nil {
		f.failed = fmt.Errorf("write the answer of a select: %w", err)
	}
}
