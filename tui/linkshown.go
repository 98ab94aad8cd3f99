package tui

import (
	"errors"
	"os"
	"path/filepath"

	tea "charm.land/bubbletea/v2"

	"cosmander/views"
)

// pushLinks opens the screen of links.
func (m *Model) pushLinks(view *views.Links) {
	k := m.deps.Keys.Links
	if len(view.Links) > 1 {
		view.Hints = []views.Hint{hint(k.CopyOne, "copy this"), hint(k.Copy, "copy all")}
	} else {
		view.Hints = []views.Hint{hint(k.Copy, "copy")}
	}
	view.Hints = append(view.Hints, hint(k.Code, "QR code"), hint(k.Save, "save"))
	if !m.noMouse {
		view.Hints = append(view.Hints, hint(m.deps.Keys.Global.Mouse, "mouse selects"))
	}
	view.Hints = append(view.Hints, hint(m.deps.Keys.Dialog.Leave, "back"))
	m.push(modal{view: view, act: func() tea.Cmd { return nil }})
}

// linksKey does what a key means over links; false if nothing.
func (m *Model) linksKey(view *views.Links, pressed string) (tea.Cmd, bool) {
	k := m.deps.Keys.Links
	switch {
	case matches(pressed, k.Copy):
		return m.copyLinks(view.Links), true
	case matches(pressed, k.CopyOne):
		return m.copyLinks([]views.Link{view.Current()}), true
	case matches(pressed, k.Code):
		view.ToggleCode()
	case matches(pressed, k.Save):
		m.askSaveLinks(view)
	case matches(pressed, m.deps.Keys.Global.Mouse):
		m.toggleMouse()
	case matches(pressed, m.deps.Keys.Global.Help):
		m.push(modal{view: &views.Help{Sections: m.deps.Keys.help("Links")}, act: func() tea.Cmd { return nil }})
	default:
		return nil, false
	}
	return nil, true
}

// copyLinks sends links to the clipboard, one a line.
func (m *Model) copyLinks(links []views.Link) tea.Cmd {
	if len(links) > clipboardRows {
		m.say(tooManyToCopy(len(links))+m.sep()+hint(m.deps.Keys.Links.Save, "").Key+" saves them to a file", plain)
		return nil
	}
	m.say("in the clipboard: "+views.Plural(int64(len(links)), "link", "links"), plain)
	return m.clip((&views.Links{Links: links}).Text())
}

// askSaveLinks asks for the name of a file for links.
func (m *Model) askSaveLinks(view *views.Links) {
	folder := m.localFolder()
	prompt := &views.Prompt{Title: "Save the links", Where: m.tilde(folder), Does: "saves them, one a line", Check: resultFile}
	prompt.Set("links.txt")
	m.push(modal{view: prompt, act: func() tea.Cmd {
		m.pop()
		path, text := filepath.Join(folder, prompt.Text()), view.Text()+"\n"
		return guarded(func() tea.Msg { return savedLinksMsg{path, writeNew(path, text)} })
	}})
}

// savedLinksMsg says what became of a file of links.
type savedLinksMsg struct {
	path string
	err  error
}

// writeNew makes a file that nobody else can read: links are as good as keys.
// One that exists stays as it is.
func writeNew(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

func (m *Model) savedLinks(msg savedLinksMsg) tea.Cmd {
	if msg.err != nil {
		m.sayError(msg.err)
		return nil
	}
	m.say("saved to "+m.tilde(msg.path)+": whoever can read the file has the links", plain)
	var cmds []tea.Cmd
	for i, p := range m.panes {
		if p.at.Local() && !p.at.buckets && p.at.Path == filepath.Dir(msg.path) {
			cmds = append(cmds, m.renew(i))
		}
	}
	return tea.Batch(cmds...)
}

// receivedLinks takes what a command about links brought.
func (m *Model) receivedLinks(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case linksMsg:
		return m.copied(msg)
	case linkKeysMsg:
		m.tookLinkKeys(msg)
	case madeLinksMsg:
		return m.madeLinks(msg)
	case savedLinksMsg:
		return m.savedLinks(msg)
	}
	return nil
}
