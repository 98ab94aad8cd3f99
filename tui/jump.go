package tui

import (
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// askJump asks how the names begin that the focused pane is to list. Of a huge
// prefix the service leaves out the others; nothing of them is listed.
func (m *Model) askJump() tea.Cmd {
	i, p := m.focus, m.panes[m.focus]
	t := &typing{label: "begins with", leave: func() tea.Cmd { return nil }}
	t.accept = func(text string) tea.Cmd { return m.open(i, p.at.beginning(text), "") }
	t.note = func(string) string { return "lists nothing else" }
	t.edit.Set(p.at.begin)
	m.typing = t
	return nil
}

// beginning is the part of p whose names begin with text. What text has before
// its last slash is the way to a folder.
func (p place) beginning(text string) place {
	p = p.whole()
	cut := strings.LastIndexByte(text, '/') + 1
	switch dir := text[:cut]; {
	case p.buckets:
		p.begin = text
		return p
	case dir == "":
	case p.Local():
		p.Path = filepath.Join(p.Path, dir)
	default:
		p.Key += dir
	}
	p.begin = text[cut:]
	return p
}
