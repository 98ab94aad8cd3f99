package query

import "strings"

// format writes the records of an answer.
type format interface {
	begin(b []byte) []byte
	// field appends the n-th field, counted from 0.
	field(b []byte, n int, name string, v value) []byte
	end(b []byte) []byte
}

// csvOutput writes CSV without a header. All strings are set.
type csvOutput struct {
	always    bool // quote every field
	record    string
	delimiter string
	quote     string
	escape    string
}

func (o csvOutput) begin(b []byte) []byte { return b }

func (o csvOutput) field(b []byte, n int, _ string, v value) []byte {
	if n > 0 {
		b = append(b, o.delimiter...)
	}
	s := v.text()
	if !o.always && !o.needsQuotes(s) {
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

func (o csvOutput) needsQuotes(s string) bool {
	return strings.Contains(s, o.delimiter) || strings.Contains(s, o.quote) || strings.Contains(s, o.record) ||
		strings.ContainsAny(s, "\r\n")
}

func (o csvOutput) end(b []byte) []byte { return append(b, o.record...) }

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
