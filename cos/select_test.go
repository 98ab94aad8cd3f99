package cos_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/xml"
	"hash/crc32"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// frame writes one frame of a select's answer.
func frame(payload string, pairs ...string) []byte {
	var headers []byte
	for i := 0; i < len(pairs); i += 2 {
		headers = append(append(headers, byte(len(pairs[i]))), pairs[i]...)
		headers = binary.BigEndian.AppendUint16(append(headers, 7), uint16(len(pairs[i+1])))
		headers = append(headers, pairs[i+1]...)
	}
	b := binary.BigEndian.AppendUint32(nil, uint32(16+len(headers)+len(payload)))
	b = binary.BigEndian.AppendUint32(b, uint32(len(headers)))
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	b = append(append(b, headers...), payload...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

func event(kind, payload string) []byte {
	return frame(payload, ":message-type", "event", ":event-type", kind)
}

func counts(root, scanned string) string {
	return "<" + root + "><BytesScanned>" + scanned + "</BytesScanned><BytesProcessed>2</BytesProcessed>" +
		"<BytesReturned>3</BytesReturned></" + root + ">"
}

var csvToJSON = cos.SelectQuery{
	Expression: "select * from COSObject",
	Input:      cos.SelectInput{CSV: &cos.CSVInput{}}, Output: cos.SelectOutput{JSON: &cos.JSONOutput{}},
}

// streams opens a select whose answer is the given bytes.
func streams(t *testing.T, frames ...[]byte) *cos.SelectStream {
	t.Helper()
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("x-cos-request-id", "req-1")
		_, _ = w.Write(bytes.Join(frames, nil))
	})
	s, err := b.Select(t.Context(), "k", csvToJSON)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s
}

func TestSelect_YieldsEventsUpToTheEnd(t *testing.T) {
	t.Parallel()
	s := streams(
		t, event("Cont", ""), event("Records", "a,b\nc"), event("Surprise", "?"), event("Progress", counts("Progress", "1")),
		event("Records", ""), event("Records", ",d\n"), event("Stats", `<?xml version="1.0"?>`+counts("Stats", "9")), event("End", ""),
		[]byte("what comes behind is not read"),
	)
	var got []string
	var kinds []cos.SelectEvent
	for e, err := range s.Events() {
		require.NoError(t, err)
		if r, ok := e.(cos.SelectRecords); ok {
			got = append(got, string(r))
			continue
		}
		kinds = append(kinds, e)
	}
	assert.Equal(t, []string{"a,b\nc", ",d\n"}, got)
	assert.Equal(t, []cos.SelectEvent{
		cos.SelectProgress{Scanned: 1, Processed: 2, Returned: 3}, cos.SelectStats{Scanned: 9, Processed: 2, Returned: 3}, cos.SelectEnd{},
	}, kinds)
	_, err := s.Next()
	require.ErrorIs(t, err, io.EOF)
}

func TestSelect_WithoutAnEndIsCut(t *testing.T) {
	t.Parallel()
	whole := bytes.Join([][]byte{event("Records", "a,b\n"), event("Stats", counts("Stats", "1")), event("End", "")}, nil)
	for n := range len(whole) {
		b := bucketAt(t, "http://h", func(c *cos.Config) {
			c.Transport = answering(func(*http.Request) string { return string(whole[:n]) })
		})
		s, err := b.Select(t.Context(), "k", csvToJSON)
		require.NoError(t, err)
		var last error
		for _, err := range s.Events() {
			last = err
		}
		require.ErrorIs(t, last, cos.ErrCutBody, "%d bytes", n)
		assert.True(t, cos.Retryable(last))
		_, again := s.Next()
		assert.Equal(t, last, again, "the error stays")
	}
}

func TestSelect_ErrorFrameIsTheServicesError(t *testing.T) {
	t.Parallel()
	for code, retry := range map[string]bool{"InvalidTextEncoding": false, "InternalError": true} {
		s := streams(t, event("Records", "a"), frame("", ":message-type", "error", ":error-code", code, ":error-message", "sorry"), event("End", ""))
		_, err := s.Next()
		require.NoError(t, err)
		_, err = s.Next()
		var api *cos.Error
		require.ErrorAs(t, err, &api)
		assert.Equal(t, code+" sorry 200 req-1 k", api.Code+" "+api.Message+" 200 "+api.RequestID+" "+api.Key)
		assert.Equal(t, 200, api.Status)
		assert.Equal(t, retry, cos.Retryable(err))
		_, again := s.Next()
		assert.Equal(t, err, again)
	}
}

func TestSelect_WhatItCannotReadIsMalformed(t *testing.T) {
	t.Parallel()
	damaged := event("Records", "abc")
	damaged[len(damaged)-6] ^= 1
	for name, stream := range map[string][]byte{
		"damaged":            damaged,
		"not frames":         bytes.Repeat([]byte("frames? "), 10),
		"bad counts":         event("Stats", counts("Stats", "-1")),
		"cut counts":         event("Progress", "<Progress><BytesScanned>1"),
		"no counts":          event("Progress", "<Stats/>"),
		"unknown message":    frame("", ":message-type", "exception"),
		"no headers":         frame("x"),
		"error without code": frame("", ":message-type", "error", ":error-message", "sorry"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := streams(t, stream, event("End", "")).Next()
			require.ErrorIs(t, err, cos.ErrMalformed)
			assert.Equal(t, name == "damaged", cos.Retryable(err), "%v", err)
			assert.Less(t, len(err.Error()), 300)
		})
	}
}

func TestSelect_DocumentInPlaceOfFrames(t *testing.T) {
	t.Parallel()
	const space = " \r\n\t"
	for name, tt := range map[string]struct {
		doc   string
		want  error
		retry bool
	}{
		"an error":                     {errorXML("SlowDown", "sorry"), cos.ErrBusy, true},
		"an error behind a space":      {" " + errorXML("InvalidObjectState", ""), cos.ErrArchived, false},
		"an error behind many":         {strings.Repeat(space, 100) + errorXML("InvalidObjectState", ""), cos.ErrArchived, false},
		"an error behind a mark":       {"\xef\xbb\xbf" + errorXML("InvalidObjectState", ""), cos.ErrArchived, false},
		"an error behind records":      {string(event("Records", "a")) + space + errorXML("InvalidObjectState", ""), cos.ErrArchived, false},
		"a short error":                {"<Error/>", cos.ErrMalformed, false},
		"an error without a code":      {"<Error><Message>sorry</Message></Error>", cos.ErrMalformed, false},
		"half an error":                {"<Error><Cod", cos.ErrCutBody, true},
		"something else":               {"<feed>of something else</feed>", cos.ErrNotCOS, false},
		"something else that is short": {"<feed/>", cos.ErrNotCOS, false},
		"something behind spaces":      {strings.Repeat(space, 10) + "hello", cos.ErrNotCOS, false},
		"spaces":                       {strings.Repeat(space, 10), cos.ErrCutBody, true},
		"a space":                      {" ", cos.ErrCutBody, true},
		"nothing":                      {"", cos.ErrCutBody, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var last error
			for _, err := range streams(t, []byte(tt.doc)).Events() {
				last = err
			}
			require.ErrorIs(t, last, tt.want)
			assert.Equal(t, tt.retry, cos.Retryable(last), "%v", last)
		})
	}
}

func TestSelect_FewerRecordsThanTheStatsTellAreCut(t *testing.T) {
	t.Parallel()
	for records, good := range map[string]bool{"ab": false, "": false, "abc": true, "abcd": true} {
		s := streams(t, event("Records", records), event("Stats", counts("Stats", "9")), event("End", ""))
		var last error
		for _, err := range s.Events() {
			last = err
		}
		if good {
			require.NoError(t, last)
			continue
		}
		require.ErrorIs(t, last, cos.ErrCutBody)
		assert.True(t, cos.Retryable(last))
	}
}

// Not parallel, because it keeps a processor busy and others measure time.
func TestSelect_FramesThatSayNothingEndAtABound(t *testing.T) {
	for name, silent := range map[string][]byte{
		"signs of life": event("Cont", ""), "empty records": event("Records", ""), "unknown": event("Surprise", strings.Repeat("?", 1<<20)),
	} {
		opened := func(frames []byte) *cos.SelectStream {
			s, err := answering(func(*http.Request) string { return string(frames) }).bucket(t).Select(t.Context(), "k", csvToJSON)
			require.NoError(t, err)
			return s
		}
		const most = 16 << 20
		n := most / len(silent)
		frames := append(bytes.Repeat(silent, n), event("Records", "a")...)
		frames = append(append(frames, frames...), event("End", "")...)
		for _, err := range opened(frames).Events() {
			require.NoError(t, err, name)
		}
		s := opened(bytes.Repeat(silent, n+1))
		_, err := s.Next()
		require.ErrorIs(t, err, cos.ErrMalformed, name)
		require.NoError(t, s.Close())
	}
}

func TestSelect_ContFramesKeepItAlive(t *testing.T) {
	t.Parallel()
	const step, steps = 20 * time.Millisecond, 40
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("x-cos-request-id", "r")
		tick := time.NewTicker(step)
		defer tick.Stop()
		for range steps {
			<-tick.C
			_, _ = w.Write(event("Cont", ""))
			assert.NoError(t, http.NewResponseController(w).Flush())
		}
		_, _ = w.Write(event("End", ""))
	}, idle(step*steps/2))
	s, err := b.Select(t.Context(), "k", csvToJSON)
	require.NoError(t, err)
	got, err := s.Next()
	require.NoError(t, err)
	assert.Equal(t, cos.SelectEnd{}, got)
	require.NoError(t, s.Close())
}

// halfway opens a select that stalls behind its first record.
func halfway(ctx context.Context, t *testing.T, change ...func(*cos.Config)) *cos.SelectStream {
	t.Helper()
	stall := stalls(t)
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("x-cos-request-id", "r")
		_, _ = w.Write(event("Records", "a"))
		assert.NoError(t, http.NewResponseController(w).Flush())
		stall(w, r)
	}, change...)
	s, err := b.Select(ctx, "k", csvToJSON)
	require.NoError(t, err)
	_, err = s.Next()
	require.NoError(t, err)
	return s
}

func TestSelect_EndsWithTheContextWithCloseAndWhenItStalls(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		idle time.Duration
		end  func(cancel func(), s *cos.SelectStream)
		want string
	}{
		"context": {time.Minute, func(cancel func(), _ *cos.SelectStream) { cancel() }, context.Canceled.Error()},
		"close":   {time.Minute, func(_ func(), s *cos.SelectStream) { _ = s.Close() }, "closed"},
		"stall":   {50 * time.Millisecond, func(func(), *cos.SelectStream) {}, cos.ErrStalled.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			s := halfway(ctx, t, idle(tt.idle))
			result := make(chan error, 1)
			go func() {
				_, err := s.Next()
				result <- err
			}()
			tt.end(cancel, s)
			require.ErrorContains(t, <-result, tt.want)
			require.NoError(t, s.Close())
			require.NoError(t, s.Close(), "a second time")
		})
	}
}

func TestSelect_LoopThatBreaksCloses(t *testing.T) {
	t.Parallel()
	s := streams(t, event("Records", "a"), event("Records", "b"), event("End", ""))
	for _, err := range s.Events() {
		require.NoError(t, err)
		break
	}
	_, err := s.Next()
	require.ErrorContains(t, err, "closed")
	assert.False(t, cos.Retryable(err))
}

func TestSelect_SendsTheQuery(t *testing.T) {
	t.Parallel()
	query := cos.SelectQuery{
		Expression: `Select "a" from COSObject s where s._1 < '&'`, Progress: true,
		Input: cos.SelectInput{Compression: "gzip", CSV: &cos.CSVInput{
			FileHeaderInfo: "use", RecordDelimiter: "\r\n", FieldDelimiter: "\t", QuoteCharacter: `"`, QuoteEscapeCharacter: "'",
			Comments: " ", AllowQuotedRecordDelimiter: true,
		}},
		Output: cos.SelectOutput{CSV: &cos.CSVOutput{QuoteFields: "always", RecordDelimiter: "\n", FieldDelimiter: ","}},
	}
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		doc, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		assert.Equal(t, "POST /dir/k?select&select-type=2", r.Method+" "+r.RequestURI)
		assert.Equal(t, `<SelectRequest><Expression>Select &#34;a&#34; from COSObject s where s._1 &lt; &#39;&amp;&#39;</Expression>`+
			`<ExpressionType>SQL</ExpressionType><InputSerialization><CompressionType>GZIP</CompressionType><CSV>`+
			`<FileHeaderInfo>USE</FileHeaderInfo><RecordDelimiter>&#13;&#10;</RecordDelimiter><FieldDelimiter>&#9;</FieldDelimiter>`+
			`<QuoteCharacter>&#34;</QuoteCharacter><QuoteEscapeCharacter>&#39;</QuoteEscapeCharacter>`+
			`<AllowQuotedRecordDelimiter>TRUE</AllowQuotedRecordDelimiter><Comments>&#32;</Comments></CSV></InputSerialization>`+
			`<OutputSerialization><CSV><QuoteFields>ALWAYS</QuoteFields><RecordDelimiter>&#10;</RecordDelimiter>`+
			`<FieldDelimiter>,</FieldDelimiter></CSV></OutputSerialization><RequestProgress><Enabled>TRUE</Enabled></RequestProgress>`+
			`</SelectRequest>`, string(doc))
		var read struct {
			Expression         string
			InputSerialization struct {
				CSV struct{ RecordDelimiter, FieldDelimiter, QuoteCharacter, Comments string }
			}
		}
		assert.NoError(t, xml.Unmarshal(doc, &read))
		csv := read.InputSerialization.CSV
		assert.Equal(t, query.Expression, read.Expression)
		assert.Equal(t, []string{"\r\n", "\t", `"`, " "}, []string{csv.RecordDelimiter, csv.FieldDelimiter, csv.QuoteCharacter, csv.Comments})
		w.Header().Set("x-cos-request-id", "r")
		_, _ = w.Write(event("End", ""))
	})
	s, err := b.Select(t.Context(), "dir/k", query)
	require.NoError(t, err)
	require.NoError(t, s.Close())

	b = serve(t, func(w http.ResponseWriter, r *http.Request) {
		doc, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		assert.Contains(t, string(doc), `<InputSerialization><CompressionType>NONE</CompressionType><JSON><Type>LINES</Type></JSON>`+
			`</InputSerialization><OutputSerialization><JSON></JSON></OutputSerialization><RequestProgress><Enabled>FALSE</Enabled>`)
		answerXML(w, 403, errorXML("InvalidObjectState", "archived"))
	})
	_, err = b.Select(t.Context(), "k", cos.SelectQuery{
		Expression: "select 1", Input: cos.SelectInput{JSON: &cos.JSONInput{Type: "lines"}}, Output: cos.SelectOutput{JSON: &cos.JSONOutput{}},
	})
	require.ErrorIs(t, err, cos.ErrArchived)
}

func TestSelect_QueryThatIsNotWholeIsRefused(t *testing.T) {
	t.Parallel()
	b := bucketAt(t, "http://127.0.0.1:1")
	for name, change := range map[string]func(q *cos.SelectQuery){
		"no expression":      func(q *cos.SelectQuery) { q.Expression = " " },
		"not UTF-8":          func(q *cos.SelectQuery) { q.Expression = "\xff" },
		"no input":           func(q *cos.SelectQuery) { q.Input.CSV = nil },
		"two inputs":         func(q *cos.SelectQuery) { q.Input.JSON = &cos.JSONInput{Type: "LINES"} },
		"no output":          func(q *cos.SelectQuery) { q.Output.JSON = nil },
		"two outputs":        func(q *cos.SelectQuery) { q.Output.CSV = &cos.CSVOutput{} },
		"compression":        func(q *cos.SelectQuery) { q.Input.Compression = "ZIP" },
		"header choice":      func(q *cos.SelectQuery) { q.Input.CSV.FileHeaderInfo = "YES" },
		"JSON without type":  func(q *cos.SelectQuery) { q.Input.CSV, q.Input.JSON = nil, &cos.JSONInput{} },
		"JSON of other type": func(q *cos.SelectQuery) { q.Input.CSV, q.Input.JSON = nil, &cos.JSONInput{Type: "TEXT"} },
		"delimiter":          func(q *cos.SelectQuery) { q.Input.CSV.FieldDelimiter = "\x01" },
		"quoting": func(q *cos.SelectQuery) {
			q.Output = cos.SelectOutput{CSV: &cos.CSVOutput{QuoteFields: strings.Repeat("X", 1000)}}
		},
	} {
		q := csvToJSON
		csv := *q.Input.CSV
		q.Input.CSV = &csv
		change(&q)
		_, err := b.Select(t.Context(), "k", q)
		assert.ErrorIs(t, err, cos.ErrInvalidInput, name)
		assert.Less(t, len(err.Error()), 300)
	}
}
