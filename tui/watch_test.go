package tui

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/jobs"
)

func TestWatch_ReturnsWhenAFolderHasChangedSinceItBegan(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	w, err := WatchFolder(dir)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "x"), nil, 0o600), "before anybody waits")
	assert.NoError(t, w.Wait(ctx))
}

func TestWatch_AFolderThatIsNotThereIsAnError(t *testing.T) {
	t.Parallel()
	_, err := WatchFolder(filepath.Join(t.TempDir(), "none"))
	assert.Error(t, err)
	w, err := WatchFolder(t.TempDir())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.ErrorIs(t, w.Wait(ctx), context.Canceled)
}

// fakeWatch is a watch that says what becomes of it.
type fakeWatch struct {
	path    string
	changed chan struct{}
	closed  chan struct{}
}

func (w *fakeWatch) Wait(ctx context.Context) error {
	defer close(w.closed)
	select {
	case <-w.changed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *fakeWatch) Close() error {
	close(w.closed)
	return nil
}

// follows makes d follow its folders with watches of which each is handed to
// the test, after begun was called.
func (d *driver) follows(begun func(path string)) <-chan *fakeWatch {
	made := make(chan *fakeWatch, 9)
	d.m.deps.Watch = func(path string) (Watching, error) {
		w := &fakeWatch{path, make(chan struct{}), make(chan struct{})}
		begun(path)
		made <- w
		return w, nil
	}
	return made
}

func TestWatch_ListsTheFolderAgainAndKeepsTheCursor(t *testing.T) {
	t.Parallel()
	d := start(t, "x")
	made := d.follows(func(string) {})
	d.run(d.m.Init())
	first := <-made
	require.Equal(t, d.dir, first.path)
	d.press("G")
	require.Equal(t, "b.txt", d.cursor())
	require.NoError(t, os.WriteFile(filepath.Join(d.dir, "aa.txt"), nil, 0o600))
	d.send(folderMsg{0, d.pane().watched - 1})
	assert.NotContains(t, d.shown(), "aa.txt", "of a folder that is not followed any more")
	d.send(folderMsg{0, d.pane().watched})
	assert.Contains(t, d.shown(), "aa.txt")
	assert.Equal(t, "b.txt", d.cursor())
	second := <-made
	assert.Equal(t, d.dir, second.path, "it is followed on")
	<-first.closed
	d.press("h")
	<-second.closed // of the folder that was left
	assert.Equal(t, filepath.Dir(d.dir), (<-made).path)
}

func TestWatch_BeginsBeforeTheFolderIsRead(t *testing.T) {
	t.Parallel()
	d := start(t, "x")
	late := filepath.Join(d.dir, "late.txt")
	made := d.follows(func(string) { assert.NoError(t, os.WriteFile(late, nil, 0o600)) })
	d.run(d.m.Init())
	<-made
	assert.Contains(t, d.shown(), "late.txt", "what was made by then is listed")
}

func TestWatch_AChangeWhileAnotherPlaceIsListedIsNotForgotten(t *testing.T) {
	t.Parallel()
	d := start(t, "x")
	made := d.follows(func(string) {})
	d.run(d.m.Init())
	<-made
	var waits []tea.Msg
	d.m.after = func(_ time.Duration, msg tea.Msg) tea.Cmd {
		waits = append(waits, msg)
		return nil
	}
	d.m.open(0, place{Place: jobs.Place{Path: filepath.Dir(d.dir)}}, "") // its answer does not come
	require.NoError(t, os.WriteFile(filepath.Join(d.dir, "late.txt"), nil, 0o600))
	changed := folderMsg{0, d.pane().watched}
	d.send(changed)
	assert.Contains(t, waits, tea.Msg(changed))
	d.press("esc")
	d.send(changed)
	assert.Contains(t, d.shown(), "late.txt")
}

func TestWatch_AListingThatNobodyWaitsForIsNotFollowed(t *testing.T) {
	t.Parallel()
	d := start(t, "x")
	made := d.follows(func(string) {})
	listed := d.results(d.m.open(0, d.pane().at, ""))
	d.press("esc")
	for _, msg := range listed {
		d.send(msg)
	}
	<-(<-made).closed
}
