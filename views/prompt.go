package views

import "cmp"

// Prompt asks for one line of text.
type Prompt struct {
	Title string
	Where string // said above the line
	Verb  string // what Enter does; "makes it" if empty
	// Check returns what is wrong with the text, or "".
	Check func(text string) string

	edit  Edit
	wrong string
}

var _ Typist = (*Prompt)(nil)

// Text returns what was typed.
func (p *Prompt) Text() string { return p.edit.Text() }

// Set puts text into the line, to be edited.
func (p *Prompt) Set(text string) { p.edit.Set(text) }

// Type inserts text at the cursor. Line ends are left out.
func (p *Prompt) Type(text string) {
	p.edit.Type(text)
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
		p.wrong = ""
		p.edit.Do(in)
	default:
		p.edit.Do(in)
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
	return k.box(p.Title, "Enter "+cmp.Or(p.Verb, "makes it")+k.sep()+"Esc leaves", body, width, k.Accent)
}

// input draws the line that is edited.
func (p *Prompt) input(k *Look, inner int) string {
	l := line{look: k}
	l.put(k.Accent, "  "+k.Marks.Shut+" ")
	p.edit.draw(k, &l, inner-l.cells-1)
	return l.String()
}
