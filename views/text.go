package views

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"cosmander/theme"
)

// glyph is one character as a terminal draws it.
type glyph struct {
	text  string
	cells int
	odd   bool // text is an escape standing for an unsafe character
}

// Safe returns text from outside (a key, a file name, an answer of a server)
// in a form that no terminal obeys: control, bidi and invisible characters
// and bytes that are no UTF-8 are spelled out as ␛, \u202e or \xff.
func Safe(s string) string {
	if plainASCII(s) {
		return s
	}
	var b strings.Builder
	for _, g := range glyphs(s, ansi.WcWidth) {
		b.WriteString(g.text)
	}
	return b.String()
}

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// glyphs splits s into what stands in the cells of a line.
func glyphs(s string, m ansi.Method) []glyph {
	out := make([]glyph, 0, len(s))
	for len(s) > 0 {
		if s[0] >= ' ' && s[0] <= '~' && (len(s) == 1 || s[1] < utf8.RuneSelf) {
			out = append(out, glyph{s[:1], 1, false})
			s = s[1:]
			continue
		}
		n := 0
		if r, size := utf8.DecodeRuneInString(s); unsafeRune(r, size) || len(out) == 0 && unicode.Is(unicode.M, r) {
			out = append(out, escaped(r, s[:size], m))
			n = size
		} else {
			n = cluster(s)
			text := s[:n]
			if cells := m.StringWidth(text); cells > 0 {
				out = append(out, glyph{text, cells, false})
			} else {
				out = append(out, escaped(r, s[:size], m))
				n = size
			}
		}
		s = s[n:]
	}
	return out
}

// maxCluster is more than the longest emoji is, in bytes. What a stranger piles
// up beyond it in one cell is spelled out.
const maxCluster = 96

// cluster returns the length of the first grapheme of s, cut before an unsafe
// character inside it.
func cluster(s string) int {
	text, _ := ansi.FirstGraphemeCluster(s[:min(len(s), maxCluster)], ansi.GraphemeWidth)
	for i, r := range text {
		if i == 0 {
			continue
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		if unsafeRune(r, size) {
			return i
		}
	}
	return max(len(text), 1)
}

// unsafeRune reports what must not reach a terminal as it is.
func unsafeRune(r rune, size int) bool {
	switch {
	case r == utf8.RuneError && size <= 1:
		return true
	case r == ' ', r == '\u3000', r == '\ufe0f': // the wide space; emoji presentation
		return false
	case !unicode.IsPrint(r):
		return true
	}
	return invisible(r)
}

// invisible reports letters and marks that draw nothing.
func invisible(r rune) bool {
	switch {
	case r == '\u034f', r == '\u115f', r == '\u1160', r == '\u17b4', r == '\u17b5',
		r == '\u3164', r == '\uffa0', r == '\u2800':
		return true
	case r >= '\u180b' && r <= '\u180f', r >= '\ufe00' && r <= '\ufe0e', r >= 0xe0100 && r <= 0xe01ef:
		return true
	}
	return false
}

func escaped(r rune, raw string, m ansi.Method) glyph {
	text := ""
	switch {
	case r == utf8.RuneError && len(raw) <= 1:
		text = fmt.Sprintf(`\x%02x`, raw[0])
	case r < ' ':
		text = string('␀' + r)
	case r == 0x7f:
		text = "␡"
	case r > 0xffff:
		text = fmt.Sprintf(`\U%08x`, r)
	default:
		text = fmt.Sprintf(`\u%04x`, r)
	}
	return glyph{text, m.StringWidth(text), true}
}

func cellsOf(gs []glyph) int {
	total := 0
	for _, g := range gs {
		total += g.cells
	}
	return total
}

// cutMiddle shortens gs to width cells by leaving out the middle. The
// extension, if it is short, and the end of the name stay, and so does the
// first escaped character: a name that is not what it looks like is to be
// seen as one. Where there is no room for it the ellipsis warns.
func cutMiddle(gs []glyph, width int, ellipsis string) []glyph {
	out := leaveOut(gs, width, ellipsis)
	odd := func(g glyph) bool { return g.odd }
	first := slices.IndexFunc(gs, odd)
	if first < 0 || slices.ContainsFunc(out, odd) || len(out) == 0 {
		return out
	}
	warning := []glyph{{ellipsis, 1, false}, gs[first]}
	if left := width - cellsOf(warning); left >= minName/2 {
		return around(gs, left, warning, ellipsis)
	}
	at := slices.IndexFunc(out, func(g glyph) bool { return g.text == ellipsis })
	out[at].odd = true
	return out
}

// around returns the beginning and the end of gs in width cells, with the
// warning and an ellipsis between them.
func around(gs []glyph, width int, warning []glyph, ellipsis string) []glyph {
	ends := leaveOut(gs, width, ellipsis)
	at := slices.IndexFunc(ends, func(g glyph) bool { return g.text == ellipsis })
	return slices.Insert(ends, at, warning...)
}

// leaveOut is cutMiddle without a look at escaped characters.
func leaveOut(gs []glyph, width int, ellipsis string) []glyph {
	total := 0
	for _, g := range gs {
		total += g.cells
	}
	if total <= width {
		return gs
	}
	if width <= 0 {
		return nil
	}
	tail := tailCells(gs, width-1)
	end := len(gs)
	for used := 0; end > 0 && used+gs[end-1].cells <= tail; end-- {
		used += gs[end-1].cells
	}
	head, used := 0, 0
	for _, g := range gs[end:] {
		used += g.cells
	}
	for used+gs[head].cells < width {
		used += gs[head].cells
		head++
	}
	out := make([]glyph, 0, head+1+len(gs)-end)
	out = append(out, gs[:head]...)
	out = append(out, glyph{ellipsis, 1, false})
	return append(out, gs[end:]...)
}

// extensionCells is the longest ending that counts as an extension.
const extensionCells = 10

// tailCells says how many of the cells left by an ellipsis the end gets: a
// third, or the whole extension (".tar.gz") if that is more.
func tailCells(gs []glyph, left int) int {
	tail, cells := left/3, 0
	for i := len(gs) - 1; i > 0; i-- {
		cells += gs[i].cells
		if cells > min(extensionCells, left*2/3) {
			break
		}
		if gs[i].text == "." {
			tail = max(tail, cells)
		}
	}
	return tail
}

// cutLeft shortens gs to width cells by leaving out the beginning.
func cutLeft(gs []glyph, width int, ellipsis string) []glyph {
	total := 0
	for _, g := range gs {
		total += g.cells
	}
	if total <= width {
		return gs
	}
	if width <= 0 {
		return nil
	}
	start := len(gs)
	for used := 1; start > 0 && used+gs[start-1].cells <= width; start-- {
		used += gs[start-1].cells
	}
	return append([]glyph{{ellipsis, 1, false}}, gs[start:]...)
}

// line collects the cells of one line of the screen.
type line struct {
	strings.Builder
	look  *Look
	cells int
}

// put writes text that is known to be safe and single-width per rune.
func (l *line) put(style theme.Style, text string) {
	l.WriteString(style.On(text))
	l.cells += l.look.Width.StringWidth(text)
}

// glyphs writes gs, the escapes among them in the odd style.
func (l *line) glyphs(gs []glyph, style, odd theme.Style) {
	current := theme.Style("")
	for _, g := range gs {
		want := style
		if g.odd {
			want = odd
		}
		if want != current {
			if current != "" {
				l.WriteString(theme.Reset)
			}
			l.WriteString(string(want))
			current = want
		}
		l.WriteString(g.text)
		l.cells += g.cells
	}
	if current != "" {
		l.WriteString(theme.Reset)
	}
}

// blank writes n spaces.
func (l *line) blank(style theme.Style, n int) {
	if n <= 0 {
		return
	}
	l.WriteString(style.On(strings.Repeat(" ", n)))
	l.cells += n
}

// to fills with spaces up to a column.
func (l *line) to(column int, style theme.Style) { l.blank(style, column-l.cells) }
