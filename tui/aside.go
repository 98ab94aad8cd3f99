package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"cosmander/views"
	"cosmander/views/preview"
)

// asideAfter is how long the cursor must rest on a file before it is looked
// at: who scrolls past a hundred files wants none of them.
const asideAfter = 150 * time.Millisecond

// The third pane has room of its own from this width on; else it takes the
// place of the other pane.
const asideWidth = 120

// pairWidth is from which width on there is room for two panes; below it the
// one that has the focus takes the whole width.
const pairWidth = 60

// asidePicture is how large a picture may be that nobody has asked for.
const asidePicture = 4 << 20

// aside is the third pane, which shows the file under the cursor.
type aside struct {
	on   bool
	pv   *previewing // what is being looked at; nil if nothing is
	view *views.Preview
	at   place
	id   string // the row that it is about
	n    uint64 // counts the rows, so that the time of an earlier one is over
}

// asideMsg says that the cursor has rested on a row.
type asideMsg struct{ n uint64 }

func (m *Model) toggleAside() tea.Cmd {
	m.aside.on = !m.aside.on
	m.leaveAside()
	m.aside.view, m.aside.id, m.aside.at = nil, "", place{}
	return m.refit()
}

// leaveAside cancels what is read for the third pane.
func (m *Model) leaveAside() {
	if m.aside.pv != nil {
		m.aside.pv.stop()
		m.aside.pv = nil
	}
	m.aside.n++
}

// followCursor begins to wait when another row has the cursor.
func (m *Model) followCursor() tea.Cmd {
	p := m.panes[m.focus]
	if !m.aside.on || len(m.modals) > 0 || !p.shown {
		return nil
	}
	id, _ := p.current()
	if id == m.aside.id && p.at == m.aside.at {
		return nil
	}
	m.leaveAside()
	m.aside.id, m.aside.at = id, p.at
	return m.after(asideAfter, asideMsg{m.aside.n})
}

// rested looks at the file under the cursor. Until something of it is there
// the file before stays.
func (m *Model) rested(msg asideMsg) tea.Cmd {
	p := m.panes[m.focus]
	i, ok := p.entryAt(p.cursor)
	if msg.n != m.aside.n || !m.aside.on {
		return nil
	}
	if why := m.notAside(p, i, ok); why != "" {
		name := ".."
		if ok {
			name = p.rows.name(p.rows.at(i))
		}
		m.aside.view = views.NewPreview(name, -1)
		m.aside.view.Quiet, m.aside.view.Failed = true, []string{why}
		return nil
	}
	pv := m.newPreview(p, i)
	pv.aside, pv.view.Quiet = true, true
	m.aside.pv = pv
	m.fitAside()
	return m.feedPreview(pv)
}

// notAside says why a row is not looked at without being asked; "" if it is.
func (m *Model) notAside(p *pane, i int, ok bool) string {
	enter := hint(m.deps.Keys.Pane.Enter, "").Key
	switch {
	case !ok || p.rows.at(i).flags&isFolder != 0:
		return "a folder"
	case p.rows.at(i).flags&isGone != 0:
		return gone
	case p.rows.class(p.rows.at(i)) == "ARCHIVE" || p.rows.class(p.rows.at(i)) == "DEEP_ARCHIVE":
		return "archived" + m.sep() + enter + " tries to read it"
	}
	return ""
}

// modest reports that a want of the third pane costs little enough.
func modest(want views.Want, v *views.Preview) bool {
	return want.Kind != preview.Picture || v.Size <= asidePicture
}

// asideShown puts what is being looked at in the place of the file before, as
// soon as there is something to see.
func (m *Model) asideShown() {
	if pv := m.aside.pv; pv != nil && (pv.view.Opened() || pv.view.Failed != nil || pv.view.Busy != "") {
		m.aside.view = pv.view
	}
}

// layout is the widths of the panes and of the third one; 0 is one that has
// no room.
func (m *Model) layout() (left, right, third int) {
	left = m.width / 2
	right = m.width - left
	switch {
	case m.width < pairWidth && m.focus == 0:
		return m.width, 0, 0
	case m.width < pairWidth:
		return 0, m.width, 0
	case !m.aside.on:
		return left, right, 0
	case m.width < asideWidth && m.focus == 0:
		return left, 0, right
	case m.width < asideWidth:
		return 0, right, left
	}
	third = m.width / 3
	left = (m.width - third) / 2
	return left, m.width - third - left, third
}

func (m *Model) fitAside() {
	if pv := m.aside.pv; pv != nil && m.width >= minWidth && m.height >= minHeight {
		_, _, third := m.layout()
		pv.view.Fit(&m.look, third, m.listHeight()+2)
	}
}

// drawAside draws the third pane.
func (m *Model) drawAside(width, height int) []string {
	m.asideShown()
	v := m.aside.view
	if v == nil {
		v = &views.Preview{Size: -1, Quiet: true}
	}
	return v.Draw(&m.look, width, height)
}
