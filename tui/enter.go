package tui

import tea "charm.land/bubbletea/v2"

// enterOrLeave enters what is under the cursor; the parent row leads up.
func (m *Model) enterOrLeave() tea.Cmd {
	if p := m.panes[m.focus]; p.up && p.cursor == 0 {
		return m.parent()
	}
	return m.enter()
}

// enter opens the folder under the cursor; the parent row is none.
func (m *Model) enter() tea.Cmd {
	p := m.panes[m.focus]
	i, ok := p.entryAt(p.cursor)
	if !ok {
		return nil
	}
	name := p.rows.name(p.rows.at(i))
	if p.rows.at(i).flags&isFolder == 0 {
		return m.showFile()
	}
	return m.open(m.focus, p.at.child(name, p.rows.regions[name]), "")
}

// into is enter, but leads to the folder of what was found.
func (m *Model) into() tea.Cmd {
	p := m.panes[m.focus]
	if i, ok := p.entryAt(p.cursor); ok && p.at.find != "" && p.rows.at(i).flags&isFolder == 0 {
		return m.toFolder(m.focus, p.rows.name(p.rows.at(i)))
	}
	return m.enter()
}

// parent opens the place above, the cursor on the one just left.
func (m *Model) parent() tea.Cmd {
	p := m.panes[m.focus]
	up, row, ok := p.at.parent(m.deps.Buckets != nil)
	if !ok {
		m.say("nothing is above this", plain)
		return nil
	}
	if last := len(p.back) - 1; p.at != p.at.whole() && last >= 0 && p.back[last].at == up {
		row = p.back[last].row
	}
	return m.open(m.focus, up, row)
}
