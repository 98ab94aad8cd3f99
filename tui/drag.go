package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cosmander/views"
)

// drag is what is pulled about with the mouse; nil if nothing is.
type drag struct {
	from chosen
	x, y int
	// to is where it would go if it were dropped now, if there is anything.
	to place
	ok bool
	spot
}

// pull begins to drag what the button was pressed on, or drags on.
func (m *Model) pull(e tea.Mouse) {
	if m.drag == nil {
		s := m.spotAt(e.X, e.Y)
		if m.press == nil || s == m.press.spot || s.pane == m.press.pane && s.row == m.press.row && s.zone == onRows {
			return
		}
		from, ok := m.lift(m.press.spot)
		m.press = nil
		if !ok {
			return
		}
		m.drag = &drag{from: from}
	}
	m.drag.aim(m, e)
}

// lift is what is dragged from a row: all marked rows if it is one of them.
func (m *Model) lift(s spot) (chosen, bool) {
	p := m.panes[s.pane]
	i, ok := p.entryAt(s.row)
	if !ok {
		return chosen{}, false
	}
	if !p.rows.isMarked(p.rows.ref(i)) {
		return chosen{s.pane, p.at, []string{p.rows.id(i)}}, true
	}
	from, why := m.choice()
	if why != "" {
		m.say(why, plain)
	}
	return from, why == ""
}

// aim notes where the pointer is and what a drop there would mean.
func (d *drag) aim(m *Model, e tea.Mouse) {
	if d == nil {
		return
	}
	d.x, d.y, d.spot = e.X, e.Y, m.spotAt(e.X, e.Y)
	d.to, d.ok = m.target(d)
	d.ok = d.ok && d.to != d.from.at && !d.to.buckets
}

// target is the place under the pointer: a folder or bucket by its row or by
// its part of a path, else what a pane shows; the line of the queue stands for
// the other pane.
func (m *Model) target(d *drag) (place, bool) {
	p := m.panes[d.pane]
	switch d.zone {
	case onPath:
		if to, ok := m.crumb(d.spot); ok {
			return to, true
		}
	case onStrip:
		return m.panes[1-d.from.pane].at, true
	case onRows:
		if to, ok := m.folderAt(d); ok {
			return to, true
		}
		d.row = -1
	case onBorder:
	case nowhere, zoneCount:
		return place{}, false
	}
	return p.at, d.pane != d.from.pane
}

// folderAt is the folder whose row is under the pointer, unless it is dragged.
func (m *Model) folderAt(d *drag) (place, bool) {
	p := m.panes[d.pane]
	if d.row < 0 {
		return place{}, false
	}
	i, ok := p.entryAt(d.row)
	if !ok {
		up, _, there := p.at.parent(m.deps.Buckets != nil)
		return up, there
	}
	id := p.rows.id(i)
	if !strings.HasSuffix(id, "/") || d.pane == d.from.pane && slices.Contains(d.from.rows, id) {
		return place{}, false
	}
	name := strings.TrimSuffix(id, "/")
	return p.at.child(name, p.rows.regions[name]), true
}

// release drops what is dragged: the plan opens, with Ctrl for a move.
func (m *Model) release(e tea.Mouse) tea.Cmd {
	if m.drag == nil {
		return nil // a click acts when the button goes down
	}
	m.drag.aim(m, e)
	d := m.drag
	m.drag = nil
	if !d.ok {
		m.say("not copied: drop it on the other pane, a folder or a part of a path", plain)
		return nil
	}
	return m.planTo(d.from, d.to, e.Mod.Contains(tea.ModCtrl))
}

// label is what follows the pointer.
func (m *Model) dragLabel() string {
	d := m.drag
	text := views.Plural(int64(len(d.from.rows)), "item", "items")
	if len(d.from.rows) == 1 {
		text = d.from.rows[0]
	}
	if d.ok {
		text += " " + m.look.Marks.To + " " + m.tilde(d.to.address())
	}
	return text
}
