package emulator

import "hash/crc64"

var crcTable = crc64.MakeTable(crc64.ECMA)

// combineCRC returns the CRC-64/XZ of two runs of bytes, one after the other,
// from the CRC of each and the length of the second: advancing a register by
// zero bits is linear over GF(2), so advancing it by lenB bytes is a power of
// a 64x64 matrix.
func combineCRC(a, b uint64, lenB int64) uint64 {
	for n, m := lenB, &zeroByte; n > 0; n >>= 1 {
		if n&1 == 1 {
			a = m.apply(a)
		}
		if n > 1 {
			m = m.squared()
		}
	}
	return a ^ b
}

type matrix [64]uint64

// zeroByte advances a register by one zero byte: the one-bit step three times
// squared.
var zeroByte = *zeroBit().squared().squared().squared()

func zeroBit() *matrix {
	m := &matrix{crc64.ECMA}
	for i := 1; i < 64; i++ {
		m[i] = 1 << (i - 1)
	}
	return m
}

func (m *matrix) apply(v uint64) uint64 {
	var sum uint64
	for i := 0; v != 0; i, v = i+1, v>>1 {
		if v&1 == 1 {
			sum ^= m[i]
		}
	}
	return sum
}

func (m *matrix) squared() *matrix {
	var s matrix
	for i := range m {
		s[i] = m.apply(m[i])
	}
	return &s
}
