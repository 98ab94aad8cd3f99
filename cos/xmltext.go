package cos

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// appendElement appends <name>text</name>, nothing if text is empty.
func appendElement(doc []byte, name, text string) []byte {
	if text == "" {
		return doc
	}
	doc = append(append(append(doc, '<'), name...), '>')
	doc = appendText(doc, text)
	return append(append(append(doc, '<', '/'), name...), '>')
}

// appendText appends text so that a parser gives back just that: markup is
// escaped, and what a parser may trim or normalise (tabs, line ends, white
// space at an end) becomes a character reference.
func appendText(doc []byte, text string) []byte {
	for i, r := range text {
		end := i == 0 || i+utf8.RuneLen(r) == len(text)
		switch {
		case r == '&':
			doc = append(doc, "&amp;"...)
		case r == '<':
			doc = append(doc, "&lt;"...)
		case r == '>':
			doc = append(doc, "&gt;"...)
		case r < ' ', r == '"', r == '\'', r == ' ' && end:
			doc = fmt.Appendf(doc, "&#%d;", r)
		default:
			doc = utf8.AppendRune(doc, r)
		}
	}
	return doc
}

// checkText refuses what XML has no way to write, not even as a reference.
func checkText(what, text string) error {
	bad := func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, bad) {
		return fmt.Errorf("%w: %s holds a character that XML cannot carry", ErrInvalidInput, what)
	}
	return nil
}

var entities = map[string]string{"lt": "<", "gt": ">", "amp": "&", "quot": `"`, "apos": "'"}

func unescape(s []byte) ([]byte, error) {
	out := make([]byte, 0, len(s))
	for {
		i := bytes.IndexByte(s, '&')
		if i < 0 {
			return append(out, s...), nil
		}
		out = append(out, s[:i]...)
		s = s[i+1:]
		end := bytes.IndexByte(s[:min(len(s), 12)], ';')
		if end < 0 {
			return nil, errXML
		}
		name := string(s[:end])
		s = s[end+1:]
		if e, ok := entities[name]; ok {
			out = append(out, e...)
			continue
		}
		r, err := charRef(name)
		if err != nil {
			return nil, err
		}
		out = utf8.AppendRune(out, r)
	}
}

func charRef(name string) (rune, error) {
	digits, ok := strings.CutPrefix(name, "#")
	base := 10
	if hex, found := strings.CutPrefix(digits, "x"); found {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	if !ok || err != nil || !utf8.ValidRune(rune(n)) {
		return 0, errXML
	}
	return rune(n), nil
}
