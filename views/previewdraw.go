package views

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cosmander/theme"
	"cosmander/views/preview"
)

// cell is a glyph of a text with its colour.
type cell struct {
	glyph
	role preview.Role
}

const tabCells = 8

func plainSpans(text string) []preview.Span { return []preview.Span{{Text: text}} }

// cells splits a line into what stands in the cells of the screen.
func (v *Preview) cells(spans []preview.Span) []cell {
	var out []cell
	column := 0
	for _, s := range spans {
		for n, part := range strings.Split(s.Text, "\t") {
			if n > 0 {
				gap := tabCells - column%tabCells
				out = append(out, cell{glyph{strings.Repeat(" ", gap), gap, false}, s.Role})
				column += gap
			}
			for _, g := range v.glyphs(part) {
				out = append(out, cell{g, s.Role})
				column += g.cells
			}
		}
	}
	return out
}

// glyphs is what text looks like here: without Unicode what is beyond ASCII
// is spelled out.
func (v *Preview) glyphs(text string) []glyph {
	gs := glyphs(text, v.method)
	if !v.ascii {
		return gs
	}
	return spelled(gs)
}

// broken breaks a line into rows.
func (v *Preview) broken(cs []cell) [][]cell {
	width := v.width
	if width <= 0 {
		width = 80
	}
	if v.nowrap {
		return [][]cell{cs}
	}
	var rows [][]cell
	start, used := 0, 0
	for i, c := range cs {
		if used+c.cells > width && i > start {
			rows = append(rows, cs[start:i])
			start, used = i, 0
		}
		used += c.cells
	}
	return append(rows, cs[start:])
}

// Draw returns exactly height lines of width cells.
func (v *Preview) Draw(k *Look, width, height int) []string {
	v.Fit(k, width, height)
	body := v.body(k)
	for i, text := range body {
		body[i] = " " + text
	}
	style := k.Accent
	if v.Quiet {
		style = k.Border
	}
	if height < 3 {
		return fill(nil, height)
	}
	return k.box(v.title(k, width-6), v.foot(k, width-6), fill(body, height-2)[:height-2], width, style)
}

// Fit takes note of the size in which it is drawn.
func (v *Preview) Fit(k *Look, width, height int) {
	v.method, v.ascii = k.Width, !k.Marks.Unicode
	width, page := max(width-4, 1), max(height-2, 1)
	if width == v.width && page == v.page {
		return
	}
	v.width, v.page, v.sub = width, page, 0
	if v.opened {
		v.clamp()
	}
}

func (v *Preview) body(k *Look) []string {
	switch {
	case v.Failed != nil:
		return append([]string{""}, v.Failed...)
	case !v.opened && v.Busy != "":
		return []string{"", " " + k.Dim.On(v.Busy)}
	case !v.opened:
		return nil
	case v.Size == 0:
		return []string{"", " " + k.Dim.On("an empty file")}
	case v.mode == preview.Hex:
		return v.hex(k)
	case v.isDocument():
		return v.document(k)
	}
	return v.text(k)
}

// title is the name and what is known of the file; the name gives way.
func (v *Preview) title(k *Look, room int) string {
	facts := ""
	if v.opened {
		facts = k.sep() + v.mode.String()
	}
	if v.Size >= 0 {
		facts += k.sep() + Size(v.Size)
	}
	if v.opened && (v.mode == preview.Text || v.mode == preview.Table) && v.Size > 0 {
		facts += k.sep() + v.encoding.String()
	}
	if im := v.content.Image; im != nil && v.mode == preview.Picture {
		facts += k.sep() + fmt.Sprintf("%d x %d", im.Width, im.Height)
	}
	if v.Note != "" {
		facts += k.sep() + v.Note
	}
	if p := v.position(); p != "" && !v.Quiet {
		facts += k.sep() + p
	}
	return k.Shorten(v.Name, max(room-k.Width.StringWidth(facts), minName)) + facts
}

// position says how much of the file is above the lower edge.
func (v *Preview) position() string {
	if !v.opened || v.Size <= 0 || v.isDocument() {
		return v.documentPosition()
	}
	return strings.TrimSpace(percent(v.bottomOffset(), v.Size))
}

// bottomOffset is the offset behind what is seen.
func (v *Preview) bottomOffset() int64 {
	if v.mode == preview.Hex {
		return min(v.top+int64(v.rows()*v.perRow()), v.Size)
	}
	at, left := v.top, v.rows()+v.sub
	for left > 0 {
		next, ok := v.content.Window.After(v.encoding, at)
		if !ok {
			break
		}
		left -= v.rowsAt(at)
		at = next
	}
	return at
}

func (v *Preview) foot(k *Look, room int) string {
	switch {
	case v.Busy != "" && v.opened:
		return v.Busy
	case v.Following:
		return "following the end" + k.sep() + k.hintLine(v.Hints, room-20)
	}
	return k.hintLine(v.Hints, room)
}

// text draws the lines that are seen.
func (v *Preview) text(k *Look) []string {
	w := v.content.Window
	var body []string
	skip := v.sub
	for at := v.top; len(body) < v.page; {
		text, next, ok := w.Line(v.encoding, at)
		if !ok {
			break
		}
		cs := v.marked(v.cells(v.spans(at, text)), at, text)
		for _, row := range v.broken(cs)[skip:] {
			if len(body) < v.page {
				body = append(body, v.row(k, row))
			}
		}
		skip, at = 0, next
	}
	return body
}

// spans are the colours of the line at an offset, if they are known.
func (v *Preview) spans(at int64, text string) []preview.Span {
	spans := v.colours.Lines[at]
	known := 0
	for _, s := range spans {
		known += len(s.Text)
	}
	if known != len(text) { // it has grown since, or holds what is no text
		return plainSpans(text)
	}
	return spans
}

// found is the role of what a search has found; it is no role of a language.
const foundRole preview.Role = 255

// marked gives what was found in the line at an offset its own role.
func (v *Preview) marked(cs []cell, at int64, text string) []cell {
	w := v.content.Window
	next, ok := w.After(v.encoding, at)
	if v.found < at || !ok || v.found >= next {
		return cs
	}
	head := len(v.cells(plainSpans(v.encoding.Decode(w.Data[at-w.Offset : v.found-w.Offset]))))
	end := min(v.found+int64(v.foundLen), next)
	tail := head + len(v.cells(plainSpans(v.encoding.Decode(w.Data[v.found-w.Offset:end-w.Offset]))))
	for i := head; i < min(tail, len(cs)); i++ {
		cs[i].role = foundRole
	}
	return cs
}

// row draws cells from the left edge on.
func (v *Preview) row(k *Look, cs []cell) string {
	l := line{look: k}
	column, current := 0, theme.Style("")
	for _, c := range cs {
		if column += c.cells; column <= v.left {
			continue
		}
		if l.cells+c.cells > v.width {
			break
		}
		style := k.role(c)
		if style != current {
			if current != "" {
				l.WriteString(theme.Reset)
			}
			l.WriteString(string(style))
			current = style
		}
		l.WriteString(c.text)
		l.cells += c.cells
	}
	if current != "" {
		l.WriteString(theme.Reset)
	}
	return l.String()
}

func (k *Look) role(c cell) theme.Style {
	switch {
	case c.role == foundRole:
		return k.Cursor
	case c.odd:
		return k.Odd
	}
	switch c.role {
	case preview.Comment:
		return k.Dim
	case preview.Keyword:
		return k.CodeWord
	case preview.Name:
		return k.CodeName
	case preview.String:
		return k.CodeText
	case preview.Number:
		return k.CodeNumber
	default:
		return k.Text
	}
}

// perRow is how many bytes stand in a row of hex.
func (v *Preview) perRow() int {
	if v.width > 0 && v.width < 10+3*16+2+16 {
		return 8
	}
	return 16
}

// hex draws bytes: where they are, what they are, and what ASCII says.
func (v *Preview) hex(k *Look) []string {
	w, per := v.content.Window, int64(v.perRow())
	var body []string
	for at := v.top; len(body) < v.page && at >= w.Offset && at < w.End(); at += per {
		body = append(body, v.hexRow(k, at, w.Data[at-w.Offset:min(at+per, w.End())-w.Offset]))
	}
	return body
}

func (v *Preview) hexRow(k *Look, at int64, row []byte) string {
	l := line{look: k}
	l.put(k.Dim, fmt.Sprintf("%08x", at))
	var digits, letters strings.Builder
	for i := range v.perRow() {
		if i%8 == 0 {
			digits.WriteByte(' ')
		}
		if i >= len(row) {
			digits.WriteString("   ")
			continue
		}
		fmt.Fprintf(&digits, " %02x", row[i])
		c := row[i]
		if c < ' ' || c > '~' {
			c = '.'
		}
		letters.WriteByte(c)
	}
	l.put(k.Text, digits.String()+"  ")
	l.put(k.Dim, letters.String())
	return ansi.Truncate(l.String(), max(v.width, 0), "")
}
