package views

// Section is a group of hints under a heading.
type Section struct {
	Title string
	Hints []Hint
}

// Help shows the live key table.
type Help struct {
	Sections []Section

	top, page, total int
}

var _ Modal = (*Help)(nil)

// Do takes one input.
func (h *Help) Do(in Input) Action {
	switch in {
	case Leave, Accept:
		return Close
	case Down, Next:
		h.top++
	case Up, Previous:
		h.top--
	case PageDown, Right:
		h.top += h.page
	case PageUp, Left:
		h.top -= h.page
	case Top:
		h.top = 0
	case Bottom:
		h.top = h.total
	case NoInput, Rub:
	}
	h.clamp()
	return None
}

func (h *Help) clamp() { h.top = max(min(h.top, h.total-h.page), 0) }

// Draw returns the lines of the help.
func (h *Help) Draw(k *Look, width, height int) []string {
	width = min(width, 76)
	var all []string
	for i, s := range h.Sections {
		if i > 0 {
			all = append(all, "")
		}
		all = append(all, "  "+k.Accent.On(s.Title))
		for _, hint := range s.Hints {
			all = append(all, k.helpLines(hint, width-2)...)
		}
	}
	h.total, h.page = len(all), max(height-2, 1)
	h.clamp()
	shown := all[h.top:min(h.top+h.page, len(all))]
	hint := "Esc leaves"
	if len(all) > h.page {
		hint = "j k moves" + k.sep() + hint
	}
	return k.box("Keys", hint, shown, width, k.Accent)
}

// helpLines are a key and what it does, in as many lines as that takes.
func (k *Look) helpLines(h Hint, inner int) []string {
	const most = 6
	cells := 22
	if inner < 60 {
		cells = 10
	}
	keys, lines := k.Wrap(h.Key, cells, most), k.Wrap(h.Does, inner-cells-4, most)
	for len(lines) < len(keys) {
		lines = append(lines, "")
	}
	for i := range lines {
		shown := ""
		if i < len(keys) {
			shown = keys[i]
		}
		lines[i] = "  " + k.Key.On(pad(shown, cells, false)) + " " + lines[i]
	}
	return lines
}
