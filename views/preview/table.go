package preview

import (
	"bytes"
	"path"
	"strings"
)

// Limits of a table. What goes beyond is shown as text.
const (
	maxColumns = 256
	maxCell    = 1 << 10  // bytes of one cell that are shown
	maxRecord  = 64 << 10 // bytes after which a quote that is not closed is none
)

// Records is a table. It knows where they begin and reads those that
// are seen.
type Records struct {
	Comma byte

	window Window
	starts []int32
	ends   []int32
}

// NewRecords finds the records in w, which begins at the beginning of the file
// called name.
func NewRecords(w Window, name string) *Records {
	t := &Records{Comma: separator(w.Data, name), window: w}
	data := w.Data
	at := 0
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		at = 3
	}
	for at < len(data) {
		end, next, whole := record(data, at, t.Comma)
		if !whole && !w.AtEnd() && len(data) < WindowSize {
			break // the rest of it has to be read
		}
		if end > at || next < len(data) {
			t.starts, t.ends = append(t.starts, int32(at)), append(t.ends, int32(end))
		}
		at = next
	}
	return t
}

// Covers reports that t was made of w.
func (t *Records) Covers(w Window) bool {
	return t != nil && t.window.Offset == w.Offset && len(t.window.Data) == len(w.Data)
}

// Len is the number of records.
func (t *Records) Len() int { return len(t.starts) }

// Record returns the cells of a record as text.
func (t *Records) Record(i int, e Encoding) []string {
	var cells []string
	rest := t.window.Data[t.starts[i]:t.ends[i]]
	for len(cells) < maxColumns {
		raw, next, more := field(rest, t.Comma)
		cells = append(cells, e.Decode(raw[:min(len(raw), maxCell)]))
		if !more {
			break
		}
		rest = next
	}
	return cells
}

// record returns where the record that begins at ends and where the next one
// begins; whole is false if data ends before it does.
func record(data []byte, at int, comma byte) (end, next int, whole bool) {
	quoted, fresh := false, true
	for i := at; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && i-at > maxRecord:
			return lineOf(data, at)
		case c == '"' && (fresh || quoted):
			quoted = !quoted
			fresh = !quoted // a quote after a quote opens again: it was one of the text
			continue
		case c == '\n' && !quoted:
			return trimCR(data, at, i), i + 1, true
		case c == comma && !quoted:
			fresh = true
			continue
		}
		fresh = false
	}
	if quoted && len(data)-at > maxRecord {
		return lineOf(data, at)
	}
	return trimCR(data, at, len(data)), len(data), false
}

// lineOf takes a record to end with its line, whatever the quotes say.
func lineOf(data []byte, at int) (end, next int, whole bool) {
	i := bytes.IndexByte(data[at:min(at+maxRecord, len(data))], '\n')
	if i < 0 {
		end = min(at+maxRecord, len(data))
		return end, end, true
	}
	return trimCR(data, at, at+i), at + i + 1, true
}

func trimCR(data []byte, at, end int) int {
	if end > at && data[end-1] == '\r' {
		return end - 1
	}
	return end
}

// field cuts the first cell off a record.
func field(rest []byte, comma byte) (cell, next []byte, more bool) { return fieldIn(rest, comma, '"') }

func fieldIn(rest []byte, comma, quote byte) (cell, next []byte, more bool) {
	if len(rest) == 0 || rest[0] != quote {
		cell, next, more = bytes.Cut(rest, []byte{comma})
		return cell, next, more
	}
	var out []byte
	i := 1
	for ; i < len(rest); i++ {
		if rest[i] == quote {
			if i+1 >= len(rest) || rest[i+1] != quote {
				i++
				break
			}
			i++
		}
		out = append(out, rest[i])
	}
	tail, next, more := bytes.Cut(rest[i:], []byte{comma})
	return append(out, tail...), next, more
}

// separator guesses what stands between cells: the candidate that the first
// line has most of.
func separator(data []byte, name string) byte {
	if strings.EqualFold(path.Ext(name), ".tsv") {
		return '\t'
	}
	head, _, _ := bytes.Cut(data[:min(len(data), maxRecord)], []byte("\n"))
	best, most := byte(','), 0
	for _, c := range []byte(",;\t|") {
		if n := bytes.Count(head, []byte{c}); n > most {
			best, most = c, n
		}
	}
	return best
}
