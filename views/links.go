package views

import "strings"

// Link is an address with what it leads to.
type Link struct{ Name, URL string }

// Links shows links so that they can be copied: as text that a mouse can take
// up, without borders in it, or as a QR code. It fills the screen.
type Links struct {
	Title string
	Says  []Note // what they allow, whom, and until when
	Links []Link
	Hints []Hint

	cursor, top int
	page        int
	asCode      bool
	code        qrCode
	coded       string // the link that code is of
	codeWrong   string
}

var _ Modal = (*Links)(nil)

// Current returns the link under the cursor.
func (v *Links) Current() Link { return v.Links[v.cursor] }

// Text returns all links, one a line.
func (v *Links) Text() string {
	urls := make([]string, len(v.Links))
	for i, l := range v.Links {
		urls[i] = l.URL
	}
	return strings.Join(urls, "\n")
}

// ToggleCode shows the link under the cursor as a QR code, or as text again.
func (v *Links) ToggleCode() { v.asCode = !v.asCode }

// Do takes one input.
func (v *Links) Do(in Input) Action {
	switch in {
	case Leave, Accept:
		if v.asCode {
			v.asCode = false
			return None
		}
		return Close
	case Down, Next:
		v.cursor++
	case Up, Previous:
		v.cursor--
	case PageDown:
		v.cursor += v.page
	case PageUp:
		v.cursor -= v.page
	case Top:
		v.cursor = 0
	case Bottom:
		v.cursor = len(v.Links) - 1
	case NoInput, Left, Right, Rub:
	}
	v.cursor = max(min(v.cursor, len(v.Links)-1), 0)
	return None
}

// Draw fills width by height.
func (v *Links) Draw(k *Look, width, height int) []string {
	// A code needs every line that there is, so it has the screen for itself.
	if v.asCode {
		lines, wants := v.codeOf(v.Current().URL, k, width, height)
		if wants == "" {
			return padded(k, fill(lines, height), width)
		}
		body := []string{""}
		for _, text := range k.Wrap(wants, width-4, wrongLines) {
			body = append(body, "  "+k.Odd.On(text))
		}
		return v.frame(k, append(body, "", k.remark("Esc shows the text")), width, height)
	}
	url := k.overLines(v.Current().URL, width, height-2)
	var body []string
	for _, n := range v.Says {
		style := k.Text
		if n.Alarm {
			style = k.Odd
		}
		for _, text := range k.Wrap(n.Text, width-4, wrongLines) {
			body = append(body, "  "+style.On(text))
		}
	}
	body = append(body, "")
	if len(v.Links) > 1 {
		body = append(append(body, v.names(k, width, height-len(body)-len(url)-3)...), "")
	}
	body = body[:max(min(len(body), height-2-len(url)), 0)] // the link is what it is about
	return v.frame(k, append(body, url...), width, height)
}

// frame puts the title above and the keys below.
func (v *Links) frame(k *Look, body []string, width, height int) []string {
	rule := k.Marks.Horizontal
	lines := []string{k.edge(rule, rule, v.Title, width-2, k.Accent, k.Accent)}
	lines = append(lines, padded(k, fill(body, height-2), width)...)
	return append(lines, k.edge(rule, rule, k.hintLine(v.Hints, width-6), width-2, k.Accent, k.Dim))
}

// padded makes every line as wide as the screen.
func padded(k *Look, lines []string, width int) []string {
	for i, text := range lines {
		lines[i] = text + strings.Repeat(" ", max(width-k.Width.StringWidth(text), 0))
	}
	return lines
}

// names lists what the links lead to, around the cursor.
func (v *Links) names(k *Look, width, room int) []string {
	v.page = max(min(room, len(v.Links)), 1)
	v.top = max(min(v.top, v.cursor, len(v.Links)-v.page), v.cursor-v.page+1, 0)
	var lines []string
	for i, link := range v.Links[v.top : v.top+v.page] {
		l := line{look: k}
		mark, style := "  ", k.Text
		if v.top+i == v.cursor {
			mark, style = k.Marks.Cursor+" ", k.Cursor
		}
		l.put(style, mark)
		l.glyphs(cutMiddle(k.glyphs(link.Name), width-l.cells-1, k.Marks.Ellipsis), style, k.Odd)
		lines = append(lines, l.String())
	}
	return lines
}

// codeOf is the QR code in the middle of the screen, or why there is none.
func (v *Links) codeOf(url string, k *Look, width, height int) (lines []string, why string) {
	if v.coded != url {
		var err error
		v.coded, v.codeWrong = url, ""
		if v.code, err = newQRCode(url); err != nil {
			v.codeWrong = err.Error()
		}
	}
	if v.codeWrong != "" {
		return nil, v.codeWrong
	}
	code, wants := v.code.draw(k, width, height)
	if wants != "" {
		return nil, "the QR code needs " + wants + "; the window has " + Count(int64(width)) + " and " + Count(int64(height))
	}
	left := strings.Repeat(" ", (width-k.Width.StringWidth(code[0]))/2)
	lines = make([]string, (height-len(code))/2)
	for _, text := range code {
		lines = append(lines, left+text)
	}
	return lines, ""
}

// overLines writes text over as many lines as it takes, from the first column on
// and without anything between, so that a mouse takes up the whole. At most
// most lines are there.
func (k *Look) overLines(text string, width, most int) []string {
	lines := strings.Split(k.Width.Hardwrap(k.safe(text), width, true), "\n")
	if most = max(most, 1); len(lines) > most {
		lines = append(lines[:most-1], k.Marks.Ellipsis+" and more than there is room for")
	}
	for i := range lines {
		lines[i] = k.Accent.On(lines[i])
	}
	return lines
}
