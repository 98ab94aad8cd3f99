package views

import (
	"slices"
	"strings"
)

// Field is one answer of a [Form]: one of its Options, or a line of text.
type Field struct {
	Label   string
	Options []string
	// Check returns what is wrong with the text, or ""; may be nil.
	Check func(text string) string
	// Suggest returns what the text may go on to, or ""; may be nil. Right at
	// the end of the line takes it.
	Suggest func(text string) string

	edit Edit
	at   int
}

// Text returns the line, or the option that is chosen.
func (f *Field) Text() string {
	if f.Options != nil {
		return f.Options[f.at]
	}
	return f.edit.Text()
}

// Chosen returns the index of the option that is chosen.
func (f *Field) Chosen() int { return f.at }

// Set puts text into the line, or chooses the option of that name.
func (f *Field) Set(text string) *Field {
	if f.Options != nil {
		f.at = max(slices.Index(f.Options, text), 0)
		return f
	}
	f.edit.Set(text)
	return f
}

// suggested is what Right would add.
func (f *Field) suggested() string {
	text := f.edit.Text()
	if f.Suggest == nil || text == "" || !f.edit.atEnd() {
		return ""
	}
	rest, _ := strings.CutPrefix(f.Suggest(text), text)
	return rest
}

func (f *Field) check() string {
	if f.Check == nil {
		return ""
	}
	return f.Check(f.Text())
}

// typed takes text; a space goes on to the next option.
func (f *Field) typed(text string) bool {
	if f.Options == nil {
		f.edit.Type(text)
		return true
	}
	return text == " " && f.do(Right)
}

// do takes an input and tells whether the answer is another one now.
func (f *Field) do(in Input) bool {
	if f.Options == nil {
		before := f.edit.Text()
		if rest := f.suggested(); rest != "" && in == Right {
			f.edit.Type(rest)
		} else {
			f.edit.Do(in)
		}
		return f.edit.Text() != before
	}
	n, before := len(f.Options), f.at
	switch in { //nolint:exhaustive // the others mean nothing to a choice
	case Right:
		f.at = (f.at + 1) % n
	case Left:
		f.at = (f.at + n - 1) % n
	case Top:
		f.at = 0
	case Bottom:
		f.at = n - 1
	}
	return f.at != before
}

func (f *Field) draw(k *Look, labelCells, inner int, focused bool) string {
	l := line{look: k}
	label, style := k.Dim, k.Text
	if focused {
		label, style = k.Accent, k.Button
	}
	l.blank("", 2)
	l.put(label, pad(k.Shorten(f.Label, labelCells), labelCells, false))
	l.blank("", 2)
	switch {
	case f.Options != nil:
		l.put(style, k.Marks.Open+" "+f.Text()+" "+k.Marks.Shut)
	case focused:
		l.put(k.Accent, k.Marks.Shut+" ")
		f.edit.drawBefore(k, &l, inner-l.cells-1, f.suggested())
	default:
		l.blank("", 2)
		l.glyphs(cutEnd(k.glyphs(f.edit.Text()), inner-l.cells-1, k.Marks.Ellipsis), k.Text, k.Odd)
	}
	return l.String()
}
