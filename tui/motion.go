package tui

import tea "charm.land/bubbletea/v2"

// motion moves the cursor of the focused pane and lists on where it comes near
// the end of what is listed.
func (m *Model) motion(move func(p *pane, height int)) func() tea.Cmd {
	return func() tea.Cmd {
		p := m.panes[m.focus]
		move(p, m.listHeight())
		p.moved()
		return m.more(m.focus)
	}
}

// step moves the cursor by rows.
func (m *Model) step(rows int) func() tea.Cmd {
	return m.motion(func(p *pane, height int) { p.move(p.cursor+rows, height) })
}

// leaf moves the cursor by parts of a window: 2 is a whole one.
func (m *Model) leaf(halves int) func() tea.Cmd {
	return m.motion(func(p *pane, height int) { p.page(halves*height/2, height) })
}

func (m *Model) toTop() tea.Cmd {
	return m.motion(func(p *pane, height int) { p.move(0, height) })()
}

// toBottom goes to the last row, and lists all for that.
func (m *Model) toBottom() tea.Cmd {
	p := m.panes[m.focus]
	p.move(p.count()-1, m.listHeight())
	p.moved()
	p.wantAll, p.wantEnd = p.rows.more, p.rows.more
	return m.more(m.focus)
}

// markOne turns the mark of the row under the cursor round. That ends a range.
func (m *Model) markOne() tea.Cmd {
	return m.motion(func(p *pane, height int) {
		p.span = nil
		p.mark(height)
	})()
}

// drawRange marks the rows that the cursor moves over.
func (m *Model) drawRange(rows int) func() tea.Cmd {
	return func() tea.Cmd {
		p := m.panes[m.focus]
		p.begin(false)
		p.move(p.cursor+rows, m.listHeight())
		p.stretch()
		return m.more(m.focus)
	}
}

// markEvery marks what is listed, and lists on for the rest.
func (m *Model) markEvery(mark func()) tea.Cmd {
	mark()
	return m.more(m.focus)
}

func (m *Model) toggleHidden(p *pane) tea.Cmd {
	p.hide = !p.hide
	if p.hide {
		m.say("names with a dot are hidden", plain)
	} else {
		m.say("names with a dot are shown", plain)
	}
	return m.refresh(m.focus)
}
