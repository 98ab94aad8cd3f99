package views

import (
	"strconv"

	"cosmander/theme"
	"cosmander/views/preview"
)

// column is one column of a table: its width in cells, and whether it holds
// numbers.
type column struct {
	cells  int
	number bool
}

// Widths of the columns of a table.
const (
	measured   = 200 // records that decide them
	widestCell = 40  // cells
	cellGap    = 2
)

// measure makes the columns as wide as the records from..to need. They never
// become narrower: what is seen should not move, but a number that is cut is
// another number.
func (v *Preview) measure(from, to int) {
	r := v.content.Records
	for i := from; i < min(r.Len(), to); i++ {
		for n, text := range r.Record(i, v.encoding) {
			if n == len(v.doc.wide) {
				v.doc.wide = append(v.doc.wide, column{1, true})
			}
			c := &v.doc.wide[n]
			c.cells = max(c.cells, min(cellsOf(v.glyphs(text)), widestCell))
			if i > 0 && text != "" {
				_, err := strconv.ParseFloat(text, 64)
				c.number = c.number && err == nil
			}
		}
	}
}

func (v *Preview) table(k *Look) []string {
	r := v.content.Records
	if r.Len() == 0 {
		return nil
	}
	body := []string{v.record(k, r.Record(0, v.encoding), k.Folder)}
	for i := v.doc.top + 1; i < r.Len() && len(body) < v.page; i++ {
		body = append(body, v.record(k, r.Record(i, v.encoding), k.Text))
	}
	w := v.content.Window
	if v.doc.top >= v.length()-v.seen() && !w.AtEnd() && len(w.Data) >= preview.WindowSize {
		body = append(body[:min(len(body), v.page-1)], k.Odd.On("the table shows the first "+Size(int64(len(w.Data)))))
	}
	return body
}

func (v *Preview) record(k *Look, cells []string, style theme.Style) string {
	l := line{look: k}
	for n := v.left; n < len(cells) && n < len(v.doc.wide) && l.cells < v.width; n++ {
		c := v.doc.wide[n]
		room := min(c.cells, v.width-l.cells)
		gs := cutEnd(v.glyphs(cells[n]), room, k.Marks.Ellipsis)
		gap := room - cellsOf(gs)
		if c.number {
			l.blank("", gap)
		}
		l.glyphs(gs, style, k.Odd)
		if !c.number {
			l.blank("", gap)
		}
		l.blank("", min(cellGap, v.width-l.cells))
	}
	return l.String()
}
