package query_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"cosmander/cos/emulator/query"
)

// expressions are the seeds; the tables of the other tests hold many more.
var expressions = []string{
	"SELECT * FROM COSObject", "select s.* from cosobject[*] as s where s.a = 1 limit 5", `SELECT s."a b", _1 x FROM COSObject s WHERE NOT a IS MISSING`,
	"SELECT COUNT(*), SUM(CAST(_1 AS INT)) FROM COSObject WHERE _2 LIKE 'a!%%' ESCAPE '!' AND _1 BETWEEN 1 AND 2 OR _1 IN (1, '2', NULL)",
	"SELECT CASE WHEN _1 > 1.5e3 THEN 'a''b' ELSE COALESCE(_2, NULLIF(_3, -1)) END || TRIM(LEADING 'x' FROM _4) FROM COSObject",
	"SELECT SUBSTRING(_1 FROM 2 FOR 3), SUBSTRING(_1, 2), CHAR_LENGTH(LOWER(_1)), -_1 % 3 / 2 * (1 + 1) FROM COSObject",
	"SELECT s.a[0]['b'].c FROM COSObject[*].x[*][1] s", "SELECT a FROM COSObject ORDER BY a", "SELECT ((((", "SELECT 'a", "SELECT 1e", ";", "SELECT CAST('2024-02-29T' AS TIMESTAMP) FROM COSObject",
}

// What is accepted runs to its end over any object, what is refused is refused
// with a code and a bounded message.
func tryRequest(t *testing.T, doc string) {
	t.Helper()
	const object = "1,a\n{\"a\":[1]}\n"
	r, err := query.Parse([]byte(doc))
	if err == nil {
		var b bytes.Buffer
		if err = r.Run(t.Context(), strings.NewReader(object), int64(len(object)), &b); err == nil {
			read(t, b.Bytes())
			return
		}
	}
	var e *query.Error
	if !errors.As(err, &e) || e.Code == "" || e.Message == "" || len(e.Message) > 1<<10 {
		t.Errorf("%q: %#v", doc, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, sql := range expressions {
		f.Add(sql)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		for _, in := range []string{"<CSV/>", jsonLines} {
			tryRequest(t, document(sql, in, ""))
		}
	})
}

func FuzzDocument(f *testing.F) {
	for _, sql := range expressions {
		f.Add([]byte(document(sql, "", "")))
		f.Add([]byte(document(sql, packed("GZIP", jsonDocument), csvIn("QuoteFields", "ALWAYS", "RecordDelimiter", "&#13;&#10;"))))
	}
	f.Add([]byte("<SelectRequest><a/></SelectRequest>"))
	f.Fuzz(func(t *testing.T, doc []byte) { tryRequest(t, string(doc)) })
}

func FuzzRun(f *testing.F) {
	formats := []string{
		"<CSV/>", csvIn("FileHeaderInfo", "USE", "AllowQuotedRecordDelimiter", "TRUE"), jsonLines, jsonDocument,
		csvIn("RecordDelimiter", "ab", "FieldDelimiter", ";", "QuoteEscapeCharacter", `\`, "AllowQuotedRecordDelimiter", "TRUE"),
		packed("GZIP", "<CSV/>"), packed("BZIP2", jsonLines),
	}
	queries := []string{
		"SELECT * FROM COSObject[*]", "SELECT _1 || 'x' AS r, _2 FROM COSObject[*] WHERE _1 >= '' OR _2 < 5", "SELECT COUNT(*), MIN(_1), MAX(_2) FROM COSObject",
		"SELECT s, s.a[0].b FROM COSObject[*].a[*] s", "SELECT * FROM COSObject[1]", "SELECT LOWER(_1), SUBSTRING(_1, 2, 2), TRIM(_1), CASE _1 WHEN _2 THEN 1 END FROM COSObject",
	}
	for _, object := range []string{
		"", "a,b\n1,2\n", "\"a\"\"b\",\"c\nd\"\r\n#x\n\n", "a\\\"b;\"c\\\"ab\"ab", "\uFEFF{\"a\":[{\"b\":1.50},2]}\n[1,{\"_1\":null}]\n\"x\\u4e2d\"", "[[[[", "{\"a\"", "\xff",
		gzipped(f, "a,b\n"), bzipped(f),
	} {
		for i := range formats {
			f.Add([]byte(object), uint8(i), uint8(i))
		}
	}
	f.Fuzz(func(t *testing.T, object []byte, format, sql uint8) {
		for _, out := range []string{"<CSV/>", "<JSON/>"} {
			r, err := query.Parse([]byte(document(queries[int(sql)%len(queries)], formats[int(format)%len(formats)], out)))
			if err != nil {
				return // a path into CSV
			}
			var b bytes.Buffer
			err = r.Run(t.Context(), bytes.NewReader(object), int64(len(object)), &b)
			var refusal *query.Error
			if errors.As(err, &refusal) {
				continue
			}
			a := read(t, b.Bytes())
			last := a.kinds[len(a.kinds)-1]
			if err != nil || (last != "End" && last != "error") {
				t.Fatalf("%v, %v", err, a.kinds)
			}
			if !utf8.ValidString(a.records) || int64(len(a.records)) != a.stats.BytesReturned && last == "End" {
				t.Errorf("%q: %+v", a.records, a.stats)
			}
			if out == "<JSON/>" {
				checkJSON(t, a.records)
			}
		}
	})
}

// checkJSON wants an object on each line.
func checkJSON(t *testing.T, records string) {
	t.Helper()
	for line := range strings.Lines(records) {
		if !json.Valid([]byte(line)) || line[0] != '{' || !strings.HasSuffix(line, "}\n") {
			t.Errorf("no JSON object: %q", line)
		}
	}
}

// What is written as CSV reads as the same again.
func FuzzCSV_RoundTrip(f *testing.F) {
	f.Add("a", "b,c", `"`, `\`)
	f.Add("", "\r\n", "中\uFEFF", `"`)
	f.Add("#", "''", "\n", "'")
	f.Fuzz(func(t *testing.T, a, b, c, escape string) {
		for _, s := range []string{a, b, c, escape} {
			if !utf8.ValidString(s) {
				return
			}
		}
		out := csvIn("QuoteFields", "ALWAYS", "QuoteEscapeCharacter", "&#"+"92;")
		if escape == `"` {
			out = csvIn("QuoteFields", "ASNEEDED")
		}
		raw, err := json.Marshal([]string{a, b, c})
		assert.NoError(t, err)
		written := ask(t, "SELECT s[0], s[1], s[2] FROM COSObject s", jsonLines, out, string(raw))
		in := strings.NewReplacer("<QuoteFields>ALWAYS</QuoteFields>", "", "<QuoteFields>ASNEEDED</QuoteFields>", "", "<CSV>", "<CSV><AllowQuotedRecordDelimiter>TRUE</AllowQuotedRecordDelimiter>").Replace(out)
		assert.Equal(t, ask(t, "SELECT s[0] AS _1, s[1] AS _2, s[2] AS _3 FROM COSObject s", jsonLines, "", string(raw)), ask(t, "SELECT * FROM COSObject", in, "", written))
	})
}
