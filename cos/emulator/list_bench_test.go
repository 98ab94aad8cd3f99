package emulator_test

import (
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkList is the cost of a page of 1 000 lines, request and answer
// included. It is the same however many keys there are beside those of the
// page: that is what to look for from one size to the next.
func BenchmarkList(b *testing.B) {
	c := start(b)
	for _, size := range []int{1000, 10_000, 100_000, 1_000_000} {
		require.NoError(b, c.server.Seed(b.Context(), testBucket, "many/", size))
		// From the middle, so that what comes before is passed over too.
		middle := fmt.Sprintf("many/%07d", (size-1)/2)
		for name, query := range map[string]string{
			"flat":              "prefix=many/&max-keys=500&marker=" + middle,
			"delimiter-no-hits": "prefix=many/&max-keys=500&delimiter=/&marker=" + middle,
			"one-prefix":        "delimiter=/",
		} {
			c.benchmarkPage(b, fmt.Sprintf("%s/keys=%d", name, size), query)
		}
	}
	for i := range 1001 {
		require.NoError(b, c.server.Seed(b.Context(), testBucket, fmt.Sprintf("deep/%04d/", i), 1000))
	}
	c.benchmarkPage(b, "all-prefixes/keys=2001000", "prefix=deep/&delimiter=/")
}

func (c *client) benchmarkPage(b *testing.B, name, query string) {
	b.Run(name, func(b *testing.B) {
		for b.Loop() {
			a := c.do("GET", "/?encoding-type=url&"+query, "")
			require.Equal(b, 200, a.status, string(a.body[:min(len(a.body), 300)]))
		}
	})
}

// BenchmarkListVersions is a page of 1 000 versions of one key out of more
// and more of them, and a page of objects beside them.
func BenchmarkListVersions(b *testing.B) {
	c := start(b)
	c.setVersioning("Enabled")
	c.put("a", "")
	c.put("z", "")
	written := 0
	for _, size := range []int{1000, 10_000, 100_000} {
		middle := c.putVersions(b, "k", size-written, size/2-written)
		written = size
		c.benchmarkPage(b, "newest/versions="+strconv.Itoa(size), "versions&max-keys=500&prefix=k")
		c.benchmarkPage(b, "middle/versions="+strconv.Itoa(size), "versions&max-keys=500&key-marker=k&version-id-marker="+escape(middle))
		c.benchmarkPage(b, "objects-beside/versions="+strconv.Itoa(size), "max-keys=500")
		c.benchmarkPage(b, "grouped/versions="+strconv.Itoa(size), "versions&max-keys=500&delimiter=k")
	}
}

// putVersions writes n versions of a key and returns the id of one in between.
func (c *client) putVersions(b *testing.B, key string, n, which int) string {
	b.Helper()
	var left, failed atomic.Int64
	left.Store(int64(n))
	var mu sync.Mutex
	var ids []string
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				a, err := c.try("PUT", path(key), "")
				if err != nil || a.status != 200 {
					failed.Add(1)
					continue
				}
				mu.Lock()
				ids = append(ids, a.header.Get("X-Cos-Version-Id"))
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	require.Zero(b, failed.Load())
	return ids[max(which, 0)]
}
