package preview

import (
	"bytes"
	"errors"
)

// MaxStreamRecord is the longest record that a [Splitter] waits for, in bytes.
// The service makes none of more than 1 MB.
const MaxStreamRecord = 4 << 20

// ErrLongRecord is a record that does not end within [MaxStreamRecord].
var ErrLongRecord = errors.New("a record of more than 4 MB")

// Splitter cuts a stream of rows that comes in pieces cut anywhere. The zero
// value with its Comma set reads CSV.
type Splitter struct {
	Comma byte
	Lines bool // a row is a line, whatever stands in it

	rest    []byte // of a row that has not ended
	at      int    // how much of it was looked at
	quoted  bool
	inField bool // not at the beginning of a field
}

// Cut calls each with every row that has ended, its line feed included. What
// each gets is valid until it returns.
func (s *Splitter) Cut(piece []byte, each func(row []byte) error) error {
	if len(s.rest) > 0 {
		piece = append(s.rest, piece...)
	}
	from := 0
	for {
		n := s.end(piece[from:])
		if n == 0 {
			break
		}
		s.at, s.inField = 0, false
		if err := each(piece[from : from+n]); err != nil {
			return err
		}
		from += n
	}
	s.rest = append(s.rest[:0:0], piece[from:]...)
	if len(s.rest) > MaxStreamRecord {
		return ErrLongRecord
	}
	return nil
}

// End calls each with a last row that no line feed has ended, if there is one.
func (s *Splitter) End(each func(row []byte) error) error {
	if len(s.rest) == 0 {
		return nil
	}
	row := s.rest
	*s = Splitter{Comma: s.Comma, Lines: s.Lines}
	return each(row)
}

// end returns where the row at the beginning of b has ended, or 0.
func (s *Splitter) end(b []byte) int {
	if s.Lines {
		if i := bytes.IndexByte(b[s.at:], '\n'); i >= 0 {
			return s.at + i + 1
		}
		s.at = len(b)
		return 0
	}
	for ; s.at < len(b); s.at++ {
		switch c := b[s.at]; {
		case c == '"' && (!s.inField || s.quoted):
			s.quoted = !s.quoted
			s.inField = s.quoted // a quote after a quote opens again: it was one of the text
			continue
		case s.quoted:
		case c == '\n':
			return s.at + 1
		case c == s.Comma:
			s.inField = false
			continue
		}
		s.inField = true
	}
	return 0
}
