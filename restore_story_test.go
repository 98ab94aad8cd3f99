package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// TestRestore_ThenDownloadOutlivesAKill copies an archived object across: the
// plan offers to restore it, the program is killed while it waits for that, and
// the next one goes on by itself until every byte is there.
func TestRestore_ThenDownloadOutlivesAKill(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	b := svc.client(t)
	want := bytes.Repeat([]byte("cold "), 1000)
	_, err := b.Put(t.Context(), "z.tar", cos.Body{ReaderAt: bytes.NewReader(want), Size: int64(len(want))}, cos.Headers{StorageClass: "ARCHIVE"})
	require.NoError(t, err)
	home, dir := t.TempDir(), t.TempDir()
	s := startTerminal(t, program(t.Context(), home, svc.env(), dir, bucketURI), 100, 30)
	s.untilText("#z.tar")
	s.press(keyTab)
	s.press(keyEnd)
	s.press(keyF5)
	s.untilText("Restore, then download", "3 to 5 hours", "7 days")
	s.press(keyEnter)
	s.untilText("~ 1 restoring", "~z.tar")
	s.kill()

	s = startTerminal(t, program(t.Context(), home, svc.env(), dir, bucketURI), 100, 30)
	s.untilText("z.tar")
	s.press("w")
	s.until("the job's end", func(screen string) bool { return strings.Count(screen, "✓ verified") == 1 })
	got, err := os.ReadFile(filepath.Join(dir, "z.tar"))
	require.NoError(t, err)
	assert.True(t, bytes.Equal(want, got), "every byte")
	assert.EqualValues(t, 1, svc.Requests("RestoreObject"), "it is asked for, and paid, once")
}
