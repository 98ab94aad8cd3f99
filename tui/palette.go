package tui

import (
	"cmp"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"cosmander/views"
)

// showPalette lists every action of the panes by name, with its key, and why
// it can do nothing now if it cannot. Those come last.
func (m *Model) showPalette() tea.Cmd {
	m.hushed = false // by the key that opens the list, not by what is chosen
	menu := &views.Menu{Title: "Actions", Sentences: true}
	var can, cannot []views.MenuItem
	keys := map[views.MenuItem]string{}
	for _, a := range slices.Concat(m.paneActions(), m.globalActions()) {
		if a.unlisted || !a.key.Enabled() {
			continue
		}
		item := views.MenuItem{Name: a.key.Help().Desc, Key: a.key.Help().Key, Brief: brief(a.key), Why: cmp.Or(m.notInPast(a.key.Keys()[0]), a.why())}
		keys[item] = a.key.Keys()[0]
		if item.Why == "" {
			can = append(can, item)
		} else {
			cannot = append(cannot, item)
		}
	}
	menu.Items = slices.Concat(can, cannot)
	m.push(modal{view: menu, act: func() tea.Cmd {
		i, _ := menu.Chosen()
		m.pop()
		return m.paneKey(keys[menu.Items[i]])
	}})
	return nil
}

// brief is the first of the keys of b.
func brief(b key.Binding) string {
	if first := b.Keys()[0]; strings.Contains(first, " ") {
		return first // one after the other
	}
	return hint(b, "").Key
}
