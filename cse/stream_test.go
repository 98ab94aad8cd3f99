package cse

import (
	"bytes"
	"crypto/aes"
	"errors"
	"io"
	"math/big"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// reference encrypts a whole buffer block by block, counting with math/big.
func reference(key, iv, plain []byte) []byte {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	modulus := new(big.Int).Lsh(big.NewInt(1), 128)
	count := new(big.Int).SetBytes(iv)
	out := make([]byte, 0, len(plain)+aes.BlockSize)
	var pad [aes.BlockSize]byte
	for len(out) < len(plain) {
		block.Encrypt(pad[:], count.FillBytes(pad[:]))
		for _, b := range pad {
			if len(out) < len(plain) {
				out = append(out, b^plain[len(out)])
			}
		}
		count.Add(count, big.NewInt(1)).Mod(count, modulus)
	}
	return out
}

func FuzzSealer_AnyOffsetEqualsTheWholeBuffer(f *testing.F) {
	f.Fuzz(func(t *testing.T, iv []byte, size, offset, length uint16) {
		iv = append(iv, make([]byte, ivSize)...)[:ivSize]
		plain := sequence(7, int(size))
		want := reference(carryKey, iv, plain)
		d, err := newDataKey(carryKey, iv)
		require.NoError(t, err)
		s := d.Sealer()

		from := min(int(offset), len(plain))
		to := min(from+int(length), len(plain))
		got := make([]byte, to-from)
		_, err = s.ReaderAt(bytes.NewReader(plain)).ReadAt(got, int64(from))
		if len(got) > 0 {
			require.NoError(t, err)
		}
		require.Equal(t, want[from:to], got)

		back, err := io.ReadAll(s.Reader(bytes.NewReader(want[from:to]), int64(from)))
		require.NoError(t, err)
		require.Equal(t, plain[from:to], back)
	})
}

func TestSealer_PartsInParallelInAnyOrderEqualOneStream(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ size, partSize int }{
		{500, 1}, {100_003, 15}, {100_003, 16}, {100_003, 17}, {100_003, 4096}, {100_003, 100_003},
	} {
		plain := sequence(3, c.size)
		view := carrySealer(t).ReaderAt(bytes.NewReader(plain))
		got := make([]byte, c.size)
		var wg sync.WaitGroup
		for _, i := range rand.Perm((c.size + c.partSize - 1) / c.partSize) {
			wg.Go(func() {
				part := got[i*c.partSize : min((i+1)*c.partSize, c.size)]
				_, err := view.ReadAt(part, int64(i*c.partSize))
				assert.NoError(t, err)
			})
		}
		wg.Wait()
		require.Equal(t, digest(reference(carryKey, carryIV, plain)), digest(got), "parts of %d bytes", c.partSize)
	}
}

func TestSealer_WorksAtTheFarEndOfLargeObjects(t *testing.T) {
	t.Parallel()
	const offset = 48<<40 + 5 // the largest object has 48.8 TB
	blocks := new(big.Int).Add(new(big.Int).SetBytes(carryIV), big.NewInt(offset/ivSize))
	want := reference(carryKey, blocks.FillBytes(make([]byte, ivSize)), make([]byte, 64))
	got, err := io.ReadAll(carrySealer(t).Reader(bytes.NewReader(make([]byte, 64-5)), offset))
	require.NoError(t, err)
	assert.Equal(t, want[5:], got)
}

func TestSealer_PassesOnWhatTheSourceSays(t *testing.T) {
	t.Parallel()
	s := carrySealer(t)
	p := make([]byte, 10)
	n, err := s.ReaderAt(bytes.NewReader(sequence(0, 80))).ReadAt(p, 76)
	require.ErrorIs(t, err, io.EOF)
	assert.Equal(t, carryOut[76:], p[:n])

	broken := errors.New("disk on fire")
	got, err := io.ReadAll(s.Reader(io.MultiReader(bytes.NewReader(sequence(0, 20)), iotest.ErrReader(broken)), 0))
	require.ErrorIs(t, err, broken)
	assert.Equal(t, carryOut[:20], got)

	got, err = io.ReadAll(s.Reader(iotest.OneByteReader(bytes.NewReader(sequence(0, 80))), 0))
	require.NoError(t, err)
	assert.Equal(t, carryOut, got)
}

func TestSealer_NegativeOffsetIsAnError(t *testing.T) {
	t.Parallel()
	s := carrySealer(t)
	_, err := s.ReaderAt(bytes.NewReader(nil)).ReadAt(make([]byte, 1), -1)
	require.ErrorIs(t, err, errOffset)
	_, err = io.ReadAll(s.Reader(bytes.NewReader(nil), -16))
	require.ErrorIs(t, err, errOffset)
}

func BenchmarkSealer(b *testing.B) {
	d := NewDataKey()
	buf := make([]byte, 1<<20)
	r := d.Sealer().ReaderAt(bytes.NewReader(make([]byte, len(buf))))
	b.SetBytes(int64(len(buf)))
	for b.Loop() {
		if _, err := r.ReadAt(buf, 0); err != nil {
			b.Fatal(err)
		}
	}
}
