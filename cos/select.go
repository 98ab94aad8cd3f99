package cos

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
)

// SelectEvent is one of [SelectRecords], [SelectProgress], [SelectStats] and
// [SelectEnd].
type SelectEvent interface{ selectEvent() }

// SelectRecords is a piece of the result, cut anywhere, also within a record.
// It is valid until the next call of Next.
type SelectRecords []byte

// SelectCounts are numbers of bytes: of the object, of what it was inflated to,
// and of the result.
type SelectCounts struct{ Scanned, Processed, Returned int64 }

// SelectProgress says how far a query is; it comes only if it was asked for.
type SelectProgress SelectCounts

// SelectStats are the counts of the whole query, shortly before the end.
type SelectStats SelectCounts

// SelectEnd says that the result is complete. Only it does.
type SelectEnd struct{}

func (SelectRecords) selectEvent()  {}
func (SelectProgress) selectEvent() {}
func (SelectStats) selectEvent()    {}
func (SelectEnd) selectEvent()      {}

// SelectStream is the running answer to a [Bucket.Select]. The caller closes
// it. Next and Events are for one goroutine; Close may be called from another.
type SelectStream struct {
	answer *answer
	frames frameReader
	err    error // what Next returns from now on
	closed atomic.Bool

	received int64 // bytes of records
	returned int64 // bytes of records that the service says it sent
	silent   int   // bytes of frames since the last event
}

var errStreamClosed = errors.New("the stream is closed")

// Select runs an SQL query on an object and opens its result (SELECT Object
// Content). A query that is not whole is [ErrInvalidInput], an archived object
// [ErrArchived]; a mistake in the SQL may only come as an error of Next. The
// stream ends with [ErrStalled] if no byte comes, or none is read, for the
// client's idle timeout; the service sends some to show that a slow query lives.
// It may be repeated, from the beginning.
func (b *Bucket) Select(ctx context.Context, key string, q SelectQuery) (*SelectStream, error) {
	call := b.onKey("SelectObjectContent", http.MethodPost, key)
	call.query = params{{"select", ""}, {"select-type", "2"}}
	doc, err := q.document()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", call.what(), err)
	}
	a, err := b.client.do(ctx, call.sends(doc))
	if err != nil {
		return nil, err
	}
	return &SelectStream{answer: a, frames: frameReader{r: a.Body}}, nil
}

// Next returns the next event, and io.EOF after [SelectEnd]. A query that the
// service breaks off is an [*Error] with its code. [ErrCutBody] is a stream that
// ends without SelectEnd, or with fewer bytes of records than [SelectStats] told.
// [ErrMalformed] is a frame that cannot be read or is longer than 16 MiB, and
// [ErrDamaged] too if its content's CRC is wrong. Frames that only say that a
// slow query lives are waited for as long as they come, but 16 MiB of them in a
// row, about three days of one a second, are [ErrMalformed]. After an error it
// returns the same error.
func (s *SelectStream) Next() (SelectEvent, error) {
	if s.err != nil {
		return nil, s.err
	}
	event, err := s.next()
	switch {
	case err == nil:
		if _, end := event.(SelectEnd); end {
			s.err = io.EOF
		}
		return event, nil
	case s.closed.Load():
		err = fmt.Errorf("%s: %w", s.answer.call.what(), errStreamClosed)
	}
	s.err = err
	return nil, err
}

// Events yields what [SelectStream.Next] returns, up to [SelectEnd] or an
// error, and closes the stream when the loop ends.
func (s *SelectStream) Events() iter.Seq2[SelectEvent, error] {
	return func(yield func(SelectEvent, error) bool) {
		defer s.Close()
		for {
			event, err := s.Next()
			if errors.Is(err, io.EOF) && s.err == io.EOF { //nolint:errorlint // the end, not a cut body
				return
			}
			if !yield(event, err) || err != nil {
				return
			}
		}
	}
}

// Close ends the query if it still runs. It may be called more than once, and
// makes a Next under way return an error.
func (s *SelectStream) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	return s.answer.Body.Close()
}

// next reads frames up to one that is an event.
func (s *SelectStream) next() (SelectEvent, error) {
	for {
		if s.closed.Load() {
			return nil, errStreamClosed
		}
		f, err := s.frames.next()
		if err != nil {
			return nil, s.broken(err)
		}
		switch f.message {
		case "error":
			return nil, s.refused(f)
		case "event":
		default:
			return nil, s.wrap(fmt.Errorf("%w: a frame of the kind %q", ErrMalformed, shortened(f.message)))
		}
		event, err := f.selectEvent()
		if err == nil {
			err = s.count(f, event)
		}
		if event != nil || err != nil {
			return event, s.wrap(err)
		}
	}
}

// count adds up what came, and holds it at the end against what the service
// says it sent. Only too little is an error: no document says what else may be
// counted.
func (s *SelectStream) count(f frame, event SelectEvent) error {
	s.silent += f.length
	switch e := event.(type) {
	case nil:
		if s.silent > maxFrameBytes {
			return fmt.Errorf("%w: more than %d bytes of frames that say nothing", ErrMalformed, maxFrameBytes)
		}
		return nil
	case SelectRecords:
		s.received += int64(len(e))
	case SelectStats:
		s.returned = e.Returned
	case SelectEnd:
		if s.received < s.returned {
			return fmt.Errorf("%w: %d of %d bytes of records came", ErrCutBody, s.received, s.returned)
		}
	}
	s.silent = 0
	return nil
}

// selectEvent returns nil for frames that only say that the query lives.
func (f *frame) selectEvent() (SelectEvent, error) {
	switch f.event {
	case "Records":
		if len(f.payload) == 0 {
			return nil, nil
		}
		return SelectRecords(f.payload), nil
	case "Progress":
		counts, err := decodeCounts(f.payload, "Progress")
		return SelectProgress(counts), err
	case "Stats":
		counts, err := decodeCounts(f.payload, "Stats")
		return SelectStats(counts), err
	case "End":
		return SelectEnd{}, nil
	}
	return nil, nil
}

// broken words an error of the stream. A document in place of frames looks like
// a frame of a gigabyte, or like a cut one.
func (s *SelectStream) broken(err error) error {
	start := bytes.TrimLeft(s.frames.start(), " \t\r\n\xef\xbb\xbf")
	cut := err == io.EOF || err == io.ErrUnexpectedEOF //nolint:errorlint // as the frame reader gives them
	switch {
	case (cut || errors.Is(err, ErrMalformed)) && len(s.frames.start()) > 0 && (len(start) == 0 || start[0] == '<'):
		return s.inPlace()
	case cut:
		err = fmt.Errorf("%w: there was no end frame", ErrCutBody)
	case !errors.Is(err, ErrMalformed):
		return err
	}
	return s.wrap(err)
}

// inPlace is the error for a document that came in place of frames.
func (s *SelectStream) inPlace() error {
	rest, err := io.ReadAll(io.LimitReader(s.answer.Body, maxErrorBytes))
	if err != nil {
		return err
	}
	doc := trimDocument(slices.Concat(s.frames.start(), rest))
	e := newError(s.answer.call, s.answer.Request, s.answer.Response)
	if decodeError(doc, e) {
		return e
	}
	p := &xmlParser{data: doc}
	name, err := p.root()
	if err == nil && name == "Error" {
		err = p.skip()
	}
	switch {
	case len(doc) > 0 && doc[0] != '<':
	case errors.Is(err, ErrCutBody) && len(rest) < maxErrorBytes:
		return s.wrap(err)
	case err == nil && name == "Error":
		return s.wrap(fmt.Errorf("%w: an error without a code", ErrMalformed))
	}
	return s.answer.foreign()
}

func (s *SelectStream) wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", s.answer.call.what(), err)
}

func (s *SelectStream) refused(f frame) error {
	if f.errorCode == "" {
		return s.wrap(fmt.Errorf("%w: an error without a code", ErrMalformed))
	}
	e := newError(s.answer.call, s.answer.Request, s.answer.Response)
	e.Code, e.Message = f.errorCode, f.errorMessage
	return e
}

func decodeCounts(doc []byte, root string) (c SelectCounts, err error) {
	p := &xmlParser{data: trimDocument(doc)}
	name, err := p.root()
	switch {
	case err != nil:
	case !strings.EqualFold(name, root):
		err = errXML
	default:
		err = c.decode(p)
	}
	if err != nil {
		// Cut XML in a frame that is whole is no cut connection.
		return c, fmt.Errorf("%w: %s: %v", ErrMalformed, root, err) //nolint:errorlint // as said
	}
	return c, nil
}

func (c *SelectCounts) decode(p *xmlParser) error {
	return p.each(func(name string) (err error) {
		switch name {
		case "BytesScanned":
			c.Scanned, err = integer(p)
		case "BytesProcessed":
			c.Processed, err = integer(p)
		case "BytesReturned":
			c.Returned, err = integer(p)
		default:
			err = p.skip()
		}
		return err
	})
}
