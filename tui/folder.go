package tui

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/views"
)

// madeMsg says that a folder was made.
type madeMsg struct {
	at   place
	name string
}

// askNew opens what asks for a new folder, or in the list of buckets for a new
// bucket.
func (m *Model) askNew() tea.Cmd {
	if m.panes[m.focus].at.buckets {
		return m.askNewBucket()
	}
	m.askFolder()
	return nil
}

// askFolder opens the prompt for the name of a new folder.
func (m *Model) askFolder() {
	p := m.panes[m.focus]
	prompt := &views.Prompt{Title: "New folder", Where: m.tilde(p.at.address())}
	at := p.at.whole()
	prompt.Check = func(name string) string { return wrongName(at, name) }
	m.push(modal{view: prompt, act: func() tea.Cmd {
		m.pop()
		return m.makeFolder(at, prompt.Text())
	}})
}

// wrongName says why a folder cannot be called name, or "".
func wrongName(at place, name string) string {
	switch {
	case name == "":
		return "a name is needed"
	case strings.Contains(name, "/"):
		return "one folder at a time: no / in the name"
	case name == "." || name == "..":
		return name + " means another folder"
	case strings.ContainsRune(name, 0) || !utf8.ValidString(name):
		return "not a name"
	case !at.Local() && len(at.Key)+len(name)+1 > cos.MaxKeyBytes:
		return fmt.Sprintf("longer than the %d bytes that a key may have", cos.MaxKeyBytes)
	case at.Local() && len(name) > 255:
		return "longer than 255 bytes"
	}
	return ""
}

// makeFolder returns the command that makes a folder: a local one, or the
// empty object that stands for one.
func (m *Model) makeFolder(at place, name string) tea.Cmd {
	ctx := m.ctx
	if at.Local() {
		return guarded(func() tea.Msg {
			if err := os.Mkdir(filepath.Join(at.Path, name), 0o755); err != nil {
				return failedMsg{fmt.Errorf("make a folder: %w", err)}
			}
			return madeMsg{at, name}
		})
	}
	store := m.deps.Bucket(at.Bucket, at.Region)
	return guarded(func() tea.Msg {
		if err := putFolder(ctx, store, at.Key+name+"/"); err != nil {
			return failedMsg{err}
		}
		return madeMsg{at, name}
	})
}

func putFolder(ctx context.Context, store Store, key string) error {
	there, err := store.List(ctx, cos.ListOptions{Prefix: key, MaxKeys: 1})
	if err != nil {
		return fmt.Errorf("look for folder %s: %w", key, err)
	}
	if len(there.Objects)+len(there.Prefixes) > 0 {
		return fmt.Errorf("folder %s exists already", key)
	}
	_, err = store.Put(ctx, key, cos.Body{ReaderAt: bytes.NewReader(nil)}, cos.Headers{})
	if err != nil {
		return fmt.Errorf("make folder %s: %w", key, err)
	}
	return nil
}

// made lists the panes that show the new folder, the cursor on it.
func (m *Model) made(msg madeMsg) tea.Cmd {
	m.say("made "+msg.name+"/", plain)
	return m.again(msg.at, msg.name+"/")
}
