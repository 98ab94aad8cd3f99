package query_test

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cosmander/cos/emulator/query"
)

// event is a decoded frame.
type event struct {
	headers map[string]string
	payload string
}

func (e event) kind() string {
	if e.headers[":message-type"] == "error" {
		return "error"
	}
	return e.headers[":event-type"]
}

// decode reads a whole event stream and checks every length and checksum.
func decode(t testing.TB, stream []byte) []event {
	t.Helper()
	var events []event
	for len(stream) > 0 {
		require.GreaterOrEqual(t, len(stream), 16, "frame is cut")
		total, headers := binary.BigEndian.Uint32(stream), binary.BigEndian.Uint32(stream[4:])
		require.Equal(t, crc32.ChecksumIEEE(stream[:8]), binary.BigEndian.Uint32(stream[8:]), "checksum of the lengths")
		require.LessOrEqual(t, int(total), len(stream), "frame is cut")
		require.LessOrEqual(t, total, uint32(1<<20), "frame is large")
		frame := stream[:total]
		stream = stream[total:]
		require.Equal(t, crc32.ChecksumIEEE(frame[:total-4]), binary.BigEndian.Uint32(frame[total-4:]), "checksum of the frame")
		e := event{map[string]string{}, string(frame[12+headers : total-4])}
		for h := frame[12 : 12+headers]; len(h) > 0; {
			n := int(h[0])
			name := string(h[1 : 1+n])
			require.EqualValues(t, 7, h[1+n], "type of header %s", name)
			length := int(binary.BigEndian.Uint16(h[2+n:]))
			e.headers[name] = string(h[4+n : 4+n+length])
			h = h[4+n+length:]
		}
		events = append(events, e)
	}
	return events
}

// answer is what a stream says.
type answer struct {
	records  string
	kinds    []string // of all events but Records and Cont
	code     string   // of an error frame
	message  string
	stats    counts
	progress []counts
}

type counts struct{ BytesScanned, BytesProcessed, BytesReturned int64 }

func read(t testing.TB, stream []byte) answer {
	t.Helper()
	var a answer
	for _, e := range decode(t, stream) {
		var c counts
		switch e.kind() {
		case "Records":
			require.Equal(t, "application/octet-stream", e.headers[":content-type"])
			require.NotEmpty(t, e.payload)
			a.records += e.payload
			continue
		case "Progress", "Stats":
			require.Equal(t, "text/xml", e.headers[":content-type"])
			var doc struct {
				XMLName xml.Name
				counts
			}
			require.NoError(t, xml.Unmarshal([]byte(e.payload), &doc))
			require.Equal(t, e.kind(), doc.XMLName.Local)
			c = doc.counts
			if e.kind() == "Stats" {
				a.stats = c
			} else {
				a.progress = append(a.progress, c)
			}
		case "error":
			a.code, a.message = e.headers[":error-code"], e.headers[":error-message"]
			require.NotEmpty(t, a.code)
			require.NotEmpty(t, a.message)
			require.NotContains(t, e.headers, ":event-type")
		case "Cont":
			require.Empty(t, e.payload)
			continue // a slow machine sends some
		default:
			require.Empty(t, e.payload)
		}
		a.kinds = append(a.kinds, e.kind())
	}
	return a
}

// document writes a request. Empty formats are a plain CSV without header in,
// and JSON out.
func document(sql, in, out string) string {
	if in == "" {
		in = "<CSV/>"
	}
	if out == "" {
		out = "<JSON/>"
	}
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\"?>\n<SelectRequest>\n  <Expression>")
	_ = xml.EscapeText(&b, []byte(sql))
	b.WriteString("</Expression>\n<ExpressionType>SQL</ExpressionType>" +
		"<InputSerialization>" + in + "</InputSerialization><OutputSerialization>" + out + "</OutputSerialization></SelectRequest>")
	return b.String()
}

func parse(t testing.TB, sql, in, out string) *query.Request {
	t.Helper()
	r, err := query.Parse([]byte(document(sql, in, out)))
	require.NoError(t, err, sql)
	return r
}

// run answers a request over object, whose stream has to end.
func run(t testing.TB, r *query.Request, object string) answer {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, r.Run(t.Context(), strings.NewReader(object), int64(len(object)), &b))
	return read(t, b.Bytes())
}

// ask is run for a request that has to succeed.
func ask(t testing.TB, sql, in, out, object string) string {
	t.Helper()
	a := run(t, parse(t, sql, in, out), object)
	require.Empty(t, a.message, sql)
	require.Equal(t, []string{"Stats", "End"}, a.kinds)
	return a.records
}
