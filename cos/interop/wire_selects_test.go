package interop

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"cosmander/cos"
)

const (
	wireCSV  = "name|size\n'a|b'|1\nc|2\n"
	wireJSON = `{"name":"a","size":1}` + "\n" + `{"name":"b","size":2}` + "\n"
)

// sdkSelected reads a result to its end.
func sdkSelected(r io.ReadCloser, err error) error {
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r)
	return errors.Join(err, r.Close())
}

func oursSelected(s *cos.SelectStream, err error) error {
	if err != nil {
		return err
	}
	for _, err := range s.Events() {
		if err != nil {
			return err
		}
	}
	return nil
}

var wireSelects = map[string]operation{
	"Select": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return sdkSelected(c.Object.Select(ctx, "t.csv", &sdk.ObjectSelectOptions{
				Expression: `SELECT s.name FROM COSObject s WHERE s.size > 1 AND s.name <> '<&>'`, ExpressionType: "SQL",
				InputSerialization: &sdk.SelectInputSerialization{CompressionType: "NONE", CSV: &sdk.CSVInputSerialization{
					FileHeaderInfo: "USE", RecordDelimiter: "\n", FieldDelimiter: "|", QuoteCharacter: "'",
					QuoteEscapeCharacter: "'", Comments: "#", AllowQuotedRecordDelimiter: "TRUE",
				}},
				OutputSerialization: &sdk.SelectOutputSerialization{CSV: &sdk.CSVOutputSerialization{
					QuoteFields: "ALWAYS", RecordDelimiter: "\n", FieldDelimiter: ";", QuoteCharacter: "'", QuoteEscapeCharacter: "'",
				}},
				RequestProgress: "TRUE",
			}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return oursSelected(b.Select(ctx, "t.csv", cos.SelectQuery{
				Expression: `SELECT s.name FROM COSObject s WHERE s.size > 1 AND s.name <> '<&>'`,
				Input: cos.SelectInput{CSV: &cos.CSVInput{
					FileHeaderInfo: "USE", RecordDelimiter: "\n", FieldDelimiter: "|", QuoteCharacter: "'",
					QuoteEscapeCharacter: "'", Comments: "#", AllowQuotedRecordDelimiter: true,
				}},
				Output: cos.SelectOutput{CSV: &cos.CSVOutput{
					QuoteFields: "ALWAYS", RecordDelimiter: "\n", FieldDelimiter: ";", QuoteCharacter: "'", QuoteEscapeCharacter: "'",
				}},
				Progress: true,
			}))
		},
		prepare: putWire("t.csv", wireCSV, cos.Headers{}),
	},
	"Select, JSON": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return sdkSelected(c.Object.Select(ctx, "t.json", &sdk.ObjectSelectOptions{
				Expression: `SELECT * FROM COSObject s`, ExpressionType: "SQL",
				InputSerialization: &sdk.SelectInputSerialization{
					CompressionType: "NONE", JSON: &sdk.JSONInputSerialization{Type: "LINES"},
				},
				OutputSerialization: &sdk.SelectOutputSerialization{JSON: &sdk.JSONOutputSerialization{RecordDelimiter: ","}},
				RequestProgress:     "FALSE", // left out, the SDK sends an empty element
			}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return oursSelected(b.Select(ctx, "t.json", cos.SelectQuery{
				Expression: `SELECT * FROM COSObject s`,
				Input:      cos.SelectInput{JSON: &cos.JSONInput{Type: "LINES"}},
				Output:     cos.SelectOutput{JSON: &cos.JSONOutput{RecordDelimiter: ","}},
			}))
		},
		prepare: putWire("t.json", wireJSON, cos.Headers{}),
	},
	"Select, packed": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return sdkSelected(c.Object.Select(ctx, "t.json.gz", &sdk.ObjectSelectOptions{
				Expression: `SELECT * FROM COSObject s`, ExpressionType: "SQL",
				InputSerialization: &sdk.SelectInputSerialization{
					CompressionType: "GZIP", JSON: &sdk.JSONInputSerialization{Type: "DOCUMENT"},
				},
				OutputSerialization: &sdk.SelectOutputSerialization{CSV: &sdk.CSVOutputSerialization{QuoteFields: "ASNEEDED"}},
				RequestProgress:     "FALSE",
			}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return oursSelected(b.Select(ctx, "t.json.gz", cos.SelectQuery{
				Expression: `SELECT * FROM COSObject s`,
				Input:      cos.SelectInput{Compression: "GZIP", JSON: &cos.JSONInput{Type: "DOCUMENT"}},
				Output:     cos.SelectOutput{CSV: &cos.CSVOutput{}},
			}))
		},
		prepare: func(t *testing.T, l *lab) { putWire("t.json.gz", string(zipped(t, wireJSON)), cos.Headers{})(t, l) },
	},
}

func zipped(t *testing.T, content string) []byte {
	t.Helper()
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, err := io.WriteString(zip, content)
	require.NoError(t, err)
	require.NoError(t, zip.Close())
	return packed.Bytes()
}
