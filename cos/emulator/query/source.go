package query

import (
	"bufio"
	"compress/bzip2"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
)

// readAhead is how much is read at once, and the most that is read in vain
// when a LIMIT is reached.
const readAhead = 64 << 10

// source reads an object, inflates it and counts.
type source struct {
	ctx       context.Context // of the run
	object    io.Reader
	size      int64 // -1 if unknown
	inflate   func(io.Reader) (io.Reader, error)
	inflated  io.Reader
	failed    error        // why the object cannot be read
	scanned   atomic.Int64 // bytes of the object
	processed atomic.Int64 // bytes after inflating
}

// inflaters are the values of CompressionType.
var inflaters = map[string]func(io.Reader) (io.Reader, error){
	"NONE":  func(r io.Reader) (io.Reader, error) { return r, nil },
	"GZIP":  func(r io.Reader) (io.Reader, error) { return gzip.NewReader(bufio.NewReaderSize(r, readAhead)) },
	"BZIP2": func(r io.Reader) (io.Reader, error) { return bzip2.NewReader(bufio.NewReaderSize(r, readAhead)), nil },
}

// Read returns what the object holds, inflated. Its errors are ready to be
// answered, but for io.EOF and those of the context.
func (s *source) Read(b []byte) (int, error) {
	// A few compressed bytes can be very many without a record among them.
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	if s.inflated == nil {
		r, err := s.inflate(raw{s})
		if err != nil {
			return 0, s.explain(err)
		}
		s.inflated = r
	}
	n, err := s.inflated.Read(b)
	s.processed.Add(int64(n))
	if err != nil && (!errors.Is(err, io.EOF) || s.failed != nil) {
		err = s.explain(err)
	}
	return n, err
}

func (s *source) explain(err error) error {
	switch {
	case s.ctx.Err() != nil:
		return s.ctx.Err()
	case s.failed != nil:
		return refuse("InternalError", "The object cannot be read: %v.", s.failed)
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return refuse("TruncatedInput", "The object cannot be decompressed as CompressionType says: %v.", err)
}

// raw reads the object as it is.
type raw struct{ *source }

func (r raw) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.object.Read(b[:min(len(b), readAhead)])
	scanned := r.scanned.Add(int64(n))
	if errors.Is(err, io.EOF) && scanned < r.size {
		err = fmt.Errorf("%w after %d bytes of %d", io.ErrUnexpectedEOF, scanned, r.size)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		r.failed = err
	}
	return n, err
}

const byteOrderMark = "\uFEFF"

// open returns a buffer over s, without a byte order mark.
func (s *source) open() (*bufio.Reader, error) {
	r := bufio.NewReaderSize(s, readAhead)
	mark, err := r.Peek(len(byteOrderMark))
	if string(mark) == byteOrderMark {
		_, err = r.Discard(len(mark))
	}
	if errors.Is(err, io.EOF) {
		err = nil // whoever reads on will see it
	}
	return r, err
}
