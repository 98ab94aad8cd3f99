package views

import (
	"slices"

	"cosmander/cos"
)

// What the options are called.
const (
	headerNames = "header"
	headerNone  = "no header"
	headerSkip  = "skips header"
	layoutCSV   = "CSV"
	layoutLines = "JSON lines"
	layoutJSON  = "JSON"
	plainBytes  = "not packed"
	quoteAlways = "quotes all"
	quoteNeeded = "quotes as needed"
	tabName     = "tab"
)

// selectOptions say how an object is read and how the result is written.
type selectOptions struct {
	format, comma, header, quote, packed *Field
	out, outComma, outQuote              *Field

	columns []string // of the object, by its header
	touched bool     // by the user
}

func newSelectOptions() selectOptions {
	commas := []string{",", ";", tabName, "|"}
	return selectOptions{
		format:   &Field{Label: "what the object is", Options: []string{layoutCSV, layoutLines, layoutJSON}},
		comma:    &Field{Label: "what stands between its fields", Options: commas},
		header:   &Field{Label: "whether its first row names the columns", Options: []string{headerNames, headerNone, headerSkip}},
		quote:    &Field{Label: "what its fields are quoted with", Options: []string{`"`, `'`}},
		packed:   &Field{Label: "how it is compressed", Options: []string{plainBytes, "gzip", "bzip2"}},
		out:      &Field{Label: "how the result is written", Options: []string{layoutCSV, layoutLines}},
		outComma: &Field{Label: "what stands between fields of the result", Options: commas},
		outQuote: &Field{Label: "which fields of the result are quoted", Options: []string{quoteNeeded, quoteAlways}},
	}
}

// shown are the options that mean something, in the order of the line.
func (o *selectOptions) shown() []*Field {
	all := []*Field{o.format}
	if o.format.Text() == layoutCSV {
		all = append(all, o.comma, o.header, o.quote)
	}
	all = append(all, o.packed, o.out)
	if o.out.Text() == layoutCSV {
		all = append(all, o.outComma, o.outQuote)
	}
	return all
}

// query puts the options and an expression together.
func (o *selectOptions) query(expression string) cos.SelectQuery {
	q := cos.SelectQuery{Expression: expression, Progress: true}
	q.Input.Compression = map[string]string{plainBytes: "NONE", "gzip": "GZIP", "bzip2": "BZIP2"}[o.packed.Text()]
	switch o.format.Text() {
	case layoutCSV:
		// Where a field has a line feed in quotes its row goes on.
		q.Input.CSV = &cos.CSVInput{FieldDelimiter: commaOf(o.comma), QuoteCharacter: o.quote.Text(), AllowQuotedRecordDelimiter: true}
		q.Input.CSV.FileHeaderInfo = map[string]string{headerNames: "USE", headerNone: "NONE", headerSkip: "IGNORE"}[o.header.Text()]
	case layoutLines:
		q.Input.JSON = &cos.JSONInput{Type: "LINES"}
	default:
		q.Input.JSON = &cos.JSONInput{Type: "DOCUMENT"}
	}
	if o.out.Text() != layoutCSV {
		q.Output.JSON = &cos.JSONOutput{}
		return q
	}
	q.Output.CSV = &cos.CSVOutput{FieldDelimiter: commaOf(o.outComma), QuoteFields: "ASNEEDED"}
	if o.outQuote.Text() == quoteAlways {
		q.Output.CSV.QuoteFields = "ALWAYS"
	}
	return q
}

func commaOf(f *Field) string {
	if f.Text() == tabName {
		return "\t"
	}
	return f.Text()
}

// set takes the options from the parts of q that are there.
func (o *selectOptions) set(q cos.SelectQuery) {
	o.packed.at = max(slices.Index([]string{"NONE", "GZIP", "BZIP2"}, q.Input.Compression), 0)
	o.out.Set(layoutLines)
	switch in := q.Input; {
	case in.CSV != nil:
		o.format.Set(layoutCSV)
		o.out.Set(layoutCSV)
		o.comma.at = max(slices.Index([]string{",", ";", "\t", "|"}, in.CSV.FieldDelimiter), 0)
		o.outComma.at = o.comma.at
		o.quote.Set(in.CSV.QuoteCharacter)
		o.header.at = max(slices.Index([]string{"USE", "NONE", "IGNORE"}, in.CSV.FileHeaderInfo), 0)
	case in.JSON != nil && in.JSON.Type == "LINES":
		o.format.Set(layoutLines)
	default:
		o.format.Set(layoutJSON)
	}
}

// optionSpan is where an option stands in its line.
type optionSpan struct{ from, to, stop int }

// draw returns the line of options and where they stand; the one at stop focus
// is in sight.
func (o *selectOptions) draw(k *Look, inner, focus int) (string, []optionSpan) {
	all := o.shown()
	for first := 0; ; first++ {
		text, spans, ends := o.from(k, all, first, focus)
		if ends <= inner || focus < 1 || focus > len(all) || first == focus-1 || spans[focus-1-first].to <= inner {
			return text, spans
		}
	}
}

func (o *selectOptions) from(k *Look, all []*Field, first, focus int) (string, []optionSpan, int) {
	l := line{look: k}
	l.blank("", 2)
	if first > 0 {
		l.put(k.Dim, k.Marks.Ellipsis)
	} else {
		l.put(k.Dim, "from")
	}
	var spans []optionSpan
	for i, f := range all[first:] {
		if f == o.out {
			l.put(k.Dim, "  to")
		}
		style := k.Text
		if first+i+1 == focus {
			style = k.Button
		}
		l.blank("", 1)
		from := l.cells
		l.put(style, k.Marks.Open+f.Text()+k.Marks.Shut)
		spans = append(spans, optionSpan{from + 1, l.cells + 1, first + i + 1})
	}
	return l.String(), spans, l.cells
}
