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

// watch follows the local folder that pane i shows; what else it followed is
// given up.
func (m *Model) watch(i int) tea.Cmd {
	p := m.panes[i]
	p.unwatch()
	if m.deps.Watch == nil || !p.at.Local() || p.at.buckets || p.at.find != "" || p.rows.total() > watchRows {
		return nil
	}
	m.watches++
	p.watched = m.watches
	ctx, cancel := context.WithCancel(m.ctx)
	p.unwatch = cancel
	follow, path, msg := m.deps.Watch, p.at.Path, folderMsg{i, p.watched}
	return guarded(func() tea.Msg {
		// A system that has no watches left shows the folder all the same.
		if err := follow(ctx, path); err != nil {
			return nil
		}
		return msg
	})
}

func (m *Model) folderChanged(msg folderMsg) tea.Cmd {
	p := m.panes[msg.pane]
	if p.watched != msg.watch || p.load != nil {
		return nil // what is being listed is watched afterwards
	}
	return m.refresh(msg.pane)
}

// WatchFolder returns when something in a local folder has changed and a
// moment has passed, or when ctx ends or the folder cannot be watched, with an
// error.
func WatchFolder(ctx context.Context, path string) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return err
	}
	defer w.Close()
	if err := w.Add(path); err != nil {
		return err
	}
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
