package views

import "cosmander/theme"

// Edit is one line of text that is edited. The zero value is empty.
type Edit struct {
	text   []rune
	cursor int
}

// Text returns what is in the line.
func (e *Edit) Text() string { return string(e.text) }

// atEnd reports that the cursor is behind the text.
func (e *Edit) atEnd() bool { return e.cursor == len(e.text) }

// Set replaces the text and puts the cursor behind it.
func (e *Edit) Set(text string) {
	e.text = []rune(text)
	e.cursor = len(e.text)
}

// Type inserts text at the cursor. Line ends are left out.
func (e *Edit) Type(text string) {
	var typed []rune
	for _, r := range text {
		if r != '\n' && r != '\r' {
			typed = append(typed, r)
		}
	}
	e.text = append(e.text[:e.cursor:e.cursor], append(typed, e.text[e.cursor:]...)...)
	e.cursor += len(typed)
}

// Do moves the cursor or deletes what is before it.
func (e *Edit) Do(in Input) {
	switch in {
	case Rub:
		if e.cursor > 0 {
			e.text = append(e.text[:e.cursor-1], e.text[e.cursor:]...)
			e.cursor--
		}
	case Left:
		e.cursor = max(e.cursor-1, 0)
	case Right:
		e.cursor = min(e.cursor+1, len(e.text))
	case Top:
		e.cursor = 0
	case Bottom:
		e.cursor = len(e.text)
	case NoInput, Accept, Leave, Next, Previous, Up, Down, PageUp, PageDown:
	}
}

// draw writes the text with its cursor, room cells wide at most; a long text
// is cut so that the cursor stays in sight.
func (e *Edit) draw(k *Look, l *line, room int) { e.drawBefore(k, l, room, "") }

// drawBefore is draw with what the text may go on to behind it.
func (e *Edit) drawBefore(k *Look, l *line, room int, ghost string) {
	end := l.cells + room
	under, rest, style := " ", e.text[e.cursor:], k.Text
	if len(rest) == 0 {
		rest, style = []rune(ghost), k.Dim
	}
	if len(rest) > 0 {
		under, rest = string(rest[:1]), rest[1:]
	}
	cursor := k.glyphs(under)
	l.glyphs(cutLeft(k.glyphs(string(e.text[:e.cursor])), room-max(cellsOf(cursor), 1), k.Marks.Ellipsis), k.Text, k.Odd)
	l.glyphs(cursor, theme.Style("\x1b[7m"), theme.Style("\x1b[7m"))
	l.glyphs(cutEnd(k.glyphs(string(rest)), end-l.cells, k.Marks.Ellipsis), style, k.Odd)
}

// EditLine draws what is being typed at the foot of the screen, and beside it
// what there is to know about it.
func (k *Look) EditLine(label string, e *Edit, note string, width int) string {
	l := line{look: k}
	l.blank("", 1)
	l.put(k.Accent, label)
	l.blank("", 1)
	// What is typed comes first; a part of the line is kept for the note.
	free := width - l.cells - cellsOf(k.glyphs(e.Text())) - 6
	said := cutEnd(k.glyphs(note), max(min(free, width*2/3), width/4), k.Marks.Ellipsis)
	after := 0
	if len(said) > 0 {
		after = cellsOf(said) + 3
	}
	e.draw(k, &l, max(width-l.cells-after-1, 1))
	if after > 0 {
		l.to(width-after+1, "")
		l.glyphs(said, k.Dim, k.Odd)
	}
	l.to(width, "")
	return l.String()
}
