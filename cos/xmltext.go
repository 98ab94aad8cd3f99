package cos

import (
	"fmt"
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
