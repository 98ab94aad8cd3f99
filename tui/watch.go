package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/fsnotify/fsnotify"
)

const (
	// watchQuiet is how long a folder must be left alone before it is listed
	// again, watchMost how long that is put off where it is not.
	watchQuiet = 150 * time.Millisecond
	watchMost  = 2 * time.Second
	// watchRows is up to how many rows a folder is watched: listing more again
	// and again would keep the machine busy while thousands of files arrive.
	watchRows = 20_000
)

// folderMsg says that something in a local folder has changed.
type folderMsg struct {
	pane  int
	watch uint64
}

// Watching follows a local folder from the moment it was made.
type Watching interface {
	// Wait returns when something in the folder has changed and a moment has
	// passed, or with an error when ctx ends or the folder cannot be followed
	// any more. It closes the watch.
	Wait(ctx context.Context) error
	// Close ends a watch that nobody waits for.
	Close() error
}

// watched reads a folder that is followed from before it is read, so that no
// change falls between the two. A system that has no watches left shows the
// folder all the same.
func watched(follow func(string) (Watching, error), path string, read func() (page, error)) (page, Watching, error) {
	if follow == nil {
		pg, err := read()
		return pg, nil, err
	}
	w, unwatched := follow(path)
	pg, err := read()
	if unwatched != nil {
		return pg, nil, err
	}
	if err != nil || len(pg.folders)+len(pg.files) > watchRows {
		_ = w.Close() // nothing that was not said already
		w = nil
	}
	return pg, w, err
}

// watch waits for a change of the folder that pane i shows now; what else it
// followed is given up. w may be nil.
func (m *Model) watch(i int, w Watching) tea.Cmd {
	p := m.panes[i]
	p.unwatch()
	p.unwatch = func() {}
	m.watches++
	p.watched = m.watches
	if w == nil {
		return nil
	}
	ctx, cancel := context.WithCancel(m.ctx)
	p.unwatch = cancel
	msg := folderMsg{i, p.watched}
	return guarded(func() tea.Msg {
		if err := w.Wait(ctx); err != nil {
			return nil
		}
		return msg
	})
}

// unheeded gives up the watch of a listing that nobody waits for any more.
func unheeded(w Watching) tea.Cmd {
	if w == nil {
		return nil
	}
	return guarded(func() tea.Msg {
		_ = w.Close()
		return nil
	})
}

func (m *Model) folderChanged(msg folderMsg) tea.Cmd {
	p := m.panes[msg.pane]
	switch {
	case p.watched != msg.watch:
		return nil
	case p.load != nil: // it may be given up, and then nobody follows the folder
		return m.after(watchQuiet, msg)
	}
	return m.refresh(msg.pane)
}

// folderWatch is a watch of the system.
type folderWatch struct{ *fsnotify.Watcher }

// WatchFolder begins to follow a local folder.
func WatchFolder(path string) (Watching, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	if err := w.Add(path); err != nil {
		_ = w.Close()
		return nil, err
	}
	return folderWatch{w}, nil
}

// Wait implements [Watching].
func (w folderWatch) Wait(ctx context.Context) error {
	defer w.Close()
	var quiet, most <-chan time.Time
	for {
		select {
		case <-w.Events:
			quiet = time.After(watchQuiet)
			if most == nil {
				most = time.After(watchMost)
			}
		case err := <-w.Errors:
			return err
		case <-quiet:
			return nil
		case <-most:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
