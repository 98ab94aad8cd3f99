//go:build !purego

package cos

import (
	"hash/crc64"

	"golang.org/x/sys/cpu"
)

const (
	foldBlock = 16            // bytes in one register
	foldMin   = 8 * foldBlock // bytes: the registers foldCRC64 fills before it folds
)

// What moves the two halves of a register n bits ahead of where it stands: x^(n+63)
// for the first 8 bytes and x^(n-1) for the last 8, modulo the polynomial and
// reflected like the sum itself. The exponents are one short of n+64 and n
// since a product of reflected values comes out multiplied by x. The tests
// derive these numbers from the polynomial.
const (
	fold1024First = 0x8757d71d4fcc1000 // x^1087
	fold1024Last  = 0xd7d86b2af73de740 // x^1023
	fold128First  = 0xe05dd497ca393ae4 // x^191
	fold128Last   = 0xdabe95afc7875f40 // x^127
)

// foldCRC64 writes to rest 16 bytes that leave the same remainder as p, with
// state added to its first 8 bytes. The length of p must be a multiple of
// foldBlock and at least foldMin.
//
//go:noescape
func foldCRC64(rest *[foldBlock]byte, state uint64, p []byte)

func updateCRC64(sum uint64, p []byte) uint64 {
	if len(p) < foldMin || !cpu.X86.HasPCLMULQDQ {
		return crc64.Update(sum, crcTable(), p)
	}
	whole := len(p) &^ (foldBlock - 1)
	var rest [foldBlock]byte
	foldCRC64(&rest, ^sum, p[:whole])
	// The state is in rest by now, so the table starts from none: Update
	// inverts the sum it is given.
	sum = crc64.Update(^uint64(0), crcTable(), rest[:])
	return crc64.Update(sum, crcTable(), p[whole:])
}
