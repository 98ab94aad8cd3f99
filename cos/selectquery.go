package cos

import (
	"fmt"
	"slices"
	"strings"
)

// SelectQuery is an SQL query on one object and how to read and to write its
// rows.
type SelectQuery struct {
	Expression string // SQL, as in "Select * from COSObject s where s._1 = 'a'"
	Input      SelectInput
	Output     SelectOutput
	Progress   bool // ask for SelectProgress events
}

// SelectInput says what the object is.
type SelectInput struct {
	Compression string    // "NONE" (also ""), "GZIP", "BZIP2"
	CSV         *CSVInput // exactly one of the two
	JSON        *JSONInput
}

// CSVInput says how to read an object of rows and fields. Delimiters and
// quotes that are empty are the service's: line feed, comma and quotation mark.
type CSVInput struct {
	FileHeaderInfo             string // "NONE" (also ""), "USE", "IGNORE"
	RecordDelimiter            string
	FieldDelimiter             string
	QuoteCharacter             string
	QuoteEscapeCharacter       string
	Comments                   string // a row that begins with it is left out
	AllowQuotedRecordDelimiter bool
}

// JSONInput says how to read an object of JSON values.
type JSONInput struct {
	Type string // "DOCUMENT" or "LINES"
}

// SelectOutput says how to write the rows of the result.
type SelectOutput struct {
	CSV  *CSVOutput // exactly one of the two
	JSON *JSONOutput
}

// CSVOutput says how to write rows as CSV. Delimiters and quotes that are empty
// are the service's, as in [CSVInput].
type CSVOutput struct {
	QuoteFields          string // "ASNEEDED" (also "") or "ALWAYS"
	RecordDelimiter      string
	FieldDelimiter       string
	QuoteCharacter       string
	QuoteEscapeCharacter string
}

// JSONOutput says how to write rows as JSON.
type JSONOutput struct {
	RecordDelimiter string // empty is the service's, a line feed
}

// document writes the query; a query that is not whole is [ErrInvalidInput].
func (q SelectQuery) document() ([]byte, error) {
	if strings.TrimSpace(q.Expression) == "" {
		return nil, fmt.Errorf("%w: a query without an expression", ErrInvalidInput)
	}
	if (q.Input.CSV == nil) == (q.Input.JSON == nil) || (q.Output.CSV == nil) == (q.Output.JSON == nil) {
		return nil, fmt.Errorf("%w: a query reads either CSV or JSON and writes either", ErrInvalidInput)
	}
	d := &selectDocument{doc: []byte("<SelectRequest>")}
	d.text("Expression", q.Expression)
	d.text("ExpressionType", "SQL")
	d.open("InputSerialization", func() { q.Input.write(d) })
	d.open("OutputSerialization", func() { q.Output.write(d) })
	d.open("RequestProgress", func() { d.flag("Enabled", q.Progress) })
	return append(d.doc, "</SelectRequest>"...), d.err
}

func (in SelectInput) write(d *selectDocument) {
	d.choice("CompressionType", in.Compression, "NONE", "GZIP", "BZIP2")
	if in.JSON != nil {
		if in.JSON.Type == "" {
			d.fail("Type", "")
		}
		d.open("JSON", func() { d.choice("Type", in.JSON.Type, "DOCUMENT", "LINES") })
		return
	}
	c := in.CSV
	d.open("CSV", func() {
		d.choice("FileHeaderInfo", c.FileHeaderInfo, "NONE", "USE", "IGNORE")
		d.text("RecordDelimiter", c.RecordDelimiter)
		d.text("FieldDelimiter", c.FieldDelimiter)
		d.text("QuoteCharacter", c.QuoteCharacter)
		d.text("QuoteEscapeCharacter", c.QuoteEscapeCharacter)
		d.flag("AllowQuotedRecordDelimiter", c.AllowQuotedRecordDelimiter)
		d.text("Comments", c.Comments)
	})
}

func (out SelectOutput) write(d *selectDocument) {
	if out.JSON != nil {
		d.open("JSON", func() { d.text("RecordDelimiter", out.JSON.RecordDelimiter) })
		return
	}
	c := out.CSV
	d.open("CSV", func() {
		d.choice("QuoteFields", c.QuoteFields, "ASNEEDED", "ALWAYS")
		d.text("RecordDelimiter", c.RecordDelimiter)
		d.text("FieldDelimiter", c.FieldDelimiter)
		d.text("QuoteCharacter", c.QuoteCharacter)
		d.text("QuoteEscapeCharacter", c.QuoteEscapeCharacter)
	})
}

// A selectDocument is a query while it is written, with its first mistake.
type selectDocument struct {
	doc []byte
	err error
}

func (d *selectDocument) open(name string, inside func()) {
	d.doc = append(d.doc, "<"+name+">"...)
	inside()
	d.doc = append(d.doc, "</"+name+">"...)
}

// text writes nothing for an empty value: that leaves it to the service.
func (d *selectDocument) text(name, value string) {
	if err := checkText(name, value); err != nil && d.err == nil {
		d.err = err
	}
	d.doc = appendElement(d.doc, name, value)
}

// choice writes one of some words, the first if value is empty.
func (d *selectDocument) choice(name, value string, of ...string) {
	word := strings.ToUpper(value)
	if word == "" {
		word = of[0]
	}
	if !slices.Contains(of, word) {
		d.fail(name, value)
	}
	d.text(name, word)
}

func (d *selectDocument) flag(name string, on bool) {
	d.text(name, strings.ToUpper(fmt.Sprint(on)))
}

func (d *selectDocument) fail(name, value string) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: %q is no %s of a query", ErrInvalidInput, shortened(value), name)
	}
}
