package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"cosmander/views"
)

// showPalette lists every action of the panes by name, with its key, and why
// it can do nothing now if it cannot.
func (m *Model) showPalette() tea.Cmd {
	menu := &views.Menu{Title: "Actions"}
	var actions []key.Binding
	for _, part := range [][]key.Binding{bindings(m.deps.Keys.Pane), bindings(m.deps.Keys.Global)} {
		for _, b := range part {
			if !b.Enabled() || m.motionOnly(b) {
				continue
			}
			actions = append(actions, b)
			menu.Items = append(menu.Items, views.MenuItem{Name: b.Help().Desc, Key: b.Help().Key, Why: m.idle(b)})
		}
	}
	m.push(modal{view: menu, act: func() tea.Cmd {
		i, _ := menu.Chosen()
		m.pop()
		return m.paneKey(actions[i].Keys()[0])
	}})
	return nil
}

// motionOnly reports that a key does no more than to move the cursor: nobody
// looks for that in a list.
func (m *Model) motionOnly(b key.Binding) bool {
	k := m.deps.Keys
	for _, other := range []key.Binding{
		k.Pane.Down, k.Pane.Up, k.Pane.HalfDown, k.Pane.HalfUp, k.Pane.PageDown, k.Pane.PgUp,
		k.Pane.RangeDown, k.Pane.RangeUp, k.Pane.Palette, k.Global.Force,
	} {
		if len(other.Keys()) > 0 && matches(other.Keys()[0], b) {
			return true
		}
	}
	return false
}

// idle says why an action would do nothing now, or "".
func (m *Model) idle(b key.Binding) string {
	k, p := m.deps.Keys.Pane, m.panes[m.focus]
	is := func(other key.Binding) bool { return len(b.Keys()) > 0 && matches(b.Keys()[0], other) }
	_, onRow := p.entryAt(p.cursor)
	switch {
	case is(k.Copy), is(k.Move):
		from, why := m.choice()
		if why == "" {
			why = m.cannotCopy(from, m.panes[1-m.focus].at)
		}
		return why
	case is(k.Put) && m.yanked == nil:
		return "nothing is yanked"
	case is(k.Put):
		return m.cannotCopy(m.yanked.chosen, p.at)
	case (is(k.Delete) || is(k.Rename) || is(k.CopyHere) || is(k.MakeFolder)) && p.at.buckets:
		return "enter a bucket first"
	case (is(k.Delete) || is(k.Yank) || is(k.Links) || is(k.Cut) || is(k.Size)) && len(p.chosen()) == 0, (is(k.Rename) || is(k.CopyHere)) && !onRow:
		return "no row is chosen"
	case is(k.CopyHere) && p.at.Local():
		return "both ends are local"
	case (is(k.Find) || is(k.Usage) || is(k.Size)) && p.at.buckets:
		return "enter a bucket first"
	case is(k.Back) && len(p.back) == 0:
		return "nothing is behind this"
	case is(k.Forth) && len(p.forth) == 0:
		return "nothing is ahead of this"
	case (is(k.Bookmark) || is(k.Places)) && m.deps.PlacesFile == "":
		return "places are not kept here"
	}
	return ""
}
