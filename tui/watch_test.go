package tui

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWatch_ReturnsWhenAFolderHasChanged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- WatchFolder(ctx, dir) }()
	for n := 0; ; n++ { // until the watch has begun
		require.NoError(t, os.WriteFile(filepath.Join(dir, "x"), []byte{byte(n)}, 0o600))
		select {
		case err := <-ended:
			assert.NoError(t, err)
			return
		case <-time.After(watchQuiet + watchQuiet/2):
		}
	}
}

func TestWatch_AFolderThatIsNotThereIsAnError(t *testing.T) {
	t.Parallel()
	assert.Error(t, WatchFolder(t.Context(), filepath.Join(t.TempDir(), "none")))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.ErrorIs(t, WatchFolder(ctx, t.TempDir()), context.Canceled)
}

func TestWatch_ListsTheFolderAgainAndKeepsTheCursor(t *testing.T) {
	t.Parallel()
	d := start(t, "x")
	followed := make(chan string, 9)
	changed := make(chan struct{})
	d.m.deps.Watch = func(ctx context.Context, path string) error {
		followed <- path
		select {
		case <-changed:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	d.run(d.m.Init())
	require.Equal(t, d.dir, <-followed)
	d.press("G")
	require.Equal(t, "b.txt", d.cursor())
	require.NoError(t, os.WriteFile(filepath.Join(d.dir, "aa.txt"), nil, 0o600))
	d.send(folderMsg{0, d.pane().watched - 1})
	assert.NotContains(t, d.shown(), "aa.txt", "of a folder that is not followed any more")
	d.send(folderMsg{0, d.pane().watched})
	assert.Contains(t, d.shown(), "aa.txt")
	assert.Equal(t, "b.txt", d.cursor())
	assert.Equal(t, d.dir, <-followed, "it is followed on")
	close(changed)
}
