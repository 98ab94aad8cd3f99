package cos

import (
	"context"
	"errors"
	"iter"
	"time"
)

var errStub = errors.New("not written yet")

// ---- select.go

type SelectQuery struct {
	Expression string
	Input      SelectInput
	Output     SelectOutput
	Progress   bool // ask for SelectProgress events
}

type SelectInput struct {
	Compression string    // "NONE" (also ""), "GZIP", "BZIP2"
	CSV         *CSVInput // exactly one of the two
	JSON        *JSONInput
}

type CSVInput struct {
	FileHeaderInfo             string // "NONE" (also ""), "USE", "IGNORE"
	RecordDelimiter            string // empty values leave it to the service
	FieldDelimiter             string
	QuoteCharacter             string
	QuoteEscapeCharacter       string
	Comments                   string
	AllowQuotedRecordDelimiter bool
}

type JSONInput struct {
	Type string // "DOCUMENT" or "LINES"
}

type SelectOutput struct {
	CSV  *CSVOutput // exactly one of the two
	JSON *JSONOutput
}

type CSVOutput struct {
	QuoteFields          string // "ASNEEDED" (also "") or "ALWAYS"
	RecordDelimiter      string
	FieldDelimiter       string
	QuoteCharacter       string
	QuoteEscapeCharacter string
}

type JSONOutput struct {
	RecordDelimiter string
}

// SelectEvent is one of SelectRecords, SelectProgress, SelectStats and
// SelectEnd.
type SelectEvent interface{ selectEvent() }

// SelectRecords is a piece of the result, cut anywhere. It is valid until the
// next call of Next.
type SelectRecords []byte

type SelectCounts struct{ Scanned, Processed, Returned int64 } // bytes

type SelectProgress SelectCounts

type SelectStats SelectCounts

type SelectEnd struct{}

func (SelectRecords) selectEvent()  {}
func (SelectProgress) selectEvent() {}
func (SelectStats) selectEvent()    {}
func (SelectEnd) selectEvent()      {}

type SelectStream struct{}

func (b *Bucket) Select(ctx context.Context, key string, q SelectQuery) (*SelectStream, error) {
	return nil, errStub
}

// Next returns the next event; io.EOF after SelectEnd, ErrCutBody if the
// stream ends without it. An error frame is an *Error with its code.
func (s *SelectStream) Next() (SelectEvent, error) { return nil, errStub }

// Events yields what Next returns until SelectEnd or an error, and closes.
func (s *SelectStream) Events() iter.Seq2[SelectEvent, error] { return nil }

func (s *SelectStream) Close() error { return nil }

// ---- presign.go

// PresignOptions say what a signed URL allows.
type PresignOptions struct {
	Lifetime  time.Duration   // 1 s and more, whole seconds
	VersionID string          // of a GET
	Response  ResponseHeaders // of a GET
	Headers   Headers         // of a PUT: whoever uses the URL has to send just these
}

func (b *Bucket) PresignGet(ctx context.Context, key string, o PresignOptions) (string, error) {
	return "", errStub
}

func (b *Bucket) PresignPut(ctx context.Context, key string, o PresignOptions) (string, error) {
	return "", errStub
}
