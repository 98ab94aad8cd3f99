package views

// Fact is something that is known, with what it is.
type Fact struct {
	Label string
	Text  string
	Alarm bool
}

// FactGroup is a run of facts under a heading.
type FactGroup struct {
	Title string
	Facts []Fact
	// Waiting says that they are still being asked for, Failed why they are not
	// known.
	Waiting bool
	Failed  string
}

// Properties shows groups of facts, and one of them under the cursor.
type Properties struct {
	Title string
	Hints []Hint

	groups      []FactGroup
	cursor, top int
	page        int
}

var _ Modal = (*Properties)(nil)

// Set replaces a group, or adds it behind the others.
func (p *Properties) Set(g FactGroup) {
	for i := range p.groups {
		if p.groups[i].Title == g.Title {
			p.groups[i] = g
			return
		}
	}
	p.groups = append(p.groups, g)
}

// Current returns the fact under the cursor; false if there is none.
func (p *Properties) Current() (Fact, bool) {
	n := 0
	for _, g := range p.groups {
		if p.cursor < n+len(g.Facts) {
			return g.Facts[p.cursor-n], true
		}
		n += len(g.Facts)
	}
	return Fact{}, false
}

func (p *Properties) count() (n int) {
	for _, g := range p.groups {
		n += len(g.Facts)
	}
	return n
}

// Text returns all of it, for the clipboard.
func (p *Properties) Text() string {
	text := ""
	for _, g := range p.groups {
		for _, f := range g.Facts {
			text += f.Label + ": " + f.Text + "\n"
		}
	}
	return text
}

// Do takes one input.
func (p *Properties) Do(in Input) Action {
	switch in {
	case Leave, Accept:
		return Close
	case Down, Next:
		p.cursor++
	case Up, Previous:
		p.cursor--
	case PageDown:
		p.cursor += p.page
	case PageUp:
		p.cursor -= p.page
	case Top:
		p.cursor = 0
	case Bottom:
		p.cursor = p.count()
	case NoInput, Left, Right, Rub:
	}
	p.cursor = max(min(p.cursor, p.count()-1), 0)
	return None
}

// Draw returns the lines of the view.
func (p *Properties) Draw(k *Look, width, height int) []string {
	width = min(width, 100)
	inner := width - 2
	lines, at, end := p.draw(k, inner)
	p.page = max(height-2, 1)
	if p.cursor == 0 {
		at = 0 // its heading too
	}
	p.top = max(min(p.top, at, len(lines)-p.page), end-p.page, 0)
	shown := lines[p.top:min(p.top+p.page, len(lines))]
	return k.box(p.Title, k.hintLine(p.Hints, inner-4), shown, width, k.Accent)
}

// draw returns all lines, and from where to where the fact under the cursor
// goes.
func (p *Properties) draw(k *Look, inner int) (lines []string, at, end int) {
	cells := 0
	for _, g := range p.groups {
		for _, f := range g.Facts {
			cells = max(cells, k.Width.StringWidth(k.safe(f.Label)))
		}
	}
	cells = min(cells, inner/3)
	n := 0
	for i, g := range p.groups {
		if i > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, "  "+k.Accent.On(g.Title))
		switch {
		case g.Failed != "":
			lines = append(lines, k.failure(g.Failed, inner)...)
		case g.Waiting:
			lines = append(lines, k.remark("asking"+k.Marks.Ellipsis))
		case len(g.Facts) == 0:
			lines = append(lines, k.remark("none"))
		}
		for _, f := range g.Facts {
			if n == p.cursor {
				at = len(lines)
			}
			lines = append(lines, k.property(f, cells, inner, n == p.cursor)...)
			if n == p.cursor {
				end = len(lines)
			}
			n++
		}
	}
	return lines, at, end
}

// property is a fact of as many lines as its text takes.
func (k *Look) property(f Fact, cells, inner int, cursor bool) []string {
	const most = 20 // 2 KB of metadata at 100 cells
	style := k.Text
	if f.Alarm {
		style = k.Danger
	}
	texts := k.Wrap(f.Text, inner-cells-5, most)
	lines := make([]string, len(texts))
	for i, text := range texts {
		l := line{look: k}
		if cursor {
			l.put(k.CursorMark, k.Marks.Cursor)
		}
		l.blank("", 2-l.cells)
		label := ""
		if i == 0 {
			label = k.Shorten(f.Label, cells)
		}
		l.put(k.Dim, pad(label, cells, false))
		l.blank("", 2)
		l.put(style, text)
		lines[i] = l.String()
	}
	return lines
}
