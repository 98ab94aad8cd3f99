package views

import (
	"strings"
	"time"

	"cosmander/theme"
)

// Row is one line of a pane, as plain values.
type Row struct {
	Name   string // as it is; made safe when drawn
	Folder bool   // drawn with a slash
	Way    bool   // Name has the way to it, of which the end matters most
	Parent bool   // the row that leads up
	Size   int64  // bytes; -1 if it has none
	Class  string // storage class; empty for local files
	Badge  Badge  // what else it is, as far as that is known
	// Versioning of a bucket, in a word.
	Versioning string
	Modified   time.Time
	Marked     bool
	Past       bool // it is not there now
}

// Pane is what a pane shows at one moment.
type Pane struct {
	Account string   // before the path, where there is room
	Path    []string // a local path, or a bucket and the prefix in it
	Part    string   // behind the path: what is shown of the place, if not all
	Note    string   // on the right of the top border, where there is room: the region
	Rows    []Row    // those that are seen, at most the height less two
	Cursor  int      // index into Rows; -1 for none
	Focused bool
	Classes bool     // keep a column for the storage class
	Low     bool     // only names and sizes
	Regions bool     // for buckets: regions, which are in Row.Class, and versioning, but no sizes
	Empty   []string // what is said instead of rows
	Foot    string   // bottom border, left
	Order   string   // bottom border, right
	// Drop: what is dragged would go into the place. DropRow is the number,
	// from 1, of the row of the folder that it would go into; 0 is none.
	Drop    bool
	DropRow int
}

// columns are the widths of a pane's columns; 0 means not shown.
type columns struct{ name, size, class, versioning, modified int }

const (
	minName         = 12
	sizeCells       = 7 // "12.4 GB"
	classCells      = 4
	regionCells     = 15 // "na-siliconvalley", cut
	versioningCells = 9  // "versioned"
	longTime        = 12 // "22 Nov 14:05"
	shortTime       = 6  // "22 Nov"
	edges           = 3  // mark and space on the left, space on the right
	columnGap       = 2
	comfortable     = 22 // names this wide before a further column is shown
	comfortableXL   = 26
)

// layout shares inner cells between the columns: names always get 12, and a
// comfortable width before class and time are shown.
func layout(inner int, p Pane) columns {
	c := columns{name: max(inner-edges, 0)}
	if p.Regions {
		c.class = c.take(regionCells)
		if !p.Low {
			c.versioning = c.take(versioningCells)
		}
	} else if c.size = c.take(sizeCells); c.size > 0 && p.Classes && !p.Low {
		c.class = c.take(classCells)
	}
	if c.size == 0 && c.class == 0 {
		return c
	}
	if p.Low {
		return c
	}
	switch {
	case c.name-columnGap-longTime >= comfortableXL:
		c.modified = longTime
	case c.name-columnGap-shortTime >= comfortable-4:
		c.modified = shortTime
	default:
		return c
	}
	c.name -= columnGap + c.modified
	return c
}

// take takes cells for a column from those of the name, none if the name would
// have too few.
func (c *columns) take(cells int) int {
	if c.name-columnGap-cells < minName {
		return 0
	}
	c.name -= columnGap + cells
	return cells
}

// Pane draws p as exactly height lines of width cells.
func (k *Look) Pane(p Pane, width, height int) []string {
	lines := make([]string, 0, height)
	border := k.edgeOf(p)
	inner := width - 2
	lines = append(lines, k.topBorder(p, border, inner))
	cols := layout(inner, p)
	side := border.On(k.Marks.Vertical)
	for i := range height - 2 {
		body := ""
		switch {
		case i < len(p.Rows):
			body = k.row(p, i, cols, inner)
		case i-len(p.Rows)-1 >= 0 && i-len(p.Rows)-1 < len(p.Empty):
			body = k.note(p.Empty[i-len(p.Rows)-1], inner)
		default:
			body = strings.Repeat(" ", inner)
		}
		lines = append(lines, side+body+side)
	}
	return append(lines, k.bottomBorder(p, border, inner))
}

// topBorder writes the path and the note into the border.
func (k *Look) topBorder(p Pane, border theme.Style, inner int) string {
	l := line{look: k}
	title := k.Dim
	if p.Focused {
		title = k.Accent
	}
	path, note := k.title(p, inner-4)
	tail := 1
	if note != "" {
		tail = k.Width.StringWidth(note) + 3
	}
	l.put(border, k.Marks.TopLeft+k.Marks.Horizontal)
	l.put("", " ")
	l.glyphs(path, title, k.Odd)
	l.put("", " ")
	l.put(border, strings.Repeat(k.Marks.Horizontal, max(inner+1-tail-l.cells, 0)))
	if note != "" {
		l.put("", " ")
		l.put(k.Dim, note)
		l.put("", " ")
	}
	l.put(border, strings.Repeat(k.Marks.Horizontal, max(inner+1-l.cells, 0))+k.Marks.TopRight)
	return l.String()
}

// leastPrefix is how much of a prefix is kept before the bucket's name is cut.
const leastPrefix = 6

// title returns the path, with what is shown of it, and the note for room
// cells.
func (k *Look) title(p Pane, room int) (path []glyph, note string) {
	path, part, note := k.titleParts(p, room)
	return append(path[:len(path):len(path)], part...), note
}

// titleParts is title with the path and its part still apart. The part gets
// the half that it needs: it is what the user has asked for.
func (k *Look) titleParts(p Pane, room int) (path, part []glyph, note string) {
	part = k.glyphs(p.Part)
	bare := p
	bare.Account = ""
	if whole, _ := k.pathTitle(bare, 1<<20); cellsOf(whole)+cellsOf(part) > room {
		part = cutMiddle(part, max(room-cellsOf(whole), room/2), k.Marks.Ellipsis)
	}
	path, note = k.pathTitle(p, room-cellsOf(part))
	return path, part, note
}

// pathTitle returns the path and the note for room cells. What is least needed
// goes first: the region, the account, the middle of the prefix, and only
// then a part of the bucket's name.
func (k *Look) pathTitle(p Pane, room int) (path []glyph, note string) {
	chevron := " " + k.Marks.Shut + " "
	path, note = k.glyphs(strings.Join(p.Path, chevron)), k.safe(p.Note)
	full := path
	if p.Account != "" {
		full = k.glyphs(p.Account + chevron + strings.Join(p.Path, chevron))
	}
	switch {
	case note != "" && cellsOf(full)+3+k.Width.StringWidth(note) <= room:
		return full, note
	case cellsOf(full) <= room:
		return full, ""
	case cellsOf(path) <= room:
		return path, ""
	case len(p.Path) < 2:
		return cutLeft(path, room, k.Marks.Ellipsis), ""
	}
	gap := k.glyphs(chevron)
	prefix := k.glyphs(strings.Join(p.Path[1:], chevron))
	least := min(cellsOf(prefix), leastPrefix)
	bucket := cutMiddle(k.glyphs(p.Path[0]), room-len(gap)-least, k.Marks.Ellipsis)
	prefix = cutMiddle(prefix, room-len(gap)-cellsOf(bucket), k.Marks.Ellipsis)
	return append(append(append([]glyph{}, bucket...), gap...), prefix...), ""
}

// bottomBorder writes counts and order into the border.
func (k *Look) bottomBorder(p Pane, border theme.Style, inner int) string {
	l := line{look: k}
	order := p.Order
	foot := k.safe(p.Foot)
	orderCells := k.Width.StringWidth(order)
	if order != "" && k.Width.StringWidth(foot)+orderCells+7 > inner {
		order = ""
	}
	l.put(border, k.Marks.BottomLeft+k.Marks.Horizontal)
	if foot != "" {
		l.put("", " ")
		l.glyphs(cutMiddle(k.glyphs(foot), inner-4, k.Marks.Ellipsis), k.Dim, k.Odd)
		l.put("", " ")
	}
	if order != "" {
		l.put(border, strings.Repeat(k.Marks.Horizontal, inner+1-3-orderCells-l.cells))
		l.put("", " ")
		l.put(k.Dim, order)
		l.put("", " ")
	}
	l.put(border, strings.Repeat(k.Marks.Horizontal, max(inner+1-l.cells, 0))+k.Marks.BottomEnd)
	return l.String()
}

// rowStyles are the styles of one row's parts. The cursor is a bar over the
// name only: the columns right of it keep their cells, and a move of the
// cursor sends two thirds of the bytes of a bar over the whole row.
type rowStyles struct{ ground, name, odd, mark theme.Style }

func (k *Look) rowStyles(p Pane, r Row, cursor bool) rowStyles {
	name := k.Text
	switch {
	case r.Marked:
		name = k.Marked
	case r.Folder || r.Parent:
		name = k.Folder
	case r.Past:
		name = k.Dim
	}
	switch {
	case k.Low:
		return rowStyles{"", name, k.Odd, name}
	case cursor && p.Focused && r.Marked:
		return rowStyles{k.CursorMark, k.CursorMark, k.CursorOdd, k.CursorMark}
	case cursor && p.Focused:
		return rowStyles{k.Cursor, k.Cursor, k.CursorOdd, k.Cursor.With(k.CursorBar)}
	case cursor:
		return rowStyles{k.Rest, k.Rest.With(name), k.Rest.With(k.Odd), k.Rest.With(name)}
	}
	return rowStyles{"", name, k.Odd, name}
}

// row draws the i-th row of p.
func (k *Look) row(p Pane, i int, c columns, inner int) string {
	r := p.Rows[i]
	cursor := i == p.Cursor
	s := k.rowStyles(p, r, cursor)
	if p.DropRow == i+1 && (r.Folder || r.Parent) {
		s = k.dropped()
	}
	l := line{look: k}
	switch {
	case cursor && p.Focused && k.Low:
		l.put(k.Accent, k.Marks.Cursor)
	case r.Marked:
		l.put(s.mark, k.Marks.Mark)
	case cursor && p.Focused:
		l.put(s.mark, k.Marks.Cursor)
	default:
		l.blank(s.ground, 1)
	}
	if r.Badge == NoBadge {
		l.blank(s.ground, 1)
	} else {
		l.put(s.odd, r.Badge.glyph())
	}
	k.name(&l, r, c.name, s)
	l.to(2+c.name, s.ground)
	l.put(k.Dim, k.columns(r, c))
	l.to(inner, "")
	return l.String()
}

// columns is what stands right of the name, in one style: a change of style
// costs more bytes than a word.
func (k *Look) columns(r Row, c columns) string {
	gap := strings.Repeat(" ", columnGap)
	text := ""
	if c.size > 0 {
		size := ""
		if !r.Folder && !r.Parent {
			size = Size(r.Size)
		}
		text += gap + pad(size, c.size, true)
	}
	if c.class > 0 {
		class := r.Class
		if c.class == classCells { // else it is a region
			class = Class(class)
		}
		text += gap + pad(k.Width.Truncate(k.safe(class), c.class, k.Marks.Ellipsis), c.class, false)
	}
	if c.versioning > 0 {
		text += gap + pad(k.safe(r.Versioning), c.versioning, false)
	}
	if c.modified > 0 {
		text += gap + k.when(r.Modified, c.modified == shortTime)
	}
	if strings.TrimLeft(text, " ") == "" {
		return ""
	}
	return text
}

// name writes the name of r in at most width cells.
func (k *Look) name(l *line, r Row, width int, s rowStyles) {
	name := r.Name
	if r.Parent {
		name = ".."
	}
	if r.Folder || r.Parent {
		name += "/"
	}
	if len(name) <= width && plainASCII(name) {
		l.put(s.name, name)
		return
	}
	gs := k.glyphs(name)
	if at := strings.LastIndexByte(strings.TrimSuffix(name, "/"), '/'); r.Way && at > 0 && cellsOf(gs) > width {
		gs = k.wayTo(name[:at], name[at:], width)
	}
	l.glyphs(cutMiddle(gs, width, k.Marks.Ellipsis), s.name, s.odd)
}

// leastWay is how much of the way to a name is kept, in cells.
const leastWay = 1

// wayTo shortens the way to a name, and the name only if that is not enough.
func (k *Look) wayTo(way, name string, width int) []glyph {
	end := k.glyphs(name)
	short := cutMiddle(k.glyphs(way), max(width-cellsOf(end), leastWay), k.Marks.Ellipsis)
	return append(short[:len(short):len(short)], cutMiddle(end, width-cellsOf(short), k.Marks.Ellipsis)...)
}

// note draws one line of an empty state.
func (k *Look) note(text string, inner int) string {
	l := line{look: k}
	l.blank("", 2)
	l.glyphs(cutMiddle(k.glyphs(text), inner-3, k.Marks.Ellipsis), k.Dim, k.Odd)
	l.to(inner, "")
	return l.String()
}
