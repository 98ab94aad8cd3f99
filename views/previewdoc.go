package views

import (
	"math"
	"strings"

	"cosmander/views/preview"
)

// document is how what has rows of its own is seen: a table, JSON, contents
// or a picture.
type document struct {
	top    int // first row that is seen
	cursor int // of JSON
	wide   []column
	folded map[int]bool // rows of JSON that are folded
	shown  []int32      // rows of JSON that are not hidden by a fold
	toEnd  bool         // go to the last row when it has come
}

func (v *Preview) isDocument() bool {
	return v.opened && v.Size > 0 && v.mode != preview.Text && v.mode != preview.Hex
}

// giveUp shows the bytes, since they are not what they seemed to be.
func (v *Preview) giveUp() {
	v.usual = preview.Hex
	if _, ok := preview.Guess(v.content.Window.Data); ok {
		v.usual = preview.Text
	}
	v.Note = v.content.Trouble
	v.mode, v.content.Trouble = v.usual, ""
}

// wantDocument says what the rows that are seen, and a page more, need.
func (v *Preview) wantDocument() (Want, bool) {
	w, c := v.content.Window, v.content
	near := v.doc.top+3*v.rows() >= v.length() || v.doc.toEnd
	switch v.mode {
	case preview.Picture:
		return Want{Kind: v.mode}, c.Image == nil
	case preview.Contents:
		if c.Listing == nil {
			return Want{Kind: v.mode}, true
		}
		return Want{Kind: v.mode, Offset: int64(len(c.Listing.Entries))}, c.Listing.More && near
	default:
	}
	switch {
	case w.Offset > 0:
		return Want{v.mode, 0, preview.PieceSize}, true
	case v.mode == preview.Table && !c.Records.Covers(w), v.mode == preview.JSON && !c.Outline.Covers(w):
		return Want{Kind: v.mode, Offset: w.End()}, true
	}
	return Want{v.mode, w.End(), preview.PieceSize}, near && !w.AtEnd() && len(w.Data) < preview.WindowSize
}

// length is how many rows there are; the header of a table is none.
func (v *Preview) length() int {
	c := v.content
	switch {
	case v.mode == preview.Table && c.Records != nil:
		return max(c.Records.Len()-1, 0)
	case v.mode == preview.JSON && c.Outline != nil:
		return len(v.doc.shown)
	case v.mode == preview.Contents && c.Listing != nil:
		return len(c.Listing.Entries)
	}
	return 0
}

// grown takes note of rows that came.
func (v *Preview) grown() {
	if v.mode == preview.JSON && v.content.Outline != nil {
		v.refold()
	}
	if v.mode == preview.Table && v.content.Records != nil && v.doc.wide == nil {
		v.measure(0, measured)
	}
	if v.doc.toEnd {
		v.moveTo(math.MaxInt)
		v.doc.toEnd = false
		_, v.doc.toEnd = v.wantDocument()
	}
}

// refold finds the rows that no fold hides.
func (v *Preview) refold() {
	o := v.content.Outline
	v.doc.shown = v.doc.shown[:0]
	for i := 0; i < o.Len(); i++ {
		v.doc.shown = append(v.doc.shown, int32(i)) //nolint:gosec // rows are bounded
		if last, ok := o.Fold(i); ok && v.doc.folded[i] {
			i = last
		}
	}
	v.moveTo(v.doc.cursor)
}

// seen is how many rows of a document fit on a page.
func (v *Preview) seen() int {
	if v.mode == preview.Table {
		return max(v.rows()-1, 1)
	}
	return v.rows()
}

// moveDocument does what an input means in a document.
func (v *Preview) moveDocument(in Input) {
	page := v.seen()
	switch in {
	case Down, Next:
		v.move(1)
	case Up, Previous:
		v.move(-1)
	case PageDown, Accept:
		v.move(page - 1)
	case PageUp:
		v.move(1 - page)
	case Top:
		v.doc.toEnd = false
		v.moveTo(0)
	case Bottom:
		v.moveTo(math.MaxInt)
		v.doc.toEnd = true
		_, v.doc.toEnd = v.wantDocument()
	case Left:
		v.left = max(v.left-v.sideways(), 0)
	case Right:
		v.left += v.sideways()
		if v.mode == preview.Table {
			v.left = min(v.left, max(len(v.doc.wide)-1, 0))
		}
	case NoInput, Leave, Rub:
	}
}

// sideways is how far Left and Right go: a column of a table, or cells.
func (v *Preview) sideways() int {
	if v.mode == preview.Table {
		return 1
	}
	return shiftCells
}

func (v *Preview) move(by int) {
	v.doc.toEnd = false
	if v.mode == preview.JSON {
		v.moveTo(v.doc.cursor + by)
		return
	}
	v.moveTo(v.doc.top + by)
}

// moveTo shows a row: in JSON it gets the cursor, else it is the first one.
func (v *Preview) moveTo(row int) {
	last := max(v.length()-v.seen(), 0)
	if v.mode != preview.JSON {
		v.doc.top = max(min(row, last), 0)
		if v.mode == preview.Table && v.content.Records != nil {
			v.measure(v.doc.top, v.doc.top+v.rows())
		}
		return
	}
	v.doc.cursor = max(min(row, v.length()-1), 0)
	v.doc.top = max(min(v.doc.top, v.doc.cursor, last), v.doc.cursor-v.seen()+1)
}

// CanFold reports that there is something to fold where the cursor is.
func (v *Preview) CanFold() bool { return v.mode == preview.JSON && v.length() > 0 }

// ToggleFold folds or unfolds the row under the cursor, or what holds it.
func (v *Preview) ToggleFold() {
	o := v.content.Outline
	row := int(v.doc.shown[v.doc.cursor])
	for depth := o.Depth(row); row > 0; row-- {
		if _, ok := o.Fold(row); ok && (o.Depth(row) < depth || row == int(v.doc.shown[v.doc.cursor])) {
			break
		}
	}
	if v.doc.folded == nil {
		v.doc.folded = map[int]bool{}
	}
	v.doc.folded[row] = !v.doc.folded[row]
	v.refold()
	for i, at := range v.doc.shown {
		if int(at) == row {
			v.moveTo(i)
		}
	}
}

// FoldAll folds all that lies in the outermost brackets, or unfolds all.
func (v *Preview) FoldAll() {
	o, folds := v.content.Outline, map[int]bool{}
	if len(v.doc.folded) == 0 {
		several := o.Len() > 0
		if last, ok := o.Fold(0); ok && last >= o.Len()-1 {
			several = false // one document: what is in it is folded, not itself
		}
		for i := range o.Len() {
			if _, ok := o.Fold(i); ok && (several && o.Depth(i) == 0 || !several && o.Depth(i) == 1) {
				folds[i] = true
			}
		}
	}
	v.doc.folded = folds
	v.refold()
}

// FindRow shows the next row of a document that holds text; false if no row
// that was read does.
func (v *Preview) FindRow(text string, back bool) bool {
	if v.mode == preview.JSON && len(v.doc.folded) > 0 {
		v.doc.folded = nil
		v.refold()
	}
	at := v.doc.top
	if v.mode == preview.JSON {
		at = v.doc.cursor
	}
	step := 1
	if back {
		step = -1
	}
	for i := at + step; i >= 0 && i < v.length(); i += step {
		if strings.Contains(strings.ToLower(v.rowText(i)), strings.ToLower(text)) {
			v.moveTo(i)
			return true
		}
	}
	return false
}

// IsDocument reports that it shows rows of its own and not the bytes.
func (v *Preview) IsDocument() bool { return v.isDocument() }

func (v *Preview) rowText(i int) string {
	switch v.mode {
	case preview.Table:
		return strings.Join(v.content.Records.Record(i+1, v.encoding), " ")
	case preview.JSON:
		text := ""
		for _, s := range v.content.Outline.Row(int(v.doc.shown[i]), false, "") {
			text += s.Text
		}
		return text
	case preview.Contents:
		return v.content.Listing.Entries[i].Name
	default:
		return ""
	}
}

// document draws the rows that are seen.
func (v *Preview) document(k *Look) []string {
	c := v.content
	switch {
	case v.mode == preview.Picture && c.Image != nil:
		return v.picture(k)
	case v.mode == preview.Table && c.Records != nil:
		return v.table(k)
	case v.mode == preview.JSON && c.Outline != nil:
		return v.outline(k)
	case v.mode == preview.Contents && c.Listing != nil:
		return v.listing(k)
	}
	return nil
}

// documentPosition says which rows are seen, of how many.
func (v *Preview) documentPosition() string {
	n := v.length()
	if !v.isDocument() || n == 0 {
		return ""
	}
	total := Count(int64(n))
	if _, more := v.wantDocument(); more || v.content.Listing != nil && v.content.Listing.More || !v.content.Window.AtEnd() && v.mode != preview.Contents {
		total += "+"
	}
	return Count(int64(min(v.doc.top+v.seen(), n))) + " of " + total
}

func (v *Preview) outline(k *Look) []string {
	o := v.content.Outline
	var body []string
	for i := v.doc.top; i < len(v.doc.shown) && len(body) < v.page; i++ {
		row := int(v.doc.shown[i])
		cs := v.cells(o.Row(row, v.doc.folded[row], k.Marks.Ellipsis))
		if i == v.doc.cursor && !v.Quiet {
			for n := range cs {
				cs[n].role = foundRole
			}
		}
		body = append(body, v.row(k, cs))
	}
	if text := o.Trouble(); text != "" && len(body) < v.page {
		body = append(body, k.Odd.On(text))
	}
	return body
}

func (v *Preview) listing(k *Look) []string {
	list := v.content.Listing
	var body []string
	for i := v.doc.top; i < len(list.Entries) && len(body) < v.page; i++ {
		body = append(body, v.entry(k, list.Entries[i]))
	}
	if len(body) < v.page {
		switch {
		case list.Note != "":
			body = append(body, k.Odd.On(k.safe(list.Note)))
		case len(list.Entries) == 0:
			body = append(body, k.Dim.On("an empty archive"))
		}
	}
	return body
}

func (v *Preview) entry(k *Look, e preview.Entry) string {
	l := line{look: k}
	size, style := Size(e.Size), k.Text
	if e.Folder {
		size, style = "", k.Folder
	}
	l.put(k.Dim, pad(size, sizeCells, true)+"  "+pad(k.when(e.Modified, false), longTime, false)+"  ")
	name := e.Name
	if e.Link != "" {
		name += " " + k.Marks.To + " " + e.Link
	}
	room := v.width - l.cells
	if e.Encrypted {
		room -= len("  encrypted")
	}
	l.glyphs(cutMiddle(v.glyphs(name), max(room, 1), k.Marks.Ellipsis), style, k.Odd)
	if e.Encrypted {
		l.put(k.Odd, "  encrypted")
	}
	return l.String()
}
