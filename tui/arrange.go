package tui

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
)

// ref names a row of a listing whatever order it is shown in: a file by its
// index, a folder by the complement of its own.
type ref int32

// sortBy is what the rows are sorted by.
type sortBy uint8

const (
	byName sortBy = iota
	bySize
	byTime
	byClass
	byType
)

func (s sortBy) String() string { return [...]string{"name", "size", "time", "class", "type"}[s] }

// arrangement is how the rows of a pane are shown. The zero value is all of
// them as they were listed: by name.
type arrangement struct {
	by      sortBy
	reverse bool
	filter  string
	fuzzy   bool
}

// arrangeAtOnce rows are arranged while the user waits, which takes some
// milliseconds; of more, the old order is shown until the new one is made.
const arrangeAtOnce = 20_000

// arrangedMsg brings the order of the rows that were there when it was made.
type arrangedMsg struct {
	pane           int
	epoch          uint64
	view           []ref
	folders, files int
}

// matcher reports which names the filter lets through. Small letters find
// capital ones too.
func (a arrangement) matcher() func(name string) bool {
	text := a.filter
	fold := strings.IndexFunc(text, unicode.IsUpper) < 0
	find := strings.Contains
	if a.fuzzy {
		find = inOrder
	}
	return func(name string) bool {
		if fold {
			name = strings.ToLower(name)
		}
		return text == "" || find(name, text)
	}
}

// inOrder reports that name has the characters of text, in their order.
func inOrder(name, text string) bool {
	for _, want := range text {
		at := strings.IndexRune(name, want)
		if at < 0 {
			return false
		}
		name = name[at+len(string(want)):]
	}
	return true
}

// compare orders the rows of l: folders first, equals by name.
func (l *listing) compare(a arrangement) func(x, y ref) int {
	keys := l.key(a.by)
	sign := 1
	if a.reverse {
		sign = -1
	}
	return func(x, y ref) int {
		if (x < 0) != (y < 0) {
			return cmp.Compare(x, y)
		}
		if c := keys(l.entry(x), l.entry(y)); c != 0 {
			return sign * c
		}
		c := cmp.Compare(max(x, ^x), max(y, ^y))
		if a.by == byName {
			return sign * c
		}
		return c
	}
}

// key compares what rows are sorted by; equal names are those of no other key.
func (l *listing) key(by sortBy) func(x, y *entry) int {
	switch by {
	case bySize:
		return func(x, y *entry) int { return cmp.Compare(x.size, y.size) }
	case byTime:
		return func(x, y *entry) int { return cmp.Compare(x.mtime, y.mtime) }
	case byClass:
		return func(x, y *entry) int { return cmp.Compare(l.class(x), l.class(y)) }
	case byType:
		return func(x, y *entry) int { return cmp.Compare(kindOf(l.name(x)), kindOf(l.name(y))) }
	case byName:
	}
	return func(_, _ *entry) int { return 0 }
}

// kindOf is the extension of a name, without regard to case.
func kindOf(name string) string {
	name = lastPart(name)
	ext := path.Ext(name)
	if ext == name {
		return "" // the dot hides it
	}
	return strings.ToLower(ext)
}

// arranged returns the rows that a shows, in its order. It reads what never
// changes of rows that are listed, so that it may run beside the program on a
// copy of the listing.
func (l *listing) arranged(a arrangement, folders, files int) []ref {
	match := a.matcher()
	view := []ref{} // never nil: that means all
	for i := folders; i < len(l.folders); i++ {
		if match(l.name(&l.folders[i])) {
			view = append(view, ^ref(i))
		}
	}
	for i := files; i < len(l.files); i++ {
		if match(l.name(&l.files[i])) {
			view = append(view, ref(i))
		}
	}
	slices.SortFunc(view, l.compare(a))
	return view
}

// merge adds the rows from folders and files on to a view of those before.
func (l *listing) merge(a arrangement, view []ref, folders, files int) []ref {
	fresh, order := l.arranged(a, folders, files), l.compare(a)
	all := make([]ref, 0, len(view)+len(fresh))
	for len(view) > 0 && len(fresh) > 0 {
		if order(fresh[0], view[0]) < 0 {
			all, fresh = append(all, fresh[0]), fresh[1:]
			continue
		}
		all, view = append(all, view[0]), view[1:]
	}
	return append(append(all, view...), fresh...)
}

// show puts view in force; nil is all rows as they were listed.
func (l *listing) show(view []ref) {
	l.view, l.seen = view, 0
	for _, r := range view {
		l.seen += max(l.entry(r).size, 0)
	}
}

// arrange shows the rows of pane i as a says, the cursor on the row where it
// is. Sorting lists the rest too: what was not listed cannot be in order.
func (m *Model) arrange(i int, a arrangement) tea.Cmd {
	p := m.panes[i]
	if a.sorted() && (a.by != p.order.by || a.reverse != p.order.reverse) {
		p.wantAll = p.rows.more
	}
	p.order = a
	return tea.Batch(m.rearrange(i), m.more(i))
}

// falling reports that an order begins with the largest or the latest: that
// is what one looks for.
func falling(by sortBy) bool { return by == bySize || by == byTime }

// sort shows the rows of the focused pane in another order.
func (m *Model) sort(by sortBy) tea.Cmd {
	order := m.panes[m.focus].order
	order.by, order.reverse = by, falling(by)
	return m.arrange(m.focus, order)
}

// reverse turns the order round.
func (m *Model) reverse() tea.Cmd {
	order := m.panes[m.focus].order
	order.reverse = !order.reverse
	return m.arrange(m.focus, order)
}

// rearrange makes the order of pane i anew.
func (m *Model) rearrange(i int) tea.Cmd {
	p, h := m.panes[i], m.listHeight()
	p.epoch++
	p.arranging = false
	at := p.stand()
	switch {
	case p.order.natural():
		p.rows.show(nil)
	case p.rows.total() <= arrangeAtOnce:
		p.rows.show(p.rows.arranged(p.order, 0, 0))
	default:
		p.arranging = true
		epoch, order, rows := p.epoch, p.order, p.rows
		return guarded(func() tea.Msg {
			return arrangedMsg{i, epoch, rows.arranged(order, 0, 0), len(rows.folders), len(rows.files)}
		})
	}
	p.regain(at, h)
	return nil
}

// arranged takes the order of many rows, and adds those that came meanwhile.
func (m *Model) arranged(msg arrangedMsg) tea.Cmd {
	p := m.panes[msg.pane]
	if p.epoch != msg.epoch {
		return nil
	}
	at := p.stand()
	p.arranging = false
	p.rows.show(p.rows.merge(p.order, msg.view, msg.folders, msg.files))
	p.regain(at, m.listHeight())
	return m.more(msg.pane)
}

// natural reports that all rows are shown as they were listed.
func (a arrangement) natural() bool { return !a.sorted() && a.filter == "" }

// sorted reports that the order is another one than that of the service, so
// that a row may stand anywhere.
func (a arrangement) sorted() bool { return a.by != byName || a.reverse }

// standing is where the cursor is: on a row, so far from the top.
type standing struct {
	row  ref
	on   bool
	line int
}

func (p *pane) stand() standing {
	i, ok := p.entryAt(p.cursor)
	if !ok {
		return standing{}
	}
	return standing{p.rows.ref(i), true, p.cursor - p.top}
}

// regain puts the cursor back on its row, on the same line unless the window
// begins at the top.
func (p *pane) regain(at standing, height int) {
	if i := p.rows.indexOf(at.row); at.on && i >= 0 {
		p.cursor = i + p.offset()
		if p.top > 0 {
			p.top = p.cursor - at.line
		}
	}
	p.move(p.cursor, height)
}
