package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// damaged is a home whose journal is no journal any more.
func damaged(t *testing.T) (home string) {
	t.Helper()
	home = t.TempDir()
	dir := filepath.Join(home, "state", "cosmander")
	require.NoError(t, os.MkdirAll(dir, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "jobs.db"), []byte(strings.Repeat("no database ", 1000)), 0o600))
	return home
}

func TestDamagedJournal_IsSaidByThePanesAndByTheCommands(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	s := startTerminal(t, program(t.Context(), damaged(t), svc.env(), t.TempDir(), bucketURI), 200, 24)
	s.untilText("the journal was damaged and is kept as", "jobs.db.damaged-")
	s.leave()

	got := cli(t, svc, damaged(t), "jobs")
	assert.Zero(t, got.code, got.stderr)
	assert.Contains(t, got.stderr, "the journal was damaged and is kept as")
}
