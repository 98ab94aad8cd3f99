package views

import (
	"cmp"

	"cosmander/theme"
)

// Prompt asks for one line of text.
type Prompt struct {
	Title string
	Where string // said above the line
	Does  string // what Enter does; "makes it" if empty
	// Check returns what is wrong with the text, or "".
	Check func(text string) string

	text   []rune
	cursor int
	wrong  string
}

var _ Typist = (*Prompt)(nil)

// Text returns what was typed.
func (p *Prompt) Text() string { return string(p.text) }

// Type inserts text at the cursor. Line ends are left out.
func (p *Prompt) Type(text string) {
	var typed []rune
	for _, r := range text {
		if r != '\n' && r != '\r' {
			typed = append(typed, r)
		}
	}
	p.text = append(p.text[:p.cursor:p.cursor], append(typed, p.text[p.cursor:]...)...)
	p.cursor += len(typed)
	p.wrong = ""
}

// Do takes one input.
func (p *Prompt) Do(in Input) Action {
	switch in {
	case Accept:
		if p.Check != nil {
			p.wrong = p.Check(p.Text())
		}
		if p.wrong != "" {
			return None
		}
		return Go
	case Leave:
		return Close
	case Rub:
		if p.cursor > 0 {
			p.text = append(p.text[:p.cursor-1], p.text[p.cursor:]...)
			p.cursor--
		}
		p.wrong = ""
	case Left:
		p.cursor = max(p.cursor-1, 0)
	case Right:
		p.cursor = min(p.cursor+1, len(p.text))
	case Top:
		p.cursor = 0
	case Bottom:
		p.cursor = len(p.text)
	case NoInput, Next, Previous, Up, Down, PageUp, PageDown:
	}
	return None
}

// Draw returns the lines of the dialog.
func (p *Prompt) Draw(k *Look, width, _ int) []string {
	width = min(width, 60)
	inner := width - 2
	wrong := line{look: k}
	wrong.blank("", 2)
	wrong.glyphs(cutEnd(glyphs(p.wrong, k.Width), inner-4, k.Marks.Ellipsis), k.Danger, k.Odd)
	body := []string{
		"",
		k.fact("in", p.Where, 4, inner),
		"",
		p.input(k, inner),
		wrong.String(),
	}
	return k.box(p.Title, "Enter "+cmp.Or(p.Does, "makes it")+k.sep()+"Esc leaves", body, width, k.Accent)
}

// input draws the line that is edited with its cursor; a long text is cut so
// that the cursor stays in sight.
func (p *Prompt) input(k *Look, inner int) string {
	room := inner - 6
	head := cutLeft(glyphs(string(p.text[:p.cursor]), k.Width), room-1, k.Marks.Ellipsis)
	under, rest := " ", p.text[p.cursor:]
	if len(rest) > 0 {
		under, rest = string(rest[:1]), rest[1:]
	}
	l := line{look: k}
	l.put(k.Accent, "  "+k.Marks.Shut+" ")
	l.glyphs(head, k.Text, k.Odd)
	l.glyphs(glyphs(under, k.Width), theme.Style("\x1b[7m"), theme.Style("\x1b[7m"))
	l.glyphs(cutEnd(glyphs(string(rest), k.Width), inner-l.cells-1, k.Marks.Ellipsis), k.Text, k.Odd)
	return l.String()
}
