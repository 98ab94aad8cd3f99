package emulator_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkSeed makes a million empty objects.
func BenchmarkSeed(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		c := start(b)
		b.StartTimer()
		require.NoError(b, c.server.Seed(b.Context(), testBucket, "many/", 1_000_000))
	}
}
