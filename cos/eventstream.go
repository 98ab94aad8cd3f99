package cos

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
)

// Bounds of a frame (API document 436/37641): the service's hold about 1 MB.
const (
	preludeBytes    = 12 // total length, header length, CRC of the two
	minFrameBytes   = preludeBytes + 4
	maxFrameBytes   = 16 << 20
	maxFrameHeaders = 64 << 10
)

// A frame is one message of an event stream. payload is valid until the next
// frame is read.
type frame struct {
	message, event          string // kinds
	errorCode, errorMessage string
	payload                 []byte
	length                  int // bytes of the whole frame
}

// A frameReader cuts an event stream into frames. It believes no length before
// its CRC, and holds one frame.
type frameReader struct {
	r       io.Reader
	prelude [preludeBytes]byte
	got     int // bytes of the prelude
	buf     []byte
}

// start returns what was read of the last frame's prelude.
func (f *frameReader) start() []byte { return f.prelude[:f.got] }

// next returns the next frame; io.EOF if there is none, io.ErrUnexpectedEOF if
// it is cut.
func (f *frameReader) next() (frame, error) {
	var err error
	if f.got, err = io.ReadFull(f.r, f.prelude[:]); err != nil {
		return frame{}, err
	}
	total := binary.BigEndian.Uint32(f.prelude[:4])
	headers := binary.BigEndian.Uint32(f.prelude[4:8])
	switch {
	case crc32.ChecksumIEEE(f.prelude[:8]) != binary.BigEndian.Uint32(f.prelude[8:]):
		return frame{}, fmt.Errorf("%w: the CRC of a frame's lengths is wrong", ErrMalformed)
	case total < minFrameBytes || total > maxFrameBytes:
		return frame{}, fmt.Errorf("%w: a frame of %d bytes", ErrMalformed, total)
	case headers > maxFrameHeaders || headers > total-minFrameBytes:
		return frame{}, fmt.Errorf("%w: a frame of %d bytes with %d of headers", ErrMalformed, total, headers)
	}
	rest := int(total) - preludeBytes
	if cap(f.buf) < rest {
		f.buf = make([]byte, rest)
	}
	f.buf = f.buf[:rest]
	if _, err := io.ReadFull(f.r, f.buf); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return frame{}, err
	}
	body := f.buf[:rest-4]
	sum := crc32.Update(crc32.ChecksumIEEE(f.prelude[:]), crc32.IEEETable, body)
	if sum != binary.BigEndian.Uint32(f.buf[rest-4:]) {
		return frame{}, fmt.Errorf("%w: %w: the CRC of a frame is wrong", ErrMalformed, ErrDamaged)
	}
	out := frame{payload: body[headers:], length: int(total)}
	return out, out.readHeaders(body[:headers])
}

// readHeaders reads name and value pairs; the service sends only strings, which
// are of type 7.
func (f *frame) readHeaders(b []byte) error {
	const stringType = 7
	for len(b) > 0 {
		name, rest, ok := cutCounted(b, 1)
		if !ok || len(rest) < 1 || rest[0] != stringType {
			return fmt.Errorf("%w: a frame's headers", ErrMalformed)
		}
		value, rest, ok := cutCounted(rest[1:], 2)
		if !ok {
			return fmt.Errorf("%w: a frame's headers", ErrMalformed)
		}
		switch string(name) {
		case ":message-type":
			f.message = string(value)
		case ":event-type":
			f.event = string(value)
		case ":error-code":
			f.errorCode = string(value)
		case ":error-message":
			f.errorMessage = string(value)
		}
		b = rest
	}
	return nil
}

// cutCounted cuts off bytes whose number stands before them in width bytes.
func cutCounted(b []byte, width int) (field, rest []byte, ok bool) {
	if len(b) < width {
		return nil, nil, false
	}
	n := int(b[0])
	if width == 2 {
		n = int(binary.BigEndian.Uint16(b))
	}
	b = b[width:]
	if len(b) < n {
		return nil, nil, false
	}
	return b[:n], b[n:], true
}
