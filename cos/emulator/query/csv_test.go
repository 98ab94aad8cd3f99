package query_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos/emulator/query"
)

// csvIn writes a CSV input from pairs of element and value.
func csvIn(pairs ...string) string {
	var b strings.Builder
	b.WriteString("<CSV>")
	for i := 0; i < len(pairs); i += 2 {
		b.WriteString("<" + pairs[i] + ">" + pairs[i+1] + "</" + pairs[i] + ">")
	}
	b.WriteString("</CSV>")
	return b.String()
}

func TestCSV_IsReadAsItsOptionsSay(t *testing.T) {
	t.Parallel()
	const quoted, escape = "AllowQuotedRecordDelimiter", "QuoteEscapeCharacter"
	for name, c := range map[string]struct {
		in     string
		object string
		want   string // fields end in |, records in /
	}{
		"plain":                          {"<CSV/>", "a,b\nc,d\n", "a|b/c|d/"},
		"no delimiter at the end":        {"<CSV/>", "a,b\nc,d", "a|b/c|d/"},
		"empty object":                   {"<CSV/>", "", ""},
		"empty fields":                   {"<CSV/>", ",\na,\n,b\n", "|/a|/|b/"},
		"empty lines are no records":     {"<CSV/>", "\na\n\r\n\n", "a/"},
		"ragged records":                 {"<CSV/>", "a\nb,c,d\n", "a/b|c|d/"},
		"carriage returns":               {"<CSV/>", "a,b\r\n\"c\",\"d\"\r\n", "a|b/c|d/"},
		"carriage return within":         {"<CSV/>", "a\rb\n", "a\rb/"},
		"byte order mark":                {"<CSV/>", "\uFEFFa\n\uFEFFb\n", "a/\uFEFFb/"},
		"only a byte order mark":         {"<CSV/>", "\uFEFF", ""},
		"two bytes":                      {"<CSV/>", "ab", "ab/"},
		"comments":                       {"<CSV/>", "#x\na,#\n#\n", "a|#/"},
		"a quoted comment is a record":   {"<CSV/>", "\"#x\"\n", "#x/"},
		"other comments":                 {csvIn("Comments", "中"), "中x\n#y\n", "#y/"},
		"quotes":                         {"<CSV/>", `"a,b","","c""d",""""` + "\n", `a,b||c"d|"/`},
		"quotes within a field":          {"<CSV/>", `a"b",c` + "\n", `a"b"|c/`},
		"blanks stay":                    {"<CSV/>", " a , b \n", " a | b /"},
		"lines in quotes":                {csvIn(quoted, "TRUE"), "\"a\nb\",c\n\"\n\n\"\nd\n", "a\nb|c/\n\n/d/"},
		"carriage returns in quotes":     {csvIn(quoted, "TRUE"), "\"a\r\nb\r\n\"\r\n", "a\r\nb\r\n/"},
		"comment sign in quotes":         {csvIn(quoted, "TRUE"), "\"a\n#b\"\n", "a\n#b/"},
		"escapes":                        {csvIn(escape, `\`), `"a\"b\\","c\d",e\f,"\` + `\"` + "\n", `a"b\|c\d|e\f|\/`},
		"other quotes":                   {csvIn("QuoteCharacter", "'"), `'a,b','it''s',"c"` + "\n", `a,b|it's|"c"/`},
		"other quotes and escape":        {csvIn("QuoteCharacter", "'", escape, `"`), `'it"'s'` + "\n", `it's/`},
		"wide characters":                {csvIn("QuoteCharacter", "«", escape, "»", "FieldDelimiter", "；"), "«a；»«b«；c\n", "a；«b|c/"},
		"tabs":                           {csvIn("FieldDelimiter", "\t"), "a,b\tc\n", "a,b|c/"},
		"two characters":                 {csvIn("RecordDelimiter", "&#13;&#10;"), "a\nb\r\nc\r\r\nd", "a\nb/c\r/d/"},
		"two equal characters":           {csvIn("RecordDelimiter", "||"), "a||b|c||", "a/b|c/"},
		"a record delimiter of its own":  {csvIn("RecordDelimiter", ";"), "a,b;c\n;d;", "a|b/c\n/d/"},
		"two characters in quotes":       {csvIn("RecordDelimiter", "##", "Comments", "%", quoted, "TRUE"), `"a##b"##c`, "a##b/c/"},
		"header that is none":            {csvIn("FileHeaderInfo", "NONE"), "h\na\n", "h/a/"},
		"header to be ignored":           {csvIn("FileHeaderInfo", "IGNORE"), "#\nh\na\n", "a/"},
		"header in use":                  {csvIn("FileHeaderInfo", "USE"), "h\na\n", "a/"},
		"a header and nothing else":      {csvIn("FileHeaderInfo", "USE"), "h\n", ""},
		"a delimiter at a buffer's edge": {csvIn("RecordDelimiter", "ab"), strings.Repeat("x", 65535) + "abc", strings.Repeat("x", 65535) + "/c/"},
	} {
		out := csvIn("FieldDelimiter", "|", "QuoteCharacter", "\uE000", "RecordDelimiter", "/")
		got := ask(t, "SELECT * FROM COSObject", c.in, out, c.object)
		assert.Equal(t, c.want, strings.ReplaceAll(got, "\uE000", ""), name)
	}
}

func TestCSV_RefusesMalformedRecordsByTheirNumber(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1<<20)
	multiline := csvIn("AllowQuotedRecordDelimiter", "TRUE")
	for name, c := range map[string]struct{ in, object, code, message string }{
		"open quote":                    {"<CSV/>", "a\n\"b\nc\"\n", "CSVUnescapedQuote", "Record 2 has a quote that is not closed; AllowQuotedRecordDelimiter lets a field span lines."},
		"quote that is open at the end": {multiline, "a\n\"b\n", "CSVParsingError", "Record 2 has a quote that is not closed before the object ends."},
		"text behind a quote":           {"<CSV/>", "a\nb\n1,\"b\"c\n", "CSVParsingError", "Record 3 has text behind a closing quote, in field 2."},
		"not UTF-8":                     {"<CSV/>", "# c\na\n\xff\n", "InvalidTextEncoding", "Record 2 is not UTF-8."},
		"cut character":                 {"<CSV/>", "\xe4\xb8", "InvalidTextEncoding", "Record 1 is not UTF-8."},
		"long record":                   {"<CSV/>", "a\n" + long + "y\n", "OverMaxRecordSize", "Record 2 has more than 1048576 bytes."},
		"long record at the end":        {"<CSV/>", long + "y", "OverMaxRecordSize", "Record 1 has more than 1048576 bytes."},
		"long record of many lines":     {multiline, "\"" + strings.Repeat("x\n", 1<<19) + "\"", "OverMaxRecordSize", "Record 1 has more than 1048576 bytes."},
		"long comment":                  {"<CSV/>", "#" + long, "OverMaxRecordSize", "Record 1 has more than 1048576 bytes."},
		"long header":                   {csvIn("FileHeaderInfo", "USE"), long + "y\na", "OverMaxRecordSize", "The header has more than 1048576 bytes."},
		"open quote in the header":      {csvIn("FileHeaderInfo", "IGNORE"), "#\n\"a\n", "CSVUnescapedQuote", "The header has a quote that is not closed; AllowQuotedRecordDelimiter lets a field span lines."},
		"header that is not UTF-8":      {csvIn("FileHeaderInfo", "USE"), "\xff\na\n", "InvalidTextEncoding", "The header is not UTF-8."},
		"record behind the header":      {csvIn("FileHeaderInfo", "USE"), "a\n\xff\n", "InvalidTextEncoding", "Record 1 is not UTF-8."},
	} {
		a := run(t, parse(t, "SELECT * FROM COSObject", c.in, "<CSV/>"), c.object)
		assert.Equal(t, [2]string{c.code, c.message}, [2]string{a.code, a.message}, name)
	}
	// The longest record may end in any way.
	for _, end := range []string{"\n", "\r\n", ""} {
		assert.Equal(t, "{\"_1\":1048576}\n", ask(t, "SELECT CHAR_LENGTH(_1) FROM COSObject", "<CSV/>", "", long+end))
	}
}

func TestCSV_NamesColumnsByTheHeader(t *testing.T) {
	t.Parallel()
	const object = "Name,city,Name,,a b,s\nx,Berlin,y,?,5,z,more\nshort\n"
	use := csvIn("FileHeaderInfo", "USE")
	for sql, want := range map[string]string{
		"SELECT * FROM COSObject":                                  `{"Name":"x","city":"Berlin","_3":"y","_4":"?","a b":"5","s":"z","_7":"more"}/{"Name":"short"}`,
		"SELECT t.* FROM COSObject t":                              `{"Name":"x","city":"Berlin","_3":"y","_4":"?","a b":"5","s":"z","_7":"more"}/{"Name":"short"}`,
		"SELECT name, s.CITY FROM COSObject s":                     `{"name":"x","CITY":"Berlin"}/{"name":"short"}`,
		`SELECT "city" FROM COSObject`:                             `{"city":"Berlin"}/{}`,
		`SELECT t."a b" + 1 AS sum FROM COSObject AS t`:            `{"sum":6}/{}`,
		"SELECT _1, _7, s FROM COSObject s":                        `{"_1":"x","_7":"more","s":"z"}/{"_1":"short"}`,
		"SELECT city town, UPPER(city), 1 FROM COSObject":          `{"town":"Berlin","_2":"BERLIN","_3":1}/{"_3":1}`,
		"SELECT name FROM COSObject WHERE city IS MISSING":         `{"name":"short"}`,
		"SELECT cosobject.name AS \"the \"\"name\" FROM COSObject": `{"the \"name":"x"}/{"the \"name":"short"}`,
	} {
		assert.Equal(t, strings.ReplaceAll(want, "/", "\n")+"\n", ask(t, sql, use, "", object), sql)
	}
	out := "<JSON><RecordDelimiter>;</RecordDelimiter></JSON>"
	want := `{"_1":"a","_2":"b"};{"_1":"c"};`
	assert.Equal(t, want, ask(t, "SELECT * FROM COSObject", "<CSV/>", out, "a,b\nc\n"))
}

// Nothing is written yet when the header is read, so that the refusal can be
// answered as such.
func TestRun_ReturnsTheRefusalOfAColumnThatTheHeaderLacks(t *testing.T) {
	t.Parallel()
	for sql, message := range map[string]string{
		"SELECT a, town FROM COSObject":           `Line 1, column 11: the header has no column "town".`,
		"SELECT * FROM COSObject WHERE \"A\" = 1": `Line 1, column 31: the header has no column "A".`,
		"SELECT COUNT(s) FROM COSObject s":        `Line 1, column 14: the header has no column "s".`,
	} {
		synctest.Test(t, func(t *testing.T) { // without a clock that could call for a Cont
			var b strings.Builder
			err := parse(t, sql, csvIn("FileHeaderInfo", "USE"), "").Run(t.Context(), strings.NewReader("a\n1\n"), 4, &b)
			var refusal *query.Error
			require.ErrorAs(t, err, &refusal, sql)
			assert.Equal(t, query.Error{Code: "MissingHeaders", Message: message}, *refusal)
			assert.Empty(t, b.String())
		})
	}
}

func TestCSV_IsWrittenAsItsOptionsSay(t *testing.T) {
	t.Parallel()
	const object = `{"t":"a,b","q":"say \"x\"","n":1.50,"nil":null,"nl":"a\nb","o":{"k": [1, "x"]},"yes":true,"b":"c\\d"}`
	for name, c := range map[string]struct{ sql, out, want string }{
		"as needed":     {"SELECT t, q, n, nil, none, nl, yes FROM COSObject", "<CSV/>", "\"a,b\",\"say \"\"x\"\"\",1.50,,,\"a\nb\",true\n"},
		"always":        {"SELECT t, n, nil, none FROM COSObject", csvIn("QuoteFields", "ALWAYS"), "\"a,b\",\"1.50\",\"\",\"\"\n"},
		"composite":     {"SELECT o FROM COSObject", "<CSV/>", "\"{\"\"k\"\":[1,\"\"x\"\"]}\"\n"},
		"all":           {"SELECT * FROM COSObject", csvIn("FieldDelimiter", ";", "QuoteCharacter", "'"), "a,b;say \"x\";1.50;;'a\nb';{\"k\":[1,\"x\"]};true;c\\d\n"},
		"escape":        {"SELECT q, b, t || b FROM COSObject", csvIn("QuoteEscapeCharacter", `\`), `"say \"x\"",c\d,"a,bc\\d"` + "\n"},
		"delimiters":    {"SELECT t, n FROM COSObject", csvIn("RecordDelimiter", "&#13;&#10;", "FieldDelimiter", "&#9;"), "a,b\t1.50\r\n"},
		"JSON":          {"SELECT t, nil, none, nl, o, b FROM COSObject", "<JSON/>", `{"t":"a,b","nil":null,"nl":"a\nb","o":{"k":[1,"x"]},"b":"c\\d"}` + "\n"},
		"JSON, commas":  {"SELECT n, n AS n FROM COSObject", "<JSON><RecordDelimiter>,</RecordDelimiter></JSON>", `{"n":1.50,"_2":1.50},`},
		"JSON, nothing": {"SELECT none FROM COSObject", "<JSON/>", "{}\n"},
	} {
		assert.Equal(t, c.want, ask(t, c.sql, jsonLines, c.out, object), name)
	}
}

// Members of the same name would hide each other.
func TestJSON_IsWrittenWithoutTwoMembersOfAName(t *testing.T) {
	t.Parallel()
	for sql, want := range map[string]string{
		"SELECT _1, _1 FROM COSObject":                       `{"_1":"1","_2":"1"}`,
		"SELECT _1, _1, _2 FROM COSObject":                   `{"_1":"1","__2":"1","_2":"3"}`,
		"SELECT a, a, A, 5 FROM COSObject":                   `{"a":"1","_2":"1","A":"1","_4":5}`,
		"SELECT 1 AS _2, 2 FROM COSObject":                   `{"_2":1,"__2":2}`,
		"SELECT COUNT(*) AS n, COUNT(a) AS n FROM COSObject": `{"n":1,"_2":1}`,
		"SELECT * FROM COSObject":                            `{"a":"1","__2":"2","_2":"3","b":"4","_5":"5","_6":"6"}`,
		"SELECT a, _2, b FROM COSObject":                     `{"a":"1","_2":"3","b":"4"}`,
	} {
		assert.Equal(t, want+"\n", ask(t, sql, csvIn("FileHeaderInfo", "USE"), "", "a,a,_2,b,b\n1,2,3,4,5,6\n"), sql)
	}
}

func TestCSV_ReadsBackWhatItHasWritten(t *testing.T) {
	t.Parallel()
	values := []string{"", "#", "#x", "a#", "\uFEFF", "\uFEFFx", `"`, `""`, "a", "aa", "ba", "中", ",", "\r", "x\r", "\n", " ", `\`, `x\`, "'", "|", "x|"}
	for _, options := range [][]string{
		{},
		{"QuoteFields", "ALWAYS"},
		{"QuoteEscapeCharacter", `\`},
		{"QuoteCharacter", "'"},
		{"FieldDelimiter", "|"},
		{"RecordDelimiter", "aa"},
		{"RecordDelimiter", "ab"},
		{"RecordDelimiter", "||"},
		{"RecordDelimiter", "中中"},
		{"RecordDelimiter", "&#13;&#10;"},
	} {
		out, in := csvIn(options...), csvIn(append(options, "AllowQuotedRecordDelimiter", "TRUE")...)
		in = strings.Replace(in, "<QuoteFields>ALWAYS</QuoteFields>", "", 1)
		var lone, pairs strings.Builder
		for _, a := range values {
			fmt.Fprintf(&lone, "{\"_1\":%s}\n", quoted(t, a))
			for _, b := range values {
				fmt.Fprintf(&pairs, "{\"_1\":%s,\"_2\":%s}\n", quoted(t, a), quoted(t, b))
			}
		}
		for _, rows := range []string{lone.String(), pairs.String()} {
			written := ask(t, "SELECT * FROM COSObject", jsonLines, out, rows)
			assert.Equal(t, rows, ask(t, "SELECT * FROM COSObject", in, "", written), "%v", options)
		}
	}
}

func quoted(t *testing.T, s string) string {
	t.Helper()
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	require.NoError(t, e.Encode(s))
	return strings.TrimSpace(b.String())
}

func TestRun_BoundsTheAnswerForARecord(t *testing.T) {
	t.Parallel()
	record := strings.Repeat("x", 1<<19)
	for name, sql := range map[string]string{
		"columns": "SELECT _1" + strings.Repeat(", _1", 10_000) + " FROM COSObject",
		"text":    "SELECT _1" + strings.Repeat("||_1", 10_000) + " FROM COSObject",
		"minima":  "SELECT COUNT(*)" + strings.Repeat(", MIN(_1)", 10_000) + " FROM COSObject",
		"nested":  "SELECT LOWER(_1||_1)||_1||_1 FROM COSObject",
	} {
		for _, out := range []string{"<CSV/>", "<JSON/>"} {
			a := run(t, parse(t, sql, "", out), record)
			assert.Equal(t, "OverMaxRecordSize", a.code, name)
			assert.Contains(t, a.message, "Record 1: ", name)
		}
	}
}
