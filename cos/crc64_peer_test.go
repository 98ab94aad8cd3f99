package cos_test

import (
	"fmt"
	"hash/crc64"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// peerTable sums with the standard library, which CRC64 must equal.
var peerTable = crc64.MakeTable(crc64.ECMA)

func randomBytes(r *rand.Rand, n int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return data
}

func TestCRC64_EqualsTheStandardLibraryAtEveryLengthAndAlignment(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	data := randomBytes(r, 1100+16)
	sums := []uint64{0, 1, 1 << 63, ^uint64(0), 11051210869376104954, r.Uint64()}
	for length := range 1101 {
		for _, at := range []int{0, 1, 2, 3, 4, 7, 8, 9, 15, 16} {
			p := data[at : at+length : at+length]
			for _, sum := range sums {
				// Asserting only what differs: 66,000 formatted messages are slow.
				if want, got := crc64.Update(sum, peerTable, p), cos.CRC64(sum, p); got != want {
					require.Equal(t, want, got, "%d bytes at %d after %#x", length, at, sum)
				}
			}
		}
	}
}

func TestCRC64_OfPiecesEqualsTheSumOfTheWhole(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	data := randomBytes(r, 1<<18)
	want := crc64.Checksum(data, peerTable)
	for range 50 {
		var sum uint64
		longest := 1 << (3 + r.IntN(16)) // bytes
		for rest := data; len(rest) > 0; {
			n := min(1+r.IntN(longest), len(rest))
			sum = cos.CRC64(sum, rest[:n])
			rest = rest[n:]
		}
		require.Equal(t, want, sum, "pieces of at most %d bytes", longest)
	}
}

func TestCRC64_ChangesWithEveryBit(t *testing.T) {
	t.Parallel()
	data := randomBytes(rand.New(rand.NewPCG(7, 8)), 300)
	want := cos.CRC64(0, data)
	for bit := range 8 * len(data) {
		data[bit/8] ^= 1 << (bit % 8)
		require.NotEqual(t, want, cos.CRC64(0, data), "bit %d", bit)
		data[bit/8] ^= 1 << (bit % 8)
	}
}

func TestCRC64_AllocatesNothing(t *testing.T) {
	data := make([]byte, 1000)
	cos.CRC64(0, data) // the table is made once
	assert.Zero(t, testing.AllocsPerRun(100, func() { cos.CRC64(0, data) }))
}

func FuzzCRC64(f *testing.F) {
	for _, n := range []int{0, 1, 15, 16, 127, 128, 129, 143, 144, 255, 256, 271, 384, 1023} {
		f.Add(uint64(n), make([]byte, n), n/2)
	}
	f.Add(^uint64(0), []byte("123456789"), 4)
	f.Fuzz(func(t *testing.T, sum uint64, p []byte, cut int) {
		want := crc64.Update(sum, peerTable, p)
		require.Equal(t, want, cos.CRC64(sum, p))
		cut = min(max(cut, 0), len(p))
		require.Equal(t, want, cos.CRC64(cos.CRC64(sum, p[:cut]), p[cut:]), "cut at %d", cut)
	})
}

// The standard library sums the same bytes beside ours.
func BenchmarkCRC64(b *testing.B) {
	sums := []struct {
		name string
		sum  func(uint64, []byte) uint64
	}{
		{"ours", cos.CRC64},
		{"hash/crc64", func(sum uint64, p []byte) uint64 { return crc64.Update(sum, peerTable, p) }},
	}
	for _, size := range []int{64, 128, 192, 1 << 10, 32 << 10, 256 << 10, 16 << 20} {
		data := randomBytes(rand.New(rand.NewPCG(9, 10)), size)
		for _, s := range sums {
			b.Run(fmt.Sprintf("%d/%s", size, s.name), func(b *testing.B) {
				b.SetBytes(int64(size))
				for b.Loop() {
					s.sum(0, data)
				}
				b.ReportMetric(float64(size)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GB/s")
			})
		}
	}
}
