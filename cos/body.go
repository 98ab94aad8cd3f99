package cos

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

var errRequestOver = errors.New("the request is over")

// A sentBody is one sending of a [Body]. net/http may still read it, from a
// goroutine of its own, after the answer came; stop makes such late reads
// fail and fixes what was counted.
type sentBody struct {
	body  Body
	touch func()

	mu    sync.Mutex // guards the rest
	sent  int64
	crc   uint64
	err   error // of the source
	ended bool
}

func (b *sentBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	offset, err := b.sent, b.err
	if b.ended && err == nil {
		err = errRequestOver
	}
	b.mu.Unlock()
	if err != nil {
		return 0, err
	}
	left := b.body.Size - offset
	if left <= 0 {
		return 0, io.EOF
	}
	// Not under the lock: a source that waits must not hold up stop.
	n, err := b.body.ReaderAt.ReadAt(p[:min(int64(len(p)), left)], offset)
	return b.record(p[:n], err)
}

// record takes over what the source gave. An error next to data comes back on
// the next read, unless the data was all that was wanted.
func (b *sentBody) record(p []byte, err error) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended {
		return 0, errRequestOver
	}
	b.sent += int64(len(p))
	b.crc = CRC64(b.crc, p)
	switch {
	case b.sent == b.body.Size && (err == nil || errors.Is(err, io.EOF)):
	case err == nil && len(p) > 0:
	case err == nil:
		b.err = io.ErrNoProgress
	case errors.Is(err, io.EOF):
		b.err = fmt.Errorf("it ended after %d of %d bytes", b.sent, b.body.Size)
	default:
		b.err = err
	}
	if len(p) > 0 {
		b.touch()
		if b.body.Progress != nil {
			b.body.Progress(len(p))
		}
	}
	if b.err != nil {
		return 0, b.err
	}
	return len(p), nil
}

func (b *sentBody) Close() error { return nil }

// stop ends the sending and returns how far it came. Progress is not called
// after it returns, though one last ReadAt may still be under way.
func (b *sentBody) stop() (sent int64, crc uint64, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
	return b.sent, b.crc, b.err
}
