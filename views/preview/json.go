package preview

import (
	"fmt"
	"strings"
)

// Limits of a document that is shown with its structure.
const (
	maxRows  = 200_000
	maxDepth = 10_000
	maxValue = 4 << 10 // bytes of one value that are shown
)

// JSON is read leniently: what cannot be read ends the document, and what was
// read until then is shown.

// Outline is a document, one row for each value, bracket or key.
type Outline struct {
	window Window
	rows   []outlineRow
	open   []int32 // rows of brackets that are not closed yet
	end    int     // where reading stopped
	bad    bool    // at something that is no JSON
}

type outlineRow struct {
	keyStart, keyEnd, start, end int32
	depth                        int32
	last                         int32 // of an opening bracket: the row that closes it, or the last one
	count                        int32 // of an opening bracket: what is in it
	bracket                      byte  // 0, or the bracket of this row
	comma                        bool
}

// NewOutline reads the documents in w, which begins at the beginning of a
// file. If nothing of it is JSON, it has no rows.
func NewOutline(w Window) *Outline {
	o := &Outline{window: w}
	o.read()
	for _, row := range o.open {
		o.rows[row].last = int32(len(o.rows) - 1)
	}
	return o
}

// Covers reports that o was made of w.
func (o *Outline) Covers(w Window) bool {
	return o != nil && o.window.Offset == w.Offset && len(o.window.Data) == len(w.Data)
}

// Len is the number of rows.
func (o *Outline) Len() int { return len(o.rows) }

// Trouble says why there are no more rows although the file goes on.
func (o *Outline) Trouble() string {
	switch {
	case o.bad:
		return fmt.Sprintf("what follows is no JSON, from byte %d on", o.end)
	case len(o.rows) >= maxRows:
		return "the rest is not shown"
	case len(o.window.Data) >= WindowSize && !o.window.AtEnd():
		return "the rest is not shown"
	}
	return ""
}

// Fold returns the last row of what folding row i hides; false if it is no
// opening bracket.
func (o *Outline) Fold(i int) (last int, ok bool) {
	r := o.rows[i]
	return int(r.last), r.bracket == '{' || r.bracket == '['
}

// Depth is how many brackets row i lies in.
func (o *Outline) Depth(i int) int { return int(o.rows[i].depth) }

// Row returns row i, as it is or folded.
func (o *Outline) Row(i int, folded bool, ellipsis string) []Span {
	r := o.rows[i]
	spans := []Span{{Text: strings.Repeat("  ", int(min(r.depth, 30)))}}
	if r.keyEnd > r.keyStart {
		spans = append(spans, Span{o.text(r.keyStart, r.keyEnd), Name}, Span{Text: ": "})
	}
	tail := ""
	if r.comma {
		tail = ","
	}
	switch {
	case r.bracket != 0 && folded:
		last := o.rows[r.last]
		closing := map[byte]string{'{': "}", '[': "]"}[r.bracket]
		if last.comma {
			closing += ","
		}
		return append(spans, Span{Text: string(r.bracket) + ellipsis + closing}, Span{fmt.Sprintf("  %d", r.count), Comment})
	case r.bracket != 0:
		return append(spans, Span{Text: string(r.bracket) + tail})
	}
	return append(spans, Span{o.text(r.start, r.end), o.role(r)}, Span{Text: tail})
}

func (o *Outline) role(r outlineRow) Role {
	switch c := o.window.Data[r.start]; {
	case c == '"':
		return String
	case c == '-' || c >= '0' && c <= '9':
		return Number
	case c == '{' || c == '[':
		return Plain
	}
	return Keyword
}

func (o *Outline) text(from, to int32) string {
	if c := o.window.Data[from]; c == '{' || c == '[' { // empty, whatever space is in it
		return string([]byte{c, o.window.Data[to-1]})
	}
	return string(o.window.Data[from:min(to, from+maxValue)])
}

// read makes rows of tokens until something cannot be read.
func (o *Outline) read() {
	key := outlineRow{}
	for len(o.rows) < maxRows {
		start, end, ok := o.token()
		if !ok {
			return
		}
		data := o.window.Data
		switch c := data[start]; c {
		case ',':
			if len(o.rows) > 0 {
				o.rows[len(o.rows)-1].comma = true
			}
		case '}', ']':
			if !o.close(c) {
				o.bad, o.end = true, start
				return
			}
		case '{', '[':
			if !o.push(c, start, key) {
				return
			}
			key = outlineRow{}
		default:
			if c == '"' && key.keyEnd == 0 && o.inObject() {
				key.keyStart, key.keyEnd = int32(start), int32(end)
				if !o.colon() {
					return
				}
				continue
			}
			o.add(outlineRow{keyStart: key.keyStart, keyEnd: key.keyEnd, start: int32(start), end: int32(end)})
			key = outlineRow{}
		}
	}
}

func (o *Outline) inObject() bool {
	return len(o.open) > 0 && o.rows[o.open[len(o.open)-1]].bracket == '{'
}

// colon takes the colon after a key.
func (o *Outline) colon() bool {
	start, _, ok := o.token()
	if ok && o.window.Data[start] != ':' {
		o.bad, o.end = true, start
		return false
	}
	return ok
}

func (o *Outline) add(r outlineRow) {
	r.depth = int32(len(o.open))
	if len(o.open) > 0 {
		o.rows[o.open[len(o.open)-1]].count++
	}
	o.rows = append(o.rows, r)
}

func (o *Outline) push(bracket byte, start int, key outlineRow) bool {
	if len(o.open) >= maxDepth {
		o.bad, o.end = true, start
		return false
	}
	o.add(outlineRow{keyStart: key.keyStart, keyEnd: key.keyEnd, start: int32(start), end: int32(start + 1), bracket: bracket})
	o.open = append(o.open, int32(len(o.rows)-1))
	return true
}

// close ends the innermost bracket; one that is empty becomes a value.
func (o *Outline) close(bracket byte) bool {
	if len(o.open) == 0 {
		return false
	}
	at := o.open[len(o.open)-1]
	if o.rows[at].bracket != map[byte]byte{'}': '{', ']': '['}[bracket] {
		return false
	}
	o.open = o.open[:len(o.open)-1]
	if int(at) == len(o.rows)-1 {
		o.rows[at].bracket, o.rows[at].end = 0, int32(o.end)
		return true
	}
	o.rows[at].last = int32(len(o.rows))
	o.rows = append(o.rows, outlineRow{depth: int32(len(o.open)), bracket: bracket, last: int32(len(o.rows))})
	return true
}

// token returns the next token; false at the end of what is in memory and at
// what is none.
func (o *Outline) token() (start, end int, ok bool) {
	data, i := o.window.Data, o.end
	if i == 0 && strings.HasPrefix(string(data[:min(3, len(data))]), "\xef\xbb\xbf") {
		i = 3
	}
	for i < len(data) && (data[i] == ' ' || data[i] == '\n' || data[i] == '\r' || data[i] == '\t') {
		i++
	}
	if i == len(data) {
		o.end = i
		return 0, 0, false
	}
	n := tokenBytes(data[i:])
	switch {
	case n < 0:
		o.bad, o.end = true, i
		return 0, 0, false
	case n == 0 || i+n == len(data) && !o.window.AtEnd():
		return 0, 0, false // it goes on in what was not read yet
	}
	o.end = i + n
	return i, o.end, true
}

// tokenBytes is the length of the token that begins data: 0 if its end is not
// there, -1 if it is none.
func tokenBytes(data []byte) int {
	switch c := data[0]; {
	case strings.IndexByte("{}[],:", c) >= 0:
		return 1
	case c == '"':
		for i := 1; i < len(data); i++ {
			switch data[i] {
			case '\\':
				i++
			case '"':
				return i + 1
			}
		}
		return 0
	case c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		i := 1
		for i < len(data) && strings.IndexByte("{}[],:\" \n\r\t", data[i]) < 0 {
			i++
		}
		if !literal(data[:i]) {
			return -1
		}
		return i
	}
	return -1
}

func literal(word []byte) bool {
	switch string(word[:min(len(word), 9)]) {
	case "true", "false", "null", "NaN", "Infinity", "-Infinity":
		return true
	}
	return word[0] == '-' || word[0] >= '0' && word[0] <= '9'
}
