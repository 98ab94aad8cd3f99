// Package theme turns palettes into the styles that the screen is drawn with.
//
// A [Style] is the escape sequence that switches it on. Colours are numbers
// of the 256-colour cube and not 24-bit values: a sequence is then 11 bytes
// long instead of 19, and bytes are what a user of SSH waits for. Terminals
// of fewer colours have themes of their own.
package theme

import (
	"strconv"
	"strings"
)

// Reset switches every style off.
const Reset = "\x1b[m"

// Style is the SGR sequence that begins a style; the empty one is plain.
type Style string

// On returns text in style s, followed by a reset.
func (s Style) On(text string) string {
	if s == "" || text == "" {
		return text
	}
	return string(s) + text + Reset
}

// With returns s with other laid over it.
func (s Style) With(other Style) Style { return s + other }

// Theme is the set of styles of the program. Each says one thing.
type Theme struct {
	Name string

	Text   Style // what is read first
	Dim    Style // secondary: class, time, labels
	Border Style // of what has no focus
	Accent Style // of what has: border, title

	Folder Style // names that can be entered
	Marked Style // marked rows
	Odd    Style // escaped characters in names; warnings
	Good   Style // verified
	Danger Style // errors, and what cannot be undone

	Cursor     Style // the cursor row of the focused pane
	CursorMark Style // the same when the row is marked
	CursorOdd  Style // escaped characters in it
	CursorBar  Style // the bar before it, laid over Cursor
	Rest       Style // the cursor row of the other pane, laid under a style

	Key        Style // keys in hints
	Bar        Style // the done part of a progress bar
	BarOff     Style // the rest of it
	CodeWord   Style // keywords of a language, in a preview
	CodeName   Style // names that it defines: keys, tags, functions
	CodeText   Style // its strings
	CodeNumber Style

	Button Style // the chosen button of a dialog
	Alarm  Style // the chosen button if it destroys

	Colours int // that the terminal shows: 0, 16 or 256
}

// Dark is for light text on a dark ground.
func Dark() Theme {
	return Theme{
		Name: "dark",
		Dim:  fg(247), Border: fg(240), Accent: fg(80),
		Folder: fg(111).With(bold), Marked: fg(221), Odd: fg(215),
		Good: fg(114), Danger: fg(203),
		Cursor: on(231, 24), CursorMark: on(221, 24), CursorOdd: on(223, 24), Rest: bg(236),
		Key: fg(252), Bar: on(80, 237), BarOff: bg(237),
		Button: on(16, 80), Alarm: on(231, 160),
		CodeWord: fg(111), CodeName: fg(80), CodeText: fg(114), CodeNumber: fg(221), Colours: 256,
	}
}

// Light is for dark text on a light ground.
func Light() Theme {
	return Theme{
		Name: "light",
		Dim:  fg(241), Border: fg(246), Accent: fg(23),
		Folder: fg(25).With(bold), Marked: fg(94), Odd: fg(126),
		Good: fg(22), Danger: fg(160),
		Cursor: on(231, 24), CursorMark: on(228, 24), CursorOdd: on(223, 24), Rest: bg(254),
		Key: fg(236), Bar: on(23, 253), BarOff: bg(253),
		Button: on(231, 23), Alarm: on(231, 160),
		CodeWord: fg(25), CodeName: fg(23), CodeText: fg(22), CodeNumber: fg(94), Colours: 256,
	}
}

// Basic is for terminals of 16 colours; the terminal says what they are.
func Basic() Theme {
	return Theme{
		Name: "basic",
		Dim:  faint, Border: faint, Accent: sgr(36),
		Folder: sgr(34).With(bold), Marked: sgr(33), Odd: sgr(35),
		Good: sgr(32), Danger: sgr(31),
		Cursor: sgr(97, 44), CursorMark: sgr(93, 44), CursorOdd: sgr(95, 44), Rest: underline,
		Bar: sgr(36), BarOff: faint,
		Button: sgr(30, 46), Alarm: sgr(97, 41),
		CodeWord: sgr(34), CodeName: sgr(36), CodeText: sgr(32), CodeNumber: sgr(33), Colours: 16,
	}
}

// Mono uses attributes only, for terminals without colour and for NO_COLOR.
func Mono() Theme {
	return Theme{
		Name: "mono",
		Dim:  faint, Border: faint,
		Folder: bold, Marked: bold, Odd: underline, Danger: bold, Good: bold,
		Cursor: reverse, CursorMark: reverse.With(bold), CursorOdd: reverse.With(underline), CursorBar: upright.With(bold),
		Rest: underline, Key: bold, BarOff: faint,
		Button: reverse, Alarm: reverse.With(bold),
	}
}

// Pixels is the style of a half block whose upper and lower halves have
// colours of the 256.
func Pixels(upper, lower int) Style { return on(upper, lower) }

const (
	bold      Style = "\x1b[1m"
	faint     Style = "\x1b[2m"
	underline Style = "\x1b[4m"
	reverse   Style = "\x1b[7m"
	upright   Style = "\x1b[27m" // takes reverse back
)

func fg(colour int) Style { return sgr(38, 5, colour) }
func bg(colour int) Style { return sgr(48, 5, colour) }

func on(text, ground int) Style { return sgr(38, 5, text, 48, 5, ground) }

func sgr(params ...int) Style {
	words := make([]string, len(params))
	for i, p := range params {
		words[i] = strconv.Itoa(p)
	}
	return Style("\x1b[" + strings.Join(words, ";") + "m")
}
