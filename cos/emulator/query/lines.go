package query

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// lines reads records that end in a delimiter.
type lines struct {
	r         *bufio.Reader
	delimiter string
	record    []byte // without its delimiter; valid until the next one
	trimmed   bool   // a carriage return was taken off its end
	header    bool   // it is the header
	skipping  bool   // blanks at its beginning are no part of it
	number    int64  // of records before, which the caller counts
}

// next reads a record. A carriage return before a delimiter of "\n" is no
// part of it. The last record needs no delimiter.
func (l *lines) next() error {
	l.record = l.record[:0]
	return l.more()
}

// more adds up to the next delimiter to the record.
func (l *lines) more() error {
	begin := len(l.record)
	for {
		piece, err := l.r.ReadSlice(l.delimiter[len(l.delimiter)-1])
		if l.skipping && len(l.record) == 0 {
			piece = bytes.TrimLeft(piece, " \t\r")
		}
		l.record = append(l.record, piece...)
		// Only check knows whether there is a carriage return to be taken off.
		if len(l.record) > maxRecord+len("\r")+len(l.delimiter) {
			return l.place().tooLong()
		}
		switch {
		case err == nil:
			if bytes.HasSuffix(l.record[begin:], []byte(l.delimiter)) {
				l.record = l.record[:len(l.record)-len(l.delimiter)]
				return l.check(begin)
			}
		case errors.Is(err, io.EOF) && len(l.record) > begin:
			return l.check(begin)
		case !errors.Is(err, bufio.ErrBufferFull):
			return err
		}
	}
}

func (l *lines) check(begin int) error {
	n := len(l.record)
	if l.trimmed = l.delimiter == "\n" && n > begin && l.record[n-1] == '\r'; l.trimmed {
		l.record = l.record[:n-1]
	}
	if len(l.record) > maxRecord {
		return l.place().tooLong()
	}
	if !utf8.Valid(l.record[begin:]) {
		return l.place().notUTF8()
	}
	return nil
}

// place is what is being read.
func (l *lines) place() place {
	if l.header {
		return 0
	}
	return place(l.number + 1)
}
