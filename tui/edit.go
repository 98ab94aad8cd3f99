package tui

import (
	"cmp"
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cosmander/views"
)

// draftMsg brings an object that is to be edited, or why there is none.
type draftMsg struct {
	draft *draft
	err   error
}

// editedMsg says that the editor has ended. draft is nil for a local file.
type editedMsg struct {
	draft *draft
	pane  int
	at    place
	err   error
}

// storedMsg says what became of an edited object.
type storedMsg struct {
	draft *draft
	key   string
	same  bool // nothing was changed
	err   error
}

// edit opens the file under the cursor in the user's editor. An object is
// brought into a file first, and stored again if that was changed.
func (m *Model) edit() tea.Cmd {
	p := m.panes[m.focus]
	i, _ := p.entryAt(p.cursor)
	if p.at.Local() {
		pane, at := m.focus, p.at
		return m.runEditor(filepath.Join(p.at.Path, p.rows.id(i)), func(err error) tea.Msg { return editedMsg{pane: pane, at: at, err: err} })
	}
	d := &draft{at: p.at, row: p.rows.id(i)}
	ctx, bucket := m.ctx, m.deps.Edit(p.at.Bucket, p.at.Region)
	m.say("fetching "+d.row+m.look.Marks.Ellipsis, plain)
	return guarded(func() tea.Msg { return draftMsg{d, d.fetch(ctx, bucket)} })
}

// runEditor gives the terminal to the user's editor: VISUAL, EDITOR, or vi.
func (m *Model) runEditor(file string, done func(error) tea.Msg) tea.Cmd {
	editor := cmp.Or(m.env("VISUAL"), m.env("EDITOR"), "vi")
	// As git does it: the variable may hold options, and quotes. The end of the
	// program ends no editor: somebody types in it.
	cmd := exec.CommandContext(context.Background(), "sh", "-c", editor+` "$@"`, editor, file) //nolint:gosec // it is the user's own setting
	if runtime.GOOS == "windows" {
		words := append(strings.Fields(editor), file)
		cmd = exec.CommandContext(context.Background(), words[0], words[1:]...) //nolint:gosec // as above
	}
	return tea.ExecProcess(cmd, func(err error) tea.Msg { return done(err) })
}

func (m *Model) drafted(msg draftMsg) tea.Cmd {
	m.say("", plain)
	if msg.err != nil {
		m.sayError(errors.Join(msg.err, msg.draft.discard()))
		return nil
	}
	return m.runEditor(msg.draft.file, func(err error) tea.Msg { return editedMsg{draft: msg.draft, err: err} })
}

func (m *Model) edited(msg editedMsg) tea.Cmd {
	if msg.draft == nil {
		if msg.err != nil {
			m.say("the editor failed: "+msg.err.Error(), failure)
		}
		if m.panes[msg.pane].at != msg.at {
			return nil
		}
		return m.refresh(msg.pane)
	}
	if msg.err != nil {
		m.say("the editor failed: "+msg.err.Error()+m.sep()+"nothing was stored; the text is in "+msg.draft.file, failure)
		return nil
	}
	return m.storeDraft(msg.draft, false)
}

// storeDraft returns the command that stores what was edited; anyway: also if
// the object is another one by now.
func (m *Model) storeDraft(d *draft, anyway bool) tea.Cmd {
	ctx, bucket := m.ctx, m.deps.Edit(d.at.Bucket, d.at.Region)
	return guarded(func() tea.Msg {
		changed, err := d.changed()
		if err != nil || !changed {
			return storedMsg{draft: d, same: !changed, err: err}
		}
		return storedMsg{draft: d, key: d.key(), err: d.store(ctx, bucket, d.key(), anyway)}
	})
}

// storeBeside returns the command that stores what was edited as a second
// object.
func (m *Model) storeBeside(d *draft) tea.Cmd {
	ctx, bucket := m.ctx, m.deps.Edit(d.at.Bucket, d.at.Region)
	return guarded(func() tea.Msg {
		key, err := d.beside(ctx, bucket)
		if err == nil {
			err = d.store(ctx, bucket, key, true)
		}
		return storedMsg{draft: d, key: key, err: err}
	})
}

// stored says what became of the text. Its file goes only once it is stored or
// nothing was changed.
func (m *Model) stored(msg storedMsg) tea.Cmd {
	d := msg.draft
	switch {
	case errors.Is(msg.err, errMeanwhile):
		m.askMeanwhile(d)
		return nil
	case msg.err != nil:
		m.say(m.explain(msg.err)+m.sep()+"the text is in "+d.file, failure)
		return nil
	}
	if err := d.discard(); err != nil {
		m.sayError(err)
		return nil
	}
	if msg.same {
		m.say(d.row+" was not changed", plain)
		return nil
	}
	row := strings.TrimPrefix(msg.key, d.at.Key)
	m.say(row+" is stored", plain)
	return m.again(d.at, row)
}

// askMeanwhile asks what to do with a text whose object is another one by now.
func (m *Model) askMeanwhile(d *draft) {
	menu := &views.Menu{
		Title: d.row + " was changed meanwhile",
		Hint:  "Enter does it" + m.sep() + "Esc keeps the text in a file",
		Items: []views.MenuItem{
			{Name: "keep both: store the text beside it, as (edited)"},
			{Name: "replace what is there now"},
			{Name: "store nothing", Key: "the text stays in a file"},
		},
	}
	kept := func() tea.Cmd {
		m.say("nothing was stored"+m.sep()+"the text is in "+d.file, warning)
		return nil
	}
	m.push(modal{
		view: menu, left: func() { kept() },
		act: func() tea.Cmd {
			i, _ := menu.Chosen()
			m.modals = m.modals[:len(m.modals)-1]
			switch i {
			case 0:
				return m.storeBeside(d)
			case 1:
				return m.storeDraft(d, true)
			}
			return kept()
		},
	})
}
