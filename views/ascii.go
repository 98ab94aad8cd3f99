package views

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// glyphs splits text from anywhere into what stands in the cells of a line.
// Without Unicode names are spelled out too (\u65c5): a terminal that needs
// that would show other characters in other widths, and an exact name that can
// be read is better than a broken line.
func (k *Look) glyphs(s string) []glyph {
	gs := glyphs(s, k.Width)
	if k.Marks.Unicode {
		return gs
	}
	return spelled(gs)
}

// safe is [Safe] for this terminal.
func (k *Look) safe(s string) string {
	if k.Marks.Unicode || plainASCII(s) {
		return Safe(s)
	}
	var b strings.Builder
	for _, g := range spelled(glyphs(s, ansi.WcWidth)) {
		b.WriteString(g.text)
	}
	return b.String()
}

// spelled writes glyphs with characters of ASCII only.
func spelled(gs []glyph) []glyph {
	out := make([]glyph, 0, len(gs))
	for _, g := range gs {
		if g.text != "" && !plainASCII(g.text) {
			text := spelling(g.text)
			g = glyph{text, len(text), true}
		}
		out = append(out, g)
	}
	return out
}

// spelling is text in ASCII: \x1b, \u65c5.
func spelling(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '␡': // the picture of a control character, as the next ones
			b.WriteString(`\x7f`)
		case r >= '␀' && r < '␡':
			fmt.Fprintf(&b, `\x%02x`, r-'␀')
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		case r >= utf8.RuneSelf:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
