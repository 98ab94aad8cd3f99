package cos_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"cosmander/cos"
)

func TestCRC64_Vectors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		data []byte
		want uint64
	}{
		"empty":          {nil, 0},
		"digits":         {[]byte("123456789"), 11051210869376104954},
		"first digits":   {[]byte("1234"), 14865968487149912872},
		"last digits":    {[]byte("56789"), 7598038797645275211},
		"1 MiB of zeros": {make([]byte, 1<<20), 6947770692288575170},
		"4 MiB of zeros": {make([]byte, 4<<20), 15807926966679858283},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, cos.CRC64(0, tt.data))
		})
	}
}

func TestCombineCRC64_Vectors(t *testing.T) {
	t.Parallel()
	assert.Equal(t, uint64(11051210869376104954),
		cos.CombineCRC64(14865968487149912872, 7598038797645275211, 5))
	assert.Equal(t, uint64(7), cos.CombineCRC64(7, 0, 0), "nothing appended")
	assert.Equal(t, uint64(7), cos.CombineCRC64(0, 7, 5), "appended to nothing")
	const mib = 6947770692288575170
	two := cos.CombineCRC64(mib, mib, 1<<20)
	assert.Equal(t, uint64(15807926966679858283), cos.CombineCRC64(two, two, 2<<20))
}

func TestCombineCRC64_EqualsTheSumOfTheWhole(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	data := make([]byte, 1<<16)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	for range 200 {
		end := r.IntN(len(data) + 1)
		cut := r.IntN(end + 1)
		a, b := cos.CRC64(0, data[:cut]), cos.CRC64(0, data[cut:end])
		assert.Equal(t, cos.CRC64(0, data[:end]), cos.CombineCRC64(a, b, int64(end-cut)), "cut %d of %d", cut, end)
	}
}

func BenchmarkCombineCRC64(b *testing.B) {
	for b.Loop() {
		cos.CombineCRC64(1234567, 7654321, 8<<20+17)
	}
}
