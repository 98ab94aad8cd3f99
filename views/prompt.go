package views

import (
	"cmp"
	"slices"
)

// Prompt asks for one line of text.
type Prompt struct {
	Title string
	Where string // said above the line
	Label string // before Where; "in" if empty
	Does  string // what Enter does; "makes it" if empty
	// Steps are common texts. Next and Down put the one after the present text
	// in its place, Previous and Up the one before it.
	Steps []string
	// Check returns what is wrong with the text, or "".
	Check func(text string) string

	edit  Edit
	wrong string
}

var _ Typist = (*Prompt)(nil)

// Text returns what was typed.
func (p *Prompt) Text() string { return p.edit.Text() }

// Set puts text into the line, to be edited.
func (p *Prompt) Set(text string) {
	p.edit.Set(text)
	p.wrong = ""
}

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
	case Next, Down:
		p.step(1)
	case Previous, Up:
		p.step(-1)
	default:
		p.edit.Do(in)
	}
	return None
}

// step puts another of the common texts in the place of this one.
func (p *Prompt) step(by int) {
	if len(p.Steps) == 0 {
		return
	}
	i := slices.Index(p.Steps, p.Text())
	if i < 0 && by < 0 {
		i = 0
	}
	p.Set(p.Steps[(i+by+len(p.Steps))%len(p.Steps)])
}

// Draw returns the lines of the dialog.
func (p *Prompt) Draw(k *Look, width, _ int) []string {
	width = min(width, 60)
	inner := width - 2
	label, does := cmp.Or(p.Label, "in"), cmp.Or(p.Does, "makes it")
	hint := "Enter " + does + k.sep() + "Esc leaves"
	if len(p.Steps) > 0 {
		hint = "Tab steps" + k.sep() + hint
	}
	body := []string{
		"",
		k.fact(label, p.Where, len(label)+2, inner),
		"",
		p.input(k, inner),
	}
	for _, text := range k.Wrap(p.wrong, inner-4, wrongLines) {
		body = append(body, "  "+k.Danger.On(text))
	}
	return k.box(p.Title, hint, body, width, k.Accent)
}

// wrongLines is how many lines may say what is wrong.
const wrongLines = 3

// input draws the line that is edited.
func (p *Prompt) input(k *Look, inner int) string {
	l := line{look: k}
	l.put(k.Accent, "  "+k.Marks.Shut+" ")
	p.edit.draw(k, &l, inner-l.cells-1)
	return l.String()
}
