package preview

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Layout is how a file of rows is laid out.
type Layout struct {
	JSON    string // "LINES", "DOCUMENT"; "" for CSV
	Packed  string // "GZIP", "BZIP2"; "" if it is not compressed
	Array   bool   // of JSON: a document that is one array
	Comma   byte   // of CSV: what stands between fields
	Quote   byte   // of CSV
	Header  bool   // of CSV: the first row names the columns
	Columns []string
}

// GuessLayout guesses the layout of the file called name from its first bytes:
// by what they are, and where that says nothing by the name.
func GuessLayout(name string, head []byte) Layout {
	l := Layout{Comma: ',', Quote: '"'}
	ext := strings.ToLower(path.Ext(name))
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		l.Packed, head = "GZIP", inflated(head)
	case bytes.HasPrefix(head, []byte("BZh")):
		l.Packed, head = "BZIP2", nil // nothing of it is known before a whole block
	}
	if slices.Contains([]string{".gz", ".gzip", ".bz2"}, ext) {
		name = strings.TrimSuffix(name, path.Ext(name))
		ext = strings.ToLower(path.Ext(name))
	}
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	text := bytes.TrimLeft(head, " \t\r\n")
	switch {
	case len(text) > 0 && (text[0] == '{' || text[0] == '['):
		l.JSON, l.Array = jsonLayout(text), text[0] == '['
	case len(text) > 0: // content that is no JSON is rows, whatever it is called
		l.csv(name, head)
	case slices.Contains([]string{".jsonl", ".ndjson"}, ext):
		l.JSON = "LINES"
	case ext == ".json":
		l.JSON = "DOCUMENT"
	default:
		l.csv(name, nil)
	}
	return l
}

// inflated is what can be unpacked of the beginning of a gzip file.
func inflated(head []byte) []byte {
	const enough = 64 << 10
	z, err := gzip.NewReader(bytes.NewReader(head))
	if err != nil {
		return nil
	}
	out, _ := io.ReadAll(io.LimitReader(z, enough)) // it ends where head does
	return out
}

// jsonLayout tells one value on each line from anything else.
func jsonLayout(text []byte) string {
	line, rest, ended := bytes.Cut(text, []byte("\n"))
	if line = bytes.TrimRight(line, "\r"); ended && json.Valid(line) {
		next := bytes.TrimLeft(rest, " \t\r\n")
		if len(next) == 0 && line[0] == '[' {
			return "DOCUMENT"
		}
		return "LINES"
	}
	return "DOCUMENT"
}

func (l *Layout) csv(name string, head []byte) {
	l.Comma = separator(head, name)
	line, rest, _ := bytes.Cut(head, []byte("\n"))
	if len(line) > 0 && line[0] == '\'' {
		l.Quote = '\''
	}
	line = bytes.TrimRight(line, "\r")
	names := Fields(line, l.Comma, l.Quote)
	l.Header = len(head) > 0 && header(names, Fields(firstLine(rest), l.Comma, l.Quote))
	if l.Header {
		l.Columns = names
	}
}

func firstLine(b []byte) []byte {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return bytes.TrimRight(line, "\r")
}

// header tells the names of columns from values: names are words that differ,
// and numbers and dates are none.
func header(names, values []string) bool {
	seen := map[string]bool{}
	for _, name := range names {
		name = strings.TrimSpace(name)
		if name == "" || seen[name] || !utf8.ValidString(name) || strings.ContainsAny(name[:1], "0123456789-+.") {
			return false
		}
		seen[name] = true
	}
	for i, v := range values {
		if _, err := strconv.ParseFloat(v, 64); err == nil && i < len(names) {
			return true // a number below a word
		}
	}
	// All are words: what has a blank, a dot or many letters is rather a value.
	return !slices.ContainsFunc(names, func(name string) bool { return len(name) > 40 || strings.ContainsAny(name, ":/@") })
}

// Fields returns the fields of a row of CSV as text.
func Fields(row []byte, comma, quote byte) []string {
	var cells []string
	for len(cells) < maxColumns {
		raw, next, more := fieldIn(row, comma, quote)
		cells = append(cells, strings.ToValidUTF8(string(raw[:min(len(raw), maxCell)]), "\ufffd"))
		if !more {
			break
		}
		row = next
	}
	return cells
}
