package emulator

import "strings"

const upperHex = "0123456789ABCDEF"

// encodeAll percent-encodes everything but the unreserved bytes of RFC 3986.
func encodeAll(s string) string { return percentEncode(s, false) }

// encodeName percent-encodes a key or prefix as listings do with
// encoding-type=url: the slash stays.
func encodeName(s string) string { return percentEncode(s, true) }

func percentEncode(s string, keepSlash bool) string {
	n := 0
	for i := range len(s) {
		if !isBare(s[i], keepSlash) {
			n++
		}
	}
	if n == 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 2*n)
	for i := range len(s) {
		c := s[i]
		if isBare(c, keepSlash) {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(upperHex[c>>4])
		b.WriteByte(upperHex[c&15])
	}
	return b.String()
}

func isBare(c byte, keepSlash bool) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		return true
	case c == '-', c == '_', c == '.', c == '~':
		return true
	}
	return c == '/' && keepSlash
}
