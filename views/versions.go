package views

import (
	"strings"
	"time"

	"cosmander/theme"
)

// VersionRow is one version of an object, or a delete marker.
type VersionRow struct {
	ID       string // as it is; made safe when drawn; empty without versioning
	Modified time.Time
	Size     int64
	Class    string
	Gone     bool // a delete marker
	Current  bool // the newest
	Marked   bool
}

// Versions is the history of one object, the newest first. It fills the screen.
type Versions struct {
	Title   string
	Notes   []string // what is to be known of the bucket
	Failed  string   // why the list ended early
	Listing bool
	Hints   []Hint

	rows        []VersionRow
	cursor, top int
	page        int
}

var _ Modal = (*Versions)(nil)

// Add takes rows that are older than those before.
func (v *Versions) Add(rows ...VersionRow) { v.rows = append(v.rows, rows...) }

// Show replaces the rows; the cursor and the marks stay with their versions.
func (v *Versions) Show(rows []VersionRow) {
	at, on := v.Current()
	marked := map[string]bool{}
	for _, r := range v.rows {
		marked[r.ID] = r.Marked
	}
	v.rows = rows
	v.cursor = max(min(v.cursor, len(rows)-1), 0)
	for i := range rows {
		rows[i].Marked = marked[rows[i].ID]
		if on && rows[i].ID == at.ID {
			v.cursor = i
		}
	}
}

// Rows returns all rows. They are not to be changed.
func (v *Versions) Rows() []VersionRow { return v.rows }

// Current is the row under the cursor; false if there is none.
func (v *Versions) Current() (VersionRow, bool) {
	if v.cursor >= len(v.rows) {
		return VersionRow{}, false
	}
	return v.rows[v.cursor], true
}

// Chosen returns the marked rows, else the one under the cursor.
func (v *Versions) Chosen() []VersionRow {
	var out []VersionRow
	for _, r := range v.rows {
		if r.Marked {
			out = append(out, r)
		}
	}
	if r, ok := v.Current(); ok && out == nil {
		return []VersionRow{r}
	}
	return out
}

// Mark turns the mark of the row under the cursor round and goes down.
func (v *Versions) Mark() {
	if v.cursor < len(v.rows) {
		v.rows[v.cursor].Marked = !v.rows[v.cursor].Marked
	}
	v.move(1)
}

// Do takes one input. Go asks to look at the version under the cursor.
func (v *Versions) Do(in Input) Action {
	switch in {
	case Leave:
		return Close
	case Accept:
		if len(v.rows) > 0 {
			return Go
		}
	case Down, Next:
		v.move(1)
	case Up, Previous:
		v.move(-1)
	case PageDown:
		v.move(v.page)
	case PageUp:
		v.move(-v.page)
	case Top:
		v.move(-len(v.rows))
	case Bottom:
		v.move(len(v.rows))
	case NoInput, Left, Right, Rub:
	}
	return None
}

func (v *Versions) move(by int) { v.cursor = max(min(v.cursor+by, len(v.rows)-1), 0) }

// Click puts the cursor on the line y of the screen.
func (v *Versions) Click(y int) {
	if row := v.top + y - 2; y > 1 && y <= v.page+1 && row < len(v.rows) {
		v.cursor = row
	}
}

// Draw fills width by height.
func (v *Versions) Draw(k *Look, width, height int) []string {
	inner := width - 2
	v.page = max(height-2-2, 1) // borders, the heading, the line of notes
	v.top = scrolled(v.top, v.cursor, v.page, len(v.rows))
	head := line{look: k}
	head.blank("", 2)
	head.put(k.Dim, versionColumns("written", "size", "", "", inner))
	if inner >= versionRoom {
		head.put(k.Dim, "version")
	}
	body := []string{head.String()}
	for i := v.top; i < min(v.top+v.page, len(v.rows)); i++ {
		body = append(body, v.row(k, v.rows[i], i == v.cursor, inner))
	}
	if len(v.rows) == 0 && !v.Listing && v.Failed == "" {
		body = append(body, k.remark("no version of it is left"))
	}
	body = append(fill(body, v.page+1), v.state(k, inner))
	return k.page(v.Title, v.count(), k.hintLine(v.Hints, inner-4), body, width, k.Dim)
}

func (v *Versions) count() string {
	n := Plural(int64(len(v.rows)), "version", "versions")
	if v.Listing {
		n += " so far"
	}
	return n
}

// versionColumns are those before the version id. Where they leave no room for
// it the seconds and the class are not shown.
func versionColumns(written, size, class, state string, inner int) string {
	narrow := inner < versionRoom
	cells := versionTime
	if narrow {
		cells -= len(":05")
		written = written[:min(len(written), cells)]
	}
	text := pad(written, cells, false) + "  " + pad(size, sizeCells, true) + "  "
	if !narrow {
		text += pad(class, classCells, false) + "  "
	}
	return text + pad(state, versionState, false) + "  "
}

const (
	versionRoom  = 60
	versionTime  = len("2006-01-02 15:04:05")
	versionState = len("deleted")
)

func (v *Versions) row(k *Look, r VersionRow, cursor bool, inner int) string {
	style, mark, odd := k.Dim, " ", k.Odd
	if r.Current {
		style = k.Text
	}
	if r.Marked {
		style, mark = k.Marked, k.Marks.Mark
	}
	ground := theme.Style("")
	switch {
	case cursor && r.Marked:
		style, ground, odd = k.CursorMark, k.CursorMark, k.CursorOdd
	case cursor:
		style, mark, ground, odd = k.Cursor, k.Marks.Cursor, k.Cursor, k.CursorOdd
	}
	size, class, state := Size(r.Size), k.safe(Class(r.Class)), ""
	switch {
	case r.Gone:
		size, class, state = "", "", "deleted"
	case r.Current:
		state = "current"
	}
	id := r.ID
	if id == "" {
		id = "kept without versioning"
	}
	l := line{look: k}
	l.put(style, mark+" ")
	l.put(style, versionColumns(r.Modified.Format("2006-01-02 15:04:05"), size, class, state, inner))
	l.glyphs(cutMiddle(k.glyphs(id), inner-l.cells-1, k.Marks.Ellipsis), style, odd)
	l.to(inner, ground)
	return l.String()
}

// state is the line below the rows.
func (v *Versions) state(k *Look, inner int) string {
	if v.Failed != "" {
		return k.usageLine(v.Failed, k.Danger, inner)
	}
	notes := v.Notes
	if v.Listing {
		notes = append([]string{"listing" + k.Marks.Ellipsis}, notes...)
	}
	return k.usageLine(strings.Join(notes, k.sep()), k.Dim, inner)
}
