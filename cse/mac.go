package cse

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// MAC is the keyed checksum of one object:
//
//	HMAC-SHA256(Km, IV ‖ uint64be(size) ‖ leaf 0 ‖ leaf 1 ‖ …)
//
// where Km is derived from the data key and a leaf is the SHA-256 of
// [LeafSize] bytes of ciphertext. Leaves may be added in any order, from
// several goroutines, and again. It prints as a placeholder.
//
// It answers whoever can write to the bucket but has no key: changed, cut,
// appended or exchanged content does not verify. It does not answer the
// replacement of the whole object, envelope included, by an older version of
// it or by one without a checksum.
type MAC struct {
	hmac func() hash.Hash
	iv   counter
	size int64

	mu     sync.Mutex // guards leaves and known
	leaves [][sha256.Size]byte
	known  []bool
}

// NewMAC returns an empty checksum for an object of size bytes, 0 or more.
func (s *Sealer) NewMAC(size int64) *MAC {
	n := (size + LeafSize - 1) / LeafSize
	return &MAC{
		hmac: s.mac, iv: s.iv, size: size,
		leaves: make([][sha256.Size]byte, n), known: make([]bool, n),
	}
}

// Format prints a placeholder for every verb.
func (m *MAC) Format(f fmt.State, _ rune) { redact(f, "checksum") }

// Leaf adds the ciphertext of leaf i (from 0). It must be the whole leaf.
func (m *MAC) Leaf(i int64, ciphertext []byte) error {
	if i < 0 || i >= int64(len(m.leaves)) {
		return fmt.Errorf("leaf %d of an object of %d bytes", i, m.size)
	}
	if want := min(LeafSize, m.size-i*LeafSize); int64(len(ciphertext)) != want {
		return fmt.Errorf("leaf %d has %d bytes instead of %d", i, len(ciphertext), want)
	}
	sum := sha256.Sum256(ciphertext)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.leaves[i], m.known[i] = sum, true
	return nil
}

// AddAll adds every leaf, several at once, so ciphertext must be safe for
// concurrent use. It stops with the context's error when ctx ends.
func (m *MAC) AddAll(ctx context.Context, ciphertext io.ReaderAt) error {
	var next atomic.Int64
	n := int64(len(m.leaves))
	g, ctx := errgroup.WithContext(ctx)
	for range min(n, int64(runtime.GOMAXPROCS(0))) {
		g.Go(func() error {
			buf := make([]byte, min(LeafSize, m.size))
			for i := next.Add(1) - 1; i < n; i = next.Add(1) - 1 {
				if err := m.addFrom(ctx, ciphertext, i, buf); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g.Wait() //nolint:wrapcheck // the errors are this package's and the reader's
}

// addFrom adds leaf i. The buffer has room for it.
func (m *MAC) addFrom(ctx context.Context, ciphertext io.ReaderAt, i int64, buf []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	leaf := buf[:min(LeafSize, m.size-i*LeafSize)]
	n, err := ciphertext.ReadAt(leaf, i*LeafSize)
	if n < len(leaf) {
		return fmt.Errorf("read leaf %d: %w", i, orUnexpectedEOF(err))
	}
	return m.Leaf(i, leaf)
}

// orUnexpectedEOF names the end of a source that promised more.
func orUnexpectedEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// Sum returns the checksum, 32 bytes. A leaf that was never added is an error.
func (m *MAC) Sum() ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := slices.Index(m.known, false); i >= 0 {
		return nil, fmt.Errorf("checksum of an object whose leaf %d was not read", i)
	}
	iv := m.iv.bytes()
	h := m.hmac()
	h.Write(iv[:])
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(m.size)))
	for i := range m.leaves {
		h.Write(m.leaves[i][:])
	}
	return h.Sum(nil), nil
}

// Verify returns [ErrTampered] if the checksum is not want.
func (m *MAC) Verify(want []byte) error {
	sum, err := m.Sum()
	if err != nil {
		return err
	}
	if !hmac.Equal(sum, want) {
		return ErrTampered
	}
	return nil
}
