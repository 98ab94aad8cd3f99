package query

import (
	"bytes"
	"encoding/json"
	"iter"
	"strings"
	"unicode/utf8"
)

// The functions here walk through JSON text that is known to be valid, and
// none of them nests with the data.

// jsonRow is a JSON value as a record.
type jsonRow struct{ value value }

// column follows the path of c. A scalar row is its own column _1.
func (r jsonRow) column(c *column) value {
	v := r.value
	if len(c.path) == 1 && c.path[0].name == "_1" && v.kind != missing && !isObject(v) {
		return v
	}
	for _, s := range c.path {
		v = v.follow(s)
	}
	return v
}

func (r jsonRow) all(yield func(string, value) error) error {
	if r.value.kind == missing {
		return nil
	}
	if !isObject(r.value) {
		return yield("_1", r.value)
	}
	for name, raw := range members(r.value.s) {
		if err := yield(name, fromJSON(raw)); err != nil {
			return err
		}
	}
	return nil
}

func isObject(v value) bool { return v.kind == composite && v.s[0] == '{' }

// follow returns what s leads to: the first member of that name, or an
// element.
func (v value) follow(s step) value {
	if v.kind != composite || s.indexed == isObject(v) {
		return value{}
	}
	if s.indexed {
		i := 0
		for raw := range elements(v.s) {
			if i == s.index {
				return fromJSON(raw)
			}
			i++
		}
		return value{}
	}
	for name, raw := range members(v.s) {
		if s.matches(name) {
			return fromJSON(raw)
		}
	}
	return value{}
}

// fromJSON returns the value of JSON text without blanks around it.
func fromJSON(raw string) value {
	switch raw[0] {
	case '{', '[':
		return value{kind: composite, s: raw}
	case '"':
		return value{kind: text, s: unquote(raw), own: strings.IndexByte(raw, '\\') >= 0}
	case 't', 'f':
		return ofBool(raw[0] == 't')
	case 'n':
		return value{kind: null}
	}
	n, _ := parseNumber(raw)
	return value{kind: numeric, s: raw, num: n}
}

func unquote(raw string) string {
	if strings.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	var s string
	_ = json.Unmarshal([]byte(raw), &s) // it is valid
	return s
}

// members yields the members of an object in their order.
func members(object string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for i := blanks(object, 1); object[i] != '}'; i = separator(object, i) {
			end := valueEnd(object, i)
			name := object[i:end]
			i = blanks(object, blanks(object, end)+1) // the colon
			end = valueEnd(object, i)
			if !yield(unquote(name), object[i:end]) {
				return
			}
			i = end
		}
	}
}

func elements(array string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := blanks(array, 1); array[i] != ']'; i = separator(array, i) {
			end := valueEnd(array, i)
			if !yield(array[i:end]) {
				return
			}
			i = end
		}
	}
}

// separator goes from the end of a value to the next one, or to the bracket.
func separator(s string, i int) int {
	if i = blanks(s, i); s[i] == ',' {
		return blanks(s, i+1)
	}
	return i
}

func blanks(s string, i int) int {
	for s[i] == ' ' || s[i] == '\n' || s[i] == '\t' || s[i] == '\r' {
		i++
	}
	return i
}

// valueEnd returns where the value ends that begins at i.
func valueEnd(s string, i int) int {
	for depth := 0; i < len(s); {
		switch s[i] {
		case '"':
			i = stringEnd(s, i)
		case '{', '[':
			depth++
			i++
			continue
		case '}', ']':
			depth--
			i++
		case ',', ':', ' ', '\n', '\t', '\r':
			i++
			continue
		default:
			for i < len(s) && !strings.ContainsRune(",:]} \n\t\r", rune(s[i])) {
				i++
			}
		}
		if depth == 0 {
			return i
		}
	}
	return i
}

func stringEnd(s string, i int) int {
	for i++; s[i] != '"'; i++ {
		if s[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// compact removes blanks, so that a record stays on one line.
func compact(raw string) string {
	var b bytes.Buffer
	if json.Compact(&b, []byte(raw)) != nil {
		return raw
	}
	return b.String()
}

const hex = "0123456789abcdef"

// appendString appends s as a JSON string.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c == '\t':
			b = append(b, '\\', 't')
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r)
			i += size
			continue
		default:
			b = append(b, c)
		}
		i++
	}
	return append(b, '"')
}
