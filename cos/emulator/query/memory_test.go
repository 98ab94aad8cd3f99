package query_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// weighing passes an object on and weighs the heap every megabyte.
type weighing struct {
	r     io.Reader
	left  int
	every int // bytes
	most  uint64
}

func (w *weighing) Read(b []byte) (int, error) {
	n, err := w.r.Read(b[:min(len(b), w.every)])
	if w.left -= n; w.left <= 0 {
		w.left = w.every
		w.most = max(w.most, heap())
	}
	return n, err
}

// heap returns the bytes in use.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// repeated is piece again and again up to size bytes, and tail.
func repeated(head, piece, tail string, size int) io.Reader {
	size -= size % len(piece)
	many := strings.Repeat(piece, max(1, (64<<10)/len(piece))) // reads are as large as a file's
	return io.MultiReader(strings.NewReader(head), io.LimitReader(&endless{piece: many}, int64(size)), strings.NewReader(tail))
}

// counted is an answer of which only the size is kept.
type counted struct{ bytes int64 }

func (c *counted) Write(b []byte) (int, error) {
	c.bytes += int64(len(b))
	return len(b), nil
}

// Not parallel: it counts what the whole process allocates.
func TestRun_HoldsAFieldOnceHoweverOftenItIsNamed(t *testing.T) {
	nested := func(x string) string {
		return "SELECT CHAR_LENGTH(" + strings.Repeat("NULLIF("+x+", ", 181) + "''" + strings.Repeat(")", 181) + ") FROM COSObject"
	}
	field := strings.Repeat("x", 1<<20-10)
	r := parse(t, nested("_1"), "", "")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	assert.Equal(t, "{\"_1\":1048566}\n", run(t, r, field).records)
	runtime.ReadMemStats(&after)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(16<<20))
	for _, x := range []string{"UPPER(_1)", "_1 || 'x'", "TRIM('x' FROM 'y' || _1)", "SUBSTRING(LOWER(UPPER(_1)), 2)", "CAST(UPPER(_1) AS STRING)"} {
		a := run(t, parse(t, nested(x), "", ""), field)
		assert.Equal(t, [2]string{"OverMaxRecordSize", "Record 1: The query makes more than 16777216 bytes of text."}, [2]string{a.code, a.message}, x)
	}
	for _, x := range []string{"s.a", "CAST(s AS STRING)"} {
		a := run(t, parse(t, strings.Replace(nested(x), "COSObject", "COSObject s", 1), jsonLines, ""), `{"a": "\n`+field[:1<<20-100]+`"}`)
		assert.Equal(t, "OverMaxRecordSize", a.code, x)
	}
}

// Not parallel: it weighs the heap of the whole process.
func TestRun_TakesTheSameMemoryForAnObjectOfAnySize(t *testing.T) {
	const size, limit = 8 << 20, 6 << 20 // bytes of the object, of the heap
	row := "1234567," + strings.Repeat("a", 100) + "\n"
	object := `{"name":"some name","tags":["a","b",{"c":1.5}],"text":"` + strings.Repeat("x", 400) + "\"}"
	large := `{"text":"` + strings.Repeat("x", 1<<20-100) + `"}`
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, err := io.Copy(z, repeated("", row, "", size))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	// 800 KB, which bzip2 packs into 80 bytes.
	block, err := base64.StdEncoding.DecodeString("QlpoOTFBWSZTWZQL0UIB1L/ZAAAQAAQ/gCAAIACQIAYBSqDE9TAEKjAEKjsBCo9AQqNAIVGwEKjgCFR8AhUYAhUYAhUfi7kinChISgXooQA=")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		sql, in string
		object  io.Reader
		every   int
	}{
		"csv":                     {"SELECT * FROM COSObject", "<CSV/>", repeated("", row, "", size), 1 << 20},
		"csv of large records":    {"SELECT * FROM COSObject", "<CSV/>", repeated("", strings.Repeat("x", 1<<20-1)+"\n", "", size), 1 << 20},
		"csv, aggregates":         {"SELECT SUM(_1), MIN(_2), AVG(_1) FROM COSObject", "<CSV/>", repeated("", row, "", size), 1 << 20},
		"csv, lines in quotes":    {"SELECT * FROM COSObject", csvIn("AllowQuotedRecordDelimiter", "TRUE"), repeated("", "\"a\n"+row[:100]+"\"\n", "", size), 1 << 20},
		"csv that is one record":  {"SELECT * FROM COSObject", "<CSV/>", repeated("", "a,", "", size), 1 << 20},
		"csv that is one quote":   {"SELECT * FROM COSObject", csvIn("AllowQuotedRecordDelimiter", "TRUE"), repeated("\"", "a\n", "", size), 1 << 20},
		"lines":                   {"SELECT * FROM COSObject", jsonLines, repeated("", object+"\n", "", size), 1 << 20},
		"line that does not end":  {"SELECT * FROM COSObject", jsonLines, repeated("[", "1,", "", size), 1 << 20},
		"values":                  {"SELECT s.tags[2].c FROM COSObject s", jsonDocument, repeated("", object, "", size), 1 << 20},
		"array":                   {"SELECT * FROM COSObject[*]", jsonDocument, repeated("[", object+",", "1]", size), 1 << 20},
		"array of large elements": {"SELECT * FROM COSObject[*]", jsonDocument, repeated("[", large+",", "1]", size), 1 << 20},
		"array within":            {"SELECT s.name FROM COSObject[*].a.b[*] s", jsonDocument, repeated(`{"a":{"b":[`, object+",", "1]}}", size), 1 << 20},
		"array to be skipped":     {"SELECT * FROM COSObject[*].c", jsonDocument, repeated(`{"a":{"b":[`, object+",", "1]}}", size), 1 << 20},
		"array as one record":     {"SELECT * FROM COSObject", jsonDocument, repeated("[", object+",", "1]", size), 1 << 20},
		"string without an end":   {"SELECT * FROM COSObject", jsonDocument, repeated("\"", "a", "", size), 1 << 20},
		"blanks":                  {"SELECT * FROM COSObject[*]", jsonDocument, repeated("[", " ", "1]", size), 1 << 20},
		"gzip bomb":               {"SELECT * FROM COSObject", packed("GZIP", "<CSV/>"), &bomb, 4 << 10},
		"bzip2 bomb":              {"SELECT * FROM COSObject", packed("BZIP2", "<CSV/>"), repeated("", string(block), "", len(block)*10), len(block) * 2},
		"gzip bomb of one record": {"SELECT COUNT(*) FROM COSObject", packed("GZIP", jsonLines), strings.NewReader(gzipped(t, "["+strings.Repeat("1,", size/2))), 4 << 10},
	} {
		r := parse(t, c.sql, c.in, "<CSV/>")
		before := heap()
		w, out := &weighing{r: c.object, every: c.every}, &counted{}
		require.NoError(t, r.Run(t.Context(), w, -1, out), name)
		assert.Positive(t, out.bytes, name)
		if name == "bzip2 bomb" {
			// The format's own tables for blocks of 900 KB.
			before += 4 << 20
		}
		assert.Less(t, int64(w.most)-int64(before), int64(limit), name)
	}
}
