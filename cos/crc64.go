package cos

import (
	"hash/crc64"
	"math/bits"
	"sync"
)

// crcTable is CRC-64/XZ, the sum the service calls crc64ecma.
var crcTable = sync.OnceValue(func() *crc64.Table { return crc64.MakeTable(crc64.ECMA) })

// CRC64 returns the CRC-64/XZ of sum's data followed by p; start with 0. It
// equals [crc64.Update] with the table of [crc64.ECMA], and is many times
// faster where the processor multiplies polynomials.
func CRC64(sum uint64, p []byte) uint64 { return updateCRC64(sum, p) }

// A gf2Matrix advances the CRC register over a run of zero bits.
type gf2Matrix [64]uint64

// zeroBytes holds at index i the matrix that advances over 2^i zero bytes.
// All 63 are computed once: a part list of an object needs the same few
// thousands of times.
var zeroBytes = sync.OnceValue(func() *[63]gf2Matrix {
	var ms [63]gf2Matrix
	var bit gf2Matrix
	bit[0] = crc64.ECMA
	for i := 1; i < 64; i++ {
		bit[i] = 1 << (i - 1)
	}
	two := bit.square()
	four := two.square()
	ms[0] = four.square()
	for i := 1; i < len(ms); i++ {
		ms[i] = ms[i-1].square()
	}
	return &ms
})

func (m *gf2Matrix) times(v uint64) uint64 {
	var sum uint64
	for v != 0 {
		sum ^= m[bits.TrailingZeros64(v)]
		v &= v - 1
	}
	return sum
}

func (m *gf2Matrix) square() gf2Matrix {
	var sq gf2Matrix
	for i := range m {
		sq[i] = m.times(m[i])
	}
	return sq
}

// CombineCRC64 returns the CRC-64/XZ of A followed by B, from the sums of both
// and the length of B in bytes. A length of 0 or less returns a.
func CombineCRC64(a, b uint64, lenB int64) uint64 {
	if lenB <= 0 {
		return a
	}
	ms := zeroBytes()
	for n := uint64(lenB); n != 0; n &= n - 1 {
		a = ms[bits.TrailingZeros64(n)].times(a)
	}
	return a ^ b
}
