package demo_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos/emulator"
	"cosmander/cos/emulator/demo"
)

func open(t *testing.T, dir string) *emulator.Server {
	t.Helper()
	s, err := emulator.Open(emulator.Config{Dir: dir, SecretID: "id", SecretKey: "key", Buckets: []string{demo.Bucket}})
	require.NoError(t, err)
	return s
}

func TestFill_HappensOnceToTheEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, demo.Fill(ctx, s), context.Canceled)

	began := time.Now()
	require.NoError(t, demo.Fill(t.Context(), s), "what was interrupted starts again")
	t.Logf("filled in %v", time.Since(began))
	all := count(t, s)
	assert.Greater(t, all, 5000)
	require.NoError(t, s.Remove(demo.Bucket, "README.txt"))
	require.NoError(t, s.Close())

	s = open(t, dir)
	require.NoError(t, demo.Fill(t.Context(), s))
	assert.Equal(t, all-1, count(t, s), "what was deleted stays deleted")
	require.NoError(t, s.Close())
}

func count(t *testing.T, s *emulator.Server) int {
	t.Helper()
	n, err := s.Count(t.Context(), demo.Bucket)
	require.NoError(t, err)
	return n
}

func TestFill_NeedsItsBucket(t *testing.T) {
	t.Parallel()
	s, err := emulator.Open(emulator.Config{Dir: t.TempDir()})
	require.NoError(t, err)
	assert.ErrorContains(t, demo.Fill(t.Context(), s), "NoSuchBucket")
	res := httptest.NewRecorder()
	s.ServeHTTP(res, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	assert.Equal(t, http.StatusForbidden, res.Code)
	require.NoError(t, s.Close())
}
