package views

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cosmander/theme"
)

// box frames body: title in the top border, hint in the bottom one.
func (k *Look) box(title, hint string, body []string, width int, edge theme.Style) []string {
	inner := width - 2
	top := k.edge(k.Marks.TopLeft, k.Marks.TopRight, title, inner, edge, edge)
	return k.framed(top, k.edge(k.Marks.BottomLeft, k.Marks.BottomEnd, k.lastOf(hint, inner-4), inner, edge, k.Dim), body, inner, edge)
}

// lastOf leaves out the first of the facts in a hint until the rest has room:
// how to act and to leave comes last.
func (k *Look) lastOf(hint string, room int) string {
	for k.Width.StringWidth(hint) > room {
		_, rest, more := strings.Cut(hint, k.sep())
		if !more {
			break
		}
		hint = rest
	}
	return hint
}

// squeeze makes a dialog fit into so many lines: it gives up empty lines, then
// what stands last before the foot, never the foot, where the buttons are.
func squeeze(body []string, foot, lines int) []string {
	lines = max(lines, foot)
	for i := len(body) - 1; i >= 0 && len(body) > lines; i-- {
		if body[i] == "" {
			body = slices.Delete(body, i, i+1)
		}
	}
	if over := len(body) - lines; over > 0 {
		body = slices.Delete(body, len(body)-foot-over, len(body)-foot)
	}
	return body
}

// framed puts body between two borders.
func (k *Look) framed(top, bottom string, body []string, inner int, edge theme.Style) []string {
	lines := make([]string, 0, len(body)+2)
	lines = append(lines, top)
	for _, text := range body {
		fill := inner - k.Width.StringWidth(text)
		if fill < 0 {
			text, fill = k.Width.Truncate(text, inner, k.Marks.Ellipsis), 0
			fill = inner - k.Width.StringWidth(text)
		}
		lines = append(lines, edge.On(k.Marks.Vertical)+text+strings.Repeat(" ", fill)+edge.On(k.Marks.Vertical))
	}
	return append(lines, bottom)
}

// page frames a view that fills the screen: its title on the left of the top
// border and, if there is room, a note on the right.
func (k *Look) page(title, note, hint string, body []string, width int, noted theme.Style) []string {
	inner := width - 2
	bottom := k.edge(k.Marks.BottomLeft, k.Marks.BottomEnd, hint, inner, k.Accent, k.Dim)
	cells := k.Width.StringWidth(note)
	if cells == 0 || cells > k.noteRoom(title, inner) {
		return k.framed(k.edge(k.Marks.TopLeft, k.Marks.TopRight, title, inner, k.Accent, k.Accent), bottom, body, inner, k.Accent)
	}
	l := line{look: k}
	l.put(k.Accent, k.Marks.TopLeft+k.Marks.Horizontal)
	l.put("", " ")
	l.glyphs(k.glyphs(title), k.Accent, k.Odd)
	l.put("", " ")
	l.put(k.Accent, strings.Repeat(k.Marks.Horizontal, inner-l.cells-cells-3))
	l.put("", " ")
	l.put(noted, note)
	l.put("", " ")
	l.put(k.Accent, k.Marks.Horizontal+k.Marks.Horizontal+k.Marks.TopRight)
	return k.framed(l.String(), bottom, body, inner, k.Accent)
}

// noteRoom is how wide a note beside title may be.
func (k *Look) noteRoom(title string, inner int) int {
	return inner - cellsOf(k.glyphs(title)) - len("-  -  --")
}

func (k *Look) edge(left, right, text string, inner int, edge, style theme.Style) string {
	l := line{look: k}
	l.put(edge, left+k.Marks.Horizontal)
	if text != "" && inner > 6 {
		l.put("", " ")
		l.glyphs(cutEnd(k.glyphs(text), inner-4, k.Marks.Ellipsis), style, k.Odd)
		l.put("", " ")
	}
	l.put(edge, strings.Repeat(k.Marks.Horizontal, max(inner+1-l.cells, 0))+right)
	return l.String()
}

// Overlay lays the lines of box over screen, centred, and returns screen.
func (k *Look) Overlay(screen, box []string, width int) []string {
	top := max((len(screen)-len(box))/2, 0)
	for i, text := range box {
		if top+i >= len(screen) {
			break
		}
		cells := k.Width.StringWidth(text)
		left := max((width-cells)/2, 0)
		screen[top+i] = k.splice(screen[top+i], text, left, cells, width)
	}
	return screen
}

// splice replaces cells of under, from column left on, by text.
func (k *Look) splice(under, text string, left, cells, width int) string {
	return k.cut(under, 0, left) + theme.Reset + text + theme.Reset + k.cut(under, left+cells, width)
}

// cut returns the cells from..to of a line of this package, which holds text
// and SGR sequences only. A wide character on an edge becomes spaces.
func (k *Look) cut(s string, from, to int) string {
	var b strings.Builder
	style, column := "", 0
	for len(s) > 0 && column < to {
		if end := strings.IndexByte(s, 'm'); s[0] == '\x1b' && end > 0 {
			seq := s[:end+1]
			style += seq
			if seq == theme.Reset {
				style = ""
			}
			if column >= from {
				b.WriteString(seq)
			}
			s = s[end+1:]
			continue
		}
		text, cells := ansi.FirstGraphemeCluster(s, k.Width)
		s = s[len(text):]
		column += cells
		switch {
		case column <= from:
			continue
		case column-cells < from || column > to:
			text = strings.Repeat(" ", min(column, to)-max(column-cells, from))
		}
		if b.Len() == 0 {
			b.WriteString(style)
		}
		b.WriteString(text)
	}
	return b.String() + strings.Repeat(" ", max(to-max(column, from), 0))
}

// buttons draws a row of buttons, the chosen one bright, at the right edge.
func (k *Look) buttons(names []string, chosen, inner int, alarm bool) string {
	l := line{look: k}
	cells := 0
	for _, name := range names {
		cells += k.Width.StringWidth(name) + 4 + 2
	}
	l.blank("", inner-cells)
	for i, name := range names {
		style := k.Dim
		if i == chosen {
			style = k.Button
			if alarm && i == len(names)-1 {
				style = k.Alarm
			}
		}
		l.put(style, "[ "+name+" ]")
		l.blank("", 2)
	}
	return l.String()
}

// fact is a line of a dialog: a label and text from outside.
func (k *Look) fact(label, text string, labelCells, inner int) string {
	l := line{look: k}
	l.blank("", 2)
	if labelCells > 0 {
		l.put(k.Dim, pad(label, labelCells, false))
	}
	l.glyphs(cutMiddle(k.glyphs(text), inner-l.cells-2, k.Marks.Ellipsis), k.Text, k.Odd)
	return l.String()
}
