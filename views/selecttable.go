package views

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cosmander/theme"
	"cosmander/views/preview"
)

// SelectBatch are rows of one object, as they came. It is not changed any
// more.
type SelectBatch struct {
	Object int
	Data   []byte
	Ends   []int32 // where in Data each row ends
}

// row returns the i-th row without its line end.
func (b SelectBatch) row(i int) []byte {
	from := int32(0)
	if i > 0 {
		from = b.Ends[i-1]
	}
	return bytes.TrimRight(b.Data[from:b.Ends[i]], "\r\n")
}

// selectTable holds rows as bytes and reads those that are seen.
type selectTable struct {
	keyed bool
	json  bool
	comma byte
	names []string // of columns, if they are known

	batches []SelectBatch
	starts  []int // number of the first row of each batch
	rows    int
	columns []column // their widths; the widest is not bounded
	index   map[string]int
	keyWide int

	top, left, page, width int

	method ansi.Method
	ascii  bool
}

func (t *selectTable) len() int { return t.rows }

func (t *selectTable) add(b SelectBatch, keys []string) {
	if len(b.Ends) == 0 {
		return
	}
	from := t.rows
	t.batches, t.starts = append(t.batches, b), append(t.starts, t.rows)
	t.rows += len(b.Ends)
	if t.keyed {
		t.keyWide = max(t.keyWide, min(cellsOf(t.glyphs(keys[b.Object])), widestCell))
	}
	t.measure(from, min(t.rows, measured))
}

// row returns the cells of a row, and of which object it is.
func (t *selectTable) row(i int) (cells []string, object int) {
	n := sort.SearchInts(t.starts, i+1) - 1
	b := t.batches[n]
	raw := b.row(i - t.starts[n])
	if t.json {
		return t.members(raw), b.Object
	}
	return preview.Fields(raw, t.comma, '"'), b.Object
}

// members reads a JSON object into the columns of its names, which it adds to
// where they are new. What is no object is shown as it is.
func (t *selectTable) members(raw []byte) []string {
	const most = 256 // columns
	d := json.NewDecoder(bytes.NewReader(raw))
	if begin, err := d.Token(); err != nil || begin != json.Delim('{') {
		return []string{shortCell(raw)}
	}
	var cells []string
	for d.More() {
		name, err := d.Token()
		var value json.RawMessage
		if err == nil {
			err = d.Decode(&value)
		}
		if err != nil {
			return []string{shortCell(raw)}
		}
		n, known := t.index[fmt.Sprint(name)]
		if !known {
			if len(t.names) == most {
				continue
			}
			if t.index == nil {
				t.index = map[string]int{}
			}
			n = len(t.names)
			t.index[fmt.Sprint(name)] = n
			t.names = append(t.names, fmt.Sprint(name))
		}
		for len(cells) <= n {
			cells = append(cells, "")
		}
		cells[n] = jsonCell(value)
	}
	return cells
}

// jsonCell is text without its quotes, and anything else as it is written.
func jsonCell(value json.RawMessage) string {
	var text string
	if len(value) > 0 && value[0] == '"' && json.Unmarshal(value, &text) == nil {
		return shortCell([]byte(text))
	}
	return shortCell(value)
}

func shortCell(raw []byte) string {
	const most = 1 << 10 // bytes that are shown
	return strings.ToValidUTF8(string(raw[:min(len(raw), most)]), "\ufffd")
}

// measure makes the columns as wide as rows from..to need; they never become
// narrower.
func (t *selectTable) measure(from, to int) {
	for i := from; i < min(to, t.rows); i++ {
		cells, _ := t.row(i)
		for n, text := range cells {
			for n >= len(t.columns) {
				t.columns = append(t.columns, column{max(1, cellsOf(t.glyphs(t.name(len(t.columns))))), true})
			}
			c := &t.columns[n]
			c.cells = max(c.cells, cellsOf(t.glyphs(text)))
			if text != "" {
				_, err := strconv.ParseFloat(text, 64)
				c.number = c.number && err == nil
			}
		}
	}
}

func (t *selectTable) name(n int) string {
	if n < len(t.names) {
		return t.names[n]
	}
	return "_" + strconv.Itoa(n+1)
}

func (t *selectTable) glyphs(text string) []glyph {
	gs := glyphs(text, t.method)
	if t.ascii {
		return spelled(gs)
	}
	return gs
}

// scroll moves by rows, pages or columns.
func (t *selectTable) scroll(in Input) {
	switch in { //nolint:exhaustive // the others mean nothing to a table
	case Down:
		t.top++
	case Up:
		t.top--
	case PageDown:
		t.top += t.page
	case PageUp:
		t.top -= t.page
	case Top:
		t.top = 0
	case Bottom:
		t.top = t.rows
	case Left:
		t.left--
	case Right:
		if t.cutOff() {
			t.left++
		}
	}
	t.clamp()
}

func (t *selectTable) clamp() {
	t.top = max(min(t.top, t.rows-t.page), 0)
	t.left = max(min(t.left, len(t.columns)-1), 0)
}

// cutOff reports that something is out of sight on the right.
func (t *selectTable) cutOff() bool {
	at := 0
	if t.keyed {
		at = t.keyWide + cellGap
	}
	for n := t.left; n < len(t.columns); n++ {
		at += min(t.columns[n].cells, widestCell)
		if at > t.width {
			return true
		}
		at += cellGap
	}
	return false
}

// draw returns the header and page rows of the table.
func (t *selectTable) draw(k *Look, keys []string, width, page int) []string {
	t.method, t.ascii, t.width, t.page = k.Width, !k.Marks.Unicode, width, page
	t.clamp()
	to := min(t.top+page, t.rows)
	t.measure(t.top, to)
	names := make([]string, len(t.columns))
	for n := range names {
		names[n] = t.name(n)
	}
	lines := make([]string, 0, page+1)
	lines = append(lines, t.line(k, "key", names, k.Folder))
	for i := t.top; i < to; i++ {
		cells, object := t.row(i)
		key := ""
		if t.keyed {
			key = keys[object]
		}
		lines = append(lines, t.line(k, key, cells, k.Text))
	}
	return lines
}

func (t *selectTable) line(k *Look, key string, cells []string, style theme.Style) string {
	l := line{look: k}
	if t.keyed {
		l.glyphs(cutMiddle(t.glyphs(key), t.keyWide, k.Marks.Ellipsis), k.Dim, k.Odd)
		l.to(min(t.keyWide+cellGap, t.width), "")
	}
	for n := t.left; n < len(cells) && n < len(t.columns) && l.cells < t.width; n++ {
		c := t.columns[n]
		room := min(c.cells, widestCell, t.width-l.cells)
		if n == len(t.columns)-1 {
			room = min(c.cells, t.width-l.cells) // nothing comes behind it
		}
		gs := cutEnd(t.glyphs(cells[n]), room, k.Marks.Ellipsis)
		gap := room - cellsOf(gs)
		if c.number {
			l.blank("", gap)
		}
		l.glyphs(gs, style, k.Odd)
		if !c.number {
			l.blank("", gap)
		}
		l.blank("", min(cellGap, t.width-l.cells))
	}
	return l.String()
}
