package views

import (
	"strings"

	"github.com/sahilm/fuzzy"

	"cosmander/theme"
)

// MenuItem is one line of a [Menu].
type MenuItem struct {
	Name string // as it is; made safe when drawn
	Key  string // that does the same, or what else is to be said on the right
	// Brief says it where Key has no room beside a name that is words of ours.
	Brief string
	Why   string // why it cannot be chosen now; empty if it can
}

// Menu is a list of which one is chosen, narrowed by what is typed.
type Menu struct {
	Title string
	Hint  string // on the bottom border; what is said of Enter and Esc if empty
	Empty string // said if there are no items at all
	Items []MenuItem
	// Sentences: the names are words of ours. Where there is no room what is on
	// the right gives way to them, and their end is cut.
	Sentences bool

	edit        Edit
	shown       []int // of Items
	narrowed    string
	listed      int
	cursor, top int
	page        int
	said        string
}

var _ Typist = (*Menu)(nil)

// Chosen returns the index of the item under the cursor; false if there is
// none, or it cannot be chosen now.
func (m *Menu) Chosen() (int, bool) {
	m.narrow()
	if m.cursor >= len(m.shown) {
		return 0, false
	}
	i := m.shown[m.cursor]
	return i, m.Items[i].Why == ""
}

// Type narrows the list.
func (m *Menu) Type(text string) {
	m.edit.Type(text)
	m.said = ""
}

// Do takes one input. Go means that an item was chosen.
func (m *Menu) Do(in Input) Action {
	m.narrow()
	m.said = ""
	n := len(m.shown)
	switch in {
	case Accept:
		i, ok := m.Chosen()
		if ok {
			return Go
		}
		if n > 0 {
			m.said = m.Items[i].Why
		}
	case Leave:
		return Close
	case Down, Next:
		m.cursor++
	case Up, Previous:
		m.cursor--
	case PageDown:
		m.cursor += m.page
	case PageUp:
		m.cursor -= m.page
	case NoInput, Left, Right, Top, Bottom, Rub:
		m.edit.Do(in)
	}
	m.cursor = max(min(m.cursor, n-1), 0)
	return None
}

// narrow finds the items that what is typed means, the best first.
func (m *Menu) narrow() {
	text := m.edit.Text()
	if m.shown != nil && text == m.narrowed && m.listed == len(m.Items) {
		return
	}
	m.narrowed, m.listed, m.shown = text, len(m.Items), []int{}
	m.cursor, m.top = 0, 0
	if strings.TrimSpace(text) == "" {
		for i := range m.Items {
			m.shown = append(m.shown, i)
		}
		return
	}
	for _, match := range fuzzy.FindFrom(text, menuNames(m.Items)) {
		m.shown = append(m.shown, match.Index)
	}
}

type menuNames []MenuItem

// String is part of what fuzzy asks for.
func (n menuNames) String(i int) string { return n[i].Name }

// Len is part of what fuzzy asks for.
func (n menuNames) Len() int { return len(n) }

// Draw returns the lines of the menu.
func (m *Menu) Draw(k *Look, width, height int) []string {
	width = min(width, 76)
	inner := width - 2
	m.narrow()
	m.page = max(min(height-5, max(len(m.Items), 3)), 1)
	m.top = max(min(m.top, m.cursor), m.cursor-m.page+1)
	typed := line{look: k}
	typed.put(k.Accent, "  "+k.Marks.Shut+" ")
	m.edit.draw(k, &typed, inner-typed.cells-1)
	body := []string{typed.String(), ""}
	for i := m.top; i < min(m.top+m.page, len(m.shown)); i++ {
		body = append(body, m.item(k, m.Items[m.shown[i]], i == m.cursor, inner))
	}
	if len(m.shown) == 0 {
		text := "nothing is called that"
		if len(m.Items) == 0 {
			text = m.Empty
		}
		body = append(body, k.remark(text))
	}
	body = fill(body, m.page+2)
	if m.said != "" {
		body[len(body)-1] = "  " + k.Odd.On(k.Shorten(m.said, inner-4))
	}
	hint := m.Hint
	if hint == "" {
		hint = "Enter does it" + k.sep() + "Esc leaves"
	}
	return k.box(m.Title, hint, body, width, k.Accent)
}

func (m *Menu) item(k *Look, it MenuItem, cursor bool, inner int) string {
	style, dim, mark := k.Text, k.Dim, " "
	if it.Why != "" {
		style = k.Dim
	}
	if cursor {
		style, dim, mark = k.Cursor, k.Cursor, k.Marks.Cursor
	}
	l := line{look: k}
	l.blank("", 1)
	l.put(style, mark+" ")
	name, tail := m.share(k, it, inner-l.cells-3)
	l.glyphs(name, style, k.Odd)
	ground := theme.Style("")
	if cursor {
		ground = k.Cursor
	}
	l.to(inner-cellsOf(tail)-2, ground)
	l.glyphs(tail, dim, k.Odd)
	l.to(inner-1, ground)
	return l.String()
}

// share gives the name of an item and what is on the right of it room cells.
func (m *Menu) share(k *Look, it MenuItem, room int) (name, tail []glyph) {
	right := it.Key
	if it.Why != "" {
		right = it.Why
	}
	name = k.glyphs(it.Name)
	if !m.Sentences {
		tail = cutEnd(k.glyphs(right), (room+menuEdges)/2, k.Marks.Ellipsis)
		return cutMiddle(name, room-cellsOf(tail), k.Marks.Ellipsis), tail
	}
	room-- // a second space before the tail
	if cellsOf(name)+k.Width.StringWidth(right) > room {
		first, _, _ := strings.Cut(it.Name, ";") // what is behind it says more, but not what it is
		name = k.glyphs(first)
		if it.Why == "" && cellsOf(name)+k.Width.StringWidth(right) > room {
			right = it.Brief
		}
	}
	tail = k.glyphs(right)
	switch left := room - cellsOf(name); {
	case cellsOf(tail) <= left:
	case left >= leastTail:
		tail = cutEnd(tail, left, k.Marks.Ellipsis)
	case it.Why != "":
		tail = nil // it is said when the item is chosen
	}
	return cutEnd(name, room-cellsOf(tail), k.Marks.Ellipsis), tail
}

const (
	menuEdges = 6 // cells of a line of the menu that are neither name nor tail
	leastTail = 8 // cells that say something
)
