package views

import (
	"strings"

	"cosmander/theme"
)

// UsageRow is a folder, one of the largest files, or what is left over of a
// folder whose use is shown.
type UsageRow struct {
	Name   string // as it is; made safe when drawn
	Folder bool
	Rest   bool // the other files, or folders, together
	Bytes  int64
	Files  int64
}

// ClassUse is how much of a prefix is in a storage class.
type ClassUse struct {
	Class string
	Bytes int64
}

// UsageAsk is what a [Usage] asks for when it answers Go.
type UsageAsk int

// What can be asked for.
const (
	UsageInto  UsageAsk = iota // the folder under the cursor
	UsageUp                    // the folder above
	UsageThere                 // what is under the cursor, in the pane
)

// Usage shows how the bytes of a folder are shared among what is in it. It
// fills the screen.
type Usage struct {
	Path    string
	Bytes   int64 // of all that is below Path
	Files   int64
	Classes []ClassUse // the largest first
	Notes   []string   // what is to be known of the figures
	Failed  string     // why the count ended early
	Asked   UsageAsk

	Counting bool

	rows        []UsageRow
	cursor, top int
	page        int
	moved       bool // the cursor stays on its row
}

var _ Modal = (*Usage)(nil)

// Show takes the rows of the folder, the largest first. A cursor that was moved
// stays on its row.
func (u *Usage) Show(rows []UsageRow) {
	was, on := u.Current()
	u.rows = rows
	for i, r := range rows {
		if u.moved && on && r.Name == was.Name && r.Folder == was.Folder && r.Rest == was.Rest {
			u.cursor = i
		}
	}
	u.cursor = max(min(u.cursor, len(rows)-1), 0)
}

// Enter shows another folder, the cursor on the row called name, if any is.
func (u *Usage) Enter(rows []UsageRow, name string) {
	u.cursor, u.top, u.moved = 0, 0, name != ""
	u.rows = rows
	for i, r := range rows {
		if r.Folder && r.Name == name {
			u.cursor = i
		}
	}
}

// Current is the row under the cursor; false if there is none.
func (u *Usage) Current() (UsageRow, bool) {
	if u.cursor >= len(u.rows) {
		return UsageRow{}, false
	}
	return u.rows[u.cursor], true
}

// Do takes one input.
func (u *Usage) Do(in Input) Action {
	switch in {
	case Leave:
		return Close
	case Accept, Right:
		if r, ok := u.Current(); ok && r.Folder {
			u.Asked = UsageInto
			return Go
		}
	case Left, Rub:
		u.Asked = UsageUp
		return Go
	case Next:
		u.Asked = UsageThere
		return Go
	case Down:
		u.move(1)
	case Up:
		u.move(-1)
	case PageDown:
		u.move(u.page)
	case PageUp:
		u.move(-u.page)
	case Top:
		u.move(-len(u.rows))
	case Bottom:
		u.move(len(u.rows))
	case NoInput, Previous:
	}
	return None
}

func (u *Usage) move(by int) {
	u.cursor = max(min(u.cursor+by, len(u.rows)-1), 0)
	u.moved = true
}

// Click puts the cursor on the line y of the screen.
func (u *Usage) Click(y int) {
	if row := u.top + y - 1; y > 0 && y <= u.page && row < len(u.rows) {
		u.cursor, u.moved = row, true
	}
}

// roomForBars is from which width on there is room for bars beside the names.
const roomForBars = 56

// usageNotes are the lines below the rows.
const usageNotes = 2

// Draw fills width by height.
func (u *Usage) Draw(k *Look, width, height int) []string {
	inner := width - 2
	u.page = max(height-2-usageNotes, 1)
	u.top = max(min(u.top, u.cursor, len(u.rows)-u.page), u.cursor-u.page+1, 0)
	var body []string
	for i := u.top; i < min(u.top+u.page, len(u.rows)); i++ {
		body = append(body, u.row(k, i, inner))
	}
	switch {
	case len(u.rows) > 0:
	case u.Counting:
		body = append(body, "", k.remark("counting"+k.Marks.Ellipsis))
	case u.Failed == "":
		body = append(body, "", k.remark("nothing is in here"))
	}
	body = append(fill(body, u.page), u.mix(k, inner), u.state(k, inner))
	title := u.Path + k.sep() + Size(u.Bytes) + " in " + Plural(u.Files, "file", "files")
	hint := "Enter into" + k.sep() + "h up" + k.sep() + "Tab shows it in the pane" + k.sep() + "Esc leaves"
	return k.box(title, hint, body, width, k.Accent)
}

const (
	usageSize  = 8
	usageCount = 12
)

// row draws the i-th row: size, share of the folder, bar, name, files. The
// largest has the full bar.
func (u *Usage) row(k *Look, i, inner int) string {
	r := u.rows[i]
	name, style, mark := r.Name, k.Text, " "
	switch {
	case r.Folder:
		name += "/"
		style = k.Folder
	case r.Rest:
		style = k.Dim
	}
	odd := k.Odd
	if i == u.cursor {
		style, mark, odd = k.Cursor, k.Marks.Cursor, k.CursorOdd
	}
	bar, count := max(min(inner/4, 30), 8), usageCount
	if inner < roomForBars {
		bar, count = 0, 0 // the name says more
	}
	l := line{look: k}
	l.blank("", 1)
	l.put(k.Accent, mark)
	l.put(k.Text, pad(Size(r.Bytes), usageSize, true)+"  ")
	l.put(k.Dim, share(r.Bytes, u.Bytes)+"  ")
	bare := *k
	bare.BarOff = "" // one track below the other would be a wall
	if bar > 0 {
		l.WriteString(bare.bar(r.Bytes, max(u.rows[0].Bytes, 1), bar))
		l.cells += bar
		l.blank("", 2)
	}
	room := inner - l.cells - count - 2
	end := l.cells + room
	ground := theme.Style("")
	if i == u.cursor {
		ground = k.Cursor
	}
	l.glyphs(cutMiddle(k.glyphs(name), room, k.Marks.Ellipsis), style, odd)
	l.to(end, ground)
	if count > 0 && (r.Folder || r.Rest) {
		l.put(k.Dim, pad(Count(r.Files), usageCount, true))
	}
	l.to(inner, "")
	return l.String()
}

// share is a part in five cells; what is less than one in a hundred is told
// from nothing.
func share(part, whole int64) string {
	if whole > 0 && part == whole {
		return "100 %"
	}
	if p := percent(part, whole); part <= 0 || !strings.HasPrefix(p, "  0") {
		return p
	}
	return " <1 %"
}

// mix is the line of storage classes.
func (u *Usage) mix(k *Look, inner int) string {
	words := make([]string, 0, len(u.Classes))
	for _, c := range u.Classes {
		words = append(words, k.safe(Class(c.Class))+" "+Size(c.Bytes))
	}
	return k.usageLine(strings.Join(words, k.sep()), k.Text, inner)
}

func (u *Usage) state(k *Look, inner int) string {
	if u.Failed != "" {
		return k.usageLine(u.Failed, k.Danger, inner)
	}
	notes := u.Notes
	if u.Counting {
		notes = append([]string{"counting" + k.Marks.Ellipsis}, notes...)
	}
	return k.usageLine(strings.Join(notes, k.sep()), k.Dim, inner)
}

func (k *Look) usageLine(text string, style theme.Style, inner int) string {
	l := line{look: k}
	l.blank("", 2)
	l.glyphs(cutEnd(k.glyphs(text), inner-3, k.Marks.Ellipsis), style, k.Odd)
	return l.String()
}
