package tui

import tea "charm.land/bubbletea/v2"

// escape stops what lists, else gives up the filter, else the marks.
func (m *Model) escape(p *pane) tea.Cmd {
	m.status, m.sticky = "", false
	if m.drag != nil {
		m.drag, m.press = nil, nil
		return nil
	}
	m.result = resultLine{}
	if m.stopSizing() {
		m.say("stopped counting", plain)
		return nil
	}
	if p.load != nil {
		searching := p.searching()
		if p.stop(); searching {
			m.say("stopped searching"+m.sep()+hint(m.deps.Keys.Pane.Bottom, "").Key+" goes on", plain)
			return nil
		}
		m.say("stopped listing", plain)
		return nil
	}
	p.forget()
	if p.order.filter != "" {
		order := p.order
		order.filter = ""
		return m.arrange(m.focus, order)
	}
	p.unmarkAll()
	return nil
}
