package preview

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// Encoding says how bytes are text.
type Encoding int

// The encodings, in the order in which a key goes through them.
const (
	UTF8 Encoding = iota
	GBK
	Big5
	ShiftJIS
	UTF16LE
	UTF16BE
	Latin1
	encodings
)

// String is the name of e.
func (e Encoding) String() string {
	return [...]string{"UTF-8", "GBK", "Big5", "Shift-JIS", "UTF-16LE", "UTF-16BE", "Latin-1"}[e]
}

// Next is the encoding after e, or before it if by is negative.
func (e Encoding) Next(by int) Encoding { return (e + Encoding(by) + encodings) % encodings }

// codec is nil for UTF-8, whose bytes are kept as they are, so that those
// that are none can be shown.
func (e Encoding) codec() encoding.Encoding {
	switch e {
	case GBK:
		return simplifiedchinese.GB18030 // a superset of GBK
	case Big5:
		return traditionalchinese.Big5
	case ShiftJIS:
		return japanese.ShiftJIS
	case UTF16LE:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case UTF16BE:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case Latin1:
		return charmap.Windows1252
	default:
	}
	return nil
}

// Decode returns raw as UTF-8. What is no text in e becomes U+FFFD, in UTF-8
// it stays as it is.
func (e Encoding) Decode(raw []byte) string {
	codec := e.codec()
	if codec == nil {
		return string(raw)
	}
	out, err := codec.NewDecoder().Bytes(raw)
	if err != nil { // decoders replace what they cannot read; this is for one that does not
		return string(bytes.ToValidUTF8(raw, []byte("\ufffd")))
	}
	return string(out)
}

// Encode returns the bytes of text in e; false if e cannot write it.
func (e Encoding) Encode(text string) ([]byte, bool) {
	codec := e.codec()
	if codec == nil {
		return []byte(text), true
	}
	out, err := codec.NewEncoder().Bytes([]byte(text))
	return out, err == nil
}

// double reports that a character of e may be two bytes whose second is an
// ASCII letter.
func (e Encoding) double() bool { return e == GBK || e == Big5 || e == ShiftJIS }

// unit is the number of bytes in which e is written.
func (e Encoding) unit() int64 {
	if e == UTF16LE || e == UTF16BE {
		return 2
	}
	return 1
}

// sample is how much of a file a guess looks at.
const sample = 64 << 10

// Guess says how the beginning of a file is text; false if it looks like
// none. A character that is cut at the end does not count.
func Guess(head []byte) (Encoding, bool) {
	head = head[:min(len(head), sample)]
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return UTF8, true
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return UTF16LE, true
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return UTF16BE, true
	}
	if e, ok := guessWide(head); ok {
		return e, true
	}
	if looksBinary(head) {
		return UTF8, false
	}
	if validUTF8(head) {
		return UTF8, true
	}
	best, score := Latin1, 0
	for _, e := range []Encoding{GBK, Big5, ShiftJIS} {
		if s := e.score(head); s > score {
			best, score = e, s
		}
	}
	if score == 0 && mostlyHigh(head) {
		return UTF8, false
	}
	return best, true
}

// looksBinary reports bytes that no text holds: zeros, or many controls.
func looksBinary(head []byte) bool {
	controls := 0
	for _, c := range head {
		switch {
		case c == 0:
			return true
		case c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b, c == 0x7f:
			controls++
		}
	}
	return controls*20 > len(head)
}

// mostlyHigh reports that letters of ASCII are few: noise, not Latin text.
func mostlyHigh(head []byte) bool {
	high := 0
	for _, c := range head {
		if c >= 0x80 {
			high++
		}
	}
	return high*4 > len(head)
}

func validUTF8(head []byte) bool {
	for n := 0; n < utf8.UTFMax && n <= len(head); n++ {
		if utf8.Valid(head[:len(head)-n]) {
			return n == 0 || !utf8.FullRune(head[len(head)-n:])
		}
	}
	return false
}

// guessWide finds UTF-16 without a mark: text of which every other byte is
// mostly zero.
func guessWide(head []byte) (Encoding, bool) {
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}
	pairs := len(head) / 2
	switch {
	case pairs < 4:
	case zeros[1]*10 > pairs*6 && zeros[0]*50 < pairs:
		return UTF16LE, true
	case zeros[0]*10 > pairs*6 && zeros[1]*50 < pairs:
		return UTF16BE, true
	}
	return UTF8, false
}

// score says how well head is text in e, a double-byte encoding: 0 if it is
// none. Characters that are frequent in the language count for more.
func (e Encoding) score(head []byte) int {
	total, points, wrong := 0, 0, 0
	for i := 0; i < len(head); {
		n, value := e.char(head[i:])
		switch {
		case n == 0: // cut at the end
			i = len(head)
			continue
		case value < 0:
			wrong++
		case head[i] >= 0x80:
			points += value
		}
		if head[i] >= 0x80 {
			total++
		}
		i += n
	}
	if total == 0 || wrong*50 > total {
		return 0
	}
	return max(points*100/total-wrong, 1)
}

// char looks at the first character of s: its length, 0 if it is cut, and how
// frequent its like is from 0 to 3, -1 if it is none.
func (e Encoding) char(s []byte) (n, value int) {
	lead := s[0]
	if lead < 0x80 {
		return 1, 0
	}
	if e == ShiftJIS && lead >= 0xa1 && lead <= 0xdf {
		return 1, 0 // half-width katakana
	}
	if len(s) < 2 {
		return 0, 0
	}
	trail := s[1]
	switch e {
	case GBK:
		return charGBK(s, lead, trail)
	case Big5:
		return charBig5(lead, trail)
	default:
		return charShiftJIS(lead, trail)
	}
}

func charGBK(s []byte, lead, trail byte) (n, value int) {
	switch {
	case lead == 0x80 || lead == 0xff:
		return 1, -1
	case trail >= '0' && trail <= '9':
		if len(s) < 4 {
			return 0, 0
		}
		if s[2] > 0x80 && s[2] < 0xff && s[3] >= '0' && s[3] <= '9' {
			return 4, 0
		}
		return 1, -1
	case trail < 0x40 || trail == 0x7f || trail == 0xff:
		return 1, -1
	case lead >= 0xb0 && lead <= 0xd7 && trail >= 0xa1: // first plane of GB 2312: the frequent ones
		return 2, 3
	case lead >= 0xa1 && lead <= 0xa3 && trail >= 0xa1: // punctuation
		return 2, 2
	case lead >= 0xd8 && lead <= 0xf7 && trail >= 0xa1:
		return 2, 1
	}
	return 2, 0
}

func charBig5(lead, trail byte) (n, value int) {
	good := trail >= 0x40 && trail <= 0x7e || trail >= 0xa1 && trail <= 0xfe
	switch {
	case lead < 0x81 || lead > 0xfe || !good:
		return 1, -1
	case lead >= 0xa4 && lead <= 0xc6: // the frequent ones
		return 2, 3
	case lead >= 0xa1 && lead <= 0xa3: // punctuation
		return 2, 2
	case lead >= 0xc9 && lead <= 0xf9:
		return 2, 1
	}
	return 2, 0
}

func charShiftJIS(lead, trail byte) (n, value int) {
	good := trail >= 0x40 && trail <= 0xfc && trail != 0x7f
	switch {
	case lead == 0x80 || lead == 0xa0 || lead > 0xfc || !good:
		return 1, -1
	case lead == 0x82 && trail >= 0x9f && trail <= 0xf1, lead == 0x83 && trail <= 0x96: // kana
		return 2, 4
	case lead == 0x81: // punctuation
		return 2, 2
	case lead >= 0x88 && lead <= 0x97: // the frequent kanji
		return 2, 2
	}
	return 2, 0
}
