package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"cosmander/views"
)

const (
	// doubleWithin is how soon a second click makes the two a double click.
	doubleWithin = 400 * time.Millisecond
	wheelRows    = 3
)

// zone is a part of the screen that a mouse can point at.
type zone int

const (
	nowhere   zone = iota
	onRows         // of a pane; spot.row may be -1
	onPath         // the top border of a pane
	onBorder       // its bottom border
	onStrip        // the line of the queue
	zoneCount      // their number
)

// spot is what is under the pointer.
type spot struct {
	zone zone
	pane int
	row  int // of the pane, the parent row counted; -1 if there is none
	x    int // within the pane
}

// spotAt tells what is at a cell of the screen when no dialog is open.
func (m *Model) spotAt(x, y int) spot {
	s := spot{row: -1}
	var inPane bool
	if s.pane, s.x, inPane = m.paneAt(x); !inPane && y <= m.listHeight()+1 {
		return s
	}
	switch bottom := m.listHeight() + 1; {
	case m.width < minWidth || m.height < minHeight || x < 0 || y < 0:
	case y == 0:
		s.zone = onPath
	case y < bottom:
		s.zone = onRows
		if row := m.panes[s.pane].top + y - 1; row < m.panes[s.pane].count() {
			s.row = row
		}
	case y == bottom:
		s.zone = onBorder
	case y == bottom+1 && m.stripShown():
		s.zone = onStrip
	}
	return s
}

// paneAt tells which pane a column of the screen is in, and which of its
// columns that is; false if it is in none.
func (m *Model) paneAt(x int) (pane, column int, ok bool) {
	left, right, third := m.layout()
	switch first := max(left, third); {
	case left == 0 && x < first:
		return 0, 0, false
	case left > 0 && x < left:
		return 0, x, true
	case left == 0:
		return 1, x - first, x < first+right
	}
	return 1, x - left, x < left+right
}

// held is a button that is held down on a row.
type held struct {
	spot
	at time.Time
}

// mouse takes what a mouse does.
func (m *Model) mouse(msg tea.MouseMsg) tea.Cmd {
	e := msg.Mouse()
	if top := m.top(); top != nil {
		return m.modalMouse(top, msg)
	}
	switch msg.(type) {
	case tea.MouseClickMsg:
		m.typing = nil
		if !m.sticky {
			m.status = ""
		}
		return m.click(m.spotAt(e.X, e.Y), e)
	case tea.MouseWheelMsg:
		return m.wheel(m.spotAt(e.X, e.Y), e)
	case tea.MouseMotionMsg:
		m.pull(e)
	case tea.MouseReleaseMsg:
		return m.release(e)
	}
	return nil
}

func (m *Model) click(s spot, e tea.Mouse) tea.Cmd {
	was := m.press
	m.press = nil
	switch {
	case s.zone == onStrip && e.Button == tea.MouseLeft:
		return m.showJobs()
	case s.zone == onPath && e.Button == tea.MouseLeft:
		m.focus = s.pane
		if to, ok := m.crumb(s); ok && to != m.panes[s.pane].at {
			return m.open(s.pane, to, "")
		}
	case s.zone == onRows:
		return m.clickRow(s, e, was)
	}
	return nil
}

func (m *Model) clickRow(s spot, e tea.Mouse, was *held) tea.Cmd {
	p := m.panes[s.pane]
	m.focus = s.pane
	if s.row < 0 {
		return nil
	}
	from := p.cursor
	p.cursor, p.focusOn, p.wantEnd = s.row, "", false
	i, isRow := p.entryAt(s.row)
	switch {
	case e.Button == tea.MouseRight || e.Button == tea.MouseLeft && e.Mod.Contains(tea.ModCtrl):
		if isRow {
			p.rows.mark(p.rows.ref(i), !p.rows.isMarked(p.rows.ref(i)))
		}
	case e.Button != tea.MouseLeft:
	case e.Mod.Contains(tea.ModAlt) || e.Mod.Contains(tea.ModShift):
		p.span = nil
		p.cursor = from
		p.begin(false)
		p.cursor = s.row
		p.stretch()
		p.span = nil
	case was != nil && was.pane == s.pane && was.row == s.row && m.deps.Now().Sub(was.at) < doubleWithin:
		if !isRow {
			return m.parent()
		}
		return m.enter()
	default:
		p.span = nil
		m.press = &held{s, m.deps.Now()}
	}
	return nil
}

// wheel scrolls the pane under the pointer; the cursor stays in sight.
func (m *Model) wheel(s spot, e tea.Mouse) tea.Cmd {
	if s.zone != onRows && s.zone != onPath && s.zone != onBorder {
		return nil
	}
	p, h, by := m.panes[s.pane], m.listHeight(), wheelRows
	switch e.Button {
	case tea.MouseWheelUp:
		by = -by
	case tea.MouseWheelDown:
	default:
		return nil
	}
	p.top = max(min(p.top+by, p.count()-h), 0)
	p.cursor = max(min(p.cursor, p.top+h-1, p.count()-1), p.top)
	m.drag.aim(m, e)
	return m.more(s.pane)
}

// modalMouse gives a click or a turn of the wheel to the top dialog.
func (m *Model) modalMouse(top *modal, msg tea.MouseMsg) tea.Cmd {
	e := msg.Mouse()
	switch msg.(type) {
	case tea.MouseWheelMsg:
		in := views.Down
		if e.Button == tea.MouseWheelUp {
			in = views.Up
		}
		if !fills(top.view) {
			return nil // a wheel changes no choice by accident
		}
		if query, ok := top.view.(*views.Select); ok {
			query.Wheel(in)
			return nil
		}
		return m.act(top, in)
	case tea.MouseClickMsg:
		if e.Button != tea.MouseLeft {
			return nil
		}
		if list, ok := top.view.(*views.JobList); ok {
			list.Click(e.Y)
			return nil
		}
		if query, ok := top.view.(*views.Select); ok {
			query.Click(e.X, e.Y)
			return nil
		}
		if list, ok := top.view.(*views.Versions); ok {
			list.Click(e.Y)
			return nil
		}
		if list, ok := top.view.(*views.Uploads); ok {
			list.Click(e.Y)
			return nil
		}
		if use, ok := top.view.(*views.Usage); ok {
			use.Click(e.Y)
			return nil
		}
		return m.clickButton(top, e)
	}
	return nil
}

// clickButton does what the button under the pointer says.
func (m *Model) clickButton(top *modal, e tea.Mouse) tea.Cmd {
	view, ok := top.view.(views.Buttoned)
	if !ok {
		return nil
	}
	box := m.box(view)
	switch view.Click(m.look.ButtonAt(box, e.X, e.Y, m.width, m.height)) {
	case views.Close:
		m.pop()
	case views.Go:
		return top.act()
	case views.None:
	}
	return nil
}

// crumb is the place that the part of a path under the pointer names.
func (m *Model) crumb(s spot) (place, bool) {
	up, ok := m.look.Crumb(m.paneView(s.pane), m.paneWidth(s.pane), s.x)
	at := m.panes[s.pane].at.whole()
	for ; ok && up > 0; up-- {
		at, _, ok = at.parent(false)
	}
	return at, ok
}

func (m *Model) paneWidth(i int) int {
	left, right, _ := m.layout()
	return []int{left, right}[i]
}

// toggleMouse leaves the mouse to the terminal, which selects text with it, or
// takes it back.
func (m *Model) toggleMouse() {
	m.noMouse = !m.noMouse
	m.press, m.drag = nil, nil
	if m.noMouse {
		m.say("the terminal has the mouse"+m.sep()+hint(m.deps.Keys.Global.Mouse, "").Key+" takes it back", plain)
		return
	}
	m.say("the mouse works here; Shift selects text", plain)
}
