package preview

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// LineBytes is the grid on which lines without an end are broken. A line is
// at most two of them long, wherever one begins to read.
const LineBytes = 4 << 10

// A line begins behind a line feed, and at every multiple of LineBytes that no
// line feed was seen for LineBytes before. This can be decided by looking back
// over LineBytes, so that reading forwards and backwards finds the same lines,
// also in the middle of a hundred megabytes without any line feed.

// LineAt returns the start of the line that holds the byte at, as far as it
// can be known from what is in memory.
func (w Window) LineAt(e Encoding, at int64) int64 {
	at = min(max(at, w.Offset), w.End())
	from := max(at-at%LineBytes-LineBytes, w.Offset)
	start := from
	for next := start; next <= at; {
		start = next
		var ok bool
		if next, ok = w.lineEnd(e, start); !ok || next == start {
			break
		}
	}
	return start
}

// lineEnd returns the start of the line after the one that begins at from;
// false if that is not in memory.
func (w Window) lineEnd(e Encoding, from int64) (int64, bool) {
	limit := from - from%LineBytes + 2*LineBytes
	if from%LineBytes == 0 {
		limit = from + LineBytes
	}
	span := w.bytes(from, limit)
	if i := e.feed(span, from); i >= 0 {
		return from + int64(i) + e.unit(), true
	}
	if limit <= w.End() && limit < w.Size {
		return max(w.align(e, from, limit), from+1), true
	}
	if w.AtEnd() {
		return w.End(), len(span) > 0
	}
	return from, false
}

// feed returns the index of the first line feed in span, which begins at an
// offset of the file; -1 if there is none.
func (e Encoding) feed(span []byte, offset int64) int {
	if e.unit() == 1 {
		return bytes.IndexByte(span, '\n')
	}
	want := []byte{'\n', 0}
	if e == UTF16BE {
		want = []byte{0, '\n'}
	}
	for i := int(offset % 2); i+1 < len(span); i += 2 {
		if span[i] == want[0] && span[i+1] == want[1] {
			return i
		}
	}
	return -1
}

// align moves the break at, which lies in the line from from on, so that it
// cuts no character.
func (w Window) align(e Encoding, from, at int64) int64 {
	span := w.bytes(from, at)
	switch {
	case e == UTF8:
		for n := 1; n < utf8.UTFMax && n < len(span); n++ {
			if tail := span[len(span)-n:]; utf8.RuneStart(tail[0]) {
				if !utf8.FullRune(tail) {
					return at - int64(n)
				}
				break
			}
		}
	case e.double():
		// What is below '0' is never the second byte of a character: it is
		// safe to count characters from there.
		i := bytes.LastIndexFunc(span, func(r rune) bool { return r < '0' }) + 1
		for i < len(span) {
			n, _ := e.char(span[i:])
			if n == 0 || i+n > len(span) {
				return from + int64(i)
			}
			i += n
		}
	}
	return at
}

// Line returns the text of the line that begins at from, without its end, and
// where the next one begins. It is false at the end of the file and where the
// end of the line is not in memory.
func (w Window) Line(e Encoding, from int64) (text string, next int64, ok bool) {
	if from < w.Offset || from >= w.End() {
		return "", from, false
	}
	next, ok = w.lineEnd(e, from)
	if !ok {
		return "", from, false
	}
	text = e.Decode(w.bytes(from, next))
	if from == 0 {
		text = trimMark(text)
	}
	text = strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
	return text, next, true
}

// trimMark takes away the mark at the beginning of a file that names its
// encoding.
func trimMark(text string) string {
	if r, n := utf8.DecodeRuneInString(text); r == '\ufeff' {
		return text[n:]
	}
	return text
}

// Before returns the start of the line before the one that begins at from;
// false at the beginning of what is in memory.
func (w Window) Before(e Encoding, from int64) (int64, bool) {
	if from <= w.Offset {
		return from, false
	}
	return w.LineAt(e, from-1), true
}

// After returns the start of the line after the one that begins at from; false
// at the end of the file and where that is not in memory.
func (w Window) After(e Encoding, from int64) (int64, bool) {
	if from < w.Offset || from >= w.End() {
		return from, false
	}
	return w.lineEnd(e, from)
}
