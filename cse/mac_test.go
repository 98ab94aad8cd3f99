package cse

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func macOf(t *testing.T, s *Sealer, ciphertext []byte) []byte {
	t.Helper()
	m := s.NewMAC(int64(len(ciphertext)))
	require.NoError(t, m.AddAll(t.Context(), bytes.NewReader(ciphertext)))
	sum, err := m.Sum()
	require.NoError(t, err)
	return sum
}

func leaf(b []byte, i int) []byte { return b[i*LeafSize : min((i+1)*LeafSize, len(b))] }

func TestMAC_LeavesInAnyOrderAndAgainGiveTheSameSum(t *testing.T) {
	t.Parallel()
	s := carrySealer(t)
	for _, size := range []int{0, 1, LeafSize - 1, LeafSize, LeafSize + 1, 5*LeafSize + 7} {
		b := sequence(1, size)
		m := s.NewMAC(int64(size))
		leaves := (size + LeafSize - 1) / LeafSize
		var wg sync.WaitGroup
		for _, i := range append(rand.Perm(leaves), rand.Perm(leaves)...) {
			wg.Go(func() { assert.NoError(t, m.Leaf(int64(i), leaf(b, i))) })
		}
		wg.Wait()
		require.NoError(t, m.Verify(macOf(t, s, b)), "%d bytes", size)
	}
}

func TestMAC_NoticesAnyChange(t *testing.T) {
	t.Parallel()
	s := carrySealer(t)
	b := sequence(1, 2*LeafSize+9)
	want := macOf(t, s, b)
	exchanged := slices.Concat(leaf(b, 1), leaf(b, 0), leaf(b, 2))
	exchanged[0]++ // the sequence repeats, so that the leaves are alike
	for name, changed := range map[string][]byte{
		"first bit": flip(b, 0), "last bit": flip(b, len(b)-1), "border": flip(b, LeafSize),
		"cut": b[:len(b)-1], "cut at a leaf": b[:LeafSize], "empty": nil,
		"appended": append(slices.Clone(b), 0), "leaves exchanged": exchanged,
	} {
		m := s.NewMAC(int64(len(changed)))
		require.NoError(t, m.AddAll(t.Context(), bytes.NewReader(changed)))
		require.ErrorIs(t, m.Verify(want), ErrTampered, name)
	}
	require.ErrorIs(t, carrySealer(t).NewMAC(0).Verify(nil), ErrTampered, "no checksum to compare")

	other, err := newDataKey(carryKey, flip(carryIV, 15))
	require.NoError(t, err)
	assert.NotEqual(t, want, macOf(t, other.Sealer(), b), "another start value")
	other, err = newDataKey(flip(carryKey, 0), carryIV)
	require.NoError(t, err)
	assert.NotEqual(t, want, macOf(t, other.Sealer(), b), "another data key")
}

func flip(b []byte, i int) []byte {
	b = slices.Clone(b)
	b[i] ^= 1
	return b
}

func TestMAC_MissingOrMisshapenLeafIsAnError(t *testing.T) {
	t.Parallel()
	m := carrySealer(t).NewMAC(LeafSize + 5)
	require.Error(t, m.Leaf(-1, nil))
	require.Error(t, m.Leaf(2, nil))
	require.Error(t, m.Leaf(0, make([]byte, 5)))
	require.Error(t, m.Leaf(1, make([]byte, LeafSize)))
	require.NoError(t, m.Leaf(1, make([]byte, 5)))
	_, err := m.Sum()
	require.ErrorContains(t, err, "leaf 0")
	require.Error(t, m.Verify(make([]byte, macSize)))
}

func TestMAC_AddAllStopsAtTheEndOfSourceOrContext(t *testing.T) {
	t.Parallel()
	m := carrySealer(t).NewMAC(100)
	require.ErrorIs(t, m.AddAll(t.Context(), bytes.NewReader(make([]byte, 99))), io.ErrUnexpectedEOF)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, m.AddAll(ctx, bytes.NewReader(make([]byte, 100))), context.Canceled)
}

func TestSealedObject_ChecksOutFromEncryptionToDecryption(t *testing.T) {
	t.Parallel()
	plain := sequence(5, 3*LeafSize+1)
	d := NewDataKey()
	sealed := d.Sealer().ReaderAt(bytes.NewReader(plain))
	m := d.Sealer().NewMAC(int64(len(plain)))
	require.NoError(t, m.AddAll(t.Context(), sealed))
	sum, err := m.Sum()
	require.NoError(t, err)
	e, err := Seal(aesKey(t, 0), d, int64(len(plain)), sum)
	require.NoError(t, err)
	stored, err := io.ReadAll(io.NewSectionReader(sealed, 0, int64(len(plain))))
	require.NoError(t, err)
	d.Wipe()

	found, encrypted, err := Detect(e.Meta())
	require.NoError(t, err)
	require.True(t, encrypted)
	opened, err := found.Open(aesKey(t, 0), int64(len(stored)))
	require.NoError(t, err)
	check := opened.Sealer().NewMAC(found.Size)
	require.NoError(t, check.AddAll(t.Context(), bytes.NewReader(stored)))
	require.NoError(t, check.Verify(found.MAC))
	got, err := io.ReadAll(opened.Sealer().Reader(bytes.NewReader(stored), 0))
	require.NoError(t, err)
	assert.Equal(t, digest(plain), digest(got))
}
