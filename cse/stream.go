package cse

import (
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/bits"
)

// Sealer encrypts and decrypts one object (in counter mode the two are the
// same operation). It keeps no position, so parts may be sealed in parallel,
// in any order and again, and are byte-identical each time. Safe for
// concurrent use. It prints as a placeholder.
type Sealer struct {
	ctr func(iv []byte) cipher.Stream
	iv  counter
	mac func() hash.Hash
}

// Format prints a placeholder for every verb.
func (s Sealer) Format(f fmt.State, _ rune) { redact(f, "sealer") }

// ReaderAt returns a view of src with every byte encrypted, or decrypted if
// src is ciphertext. Its offsets are those of src, and it is as safe for
// concurrent use as src is.
func (s *Sealer) ReaderAt(src io.ReaderAt) io.ReaderAt { return &sealedReaderAt{s, src} }

// Reader returns r encrypted or decrypted, where the first byte of r is byte
// offset of the object. Any offset will do; a negative one makes every Read
// fail.
func (s *Sealer) Reader(r io.Reader, offset int64) io.Reader {
	if offset < 0 {
		return failingReader{errOffset}
	}
	return &cipher.StreamReader{S: s.stream(offset), R: r}
}

// XOR encrypts or decrypts p, whose first byte is byte offset of the object, 0
// or more, where it is.
func (s *Sealer) XOR(p []byte, offset int64) { s.stream(offset).XORKeyStream(p, p) }

// stream returns the keystream from byte offset on.
func (s *Sealer) stream(offset int64) cipher.Stream {
	start := s.iv.add(uint64(offset) / ivSize).bytes()
	stream := s.ctr(start[:])
	var skip [ivSize]byte
	stream.XORKeyStream(skip[:offset%ivSize], skip[:offset%ivSize])
	return stream
}

type sealedReaderAt struct {
	s   *Sealer
	src io.ReaderAt
}

var errOffset = errors.New("cse: negative offset")

func (r *sealedReaderAt) ReadAt(p []byte, offset int64) (int, error) {
	if offset < 0 {
		return 0, errOffset
	}
	n, err := r.src.ReadAt(p, offset)
	r.s.XOR(p[:n], offset)
	return n, err
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

// counter is the block counter, a 128-bit number. The carry from the low half
// matters: start values are random in all their bits.
type counter struct{ hi, lo uint64 }

func newCounter(iv []byte) counter {
	return counter{binary.BigEndian.Uint64(iv), binary.BigEndian.Uint64(iv[8:])}
}

func (c counter) add(blocks uint64) counter {
	lo, carry := bits.Add64(c.lo, blocks, 0)
	return counter{c.hi + carry, lo}
}

func (c counter) bytes() (b [ivSize]byte) {
	binary.BigEndian.PutUint64(b[:], c.hi)
	binary.BigEndian.PutUint64(b[8:], c.lo)
	return b
}
