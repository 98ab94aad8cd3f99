package query_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The record that expressions are tried on.
const sample = `{"n": 7, "d": 1.50, "big": 12345678901234567891, "t": "Text", "num": "12", "yes": true, "nil": null,` +
	` "list": [1, {"deep": "x"}, "two"], "sub": {"Case": "c", "a b": 5}, "unicode": "añ中😀", "date": "2024-02-29T12:00:00Z", "empty": ""}`

// evaluate returns {"r": …} of the sample without the wrapping, "" for MISSING.
func evaluate(t *testing.T, expression string) string {
	t.Helper()
	got := ask(t, "SELECT "+expression+" AS r FROM COSObject s", "<JSON><Type>LINES</Type></JSON>", "", sample)
	if got == "{}\n" {
		return ""
	}
	require.Regexp(t, `^\{"r":.*\}\n$`, got)
	return got[len(`{"r":`) : len(got)-len("}\n")]
}

// expect evaluates expressions over the sample.
func expect(t *testing.T, wants map[string]string) {
	t.Helper()
	for expression, want := range wants {
		assert.Equal(t, want, evaluate(t, expression), expression)
	}
}

func TestExpressions_ReadConstantsAndColumns(t *testing.T) {
	t.Parallel()
	expect(t, map[string]string{
		"1": "1", "007": "7", ".5": "0.5", "1.50": "1.50", "1e3": "1e3", "'a''b'": `"a'b"`, "TRUE": "true", "null": "null", "MISSING": "",
		"12345678901234567890": "12345678901234567890",
		"s.n":                  "7", "n": "7", "N": "7", "s.N": "7", `s."n"`: "7", `s."N"`: "", "COSObject.n": "7", "S.n": "7", `"s".n`: "7", `"S".n`: "",
		"s.d": "1.50", "s.big": "12345678901234567891", "s.nil": "null", "s.none": "", "s.none.more[3]": "", "s.nil.more": "",
		"s.list[0]": "1", "s.list[1].deep": `"x"`, "s.list[3]": "", "s.list.deep": "", "s.n[0]": "", "s['n']": "7",
		"s.sub.case": `"c"`, `s.sub."a b"`: "5", `s.sub."A B"`: "", "s.sub": `{"Case":"c","a b":5}`, "s.list": `[1,{"deep":"x"},"two"]`,
		"s.date": `"2024-02-29T12:00:00Z"`,
	})
}

func TestExpressions_Calculate(t *testing.T) {
	t.Parallel()
	expect(t, map[string]string{
		"1 + 2 * 3": "7", "(1 + 2) * 3": "9", "10 - 2 - 3": "5", "7 / 2": "3", "-7 / 2": "-3", "7 % 4": "3", "-7 % 4": "-3", "7.0 / 2": "3.5",
		"0.1 + 0.2": "0.3", "1.50 * 2": "3.00", "1 / 3.0": "0.3333333333333333", "0.3 / 3": "0.1", "- -5": "5", "+5": "5", "-s.n": "-7", "2 - -3": "5",
		"9223372036854775807 + 1": "9.223372036854776e+18", "9223372036854775807 * 10": "9.223372036854776e+19", "1e300 * 10": "1e+301", "5.5 % 2": "1.5",
		"s.n + s.nil": "null", "s.n + s.none": "", "s.nil + s.none": "", "1 - 0.9": "0.1", "-0.5 + 0.25": "-0.25", "1e-7 * 1": "1e-07",
		"s.t || '-' || s.n": `"Text-7"`, "s.t || s.nil": "null", "s.none || s.nil || s.t": "", "1 + 1 || 'x'": `"2x"`,
	})
}

// Numbers compare as numbers, the rest as text.
func TestExpressions_Compare(t *testing.T) {
	t.Parallel()
	expect(t, map[string]string{
		"s.n > 10": "false", "s.n < 10": "true", "s.n = 7.0": "true", "1.5 = s.d": "true", "s.num > 5": "null", "s.num = '12'": "true", "s.n <> 7": "false",
		"s.n != 8": "true", "s.n >= 7": "true", "s.n <= 6": "false", "'b' > 'a'": "true", "'B' < 'a'": "true", "s.yes = TRUE": "true",
		"s.big = 12345678901234567891": "true", "s.big = 12345678901234567890": "false", "s.big > 12345678901234567890": "true",
		"9007199254740993 = 9007199254740992.0": "false", "-1.5 < -1.25": "true", "-2 < 1.5": "true", "0.10 = 0.1": "true", "1e2 = 100": "true",
		"s.nil = NULL": "null", "s.nil <> 1": "null", "s.none = 1": "", "FALSE < TRUE": "true", "TRUE = 'true'": "true",
	})
}

func TestExpressions_KnowThreeValues(t *testing.T) {
	t.Parallel()
	expect(t, map[string]string{
		"TRUE AND NULL": "null", "FALSE AND NULL": "false", "TRUE OR NULL": "true", "FALSE OR NULL": "null", "NOT NULL": "null", "NOT FALSE": "true",
		"NOT s.none": "null", "s.none OR TRUE": "true", "TRUE OR FALSE AND FALSE": "true", "NOT FALSE AND FALSE": "false", "NOT NOT TRUE": "true", "not 1 = 2": "true",
		"s.n > 1 AND s.n < 9 AND s.t = 'Text'": "true",
		// IS.
		"s.nil IS NULL": "true", "s.none IS NULL": "true", "s.none IS MISSING": "true", "s.nil IS MISSING": "false", "s.nil IS NOT MISSING": "true",
		"s.n IS NOT NULL": "true", "s.none IS NOT NULL": "false", "s.empty IS NULL": "false",
	})
}

func TestExpressions_FindAndMatch(t *testing.T) {
	t.Parallel()
	expect(t, map[string]string{
		"s.n BETWEEN 7 AND 9": "true", "s.n NOT BETWEEN 7 AND 9": "false", "s.n BETWEEN 8 AND 9": "false", "s.n BETWEEN NULL AND 9": "null",
		"s.n BETWEEN 1 AND 9 AND TRUE": "true",
		"s.n IN (1, 7)":                "true", "s.n IN (1, 2)": "false", "s.n NOT IN (1, 2)": "true", "s.n IN (1, NULL)": "null", "s.n IN (7, NULL)": "true",
		"s.n NOT IN (1, NULL)": "null", "s.nil IN (1)": "null", "s.none IN (1)": "", "s.t IN ('Text')": "true",
		// LIKE.
		"s.t LIKE 'T%'": "true", "s.t LIKE '%x_'": "true", "s.t LIKE 't%'": "false", "s.t NOT LIKE '%z%'": "true", "s.t LIKE 'Text'": "true", "s.t LIKE ''": "false",
		"'' LIKE '%'": "true", "'a%b' LIKE 'a!%b' ESCAPE '!'": "true", "'axb' LIKE 'a!%b' ESCAPE '!'": "false", "'a_' LIKE 'a\\_' ESCAPE '\\'": "true",
		"'aXbXc' LIKE 'a%b%c'": "true", "'abcabd' LIKE '%abd'": "true", "s.unicode LIKE '__中_'": "true", "s.n LIKE '7'": "true", "s.nil LIKE '%'": "null", "'a' LIKE NULL": "null",
	})
}

func TestExpressions_Choose(t *testing.T) {
	t.Parallel()
	expect(t, map[string]string{
		"CASE WHEN s.n > 5 THEN 'big' WHEN TRUE THEN 'any' ELSE 'small' END": `"big"`, "CASE WHEN NULL THEN 1 END": "null", "CASE WHEN s.none THEN 1 ELSE 2 END": "2",
		"CASE s.n WHEN 6 THEN 'six' WHEN 7 THEN 'seven' END": `"seven"`, "CASE NULL WHEN NULL THEN 1 ELSE 0 END": "0",
		// COALESCE and NULLIF, as the service's documents show them.
		"COALESCE(1)": "1", "COALESCE(1, null)": "1", "COALESCE(null, null, 1)": "1", "COALESCE(missing, 1)": "1", "COALESCE(null, 'string')": `"string"`,
		"COALESCE(missing, missing)": "null", "COALESCE(s.none, s.nil, s.t)": `"Text"`,
		"NULLIF(1, 2)": "1", "NULLIF(1, '1')": "1", "NULLIF(1, NULL)": "1", "NULLIF(1, 1)": "null", "NULLIF(1.0, 1)": "null", "NULLIF(missing, null)": "null",
		"NULLIF(missing, missing)": "null", "NULLIF(NULL, 1)": "null", "NULLIF(null, null)": "null", "NULLIF(s.empty, '')": "null",
	})
}

func TestExpressions_WorkOnText(t *testing.T) {
	t.Parallel()
	expect(t, map[string]string{
		"CHAR_LENGTH(s.unicode)": "4", "CHARACTER_LENGTH('')": "0", "char_length(s.nil)": "null", "LOWER(s.t)": `"text"`, "UPPER('ñ')": `"Ñ"`, "UPPER(s.none)": "",
		"SUBSTRING(s.unicode FROM 2 FOR 2)": `"ñ中"`, "SUBSTRING(s.unicode, 3)": `"中😀"`, "SUBSTRING('123456789', 0)": `"123456789"`, "SUBSTRING('123456789', -1, 4)": `"12"`,
		"SUBSTRING('123', 2, 0)": `""`, "SUBSTRING('123', 9)": `""`, "SUBSTRING('123' FROM 3)": `"3"`, "SUBSTRING(s.nil, 1)": "null", "SUBSTRING('123', 1, 99999999999999)": `"123"`,
		"TRIM('  a b ')": `"a b"`, "TRIM(LEADING FROM '  a ')": `"a "`, "TRIM(TRAILING FROM '  a ')": `"  a"`, "TRIM(BOTH 'xy' FROM 'xyaxyx')": `"a"`, "TRIM('x' FROM 'xax')": `"a"`,
		"TRIM(LEADING '0' FROM '0070')": `"70"`, "TRIM(s.nil)": "null",
	})
}

func TestExpressions_Cast(t *testing.T) {
	t.Parallel()
	expect(t, map[string]string{
		"CAST('12' AS INT)": "12", "CAST('-1.9' AS INTEGER)": "-1", "CAST(1.9 AS INT)": "1", "CAST('1.50' AS DECIMAL)": "1.50", "CAST('1e2' AS FLOAT)": "100", "CAST(7 AS STRING)": `"7"`,
		"CAST('TRUE' AS BOOL)": "true", "CAST(0 AS BOOL)": "false", "CAST(TRUE AS INT)": "1", "CAST(NULL AS INT)": "null", "CAST(s.none AS INT)": "", "CAST(s.sub AS STRING)": `"{\"Case\":\"c\",\"a b\":5}"`,
		"CAST(s.num AS INT) > 5": "true", "CAST('2007-04-05T14:30Z' AS TIMESTAMP)": `"2007-04-05T14:30Z"`,
		"CAST(s.date AS TIMESTAMP) = CAST('2024-02-29T13:00:00+01:00' AS TIMESTAMP)": "true", "CAST(s.date AS TIMESTAMP) > '2024-03-01'": "false",
		"CAST('2024-02-29' AS TIMESTAMP) < s.date": "true",
		"CAST('2024T' AS TIMESTAMP) < s.date":      "true", "CAST('2024-03T' AS TIMESTAMP) < s.date": "false", "CAST('2024-02-29T12:00:00.5Z' AS TIMESTAMP) > s.date": "true",
		// Functions' names are free for columns.
		"COUNT": "", "s.count": "", "value": "",
	})
}

// What the query can only meet in a record ends the stream with an error that
// names both places.
func TestRun_EndsWithAnErrorFrameThatNamesTheRecord(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string][2]string{
		"CAST(s.t AS INT)":                    {"CastFailed", `Record 2: Line 1, column 8: "x" cannot be cast to INT.`},
		"CAST('' AS INT)":                     {"CastFailed", `Record 1: Line 1, column 8: "" cannot be cast to INT.`},
		"CAST(' 1' AS FLOAT)":                 {"CastFailed", `Record 1: Line 1, column 8: " 1" cannot be cast to FLOAT.`},
		"CAST('1e999' AS FLOAT)":              {"CastFailed", `Record 1: Line 1, column 8: "1e999" cannot be cast to FLOAT.`},
		"CAST('99999999999999999999' AS INT)": {"CastFailed", `Record 1: Line 1, column 8: "99999999999999999999" cannot be cast to INT.`},
		"CAST('maybe' AS BOOL)":               {"CastFailed", `Record 1: Line 1, column 8: "maybe" cannot be cast to BOOL.`},
		"CAST('2024-13-01' AS TIMESTAMP)":     {"CastFailed", `Record 1: Line 1, column 8: "2024-13-01" cannot be cast to TIMESTAMP.`},
		"1 + s.t":                             {"InvalidDataType", `Record 1: Line 1, column 10: + takes numbers, and "1" is none.`},
		"-'a'":                                {"InvalidDataType", `Record 1: Line 1, column 8: - takes numbers, and "a" is none.`},
		"1 / (s.n - 1)":                       {"InvalidArgument", `Record 1: Line 1, column 10: division by zero.`},
		"1 % 0":                               {"InvalidArgument", `Record 1: Line 1, column 10: division by zero.`},
		"1e308 * 10":                          {"IntegerOverflow", `Record 1: Line 1, column 14: the result is beyond all numbers.`},
		"NOT 'a'":                             {"InvalidDataType", `Record 1: Line 1, column 8: "a" is neither true nor false.`},
		"'a' LIKE s.t || 'a!' ESCAPE '!'":     {"LikeInvalidInputs", `Record 1: Line 1, column 12: the pattern "1a!" has its escape character where nothing is to be escaped.`},
		"'a' LIKE 'a' ESCAPE s.t || '!'":      {"LikeInvalidInputs", `Record 1: Line 1, column 12: ESCAPE takes one character, not "1!".`},
		"SUBSTRING('a', 1, -1)":               {"IllegalSqlFunctionArgument", `Record 1: Line 1, column 8: the length -1 of SUBSTRING is negative.`},
		"SUBSTRING('a', 1.5)":                 {"IllegalSqlFunctionArgument", `Record 1: Line 1, column 8: SUBSTRING takes whole numbers, not "1.5".`},
		"SUM(s.t)":                            {"InvalidDataType", `Record 1: Line 1, column 8: SUM takes numbers, and "1" is none (NULLIF(x, '') leaves out empty fields).`},
	} {
		r := parse(t, "SELECT "+expression+" FROM COSObject s", "<JSON><Type>LINES</Type></JSON>", "")
		a := run(t, r, `{"n":1,"t":"1"}`+"\n"+`{"n":2,"t":"x"}`)
		assert.Equal(t, want, [2]string{a.code, a.message}, expression)
		assert.Equal(t, []string{"error"}, a.kinds, expression)
	}
}

func TestRun_SendsTheRecordsBeforeAnError(t *testing.T) {
	t.Parallel()
	a := run(t, parse(t, "SELECT CAST(_1 AS INT) FROM COSObject", "", ""), "1\n2\nx\n4\n")
	assert.Equal(t, "{\"_1\":1}\n{\"_1\":2}\n", a.records)
	assert.Equal(t, []string{"error"}, a.kinds)
	assert.Contains(t, a.message, "Record 3: ")
}

func TestAggregates_SkipWhatIsNotThere(t *testing.T) {
	t.Parallel()
	const object = `{"a":1,"f":0.1,"t":"b"}` + "\n" + `{"a":null,"f":0.2}` + "\n" + `{"f":0.3,"t":"a"}` + "\n" + `{"a":4,"f":0,"t":10}`
	for sql, want := range map[string]string{
		"SELECT COUNT(*) FROM COSObject":                                          `{"_1":4}`,
		"SELECT COUNT(a), count(s.t) AS t FROM COSObject s":                       `{"_1":2,"t":3}`,
		"SELECT SUM(a), AVG(a), MIN(a), MAX(a) FROM COSObject":                    `{"_1":5,"_2":2.5,"_3":1,"_4":4}`,
		"SELECT SUM(f) FROM COSObject":                                            `{"_1":0.6}`,
		"SELECT AVG(f) FROM COSObject":                                            `{"_1":0.15}`,
		"SELECT MIN(t), MAX(t) FROM COSObject":                                    `{"_1":10,"_2":"b"}`,
		"SELECT SUM(a) FROM COSObject WHERE a > 100":                              `{"_1":null}`,
		"SELECT COUNT(*) FROM COSObject WHERE a > 100":                            `{"_1":0}`,
		"SELECT COUNT(*) FROM COSObject WHERE a IS MISSING":                       `{"_1":1}`,
		"SELECT MAX(a) - MIN(a) || '!' AS spread FROM COSObject":                  `{"spread":"3!"}`,
		"SELECT SUM(a * 2 + 1) FROM COSObject LIMIT 1":                            `{"_1":12}`,
		"SELECT CASE WHEN COUNT(*) > 3 THEN 'many' ELSE 'few' END FROM COSObject": `{"_1":"many"}`,
	} {
		assert.Equal(t, want+"\n", ask(t, sql, "<JSON><Type>LINES</Type></JSON>", "", object), sql)
	}
	assert.Empty(t, ask(t, "SELECT COUNT(*) FROM COSObject LIMIT 0", "", "", "a\n"))
}

// Text from CSV has no type of its own: it is a number where one is compared
// or computed with.
func TestCSV_ComparesAsNumbersWhereBothAre(t *testing.T) {
	t.Parallel()
	for condition, want := range map[string]string{
		"_1 > 5": "10,9\n", "_1 > '5'": "", "_1 > _2": "10,9\n", "_1 < _2": "2,abc\n-1,0\n", "_2 = 0.0": "-1,0\n", "_1 + 1 = 11": "10,9\n", "_2 > 8": "10,9\n",
		"_1 IN (2, 3)": "2,abc\n", "_1 BETWEEN -1.0 AND 2": "2,abc\n-1,0\n", "_2 IS MISSING": "", "_3 IS MISSING": "10,9\n2,abc\n-1,0\n", "_1 = '2'": "2,abc\n",
		"TRIM(_1) = 2.0": "2,abc\n", "CAST(_1 AS STRING) = 2.0": "", "_2 LIKE 'a%'": "2,abc\n",
	} {
		assert.Equal(t, want, ask(t, "SELECT * FROM COSObject WHERE "+condition, "", "<CSV/>", "10,9\n2,abc\n-1,0\n"), condition)
	}
	assert.Equal(t, "-1,abc\n", ask(t, "SELECT MIN(_1), MAX(_2) FROM COSObject", "", "<CSV/>", "10,9\n2,abc\n-1,0\n"))
	assert.Equal(t, "x\n", ask(t, "SELECT _2 FROM COSObject WHERE _1", "", "<CSV/>", "true,x\nFALSE,y\n"))
}

func TestRun_MayBeRepeatedAndAtTheSameTime(t *testing.T) {
	t.Parallel()
	r := parse(t, "SELECT SUM(_1) FROM COSObject WHERE _1 > 1", "", "")
	for range 4 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, "{\"_1\":5}\n", run(t, r, "1\n2\n3\n").records)
		})
	}
}
