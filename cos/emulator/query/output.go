package query

import (
	"strings"
	"unicode/utf8"
)

// format writes the records of an answer.
type format interface {
	begin(b []byte) []byte
	// field appends the n-th field, counted from 0.
	field(b []byte, n int, name string, v value) []byte
	end(b []byte) []byte
}

// csvOutput writes CSV without a header, which reads back as the same with the
// same delimiters and the input's defaults for the rest.
type csvOutput struct {
	delimiters
	always bool // quote every field
}

func (o csvOutput) begin(b []byte) []byte { return b }

func (o csvOutput) field(b []byte, n int, _ string, v value) []byte {
	if n > 0 {
		b = append(b, o.separator...)
	}
	s := v.text()
	if !o.always && !o.needsQuotes(s, n == 0) {
		return append(b, s...)
	}
	b = append(b, o.quote...)
	for i := 0; i < len(s); {
		switch rest := s[i:]; {
		case strings.HasPrefix(rest, o.quote):
			b = append(append(b, o.escape...), o.quote...)
			i += len(o.quote)
		case strings.HasPrefix(rest, o.escape):
			b = append(append(b, o.escape...), o.escape...)
			i += len(o.escape)
		default:
			b = append(b, s[i])
			i++
		}
	}
	return append(b, o.quote...)
}

func (o csvOutput) needsQuotes(s string, first bool) bool {
	if strings.Contains(s, o.separator) || strings.Contains(s, o.quote) || strings.Contains(s, o.record) || strings.ContainsAny(s, "\r\n") {
		return true
	}
	// As the first field it would be a comment or a byte order mark, as the
	// last one the first half of an earlier delimiter.
	_, half := utf8.DecodeRuneInString(o.record)
	return first && (strings.HasPrefix(s, "#") || strings.HasPrefix(s, byteOrderMark)) || strings.HasSuffix(s, o.record[:half])
}

// end also makes a record of a single field without text, as an empty line is
// none.
func (o csvOutput) end(b []byte) []byte {
	if len(b) == 0 {
		b = append(append(b, o.quote...), o.quote...)
	}
	return append(b, o.record...)
}

// jsonOutput writes an object for each record, on one line.
type jsonOutput struct{ record string }

func (o jsonOutput) begin(b []byte) []byte { return append(b, '{') }

// field leaves out what is MISSING.
func (o jsonOutput) field(b []byte, _ int, name string, v value) []byte {
	if v.kind == missing {
		return b
	}
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	return appendJSON(append(appendString(b, name), ':'), v)
}

func (o jsonOutput) end(b []byte) []byte { return append(append(b, '}'), o.record...) }

// appendJSON appends a value that is not MISSING.
func appendJSON(b []byte, v value) []byte {
	switch v.kind {
	case null:
		return append(b, "null"...)
	case boolean, numeric, composite:
		return append(b, v.text()...)
	default:
		return appendString(b, v.s)
	}
}
