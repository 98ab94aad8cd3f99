package query

import (
	"io"
	"strings"
	"unicode/utf8"
)

// Request is a query that has been checked as far as that goes without the
// object. It does not change.
type Request struct {
	selection *selection
	input     func(s *source, yield func(number int64, r row) error) error
	inflate   func(io.Reader) (io.Reader, error)
	output    format
	progress  bool
}

// Parse reads a SelectRequest document, whose size the caller has bounded, and
// checks the expression in it. What it refuses is an [*Error]: a document that
// is not well formed or has unknown, repeated or invalid elements, or an
// expression that is no SQL, is beyond the dialect or above a limit.
// Blanks in the document are significant: a RecordDelimiter may be one.
// An element that is empty or absent stands for its default.
func Parse(doc []byte) (*Request, error) {
	e, err := parseDocument(doc)
	if err != nil {
		return nil, err
	}
	r := &Request{}
	expression := e.required("Expression")
	e.choice("ExpressionType", "InvalidExpressionType", "", "SQL")
	r.inflate = inflaters[e.choice("InputSerialization/CompressionType", "InvalidCompressionFormat", "NONE", "NONE", "GZIP", "BZIP2")]
	r.progress = e.flag("RequestProgress/Enabled")
	r.output = e.output()
	csv, json := e.input()
	if e.err != nil {
		return nil, e.err
	}
	if r.selection, err = parseSelect(expression); err != nil {
		return nil, err
	}
	switch json {
	case "":
		if err := r.selection.checkCSV(csv.header == "USE"); err != nil {
			return nil, err
		}
		r.input = func(s *source, yield func(int64, row) error) error { return csv.each(s, r.selection.columns, yield) }
	case "LINES":
		r.input = jsonLines{r.selection.from}.each
	default:
		r.input = jsonDocument{r.selection.from}.each
	}
	return r, nil
}

const doubleQuote = `"`

// input returns how a CSV object is written, or the type of a JSON object.
func (e *fields) input() (csv csvFormat, json string) {
	const in, inCSV = "InputSerialization", "InputSerialization/CSV/"
	if !e.isCSV(in) {
		return csv, e.choice(in+"/JSON/Type", "InvalidJsonType", "", "DOCUMENT", "LINES")
	}
	csv = csvFormat{
		delimiters: e.delimiters(in),
		header:     e.choice(inCSV+"FileHeaderInfo", "InvalidFileHeaderInfo", "NONE", "NONE", "USE", "IGNORE"),
		comment:    e.text(inCSV+"Comments", "#", 1),
		multiline:  e.flag(inCSV + "AllowQuotedRecordDelimiter"),
	}
	if csv.comment == csv.separator || csv.comment == csv.quote {
		e.fail("InvalidArgument", "%sComments is the field delimiter or the quote, which would make comments of records.", inCSV)
	}
	return csv, ""
}

func (e *fields) output() format {
	const out, outCSV = "OutputSerialization", "OutputSerialization/CSV/"
	if !e.isCSV(out) {
		return jsonOutput{e.text(out+"/JSON/RecordDelimiter", "\n", 2)}
	}
	return csvOutput{
		delimiters: e.delimiters(out),
		always:     e.choice(outCSV+"QuoteFields", "InvalidQuoteFields", "ASNEEDED", "ASNEEDED", "ALWAYS") == "ALWAYS",
	}
}

// delimiters tell the records and fields of CSV apart. All but record hold one
// character.
type delimiters struct{ record, separator, quote, escape string }

func (e *fields) delimiters(serialization string) delimiters {
	at := serialization + "/CSV/"
	d := delimiters{
		record:    e.text(at+"RecordDelimiter", "\n", 2),
		separator: e.text(at+"FieldDelimiter", ",", 1),
		quote:     e.text(at+"QuoteCharacter", doubleQuote, 1),
	}
	d.escape = e.text(at+"QuoteEscapeCharacter", d.quote, 1)
	for _, s := range []string{d.separator, d.quote, d.escape} {
		if strings.Contains(d.record, s) || s == d.separator && (s == d.quote || s == d.escape) {
			e.fail("InvalidArgument", "The record delimiter, the field delimiter and the quotes of %s have to differ.", serialization)
		}
		if s == "\r" && d.record == "\n" {
			e.fail("InvalidArgument", "%s takes a carriage return before its record delimiter for a part of that, and for nothing else.", serialization)
		}
	}
	return d
}

// isCSV reports whether a serialization is CSV; if not, it is JSON.
func (e *fields) isCSV(serialization string) bool {
	csv, json := e.has(serialization+"/CSV"), e.has(serialization+"/JSON")
	if csv == json {
		e.fail("MissingRequiredParameter", "%s takes either CSV or JSON.", serialization)
	}
	return csv
}

func (e *fields) required(name string) string {
	v := e.values[name]
	if v == "" {
		e.fail("MissingRequiredParameter", "%s is missing.", name)
	}
	return v
}

// choice returns the value of name in upper case, which is one of those that
// are allowed, or else refuses it with code. A fallback of "" makes it
// mandatory.
func (e *fields) choice(name, code, fallback string, allowed ...string) string {
	v := e.values[name]
	if v == "" && fallback != "" {
		return fallback
	}
	for _, a := range allowed {
		if strings.EqualFold(v, a) {
			return a
		}
	}
	if v == "" {
		e.fail("MissingRequiredParameter", "%s is missing.", name)
		return ""
	}
	e.fail(code, "%s is %s, but takes %s.", name, quote(v), strings.Join(allowed, ", "))
	return ""
}

func (e *fields) flag(name string) bool {
	v := e.values[name]
	b, ok := parseBool(v)
	if v != "" && !ok {
		e.fail("InvalidArgument", "%s is %s, but takes TRUE or FALSE.", name, quote(v))
	}
	return b
}

// text returns the value of name, which has at most limit characters.
func (e *fields) text(name, fallback string, limit int) string {
	v := e.values[name]
	if v == "" {
		return fallback
	}
	if n := utf8.RuneCountInString(v); n > limit {
		e.fail("InvalidArgument", "%s has %d characters, the limit is %d.", name, n, limit)
	}
	return v
}
