package query_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const jsonDocument = "<JSON><Type>DOCUMENT</Type></JSON>"

func TestJSON_IsReadAlongThePathOfFrom(t *testing.T) {
	t.Parallel()
	const people = `{"org": "T", "staff": [{"name": "Leon", "tags": ["a", "b"]}, {"name": "Ann", "tags": []}, {"tags": 5}], "x": {"y": {"z": 1}}}`
	for name, c := range map[string]struct{ sql, object, want string }{
		"value":                    {"SELECT s.org FROM COSObject s", people, `{"org":"T"}`},
		"every value":              {"SELECT * FROM COSObject", "{\"a\":1}{\"a\":2} \n [3] 4", `{"a":1}/{"a":2}/{"_1":[3]}/{"_1":4}`},
		"values and elements":      {"SELECT * FROM COSObject[*]", "{\"a\":1}[{\"a\":2},3]\n4 \"x\" null true", `{"a":1}/{"a":2}/{"_1":3}/{"_1":4}/{"_1":"x"}/{"_1":null}/{"_1":true}`},
		"array as a whole":         {"SELECT s[1] FROM COSObject s", "[1, 2]", `{"_1":2}`},
		"elements":                 {"SELECT s.a FROM COSObject[*] s", `[{"a": 1.0}, {"a": 2}]`, `{"a":1.0}/{"a":2}`},
		"empty array":              {"SELECT * FROM COSObject[*]", "[]", ""},
		"nothing":                  {"SELECT * FROM COSObject[*]", " \n ", ""},
		"byte order mark":          {"SELECT * FROM COSObject[*]", "\uFEFF[1]", `{"_1":1}`},
		"member":                   {"SELECT * FROM COSObject[*].x.y", people, `{"z":1}`},
		"member without brackets":  {"SELECT y.z FROM COSObject.x.y", people, `{"z":1}`},
		"elements of a member":     {"SELECT s.name FROM COSObject[*].staff[*] s", people, `{"name":"Leon"}/{"name":"Ann"}/{}`},
		"elements of elements":     {"SELECT t FROM COSObject[*].staff[*].tags[*] t", people, `{"t":"a"}/{"t":"b"}/{}`},
		"scalars by their name":    {"SELECT z FROM COSObject[*].x.y.z", people, `{"z":1}`},
		"index":                    {"SELECT s.name FROM COSObject[*].staff[1] s", people, `{"name":"Ann"}`},
		"index of the document":    {"SELECT * FROM COSObject[1]", `[1, {"a": [2]}, 3]`, `{"a":[2]}`},
		"index beyond":             {"SELECT s FROM COSObject[*].staff[9] s", people, `{}`},
		"path that leads nowhere":  {"SELECT COUNT(*), COUNT(s) FROM COSObject[*].none.more s", people, `{"_1":1,"_2":0}`},
		"member of an array":       {"SELECT s FROM COSObject[*].staff.name s", people, `{}`},
		"elements of an object":    {"SELECT s FROM COSObject[*].x[*] s", people, `{}`},
		"case of members":          {"SELECT s FROM COSObject[*].X.Y.z s", people, `{"s":1}`},
		"case of quoted members":   {`SELECT s FROM COSObject[*]."X" s`, people, `{}`},
		"members in brackets":      {"SELECT s FROM COSObject[*]['x']['y']['z'] s", people, `{"s":1}`},
		"first of equal members":   {"SELECT s.a FROM COSObject s", `{"a":1,"a":2,"A":3}`, `{"a":1}`},
		"first of equal in FROM":   {"SELECT s FROM COSObject.a s", `{"a":1,"a":2,"A":3}`, `{"s":1}`},
		"escapes":                  {"SELECT s.\"a\"\"b\", s.c FROM COSObject s", `{"a\"b":"\u4e2d\ud83d\ude00\n","c":"\u0001\/"}`, `{"a\"b":"中😀\n","c":"\u0001/"}`},
		"row as it is":             {"SELECT s FROM COSObject[*] s", "[{ \"a\" : [ 1 , 2 ] }]", `{"s":{"a":[1,2]}}`},
		"numbers keep their text":  {"SELECT * FROM COSObject[*]", `[{"a": 1.10, "b": 1E5, "c": 123456789012345678901234567890, "d": -0}]`, `{"a":1.10,"b":1E5,"c":123456789012345678901234567890,"d":-0}`},
		"spread over lines":        {"SELECT * FROM COSObject", "{\n  \"a\":\n    {\"b\": 1\n}\n}\n", `{"a":{"b":1}}`},
		"where the alias is":       {"SELECT COSObject.a FROM COSObject WHERE cosobject.a = 1", `{"a":1}`, `{"a":1}`},
		"skipped values":           {"SELECT s FROM COSObject.z s", `{"a":{"z":[{"z":2}]},"b":[[]],"c":null,"d":"z","z":1,"e":{"z":3}}`, `{"s":1}`},
		"rows of missing and star": {"SELECT * FROM COSObject.none", `{"a":1}`, `{}`},
	} {
		want := strings.ReplaceAll(c.want, "/{", "\n{")
		if want != "" {
			want += "\n"
		}
		assert.Equal(t, want, ask(t, c.sql, jsonDocument, "", c.object), name)
		// A document that is one value on one line is a line as well.
		if !slices.Contains([]string{"every value", "values and elements", "spread over lines"}, name) {
			assert.Equal(t, want, ask(t, c.sql, jsonLines, "", c.object), name+", as a line")
		}
	}
}

// What is written in another way, and where, makes no difference to a value.
func TestJSONDocument_KeepsValuesAsLinesDo(t *testing.T) {
	t.Parallel()
	const object = `{"\u0061":1, "é\/" : "\u00e9" ,"x":[ ]}`
	for _, from := range []string{"COSObject", "COSObject[*]"} {
		for _, out := range []string{"<JSON/>", "<CSV/>"} {
			for _, what := range []string{"*", "s", "s || ''"} {
				sql := "SELECT " + what + " FROM " + from + " s"
				assert.Equal(t, ask(t, sql, jsonLines, out, object), ask(t, sql, jsonDocument, out, object), sql)
			}
		}
		for _, in := range []string{jsonLines, jsonDocument} {
			a := run(t, parse(t, "SELECT * FROM "+from, in, ""), "{\"a\":1}\n{\"\xff\":1}\n")
			assert.Equal(t, "{\"a\":1}\n", a.records)
			assert.Equal(t, [2]string{"InvalidTextEncoding", "Record 2 is not UTF-8."}, [2]string{a.code, a.message})
		}
	}
}

func TestJSON_TakesAnyNumberOfBlanksBetweenValues(t *testing.T) {
	t.Parallel()
	blanks := strings.Repeat(" \r\t\n", 1<<19)
	object := "{\"a\":" + blanks + `"  \"  \\"` + blanks + "}" + blanks + "[1" + blanks + "," + blanks + "2]"
	want := `{"a":"  \"  \\"}` + "\n{\"_1\":1}\n{\"_1\":2}\n"
	assert.Equal(t, want, ask(t, "SELECT * FROM COSObject[*]", jsonDocument, "", blanks+object+blanks))
	spaces := strings.Repeat(" ", 2<<20)
	assert.Equal(t, "{\"_1\":1}\n{\"_1\":2}\n", ask(t, "SELECT * FROM COSObject", jsonLines, "", "1\n"+spaces+"\r\n"+spaces+"2\n"+spaces))
}

func TestJSONLines_AreOneValueEach(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "{\"a\":1}\n{\"a\":2}\n{\"_1\":3}\n", ask(t, "SELECT * FROM COSObject", jsonLines, "", "{\"a\":1}\r\n\n  {\"a\": 2} \n3"))
}

func TestJSON_RefusesMalformedRecordsByTheirNumber(t *testing.T) {
	t.Parallel()
	long := `"` + strings.Repeat("x", 1<<20) + `"`
	deep := strings.Repeat("[", 200_000)
	for name, c := range map[string]struct{ sql, in, object, code, message string }{
		"line":                 {"SELECT * FROM COSObject", jsonLines, "1\n{\n}\n", "JSONParsingError", "Record 2 is not one JSON value on one line."},
		"two values in a line": {"SELECT * FROM COSObject", jsonLines, "1 2", "JSONParsingError", "Record 1 is not one JSON value on one line."},
		"deep line":            {"SELECT * FROM COSObject", jsonLines, deep, "JSONParsingError", "Record 1 is not one JSON value on one line."},
		"long line":            {"SELECT * FROM COSObject", jsonLines, "1\n" + long, "OverMaxRecordSize", "Record 2 has more than 1048576 bytes."},
		"line in Latin 1":      {"SELECT * FROM COSObject", jsonLines, "\"\xe4\"", "InvalidTextEncoding", "Record 1 is not UTF-8."},
		"document":             {"SELECT * FROM COSObject[*]", jsonDocument, "[1, 2, x]", "JSONParsingError", "Record 3 is not JSON: "},
		"cut document":         {"SELECT * FROM COSObject[*]", jsonDocument, "[1, 2", "JSONParsingError", "The object ends within record 3."},
		"cut value":            {"SELECT * FROM COSObject", jsonDocument, `{"a":`, "JSONParsingError", "The object ends within record 1."},
		"cut object":           {"SELECT * FROM COSObject.a", jsonDocument, `{"b":1`, "JSONParsingError", "The object ends within record 1."},
		"cut in a skip":        {"SELECT * FROM COSObject.a", jsonDocument, `{"b":[1`, "JSONParsingError", "The object ends within record 1."},
		"stray bracket":        {"SELECT * FROM COSObject", jsonDocument, "1 ]", "JSONParsingError", "Record 2 is not JSON: "},
		"commas":               {"SELECT * FROM COSObject", jsonDocument, "1, 2", "JSONParsingError", "Record 2 is not JSON: "},
		"deep document":        {"SELECT * FROM COSObject", jsonDocument, deep, "JSONParsingError", "Record 1 is not JSON: "},
		"deep in a skip":       {"SELECT * FROM COSObject.a", jsonDocument, `{"b":` + deep, "JSONParsingError", "Record 1 nests deeper than 10000 levels."},
		"long element":         {"SELECT * FROM COSObject[*]", jsonDocument, "[1, " + long + "]", "OverMaxRecordSize", "Record 2 has more than 1048576 bytes."},
		"long whole":           {"SELECT * FROM COSObject", jsonDocument, "[" + strings.Repeat("1,", 1<<19) + "1]", "OverMaxRecordSize", "Record 1 has more than 1048576 bytes."},
		"long object":          {"SELECT * FROM COSObject[*]", jsonDocument, "{" + strings.Repeat(`"a":1,`, 1<<18) + `"a":1}`, "OverMaxRecordSize", "Record 1 has more than 1048576 bytes."},
		"long name":            {"SELECT * FROM COSObject.a", jsonDocument, `{"` + strings.Repeat("x", 2<<20), "OverMaxRecordSize", "Record 1 has more than 1048576 bytes."},
		"document in Latin 1":  {"SELECT * FROM COSObject[*]", jsonDocument, "[1,\"\xe4\"]", "InvalidTextEncoding", "Record 2 is not UTF-8."},
	} {
		a := run(t, parse(t, c.sql, c.in, ""), c.object)
		assert.Equal(t, c.code, a.code, name)
		assert.Contains(t, a.message, c.message, name)
		assert.Equal(t, []string{"error"}, a.kinds, name)
	}
}

// What the path does not lead to may be of any length.
func TestJSONDocument_SkipsWhatIsLongerThanARecord(t *testing.T) {
	t.Parallel()
	object := `{"big":[` + strings.Repeat(`{"a":[1,2,3]},`, 100_000) + `0],"small":[1,2]}`
	assert.Equal(t, "{\"_1\":3}\n", ask(t, "SELECT SUM(s) FROM COSObject[*].small[*] s", jsonDocument, "", object))
	assert.Equal(t, "{\"_1\":100001}\n", ask(t, "SELECT COUNT(*) FROM COSObject.big[*]", jsonDocument, "", object))
}
