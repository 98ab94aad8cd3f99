package query_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos/emulator/query"
)

func gzipped(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(s))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

// bzipped is "1,a\n2,b\n" as bzip2 packs it; Go only unpacks.
func bzipped(t testing.TB) string {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString("QlpoOTFBWSZTWbCnEU8AAAJZAAAQAAQwADAAIAAhppmgwAKVCwu5IpwoSFhTiKeA")
	require.NoError(t, err)
	return string(b)
}

func packed(compression, in string) string {
	return "<CompressionType>" + compression + "</CompressionType>" + in
}

func TestRun_CountsWhatItReadsAndWrites(t *testing.T) {
	t.Parallel()
	const object = "1,a\n2,b\n"
	long := strings.Repeat(object, 40_000)
	for name, c := range map[string]struct {
		compression, object string
		processed, returned int64
	}{
		"as it is":              {"NONE", object, 8, 8},
		"gzip":                  {"GZIP", gzipped(t, object), 8, 8},
		"gzip of several parts": {"GZIP", gzipped(t, object) + gzipped(t, object), 16, 16},
		"bzip2":                 {"BZIP2", bzipped(t), 8, 8},
		"bzip2 of two streams":  {"BZIP2", bzipped(t) + bzipped(t), 16, 16},
		"several frames":        {"GZIP", gzipped(t, long), 320_000, 320_000},
		"empty":                 {"NONE", "", 0, 0},
		"empty gzip":            {"GZIP", gzipped(t, ""), 0, 0},
	} {
		a := run(t, parse(t, "SELECT * FROM COSObject", packed(c.compression, "<CSV/>"), "<CSV/>"), c.object)
		assert.Equal(t, []string{"Stats", "End"}, a.kinds, name)
		assert.Equal(t, counts{int64(len(c.object)), c.processed, c.returned}, a.stats, name)
		assert.Len(t, a.records, int(c.returned), name)
		assert.Equal(t, strings.Repeat(object, int(c.returned)/8), a.records, name)
	}
}

func TestRun_EndsWithAnErrorFrameIfTheObjectCannotBeRead(t *testing.T) {
	t.Parallel()
	packedObject := gzipped(t, strings.Repeat("123\n", 1000))
	broken := []byte(packedObject)
	broken[len(broken)-6]++ // the checksum
	fire := errors.New("disk on fire")
	for name, c := range map[string]struct {
		compression, object string
		fails               error // behind the object
		size                int64
		code, within        string
	}{
		"no gzip":           {"GZIP", "a,b,c,d,e,f,g\n", nil, -1, "TruncatedInput", "gzip: invalid header"},
		"nothing":           {"GZIP", "", nil, 0, "TruncatedInput", "unexpected EOF"},
		"cut gzip":          {"GZIP", packedObject[:len(packedObject)-9], nil, -1, "TruncatedInput", "unexpected EOF"},
		"damaged gzip":      {"GZIP", string(broken), nil, -1, "TruncatedInput", "gzip: invalid checksum"},
		"garbage behind":    {"GZIP", packedObject + "x", nil, -1, "TruncatedInput", "unexpected EOF"},
		"no bzip2":          {"BZIP2", "a,b\n", nil, 4, "TruncatedInput", "bzip2 data invalid"},
		"cut bzip2":         {"BZIP2", bzipped(t)[:20], nil, -1, "TruncatedInput", "unexpected EOF"},
		"shorter than told": {"NONE", "1\n2\n", nil, 5, "InternalError", "unexpected EOF after 4 bytes of 5"},
		"shorter gzip":      {"GZIP", packedObject[:20], nil, int64(len(packedObject)), "InternalError", "unexpected EOF after 20 bytes"},
		"disk error":        {"NONE", "1\n", fire, 9, "InternalError", "disk on fire"},
		"disk error, gzip":  {"GZIP", packedObject[:20], fire, 9, "InternalError", "disk on fire"},
		"disk error, bzip2": {"BZIP2", bzipped(t)[:20], fire, 9, "InternalError", "disk on fire"},
	} {
		for _, in := range []string{"<CSV/>", jsonLines, jsonDocument} {
			var object io.Reader = strings.NewReader(c.object)
			if c.fails != nil {
				object = io.MultiReader(object, iotest.ErrReader(c.fails))
			}
			var b bytes.Buffer
			require.NoError(t, parse(t, "SELECT COUNT(*) FROM COSObject", packed(c.compression, in), "").Run(t.Context(), object, c.size, &b), name)
			a := read(t, b.Bytes())
			assert.Equal(t, []string{"error"}, a.kinds, name)
			assert.Equal(t, c.code, a.code, name)
			assert.Contains(t, a.message, c.within, name)
		}
	}
}

// endless is an object without an end; it counts what is taken of it.
type endless struct {
	piece string
	taken int64
	left  string
}

func (e *endless) Read(b []byte) (int, error) {
	if e.left == "" {
		e.left = e.piece
	}
	n := copy(b, e.left)
	e.left = e.left[n:]
	e.taken += int64(n)
	return n, nil
}

func TestRun_StopsReadingAtTheLimit(t *testing.T) {
	t.Parallel()
	const ahead = 192 << 10 // a buffer, and the decoder's own
	for name, c := range map[string]struct{ in, piece string }{
		"csv":      {"<CSV/>", "a,b\n"},
		"lines":    {jsonLines, "{\"a\":1}\n"},
		"document": {jsonDocument, "{\"a\":1}\n"},
	} {
		for limit, want := range map[string]int{"0": 0, "1": 1, "3": 3} {
			object := &endless{piece: c.piece}
			var b bytes.Buffer
			require.NoError(t, parse(t, "SELECT * FROM COSObject LIMIT "+limit, c.in, "").Run(t.Context(), object, -1, &b))
			a := read(t, b.Bytes())
			assert.Equal(t, want, strings.Count(a.records, "\n"), name)
			assert.Equal(t, []string{"Stats", "End"}, a.kinds, name)
			assert.Equal(t, object.taken, a.stats.BytesScanned, name)
			assert.LessOrEqual(t, object.taken, int64(want*ahead), name)
		}
	}
}

// A reader of the answer that is slow makes the query slow, not large.
func TestRun_DoesNotRunAheadOfItsWriter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		object := &endless{piece: "a,b\n"}
		out, w := io.Pipe()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		r := parse(t, "SELECT * FROM COSObject", "<CSV/>", "<CSV/>")
		go func() { ended <- r.Run(ctx, object, -1, w) }()
		synctest.Wait()
		assert.LessOrEqual(t, object.taken, int64(512<<10))
		cancel()
		require.NoError(t, out.Close())
		assert.ErrorIs(t, <-ended, io.ErrClosedPipe)
	})
}

func TestRun_StopsAtOnceWhenItsContextEnds(t *testing.T) {
	t.Parallel()
	hostile := "'" + strings.Repeat("a", 200_000) + "' LIKE '" + strings.Repeat("%a", 100) + strings.Repeat("a", 3_000) + "b'"
	for name, c := range map[string]struct{ sql, in, piece string }{
		"rows that nobody wants": {"SELECT * FROM COSObject WHERE _1 = 'b'", "<CSV/>", "a\n"},
		"sum":                    {"SELECT COUNT(*) FROM COSObject", jsonLines, "1\n"},
		"elements":               {"SELECT COUNT(*) FROM COSObject[*]", jsonDocument, "[1]\n"},
		"skipped values":         {"SELECT COUNT(*) FROM COSObject.a", jsonDocument, "[1]\n"},
		"one long comparison":    {"SELECT COUNT(*) FROM COSObject WHERE " + hostile, "<CSV/>", "a\n"},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		object := &cancelling{endless: endless{piece: c.piece}, after: 300 << 10, cancel: cancel}
		if name == "one long comparison" {
			object.after = 0
		}
		var b bytes.Buffer
		err := parse(t, c.sql, c.in, "").Run(ctx, object, -1, &b)
		require.ErrorIs(t, err, context.Canceled, name)
		assert.LessOrEqual(t, object.taken, object.after+(128<<10), name)
		assert.Empty(t, read(t, b.Bytes()).kinds, name)
	}
}

// Some hundred bytes can be 900 MB of empty lines.
func TestRun_StopsAtOnceWithinACompressedObject(t *testing.T) {
	t.Parallel()
	block, err := base64.StdEncoding.DecodeString("QlpoOTFBWSZTWStxu3EBX45AAIAQAAggADCATUZCoCWpCoCXMUFZJlNZxjhmkQFRyFAAgBAAIAAIIAAwzAUppgioSbEIqEni7kinChISG2IOYA==")
	require.NoError(t, err)
	for name, in := range map[string]string{"csv": "<CSV/>", "lines": jsonLines, "document": jsonDocument} {
		ctx, cancel := context.WithCancel(t.Context())
		object := &cancelling{endless: endless{piece: strings.Repeat(string(block), 10)}, after: 1, cancel: cancel}
		begin := time.Now()
		var b bytes.Buffer
		require.ErrorIs(t, parse(t, "SELECT * FROM COSObject", packed("BZIP2", in), "").Run(ctx, object, -1, &b), context.Canceled, name)
		assert.Less(t, time.Since(begin), 5*time.Second, name) // of some 20
	}
}

func TestRun_SaysWhereTheConditionIs(t *testing.T) {
	t.Parallel()
	a := run(t, parse(t, "SELECT *\nFROM COSObject WHERE _1", "", ""), "true\nx\n")
	assert.Equal(t, [2]string{"InvalidDataType", `Record 2: Line 2, column 22: "x" is neither true nor false.`}, [2]string{a.code, a.message})
}

// cancelling calls cancel once so many bytes are taken.
type cancelling struct {
	endless
	after  int64
	cancel func()
}

func (c *cancelling) Read(b []byte) (int, error) {
	n, err := c.endless.Read(b)
	if c.taken >= c.after {
		c.cancel()
	}
	return n, err
}

// failing takes some writes, and then none.
type failing struct {
	writes int
	err    error
}

func (f *failing) Write(b []byte) (int, error) {
	if f.writes--; f.writes < 0 {
		return 0, f.err
	}
	return len(b), nil
}

func TestRun_StopsAtOnceWhenAWriteFails(t *testing.T) {
	t.Parallel()
	gone := errors.New("client is gone")
	r := parse(t, "SELECT * FROM COSObject", "<CSV/>", "<CSV/>")
	for writes := range 3 {
		object := &endless{piece: "a,b\n"}
		require.ErrorIs(t, r.Run(t.Context(), object, -1, &failing{writes, gone}), gone)
		assert.LessOrEqual(t, object.taken, int64((writes+1)*(256<<10)+(64<<10)))
	}
	// The last frames count too.
	for writes, want := range []error{gone, gone, gone, nil} {
		assert.ErrorIs(t, r.Run(t.Context(), strings.NewReader("a\n"), 2, &failing{writes, gone}), want)
	}
	assert.ErrorIs(t, r.Run(t.Context(), strings.NewReader("\"\n"), 2, &failing{0, gone}), gone)
}

// While an object is slow the client hears of it every second: what there is
// of the answer, how far the query is if it asked for that, or else a Cont.
func TestRun_KeepsTheStreamAlive(t *testing.T) {
	t.Parallel()
	for progress, want := range map[bool]string{
		false: "Records Cont Cont Records Stats End",
		true:  "Records Progress Progress Progress Records Progress Stats End",
	} {
		synctest.Test(t, func(t *testing.T) {
			object, feed := io.Pipe()
			doc := document("SELECT * FROM COSObject", "<CSV/>", "<CSV/>")
			r := parseProgress(t, doc, progress)
			go func() {
				_, _ = feed.Write([]byte("aa\n"))
				time.Sleep(3500 * time.Millisecond) // the bubble's clock, not ours
				_, _ = feed.Write([]byte("bb\n"))
				_ = feed.Close()
			}()
			var b bytes.Buffer
			require.NoError(t, r.Run(t.Context(), object, 6, &b))
			var kinds []string
			for _, e := range decode(t, b.Bytes()) {
				kinds = append(kinds, e.kind())
			}
			assert.Equal(t, want, strings.Join(kinds, " "))
			a := read(t, b.Bytes())
			assert.Equal(t, counts{6, 6, 6}, a.stats)
			if progress {
				assert.Equal(t, []counts{{3, 3, 3}, {3, 3, 3}, {3, 3, 3}, {6, 6, 6}}, a.progress)
			}
		})
	}
}

// A client that is gone is noticed by the frame that keeps the stream alive.
func TestRun_StopsWhenNobodyHearsThatItLives(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gone := errors.New("client is gone")
		slow := &slowly{endless: endless{piece: "a\n"}}
		r := parse(t, "SELECT * FROM COSObject WHERE _1 = 'b'", "<CSV/>", "<CSV/>")
		begin := time.Now()
		require.ErrorIs(t, r.Run(t.Context(), slow, -1, &failing{2, gone}), gone)
		assert.Less(t, time.Since(begin), 5*time.Second)
	})
}

// slowly takes its time for each read.
type slowly struct{ endless }

func (s *slowly) Read(b []byte) (int, error) {
	time.Sleep(400 * time.Millisecond) // the bubble's clock
	return s.endless.Read(b[:min(len(b), 2)])
}

func parseProgress(t testing.TB, doc string, progress bool) *query.Request {
	t.Helper()
	if progress {
		doc = strings.Replace(doc, "</SelectRequest>", "<RequestProgress><Enabled>TRUE</Enabled></RequestProgress></SelectRequest>", 1)
	}
	r, err := query.Parse([]byte(doc))
	require.NoError(t, err)
	return r
}
