//go:build !purego

package cos

import (
	"hash/crc64"
	"testing"

	"github.com/stretchr/testify/assert"
)

// powerOfX returns x^n modulo the polynomial of the sum, reflected: x^0 is the
// highest bit, and what leaves at the lowest comes back as the polynomial.
func powerOfX(n int) uint64 {
	v := uint64(1) << 63
	for range n {
		out := v & 1
		v >>= 1
		if out != 0 {
			v ^= crc64.ECMA
		}
	}
	return v
}

func TestFoldFactors_ArePowersOfXModuloThePolynomial(t *testing.T) {
	t.Parallel()
	const eightRegisters, oneRegister = 8 * foldMin, 8 * foldBlock // bits
	assert.Equal(t, powerOfX(eightRegisters+63), uint64(fold1024First))
	assert.Equal(t, powerOfX(eightRegisters-1), uint64(fold1024Last))
	assert.Equal(t, powerOfX(oneRegister+63), uint64(fold128First))
	assert.Equal(t, powerOfX(oneRegister-1), uint64(fold128Last))
}
