package views

import "strings"

// Diff shows what differs between two texts, as lines of a unified diff. It
// fills the screen.
type Diff struct {
	Title  string
	Note   string // what is to be known of it
	Failed string // why there is nothing to show
	Busy   bool
	Lines  []string

	top, left, page int
}

var _ Modal = (*Diff)(nil)

// sideways is how far a key scrolls to the side.
const sideways = 16

// Do takes one input.
func (d *Diff) Do(in Input) Action {
	switch in {
	case Leave, Accept:
		return Close
	case Down, Next:
		d.top++
	case Up, Previous:
		d.top--
	case PageDown:
		d.top += d.page
	case PageUp:
		d.top -= d.page
	case Top:
		d.top = 0
	case Bottom:
		d.top = len(d.Lines)
	case Right:
		d.left += sideways
	case Left:
		d.left = max(d.left-sideways, 0)
	case NoInput, Rub:
	}
	d.top = max(min(d.top, len(d.Lines)-d.page), 0)
	return None
}

// Draw fills width by height.
func (d *Diff) Draw(k *Look, width, height int) []string {
	inner := width - 2
	d.page = max(height-2, 1)
	d.top = max(min(d.top, len(d.Lines)-d.page), 0)
	var body []string
	switch {
	case d.Failed != "":
		body = append([]string{""}, k.failure(d.Failed, inner)...)
	case d.Busy:
		body = []string{"", k.remark("reading both" + k.Marks.Ellipsis)}
	case len(d.Lines) == 0:
		body = []string{"", k.remark("nothing differs")}
	}
	for i := d.top; i < min(d.top+d.page, len(d.Lines)); i++ {
		body = append(body, d.line(k, d.Lines[i], inner))
	}
	hint := "j k scroll" + k.sep() + "h l to the side" + k.sep() + "Esc back"
	return k.page(d.Title, d.Note, hint, fill(body, d.page), width, k.Dim)
}

// line draws one line: what is there only before is dim, what is new is bright.
func (d *Diff) line(k *Look, text string, inner int) string {
	style := k.Text
	switch {
	case strings.HasPrefix(text, "@@"), strings.HasPrefix(text, "\\"):
		style = k.Border
	case strings.HasPrefix(text, "+"):
		style = k.Accent
	case strings.HasPrefix(text, "-"):
		style = k.Marked
	}
	gs := k.glyphs(strings.ReplaceAll(text, "\t", "    "))
	for cut := d.left; cut > 0 && len(gs) > 1; {
		cut -= gs[1].cells
		gs = append(gs[:1:1], gs[2:]...) // the sign stays
	}
	l := line{look: k}
	l.blank("", 1)
	l.glyphs(cutEnd(gs, inner-2, k.Marks.Ellipsis), style, k.Odd)
	return l.String()
}
