package query

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

const root = "SelectRequest"

// known are the elements of a SelectRequest by their path; true for those that
// hold others.
var known = map[string]bool{
	"":                                                  true,
	"Expression":                                        false,
	"ExpressionType":                                    false,
	"InputSerialization":                                true,
	"InputSerialization/CompressionType":                false,
	"InputSerialization/CSV":                            true,
	"InputSerialization/CSV/FileHeaderInfo":             false,
	"InputSerialization/CSV/RecordDelimiter":            false,
	"InputSerialization/CSV/FieldDelimiter":             false,
	"InputSerialization/CSV/QuoteCharacter":             false,
	"InputSerialization/CSV/QuoteEscapeCharacter":       false,
	"InputSerialization/CSV/AllowQuotedRecordDelimiter": false,
	"InputSerialization/CSV/Comments":                   false,
	"InputSerialization/JSON":                           true,
	"InputSerialization/JSON/Type":                      false,
	"OutputSerialization":                               true,
	"OutputSerialization/CSV":                           true,
	"OutputSerialization/CSV/QuoteFields":               false,
	"OutputSerialization/CSV/RecordDelimiter":           false,
	"OutputSerialization/CSV/FieldDelimiter":            false,
	"OutputSerialization/CSV/QuoteCharacter":            false,
	"OutputSerialization/CSV/QuoteEscapeCharacter":      false,
	"OutputSerialization/JSON":                          true,
	"OutputSerialization/JSON/RecordDelimiter":          false,
	"RequestProgress":                                   true,
	"RequestProgress/Enabled":                           false,
}

// fields are the elements of a document and what they hold, by their path.
type fields struct {
	values map[string]string
	err    error // the first refusal of a value
}

func (e *fields) has(path string) bool {
	_, ok := e.values[path]
	return ok
}

func (e *fields) fail(code, format string, args ...any) {
	if e.err == nil {
		e.err = refuse(code, format, args...)
	}
}

// parseDocument reads the elements. Unknown ones are refused: an option that
// is silently ignored makes a wrong answer.
func parseDocument(doc []byte) (*fields, error) {
	p := documentParser{xml.NewDecoder(bytes.NewReader(doc)), &fields{values: map[string]string{}}, nil, strings.Builder{}}
	for {
		t, err := p.decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, refuse("MalformedXML", "The request is not well-formed XML: %v.", err)
		}
		if err := p.take(t); err != nil {
			return nil, err
		}
	}
	if !p.fields.has("") {
		return nil, refuse("MalformedXML", "The request has no %s.", root)
	}
	return p.fields, nil
}

type documentParser struct {
	decoder *xml.Decoder
	fields  *fields
	names   []string // of the elements that are open
	text    strings.Builder
}

func (p *documentParser) take(t xml.Token) error {
	switch t := t.(type) {
	case xml.StartElement:
		return p.open(t.Name.Local)
	case xml.EndElement:
		if path := p.path(); !known[path] {
			p.fields.values[path] = p.text.String()
		}
		p.text.Reset()
		p.names = p.names[:len(p.names)-1]
	case xml.CharData:
		p.text.Write(t)
	}
	return nil
}

func (p *documentParser) open(name string) error {
	if len(p.names) == 0 && name != root {
		return refuse("MalformedXML", "The request is no %s, but %s.", root, quote(name))
	}
	p.names = append(p.names, name)
	path := p.path()
	line, _ := p.decoder.InputPos()
	if _, ok := known[path]; !ok {
		return refuse("MalformedXML", "The element %s in line %d is not known.", quote(path), line)
	}
	if p.fields.has(path) {
		return refuse("MalformedXML", "The element %s in line %d is there twice.", quote(path), line)
	}
	p.fields.values[path] = ""
	p.text.Reset()
	return nil
}

// path names the open element, without the root.
func (p *documentParser) path() string { return strings.Join(p.names[1:], "/") }
