package interop

import (
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	sdk "github.com/tencentyun/cos-go-sdk-v5"
)

func walkSelect(t *testing.T, w walk) {
	w.put(t, "t.csv", "name,size\n\"a,b\",1\nc,20\nd,3\n", nil)
	w.put(t, "t.json", `{"name":"a","size":1}`+"\n"+`{"name":"b","size":2}`+"\n", nil)
	w.put(t, "t.csv.gz", string(zipped(t, "1,one\n2,two\n")), nil)

	csvOut := &sdk.SelectOutputSerialization{CSV: &sdk.CSVOutputSerialization{}}
	for _, q := range []struct {
		key, expression, want string
		in                    *sdk.SelectInputSerialization
		out                   *sdk.SelectOutputSerialization
	}{
		{
			"t.csv", "SELECT s.name FROM COSObject s WHERE CAST(s.size AS INT) > 2", "c\nd\n",
			&sdk.SelectInputSerialization{CSV: &sdk.CSVInputSerialization{FileHeaderInfo: "USE"}}, csvOut,
		},
		{
			"t.csv", "SELECT s._1 FROM COSObject s LIMIT 1", "'a,b'|",
			&sdk.SelectInputSerialization{CompressionType: "NONE", CSV: &sdk.CSVInputSerialization{FileHeaderInfo: "IGNORE"}},
			&sdk.SelectOutputSerialization{CSV: &sdk.CSVOutputSerialization{QuoteFields: "ALWAYS", QuoteCharacter: "'", RecordDelimiter: "|"}},
		},
		{
			"t.json", "SELECT s.name FROM COSObject s WHERE s.size = 2", `{"name":"b"};`,
			&sdk.SelectInputSerialization{JSON: &sdk.JSONInputSerialization{Type: "LINES"}},
			&sdk.SelectOutputSerialization{JSON: &sdk.JSONOutputSerialization{RecordDelimiter: ";"}},
		},
		{
			"t.csv.gz", "SELECT s._2 FROM COSObject s WHERE s._1 = '2'", "two\n",
			&sdk.SelectInputSerialization{CompressionType: "GZIP", CSV: &sdk.CSVInputSerialization{}}, csvOut,
		},
		{
			"t.csv", "SELECT COUNT(*) FROM COSObject s", "3\n",
			&sdk.SelectInputSerialization{CSV: &sdk.CSVInputSerialization{FileHeaderInfo: "USE"}}, csvOut,
		},
	} {
		got, stats := w.selected(t, q.key, &sdk.ObjectSelectOptions{
			Expression: q.expression, ExpressionType: "SQL", InputSerialization: q.in, OutputSerialization: q.out, RequestProgress: "TRUE",
		})
		assert.Equal(t, q.want, got, q.expression)
		assert.Equal(t, len(q.want), stats.BytesReturned, q.expression)
		assert.Positive(t, stats.BytesScanned, q.expression)
		assert.GreaterOrEqual(t, stats.BytesProcessed, stats.BytesReturned, q.expression)
	}

	_, err := w.Object.Select(t.Context(), "t.csv", &sdk.ObjectSelectOptions{
		Expression: "SELECT FROM nothing", ExpressionType: "SQL",
		InputSerialization: &sdk.SelectInputSerialization{CSV: &sdk.CSVInputSerialization{}}, OutputSerialization: csvOut,
	})
	require.Error(t, err)
}

// selected reads a result to its End frame. The SDK checks the sums of frames.
func (w walk) selected(t *testing.T, key string, opt *sdk.ObjectSelectOptions) (string, sdk.StatsFrame) {
	t.Helper()
	stream, err := w.Object.Select(t.Context(), key, opt)
	require.NoError(t, err)
	defer stream.Close()
	got, err := io.ReadAll(stream)
	require.NoError(t, err)
	answer, ok := stream.(*sdk.ObjectSelectResponse)
	require.True(t, ok)
	return string(got), answer.Frame.StatsFrame
}
