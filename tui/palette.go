package tui

import (
	tea "charm.land/bubbletea/v2"

	"cosmander/views"
)

// showPalette lists every action of the panes by name, with its key, and why
// it can do nothing now if it cannot.
func (m *Model) showPalette() tea.Cmd {
	menu := &views.Menu{Title: "Actions"}
	var keys []string
	for _, a := range append(m.paneActions(), m.globalActions()...) {
		if a.unlisted || !a.key.Enabled() {
			continue
		}
		keys = append(keys, a.key.Keys()[0])
		menu.Items = append(menu.Items, views.MenuItem{Name: a.key.Help().Desc, Key: a.key.Help().Key, Why: a.why()})
	}
	m.push(modal{view: menu, act: func() tea.Cmd {
		i, _ := menu.Chosen()
		m.pop()
		return m.paneKey(keys[i])
	}})
	return nil
}
