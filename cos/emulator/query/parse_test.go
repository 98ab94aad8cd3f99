package query_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos/emulator/query"
)

const jsonLines = "<JSON><Type>LINES</Type></JSON>"

func refusal(t *testing.T, doc string) *query.Error {
	t.Helper()
	_, err := query.Parse([]byte(doc))
	var e *query.Error
	require.ErrorAs(t, err, &e, doc)
	return e
}

func TestParse_RefusesClausesThatAreNotInTheDialectAndSaysWhere(t *testing.T) {
	t.Parallel()
	expectRefusals(t, map[string][2]string{
		"":                                {"MissingRequiredParameter", "Expression is missing."},
		" ":                               {"ParseUnexpectedToken", "Line 1, column 2: the end of the expression is not expected here, but SELECT."},
		"DELETE FROM COSObject":           {"UnsupportedSyntax", "Line 1, column 1: DELETE is not supported."},
		"SELECT":                          {"ParseUnexpectedToken", "Line 1, column 7: the end of the expression is not expected here, but a column or a value."},
		"SELECT * FROM":                   {"InvalidDataSource", "Line 1, column 14: the end of the expression is not expected here, but COSObject."},
		"SELECT * FROM s3object":          {"InvalidDataSource", `Line 1, column 15: "s3object" is not expected here, but COSObject.`},
		"SELECT *":                        {"ParseUnexpectedToken", "Line 1, column 9: the end of the expression is not expected here, but FROM."},
		"SELECT a, FROM COSObject":        {"ParseUnexpectedToken", `Line 1, column 11: "FROM" is not expected here, but a column or a value.`},
		"SELECT * FROM COSObject;":        {"UnsupportedSyntax", "Line 1, column 24: semicolons are not supported, the expression is one SELECT."},
		"SELECT * FROM COSObject -- x":    {"UnsupportedSyntax", "Line 1, column 25: comments are not supported (write a - (-b) for a sign after a minus)."},
		"SELECT /* x */ * FROM COSObject": {"UnsupportedSyntax", "Line 1, column 8: comments are not supported (write a - (-b) for a sign after a minus)."},
		"SELECT *\nFROM COSObject s\n ORDER BY a":               {"UnsupportedSyntax", "Line 3, column 2: ORDER BY is not supported."},
		"SELECT * FROM COSObject ORDER BY a":                    {"UnsupportedSyntax", "Line 1, column 25: ORDER BY is not supported."},
		"SELECT a FROM COSObject GROUP BY a":                    {"UnsupportedSyntax", "Line 1, column 25: GROUP BY is not supported."},
		"SELECT a FROM COSObject HAVING a":                      {"UnsupportedSyntax", "Line 1, column 25: HAVING is not supported."},
		"SELECT a FROM COSObject LIMIT 1 OFFSET 2":              {"UnsupportedSyntax", "Line 1, column 33: OFFSET is not supported."},
		"SELECT a FROM COSObject s JOIN COSObject t ON 1":       {"UnsupportedSyntax", "Line 1, column 27: JOIN is not supported."},
		"SELECT a FROM COSObject, COSObject":                    {"UnsupportedSyntax", "Line 1, column 24: JOIN is not supported."},
		"SELECT a FROM COSObject UNION SELECT 1 FROM COSObject": {"UnsupportedSyntax", "Line 1, column 25: UNION is not supported."},
		"SELECT (SELECT 1 FROM COSObject) FROM COSObject":       {"UnsupportedSyntax", "Line 1, column 9: a SELECT inside of another is not supported."},
		"SELECT * FROM (SELECT 1 FROM COSObject)":               {"UnsupportedSyntax", "Line 1, column 15: a SELECT inside of another is not supported."},
		"SELECT a FROM COSObject WHERE a IN (SELECT 1 FROM x)":  {"UnsupportedSyntax", "Line 1, column 37: a SELECT inside of another is not supported."},
		"SELECT a FROM COSObject WHERE EXISTS (a)":              {"UnsupportedSyntax", "Line 1, column 31: EXISTS is not supported."},
		"SELECT DISTINCT a FROM COSObject":                      {"UnsupportedSyntax", "Line 1, column 8: SELECT DISTINCT is not supported."},
		"SELECT COUNT(DISTINCT a) FROM COSObject":               {"UnsupportedSyntax", "Line 1, column 8: COUNT with DISTINCT is not supported."},
		"SELECT *, a FROM COSObject":                            {"UnsupportedSyntax", "Line 1, column 9: * stands alone, not beside other columns."},
		"SELECT a, * FROM COSObject":                            {"UnsupportedSyntax", "Line 1, column 9: * stands alone, not beside other columns."},
		"SELECT a, s.* FROM COSObject s":                        {"UnsupportedSyntax", "Line 1, column 13: * stands alone, not beside other columns."},
		"SELECT t.* FROM COSObject s":                           {"ParseUnexpectedToken", `Line 1, column 8: "t" is not the name of the rows.`},
		"SELECT SUM(a), b FROM COSObject":                       {"UnsupportedSqlStructure", "Line 1, column 16: a column beside aggregates is not supported, as there is no GROUP BY."},
		"SELECT SUM(a) + b FROM COSObject":                      {"UnsupportedSqlStructure", "Line 1, column 17: a column beside aggregates is not supported, as there is no GROUP BY."},
		"SELECT SUM(MAX(a)) FROM COSObject":                     {"UnsupportedSqlStructure", "Line 1, column 12: MAX inside of another aggregate is not supported."},
		"SELECT a FROM COSObject WHERE COUNT(*) > 1":            {"UnsupportedSqlStructure", "Line 1, column 31: COUNT in WHERE is not supported."},
	})
}

func TestParse_RefusesExpressionsThatAreNotInTheDialectAndSaysWhere(t *testing.T) {
	t.Parallel()
	expectRefusals(t, map[string][2]string{
		"SELECT SUM(*) FROM COSObject":                       {"ParseUnexpectedToken", `Line 1, column 12: "*" is not expected here, but a column or a value.`},
		"SELECT NOW() FROM COSObject":                        {"UnsupportedFunction", `Line 1, column 8: the function "NOW" is not supported.`},
		"SELECT LOWER(a, b) FROM COSObject":                  {"IllegalSqlFunctionArgument", "Line 1, column 8: LOWER does not take 2 arguments."},
		"SELECT CAST(a AS MONEY) FROM COSObject":             {"InvalidCast", `Line 1, column 18: "MONEY" is not a type: they are INT, FLOAT, DECIMAL, STRING, BOOL and TIMESTAMP.`},
		"SELECT CAST(a, INT) FROM COSObject":                 {"ParseUnexpectedToken", `Line 1, column 14: "," is not expected here, but AS.`},
		"SELECT TRIM(LEADING 'x') FROM COSObject":            {"ParseUnexpectedToken", `Line 1, column 24: ")" is not expected here, but FROM.`},
		"SELECT TRIM() FROM COSObject":                       {"ParseUnexpectedToken", `Line 1, column 13: ")" is not expected here, but a column or a value.`},
		"SELECT SUBSTRING(a) FROM COSObject":                 {"ParseUnexpectedToken", `Line 1, column 19: ")" is not expected here, but FROM or a comma.`},
		"SELECT CASE END FROM COSObject":                     {"ParseUnexpectedToken", `Line 1, column 13: "END" is not expected here, but a column or a value.`},
		"SELECT CASE WHEN a END FROM COSObject":              {"ParseUnexpectedToken", `Line 1, column 20: "END" is not expected here, but THEN.`},
		"SELECT CASE a ELSE b END FROM COSObject":            {"ParseUnexpectedToken", `Line 1, column 15: "ELSE" is not expected here, but WHEN.`},
		"SELECT a FROM COSObject WHERE a = 1 = 2":            {"ParseUnexpectedToken", `Line 1, column 37: "=" is not expected here, but the end of the expression.`},
		"SELECT a FROM COSObject WHERE a IS 5":               {"ParseUnexpectedToken", `Line 1, column 36: "5" is not expected here, but NULL or MISSING.`},
		"SELECT a FROM COSObject WHERE a NOT 5":              {"ParseUnexpectedToken", `Line 1, column 37: "5" is not expected here, but BETWEEN, IN or LIKE.`},
		"SELECT a FROM COSObject WHERE a BETWEEN 1 OR 2":     {"ParseUnexpectedToken", `Line 1, column 43: "OR" is not expected here, but AND.`},
		"SELECT a FROM COSObject WHERE a IN 5":               {"ParseUnexpectedToken", `Line 1, column 36: "5" is not expected here, but (.`},
		"SELECT a FROM COSObject WHERE (a":                   {"ParseUnexpectedToken", `Line 1, column 33: the end of the expression is not expected here, but ).`},
		"SELECT a FROM COSObject WHERE a == 1":               {"ParseUnexpectedToken", `Line 1, column 34: "=" is not expected here, but a column or a value.`},
		"SELECT a FROM COSObject LIMIT -1":                   {"ParseUnexpectedToken", `Line 1, column 31: "-" is not expected here, but a whole number of rows.`},
		"SELECT a FROM COSObject LIMIT 1.5":                  {"ParseUnexpectedToken", `Line 1, column 31: "1.5" is not expected here, but a whole number of rows.`},
		"SELECT a FROM COSObject LIMIT 99999999999999999999": {"ParseUnexpectedToken", `Line 1, column 31: "99999999999999999999" is not expected here, but a whole number of rows.`},
		"SELECT a AS FROM COSObject":                         {"ParseUnexpectedToken", `Line 1, column 13: "FROM" is not expected here, but a name.`},
		"SELECT 'a FROM COSObject":                           {"LexerInvalidLiteral", "Line 1, column 8: the text that begins here has no closing '."},
		"SELECT 中, \"a FROM COSObject":                       {"LexerInvalidLiteral", "Line 1, column 11: the name that begins here has no closing \"."},
		"SELECT 1x FROM COSObject":                           {"LexerInvalidLiteral", `Line 1, column 8: "1x" is not a number.`},
		"SELECT 1e FROM COSObject":                           {"LexerInvalidLiteral", `Line 1, column 8: "1e" is not a number.`},
		"SELECT 1e999 FROM COSObject":                        {"LexerInvalidLiteral", `Line 1, column 8: "1e999" is not a number.`},
		"SELECT a ? FROM COSObject":                          {"LexerInvalidChar", "Line 1, column 10: the character '?' is not expected."},
		"SELECT s. FROM COSObject s":                         {"ParseUnexpectedToken", `Line 1, column 26: "s" is not expected here, but FROM.`},
		"SELECT s.1 FROM COSObject s":                        {"ParseUnexpectedToken", `Line 1, column 9: ".1" is not expected here, but FROM.`},
		"SELECT s.a[*] FROM COSObject s":                     {"ParseInvalidPathComponent", `Line 1, column 12: "*" is not expected here, but an index from 0 or a name in single quotes.`},
		"SELECT s.a[-1] FROM COSObject s":                    {"ParseInvalidPathComponent", `Line 1, column 12: "-" is not expected here, but an index from 0 or a name in single quotes.`},
		"SELECT s.a[1.5] FROM COSObject s":                   {"ParseInvalidPathComponent", `Line 1, column 12: "1.5" is not expected here, but an index from 0 or a name in single quotes.`},
		"SELECT s.a[1 FROM COSObject s":                      {"ParseUnexpectedToken", `Line 1, column 14: "FROM" is not expected here, but ].`},
	})
}

// expectRefusals holds statements against the code and the message.
func expectRefusals(t *testing.T, wants map[string][2]string) {
	t.Helper()
	for sql, want := range wants {
		e := refusal(t, document(sql, jsonLines, ""))
		assert.Equal(t, want, [2]string{e.Code, e.Message}, sql)
	}
}

func TestParse_HoldsColumnsAgainstTheFormat(t *testing.T) {
	t.Parallel()
	for sql, want := range map[string]string{
		"SELECT name FROM COSObject":                "MissingHeaders",
		"SELECT _1 FROM COSObject WHERE s.x = 1":    "ParseInvalidPathComponent",
		"SELECT _0 FROM COSObject":                  "InvalidColumnIndex",
		"SELECT _01 FROM COSObject":                 "MissingHeaders",
		"SELECT s._1.x FROM COSObject s":            "ParseInvalidPathComponent",
		"SELECT s._1[0] FROM COSObject s":           "ParseInvalidPathComponent",
		"SELECT s[0] FROM COSObject s":              "ParseInvalidPathComponent",
		"SELECT * FROM COSObject.x":                 "InvalidDataSource",
		"SELECT * FROM COSObject[*].x":              "InvalidDataSource",
		"SELECT * FROM COSObject[*][*]":             "InvalidDataSource",
		"SELECT s FROM COSObject s":                 "MissingHeaders",
		"SELECT COUNT(nobody) FROM COSObject WHERE": "ParseUnexpectedToken",
	} {
		for _, in := range []string{"<CSV/>", "<CSV><FileHeaderInfo>IGNORE</FileHeaderInfo></CSV>"} {
			assert.Equal(t, want, refusal(t, document(sql, in, "")).Code, sql)
		}
	}
	for _, sql := range []string{"SELECT name, _2 FROM COSObject", "SELECT s FROM COSObject s", "SELECT s.* FROM COSObject[*] s"} {
		parse(t, sql, "<CSV><FileHeaderInfo>USE</FileHeaderInfo></CSV>", "")
	}
}

func TestParse_RefusesInvalidDocuments(t *testing.T) {
	t.Parallel()
	const sql = "SELECT * FROM COSObject"
	wrap := func(inner string) string { return "<SelectRequest>" + inner + "</SelectRequest>" }
	expression := "<Expression>" + sql + "</Expression><ExpressionType>SQL</ExpressionType>"
	out := "<OutputSerialization><JSON/></OutputSerialization>"
	csv := func(inner string) string { return document(sql, "<CSV>"+inner+"</CSV>", "") }
	for name, c := range map[string]struct{ doc, code, part string }{
		"empty":                 {"", "MalformedXML", "no SelectRequest"},
		"no XML":                {"SELECT", "MalformedXML", "no SelectRequest"},
		"cut":                   {"<SelectRequest><Expression>", "MalformedXML", "not well-formed"},
		"mis-nested":            {"<SelectRequest><Expression></SelectRequest>", "MalformedXML", "not well-formed"},
		"another root":          {"<SelectObjectContentRequest/>", "MalformedXML", `"SelectObjectContentRequest"`},
		"two roots":             {document(sql, "", "") + "<SelectRequest/>", "MalformedXML", "twice"},
		"unknown element":       {wrap(expression + "<ScanRange><Start>1</Start></ScanRange>"), "MalformedXML", `"ScanRange" in line 1`},
		"element within a leaf": {wrap("<Expression><b/></Expression>"), "MalformedXML", `"Expression/b"`},
		"repeated element":      {wrap(expression + "<Expression/>"), "MalformedXML", `"Expression" in line 1 is there twice`},
		"parquet":               {document(sql, "<Parquet/>", ""), "MalformedXML", `"InputSerialization/Parquet"`},
		"no type of expression": {wrap("<Expression>x</Expression>"), "MissingRequiredParameter", "ExpressionType"},
		"type of expression":    {wrap("<Expression>x</Expression><ExpressionType>XPath</ExpressionType>"), "InvalidExpressionType", `"XPath"`},
		"no input":              {wrap(expression + out), "MissingRequiredParameter", "InputSerialization takes either"},
		"both inputs":           {document(sql, "<CSV/><JSON/>", ""), "MissingRequiredParameter", "InputSerialization takes either"},
		"no output":             {wrap(expression + "<InputSerialization><CSV/></InputSerialization>"), "MissingRequiredParameter", "OutputSerialization takes either"},
		"no type of JSON":       {document(sql, "<JSON/>", ""), "MissingRequiredParameter", "InputSerialization/JSON/Type"},
		"type of JSON":          {document(sql, "<JSON><Type>LIST</Type></JSON>", ""), "InvalidJsonType", `"LIST"`},
		"compression":           {document(sql, "<CompressionType>ZIP</CompressionType><CSV/>", ""), "InvalidCompressionFormat", "NONE, GZIP, BZIP2"},
		"header":                {csv("<FileHeaderInfo>YES</FileHeaderInfo>"), "InvalidFileHeaderInfo", `"YES"`},
		"quote fields":          {document(sql, "", "<CSV><QuoteFields>NEVER</QuoteFields></CSV>"), "InvalidQuoteFields", `"NEVER"`},
		"quoted delimiters":     {csv("<AllowQuotedRecordDelimiter>1</AllowQuotedRecordDelimiter>"), "InvalidArgument", "TRUE or FALSE"},
		"long delimiter":        {csv("<RecordDelimiter>abc</RecordDelimiter>"), "InvalidArgument", "3 characters"},
		"long field delimiter":  {csv("<FieldDelimiter>||</FieldDelimiter>"), "InvalidArgument", "2 characters"},
		"equal delimiters":      {csv("<RecordDelimiter>,</RecordDelimiter>"), "InvalidArgument", "have to differ"},
		"equal quotes":          {csv("<QuoteCharacter>,</QuoteCharacter>"), "InvalidArgument", "have to differ"},
		"equal escape":          {csv("<QuoteEscapeCharacter>,</QuoteEscapeCharacter>"), "InvalidArgument", "have to differ"},
		"equal output":          {document(sql, "", "<CSV><FieldDelimiter>\n</FieldDelimiter></CSV>"), "InvalidArgument", "have to differ"},
		"quote for comments":    {csv("<Comments>\"</Comments>"), "InvalidArgument", "would make comments of records"},
		"comma for comments":    {csv("<Comments>,</Comments>"), "InvalidArgument", "would make comments of records"},
		"fields of comments":    {csv("<FieldDelimiter>#</FieldDelimiter>"), "InvalidArgument", "would make comments of records"},
		"carriage returns":      {csv("<FieldDelimiter>&#13;</FieldDelimiter>"), "InvalidArgument", "a carriage return"},
		"quote that is one":     {csv("<QuoteCharacter>&#13;</QuoteCharacter>"), "InvalidArgument", "a carriage return"},
		"written for fields":    {document(sql, "", "<CSV><FieldDelimiter>&#13;</FieldDelimiter></CSV>"), "InvalidArgument", "a carriage return"},
		"progress":              {wrap(expression + "<RequestProgress><Enabled>perhaps</Enabled></RequestProgress>"), "InvalidArgument", `"perhaps"`},
	} {
		e := refusal(t, c.doc)
		assert.Equal(t, c.code, e.Code, name)
		assert.Contains(t, e.Message, c.part, name)
	}
}

func TestParse_IsBoundedInLengthAndDepth(t *testing.T) {
	t.Parallel()
	const limit = 256 << 10
	select1 := func(x string) string { return document("SELECT "+x+" FROM COSObject", "", "") }
	e := refusal(t, select1("1"+strings.Repeat("+1", limit/2)))
	assert.Equal(t, "ExpressionTooLong", e.Code)
	for name, x := range map[string]string{
		"parentheses": strings.Repeat("(", 100_000), "signs": strings.Repeat("- ", 100_000), "not": strings.Repeat("NOT ", 60_000),
		"calls": strings.Repeat("LOWER(", 40_000), "case": strings.Repeat("CASE ", 50_000), "casts": strings.Repeat("CAST(", 50_000),
	} {
		e := refusal(t, select1(x))
		assert.Equal(t, "UnsupportedSyntax", e.Code, name)
		assert.Contains(t, e.Message, "more than 200 expressions within each other", name)
	}
	for _, piece := range []string{".a", "[0]", "[*]"} {
		e := refusal(t, document("SELECT * FROM COSObject"+strings.Repeat(piece, 60_000), jsonDocument, ""))
		assert.Contains(t, e.Message, "a path of more than 200 steps", piece)
	}
	// Long is not deep.
	assert.Equal(t, "{\"_1\":100001}\n", ask(t, "SELECT 1"+strings.Repeat("+1", 100_000)+" FROM COSObject", "", "", "x\n"))
	assert.Equal(t, "{\"_1\":true}\n", ask(t, "SELECT FALSE"+strings.Repeat(" OR _1=1", 20_000)+" OR TRUE FROM COSObject", "", "", "x\n"))
	assert.Equal(t, "{\"_1\":1}\n", ask(t, "SELECT "+strings.Repeat("(", 190)+"1"+strings.Repeat(")", 190)+" FROM COSObject", "", "", "x\n"))
}

func TestError_IsBoundedAndNamesItsCode(t *testing.T) {
	t.Parallel()
	e := refusal(t, document("SELECT "+strings.Repeat("中", 10_000)+"() FROM COSObject", "", ""))
	assert.Less(t, len(e.Message), 1<<10)
	assert.Equal(t, "UnsupportedFunction: "+e.Message, e.Error())
}

func TestParse_KeepsBlanksThatAreValues(t *testing.T) {
	t.Parallel()
	in := "<CSV><RecordDelimiter>\n\n</RecordDelimiter><FieldDelimiter> </FieldDelimiter></CSV>"
	out := "<CSV><RecordDelimiter> \n</RecordDelimiter><FieldDelimiter>\t</FieldDelimiter></CSV>"
	assert.Equal(t, "a\t\"b\nc\" \nd\te \n", ask(t, "SELECT * FROM COSObject", in, out, "a b\nc\n\nd e"))
	crlf := "<CSV><RecordDelimiter>&#13;&#10;</RecordDelimiter></CSV>"
	assert.Equal(t, "a\r\nb\r\n", ask(t, "SELECT * FROM COSObject", crlf, crlf, "a\r\nb\r\n"))
}

func TestParse_TakesTheCaseThatSDKsWrite(t *testing.T) {
	t.Parallel()
	doc := document("select s._1 from cosobject S limit 1", "<CompressionType>None</CompressionType><CSV><FileHeaderInfo>none</FileHeaderInfo></CSV>", "<CSV/>")
	for enabled, want := range map[string]bool{"TRUE": true, "true": true, "FALSE": false, "": false} {
		r, err := query.Parse([]byte(strings.Replace(doc, "</SelectRequest>", "<RequestProgress><Enabled>"+enabled+"</Enabled></RequestProgress></SelectRequest>", 1)))
		require.NoError(t, err)
		a := run(t, r, "a\nb\n")
		assert.Equal(t, "a\n", a.records)
		assert.Equal(t, want, len(a.progress) > 0, enabled)
	}
}
