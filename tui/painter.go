package tui

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// painter turns frames into the bytes that change one into the next. The
// lines of a frame hold text and SGR sequences only.
type painter struct {
	shown []string // what the terminal shows; nil if that is not known
	width int
	cells ansi.Method
	bce   bool // erased cells take the background of the pen

	out []byte
	pen *penStyle
	// styles caches what is known of every style seen.
	styles map[string]*penStyle
	// old and new hold the cells of the line at hand.
	old, new []paintCell
}

// paintCell is one column of a line.
type paintCell struct {
	text  string // empty for the right half of a wide character
	style *penStyle
	// risky characters may take other than the expected cells.
	risky bool
}

// penStyle is a style as a terminal is told of it.
type penStyle struct {
	params string // of one SGR sequence: "38;5;245"
	// ground: spaces look different in this style. solid: only by their
	// background, so that they can be erased instead of written.
	ground, solid bool
}

var plainStyle = &penStyle{}

// forget makes the next diff a full one.
func (p *painter) forget() { p.shown = nil }

// diff returns the bytes that make the terminal show f. They are valid until
// the next call.
func (p *painter) diff(f frame) []byte {
	p.out = p.out[:0]
	if p.width != f.width || p.cells != f.cells || len(p.shown) != len(f.lines) {
		p.forget()
	}
	p.width, p.cells, p.pen = f.width, f.cells, plainStyle
	if p.styles == nil {
		p.styles = map[string]*penStyle{"": plainStyle}
	}
	if p.shown == nil {
		p.shown = make([]string, len(f.lines))
		p.out = append(p.out, "\x1b[m\x1b[2J"...)
	}
	for row, text := range f.lines {
		if p.shown[row] != text {
			p.line(row, p.shown[row], text)
			p.shown[row] = text
		}
	}
	if len(p.out) == 0 {
		return nil
	}
	p.use(plainStyle)
	if f.sync {
		framed := append([]byte(ansi.SetModeSynchronizedOutput), p.out...)
		p.out = append(framed, ansi.ResetModeSynchronizedOutput...)
	}
	return p.out
}

// line changes one line.
func (p *painter) line(row int, before, after string) {
	var riskyOld, riskyNew bool
	p.old, riskyOld = p.parse(p.old[:0], before)
	p.new, riskyNew = p.parse(p.new[:0], after)
	if riskyOld || riskyNew {
		p.wholeLine(row)
		return
	}
	at := -1 // column of the terminal's cursor; -1: not in this row
	for column := 0; column < p.width; column = at {
		from, to := p.nextRun(column)
		if from < 0 {
			return
		}
		p.move(row, at, from)
		p.run(from, to)
		at = to
	}
}

// mergeGap is how many unchanged cells are sent again rather than skipped:
// skipping costs four bytes.
const mergeGap = 3

// nextRun returns the next cells that differ, from a column on, widened so
// that no wide character of either line is cut; -1 if there are none.
func (p *painter) nextRun(column int) (from, to int) {
	for column < p.width && p.same(column) {
		column++
	}
	if column == p.width {
		return -1, -1
	}
	from, to = column, column+1
	for same := 0; column < p.width && same <= mergeGap; column++ {
		if p.same(column) {
			same++
			continue
		}
		same, to = 0, column+1
	}
	for from > 0 && (p.new[from].text == "" || p.old[from].text == "") {
		from--
	}
	for to < p.width && (p.new[to].text == "" || p.old[to].text == "") {
		to++
	}
	return from, to
}

func (p *painter) same(column int) bool { return p.old[column] == p.new[column] }

// wholeLine erases a line and writes it anew. It is what is done where the
// terminal may count cells otherwise than expected: after every such
// character the cursor is put where it belongs.
func (p *painter) wholeLine(row int) {
	p.use(plainStyle)
	p.move(row, -1, 0)
	p.out = append(p.out, ansi.EraseLineRight...)
	end := p.width
	for end > 0 && p.new[end-1] == (paintCell{text: " ", style: plainStyle}) {
		end--
	}
	for from := 0; from < end; {
		to := from
		for to < end && !p.new[to].risky {
			to++
		}
		if to < end {
			for to++; to < end && p.new[to].text == ""; to++ {
			}
		}
		p.run(from, to)
		if to < end {
			p.out = append(p.out, "\x1b["+strconv.Itoa(to+1)+"G"...)
		}
		from = to
	}
}

// move puts the cursor on a column of row.
func (p *painter) move(row, at, column int) {
	p.out = append(p.out, "\x1b["...)
	switch {
	case at >= 0:
		p.out = strconv.AppendInt(p.out, int64(column-at), 10)
		p.out = append(p.out, 'C')
	case column == 0:
		p.out = strconv.AppendInt(p.out, int64(row+1), 10)
		p.out = append(p.out, 'H')
	default:
		p.out = strconv.AppendInt(p.out, int64(row+1), 10)
		p.out = append(p.out, ';')
		p.out = strconv.AppendInt(p.out, int64(column+1), 10)
		p.out = append(p.out, 'H')
	}
}

// run writes the cells from..to of the new line.
func (p *painter) run(from, to int) {
	for i := from; i < to; {
		c := p.new[i]
		if c.text != " " {
			if c.text != "" {
				p.use(c.style)
				p.out = append(p.out, c.text...)
			}
			i++
			continue
		}
		n := 1
		for i+n < to && p.new[i+n] == c {
			n++
		}
		p.blanks(c.style, n, i+n < p.width)
		i += n
	}
}

// blanks writes n spaces, or erases as many cells if that is shorter; more
// says that the run goes on after them.
func (p *painter) blanks(style *penStyle, n int, more bool) {
	if style.ground || p.pen.ground {
		p.use(style)
	}
	erasable := !style.ground || style.solid && p.bce
	if !erasable || n < 10 {
		for range n {
			p.out = append(p.out, ' ')
		}
		return
	}
	p.out = append(p.out, "\x1b["...)
	p.out = strconv.AppendInt(p.out, int64(n), 10)
	p.out = append(p.out, 'X')
	if more {
		p.out = append(p.out, "\x1b["...)
		p.out = strconv.AppendInt(p.out, int64(n), 10)
		p.out = append(p.out, 'C')
	}
}

// use changes the pen.
func (p *painter) use(style *penStyle) {
	switch {
	case style == p.pen:
		return
	case style == plainStyle:
		p.out = append(p.out, "\x1b[m"...)
	case p.pen == plainStyle:
		p.out = append(append(append(p.out, "\x1b["...), style.params...), 'm')
	default:
		p.out = append(append(append(p.out, "\x1b[;"...), style.params...), 'm')
	}
	p.pen = style
}

// parse turns a line into exactly width cells, appended to out.
func (p *painter) parse(out []paintCell, text string) (cells []paintCell, risky bool) {
	params, style := "", plainStyle
	for len(text) > 0 && len(out) < p.width {
		if text[0] == '\x1b' {
			seq, rest, ok := strings.Cut(text[1:], "m")
			if !ok || seq == "" || seq[0] != '[' {
				text = text[1:] // no line of ours; never sent
				continue
			}
			params = joinSGR(params, seq[1:])
			style, text = p.style(params), rest
			continue
		}
		c, n := p.glyph(&text)
		c.style = style
		if c.text == " " && !style.ground {
			c.style = plainStyle
		}
		if n == 0 || len(out)+n > p.width {
			continue
		}
		risky = risky || c.risky
		out = append(out, c)
		for range n - 1 {
			out = append(out, paintCell{style: style})
		}
	}
	for len(out) < p.width {
		out = append(out, paintCell{text: " ", style: plainStyle})
	}
	return out, risky
}

// glyph takes the first character off text.
func (p *painter) glyph(text *string) (c paintCell, cells int) {
	s := *text
	if s[0] < utf8.RuneSelf && (len(s) == 1 || s[1] < utf8.RuneSelf) {
		*text = s[1:]
		return paintCell{text: s[:1]}, 1
	}
	cluster, n := ansi.FirstGraphemeCluster(s, p.cells)
	*text = s[len(cluster):]
	r, size := utf8.DecodeRuneInString(cluster)
	return paintCell{text: cluster, risky: size < len(cluster) || r >= 0x1f000}, n
}

// joinSGR adds the parameters of one more sequence; a reset drops the others.
func joinSGR(params, more string) string {
	switch {
	case more == "" || more == "0":
		return ""
	case params == "":
		return more
	}
	return params + ";" + more
}

// style returns what is known of a style.
func (p *painter) style(params string) *penStyle {
	if s, ok := p.styles[params]; ok {
		return s
	}
	s := &penStyle{params: params}
	words := strings.Split(params, ";")
	drawn := false
	for i := 0; i < len(words); i++ {
		switch words[i] {
		case "38", "48":
			s.ground = s.ground || words[i] == "48"
			i += 2 // 5 and the number
		case "4", "7":
			drawn = true
		case "40", "41", "42", "43", "44", "45", "46", "47", "100", "101", "102", "103", "104", "105", "106", "107":
			s.ground = true
		}
	}
	s.solid = s.ground && !drawn
	s.ground = s.ground || drawn
	p.styles[params] = s
	return s
}
