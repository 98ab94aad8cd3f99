package query

import (
	"bytes"
	"context"
	"errors"
	"io"
)

// csvFormat is how a CSV object is written.
type csvFormat struct {
	delimiters
	header    string // USE, IGNORE or NONE
	comment   string // one character
	multiline bool   // record delimiters within quotes
}

// csvReader reads CSV records into one buffer, again and again.
type csvReader struct {
	lines
	format  csvFormat
	escaped [2]string // a quote and an escape within quotes
	text    []byte    // all fields, without quotes, one behind the other
	fields  string    // text, once a field was asked for
	ends    []int     // where each field ends in text
	names   names
	index   []int // for each column of the query its field, -1 if there is none
}

// each calls yield for each record, which is valid until yield returns.
func (f csvFormat) each(s *source, columns []*column, yield func(number int64, r row) error) error {
	r, err := s.open()
	if err != nil {
		return err
	}
	c := &csvReader{
		lines: lines{r: r, delimiter: f.record}, format: f,
		escaped: [2]string{f.escape + f.quote, f.escape + f.escape},
	}
	if err := c.begin(s.ctx, columns); err != nil {
		return endOfObject(err)
	}
	for {
		if err := c.next(); err != nil {
			return endOfObject(err)
		}
		c.number++
		if err := yield(c.number, c); err != nil {
			return err
		}
	}
}

func endOfObject(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// begin reads the header, if there is one, and finds the columns.
func (c *csvReader) begin(ctx context.Context, columns []*column) error {
	if c.format.header != "NONE" {
		c.header = true
		if err := c.next(); err != nil {
			return err
		}
		c.header = false
	}
	if c.format.header == "USE" {
		header := make([]string, len(c.ends))
		for i := range header {
			header[i] = c.field(i)
		}
		c.names = newNames(header)
	}
	for _, column := range columns {
		if err := ctx.Err(); err != nil {
			return err
		}
		i, ok := c.find(column.path[0])
		if !ok {
			return &headerError{column.at.refuse("MissingHeaders", "the header has no column %s", quote(column.path[0].name))}
		}
		c.index = append(c.index, i)
	}
	return nil
}

// headerError is what the header says against the query.
type headerError struct{ refusal *Error }

func (e *headerError) Error() string { return e.refusal.Error() }

// find returns the first field of that name, or else the one of that number.
func (c *csvReader) find(s step) (int, bool) {
	for i, name := range c.names.list {
		if s.matches(name) {
			return i, true
		}
	}
	return columnNumber(s.name)
}

// next reads a record. Empty lines and comments are none.
func (c *csvReader) next() error {
	for {
		if err := c.lines.next(); err != nil {
			return err
		}
		if len(c.record) > 0 && !bytes.HasPrefix(c.record, []byte(c.format.comment)) {
			return c.split()
		}
	}
}

func (c *csvReader) split() (err error) {
	c.text, c.fields, c.ends = c.text[:0], "", c.ends[:0]
	for i := 0; ; i += len(c.format.separator) {
		if i, err = c.cut(i); err != nil {
			return err
		}
		c.ends = append(c.ends, len(c.text))
		if i == len(c.record) {
			return nil
		}
	}
}

// cut takes the field that begins at i and returns where it ends: at a
// delimiter or at the record's end.
func (c *csvReader) cut(i int) (int, error) {
	if bytes.HasPrefix(c.record[i:], []byte(c.format.quote)) {
		return c.unquote(i + len(c.format.quote))
	}
	n := bytes.Index(c.record[i:], []byte(c.format.separator))
	if n < 0 {
		n = len(c.record) - i
	}
	c.text = append(c.text, c.record[i:i+n]...)
	return i + n, nil
}

// unquote takes a field up to its closing quote.
func (c *csvReader) unquote(i int) (int, error) {
	quote, escape := c.format.quote, c.format.escape
	for {
		if i == len(c.record) {
			if err := c.continued(); err != nil {
				return 0, err
			}
			continue
		}
		rest := c.record[i:]
		switch {
		case has(rest, c.escaped[0]):
			c.text = append(c.text, quote...)
			i += len(escape) + len(quote)
		case has(rest, quote):
			return c.closed(i + len(quote))
		case has(rest, c.escaped[1]):
			c.text = append(c.text, escape...)
			i += 2 * len(escape)
		default:
			// What follows cannot begin with a quote or an escape.
			n := 1
			for n < len(rest) && rest[n] != quote[0] && rest[n] != escape[0] {
				n++
			}
			c.text = append(c.text, rest[:n]...)
			i += n
		}
	}
}

func has(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && string(b[:len(prefix)]) == prefix
}

// continued adds the next line to a record whose quote is still open.
func (c *csvReader) continued() error {
	if !c.format.multiline {
		return c.place().refuse("CSVUnescapedQuote", "has a quote that is not closed; AllowQuotedRecordDelimiter lets a field span lines")
	}
	if c.trimmed {
		c.record = append(c.record, '\r') // it is within the quotes
	}
	c.record = append(c.record, c.format.record...)
	err := c.more()
	if errors.Is(err, io.EOF) {
		return c.place().refuse("CSVParsingError", "has a quote that is not closed before the object ends")
	}
	return err
}

// closed makes sure that a field ends with its closing quote.
func (c *csvReader) closed(i int) (int, error) {
	if i < len(c.record) && !has(c.record[i:], c.format.separator) {
		return 0, c.place().refuse("CSVParsingError", "has text behind a closing quote, in field %d", len(c.ends)+1)
	}
	return i, nil
}

func (c *csvReader) start(i int) int {
	if i == 0 {
		return 0
	}
	return c.ends[i-1]
}

// field returns field i of the record. All are pieces of one text, however
// often they are asked for.
func (c *csvReader) field(i int) string {
	if c.fields == "" {
		c.fields = string(c.text)
	}
	return c.fields[c.start(i):c.ends[i]]
}

// column makes csvReader the row it has read.
func (c *csvReader) column(column *column) value {
	i := c.index[column.slot]
	if i >= len(c.ends) {
		return value{}
	}
	return value{kind: loose, s: c.field(i)}
}

func (c *csvReader) all(yield func(string, value) error) error {
	for i := range c.ends {
		if err := yield(c.names.at(i), value{kind: loose, s: c.field(i)}); err != nil {
			return err
		}
	}
	return nil
}
