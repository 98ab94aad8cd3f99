package views

import (
	"regexp"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cosmander/theme"
)

var button = regexp.MustCompile(`\[ (.+?) \]`)

// ButtonAt returns the name of the button at a cell of a screen of width by
// height over which box lies, as [Look.Overlay] puts it; "" if there is none.
// Buttons are in the last line inside the box: what looks like one above it is
// somebody's file name.
func (k *Look) ButtonAt(box []string, x, y, width, height int) string {
	n := len(box) - 2
	if n < 0 || y != max((height-len(box))/2, 0)+n {
		return ""
	}
	text := ansi.Strip(box[n])
	x -= max((width-k.Width.StringWidth(text))/2, 0)
	for _, at := range button.FindAllStringSubmatchIndex(text, -1) {
		from := k.Width.StringWidth(text[:at[0]])
		if x >= from && x < from+k.Width.StringWidth(text[at[0]:at[1]]) {
			return text[at[2]:at[3]]
		}
	}
	return ""
}

// Label writes text beside a cell of the screen, over what is there; bright if
// ok.
func (k *Look) Label(screen []string, text string, x, y, width int, ok bool) []string {
	if y < 0 || y >= len(screen) {
		return screen
	}
	style := k.Rest
	if ok {
		style = k.Button
	}
	l := line{look: k}
	l.put(style, " ")
	l.glyphs(cutMiddle(k.glyphs(text), width/2, k.Marks.Ellipsis), style, style)
	l.put(style, " ")
	left := min(x+2, max(width-l.cells, 0))
	screen[y] = k.splice(screen[y], l.String(), left, l.cells, width)
	return screen
}

// titleLeft is where the path begins in the top border of a pane.
const titleLeft = 3

// Crumb tells how many levels above the place of p is the one that stands at
// column x of its top border; false if none does, or it is cut off.
func (k *Look) Crumb(p Pane, width, x int) (up int, ok bool) {
	path, _, _ := k.titleParts(p, width-2-4)
	column, at := titleLeft, -1
	for i, g := range path {
		if x >= column && x < column+g.cells {
			at = i
		}
		column += g.cells
	}
	if at < 0 {
		return 0, false
	}
	var tail strings.Builder
	for _, g := range path[at:] {
		tail.WriteString(g.text)
	}
	slashes := strings.Count(tail.String(), "/")
	switch {
	case strings.Contains(tail.String(), k.Marks.Ellipsis):
		return 0, false
	case len(p.Path) < 2:
		return slashes, true // a local path does not end in one; a bucket has none
	}
	prefix := k.glyphs(strings.Join(p.Path[1:], ""))
	if column-x > cellsOf(prefix) {
		return strings.Count(p.Path[1], "/"), true // the bucket
	}
	return slashes - 1, true
}

// Click puts the cursor on the line y of the screen.
func (v *JobList) Click(y int) {
	row := v.top + y - 1
	if v.Details == 0 && y > 0 && row < min(len(v.Snapshot.Jobs), v.top+v.page) {
		v.cursor = row
	}
}

// dropped is the style of a row onto which something would be dropped.
func (k *Look) dropped() rowStyles {
	return rowStyles{k.CursorMark, k.CursorMark, k.CursorOdd, k.CursorMark}
}

// edgeOf is the style of a pane's border.
func (k *Look) edgeOf(p Pane) theme.Style {
	switch {
	case p.Drop:
		return k.Marked
	case p.Focused:
		return k.Accent
	}
	return k.Border
}
