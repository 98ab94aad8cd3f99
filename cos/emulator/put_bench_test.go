package emulator_test

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkPutSmall writes 2 000 objects of 4 KiB through 32 clients.
func BenchmarkPutSmall(b *testing.B) {
	c := start(b)
	body := strings.Repeat("s", 4<<10)
	b.SetBytes(2000 * 4 << 10)
	for b.Loop() {
		keys := make(chan string)
		var wg sync.WaitGroup
		for range 32 {
			wg.Go(func() {
				for key := range keys {
					c.put(key, body)
				}
			})
		}
		for i := range 2000 {
			keys <- fmt.Sprintf("small/%04d", i)
		}
		close(keys)
		wg.Wait()
	}
}

// BenchmarkTransfer moves 256 MiB in parts of 8 MiB, four at a time, there
// and back.
func BenchmarkTransfer(b *testing.B) {
	const partBytes, parts = 8 << 20, 32
	c := start(b)
	body := strings.Repeat("0123456789abcdef", partBytes/16)
	id := c.initiate("big")
	pairs := make([]any, 2*parts)
	eachPart := func(work func(n int)) {
		numbers := make(chan int)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for n := range numbers {
					work(n)
				}
			})
		}
		for n := range parts {
			numbers <- n
		}
		close(numbers)
		wg.Wait()
	}
	b.Run("up", func(b *testing.B) {
		b.SetBytes(partBytes * parts)
		for b.Loop() {
			eachPart(func(n int) {
				a := c.do("PUT", fmt.Sprintf("/big?partNumber=%d&uploadId=%s", n+1, id), body)
				pairs[2*n], pairs[2*n+1] = n+1, a.header.Get("ETag")
			})
		}
	})
	require.Equal(b, 200, c.complete("big", id, pairs...).status)
	b.Run("down", func(b *testing.B) {
		b.SetBytes(partBytes * parts)
		for b.Loop() {
			eachPart(func(n int) {
				req := c.request("GET", "/big", "", "Range", fmt.Sprintf("bytes=%d-%d", n*partBytes, (n+1)*partBytes-1))
				c.sign(req)
				res, err := transport.RoundTrip(req)
				require.NoError(b, err)
				_, err = io.Copy(io.Discard, res.Body)
				require.NoError(b, err)
				require.NoError(b, res.Body.Close())
			})
		}
	})
}
