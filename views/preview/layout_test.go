package preview

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func packed(t *testing.T, text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.String()
}

func TestGuessLayout_ByContentThenByName(t *testing.T) {
	t.Parallel()
	csv := Layout{Comma: ',', Quote: '"'}
	named := func(comma byte, columns ...string) Layout {
		return Layout{Comma: comma, Quote: '"', Header: true, Columns: columns}
	}
	gz := named(',', "id", "city")
	gz.Packed = "GZIP"
	single := named(',', "id", "city")
	single.Quote = '\''
	for _, c := range []struct {
		name, head string
		want       Layout
	}{
		{"a.csv", "id,city\n1,Bern\n", named(',', "id", "city")},
		{"a.csv", "\xef\xbb\xbfid,城市\r\n1,上海\r\n", named(',', "id", "城市")},
		{"a.txt", "id;city\n1;Bern\n", named(';', "id", "city")},
		{"a", "id\tcity\n1\tBern\n", named('\t', "id", "city")},
		{"a.log", "id|city\n1|Bern\n", named('|', "id", "city")},
		{"a.csv", "'id','city'\n'1','Bern'\n", single},
		{"a.csv", "1,Bern\n2,Basel\n", csv},
		{"a.csv", "a,a\nb,c\n", csv},
		{"a.csv", "", csv},
		{"a.tsv", "", Layout{Comma: '\t', Quote: '"'}},
		{"a.csv", "{\"a\":1}\n{\"a\":2}\n", Layout{JSON: "LINES", Comma: ',', Quote: '"'}},
		{"a.json", "{\n \"a\":1}\n", Layout{JSON: "DOCUMENT", Comma: ',', Quote: '"'}},
		{"a.json", "[{\"a\":1},{\"a\":2}]\n", Layout{JSON: "DOCUMENT", Array: true, Comma: ',', Quote: '"'}},
		{"a.json", "id,city\n1,Bern\n", named(',', "id", "city")},
		{"a.csv.gz", packed(t, "id,city\n1,Bern\n"), gz},
		{"a.json.gz", packed(t, "{\"a\":1}\n{\"a\":2}\n"), Layout{JSON: "LINES", Packed: "GZIP", Comma: ',', Quote: '"'}},
		{"a.jsonl.bz2", "BZh91AY", Layout{JSON: "LINES", Packed: "BZIP2", Comma: ',', Quote: '"'}},
		{"a.ndjson", "", Layout{JSON: "LINES", Comma: ',', Quote: '"'}},
		{"a.json", "", Layout{JSON: "DOCUMENT", Comma: ',', Quote: '"'}},
	} {
		assert.Equal(t, c.want, GuessLayout(c.name, []byte(c.head)), "%s: %q", c.name, c.head)
	}
}

func TestGuessLayout_OfWhatIsCutOff(t *testing.T) {
	t.Parallel()
	whole := packed(t, "id,city\n"+strings.Repeat("1,Bern and something else\n7,x\n", 100))
	for n := range len(whole) {
		assert.NotPanics(t, func() { GuessLayout("a.gz", []byte(whole[:n])) })
	}
}

// However a stream is cut, the same rows come, and together they are the
// stream.
func TestSplitter_RowsDoNotDependOnThePieces(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want []string
		json bool
	}{
		{"a,b\nc,d\n", []string{"a,b\n", "c,d\n"}, false},
		{"a,\"b\nc\"\nd", []string{"a,\"b\nc\"\n", "d"}, false},
		{"\"a\"\"\nb\",x\nc\n", []string{"\"a\"\"\nb\",x\n", "c\n"}, false},
		{"a\"b\nc\n", []string{"a\"b\n", "c\n"}, false},
		{",\"\n\",\n\n", []string{",\"\n\",\n", "\n"}, false},
		{"{\"a\":\"\\\"\"}\n{\"a\":\"x\"}\n", []string{"{\"a\":\"\\\"\"}\n", "{\"a\":\"x\"}\n"}, true},
	} {
		for size := 1; size <= len(c.text); size++ {
			s := Splitter{Comma: ',', Lines: c.json}
			var got []string
			each := func(row []byte) error { got = append(got, string(row)); return nil }
			for from := 0; from < len(c.text); from += size {
				require.NoError(t, s.Cut([]byte(c.text[from:min(from+size, len(c.text))]), each))
			}
			require.NoError(t, s.End(each))
			assert.Equal(t, c.want, got, "%q in pieces of %d", c.text, size)
		}
	}
}

func TestSplitter_DoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	s := Splitter{Comma: ','}
	piece := []byte("\"" + strings.Repeat("x", 1<<20))
	var err error
	for range 6 {
		if err == nil {
			err = s.Cut(piece[1:], func([]byte) error { return nil })
		}
	}
	assert.ErrorIs(t, err, ErrLongRecord)
}
