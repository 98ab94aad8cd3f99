package emulator_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkList is the cost of a page of 1 000 lines, request and answer
// included, out of a million keys.
func BenchmarkList(b *testing.B) {
	c := start(b)
	require.NoError(b, c.server.Seed(b.Context(), testBucket, "many/", 1_000_000))
	for i := range 1001 {
		require.NoError(b, c.server.Seed(b.Context(), testBucket, fmt.Sprintf("deep/%04d/", i), 1000))
	}
	for name, query := range map[string]string{
		"flat":              "prefix=many/&marker=many/0500000",
		"delimiter-no-hits": "prefix=many/&marker=many/0500000&delimiter=/",
		"delimiter-all-hit": "prefix=deep/&delimiter=/",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				a := c.do("GET", "/?encoding-type=url&max-keys=1000&"+query, "")
				require.Equal(b, 200, a.status, string(a.body[:min(len(a.body), 300)]))
			}
		})
	}
}
