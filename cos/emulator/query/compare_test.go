package query_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestBetween_IsDecidedByTheSideThatIsKnown(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		"5 BETWEEN NULL AND 3": "false", "5 NOT BETWEEN NULL AND 3": "true", "1 BETWEEN 2 AND NULL": "false", "1 NOT BETWEEN 2 AND NULL": "true",
		"5 BETWEEN NULL AND 7": "null", "5 NOT BETWEEN NULL AND 7": "null", "5 BETWEEN 3 AND NULL": "null", "5 BETWEEN NULL AND NULL": "null",
		"NULL BETWEEN 1 AND 2": "null", "s.none BETWEEN 1 AND 2": "", "s.none NOT BETWEEN NULL AND 2": "", "5 BETWEEN s.none AND 3": "false", "5 BETWEEN 'a' AND 3": "false",
		"5 BETWEEN 'a' AND 7": "null", "5 BETWEEN 7 AND 3": "false",
	} {
		assert.Equal(t, want, evaluate(t, expression), expression)
	}
}

// A column that is not a number in every row is not to be ordered among
// numbers by its first character.
func TestCompare_DoesNotOrderNumbersAndText(t *testing.T) {
	t.Parallel()
	const object = "1,17\n2,\n3,abc\n4,20\n"
	for condition, want := range map[string]string{
		"_2 < 18": "1\n", "_2 >= 18": "4\n", "NOT _2 < 18": "4\n", "_2 > 5": "1\n4\n", "_2 BETWEEN 1 AND 99": "1\n4\n", "_2 NOT BETWEEN 18 AND 99": "1\n",
		"_2 = 17": "1\n", "_2 <> 17": "2\n3\n4\n", "_2 != 17.0": "2\n3\n4\n", "_2 IN (17, 20)": "1\n4\n", "_2 NOT IN (17, 20)": "2\n3\n",
		"(_2 < 18) IS NULL": "2\n3\n", "_2 < 'b'": "1\n2\n3\n4\n", "_2 < _1": "2\n", "_1 > '2'": "3\n4\n", "_2 = ''": "2\n",
		"CASE _2 WHEN 17 THEN TRUE ELSE FALSE END": "1\n", "NULLIF(_2, 17) IS NULL": "1\n",
	} {
		assert.Equal(t, want, ask(t, "SELECT _1 FROM COSObject WHERE "+condition, "", "<CSV/>", object), condition)
	}
	for expression, want := range map[string]string{
		"s.n < '8'": "null", "s.n = '7'": "false", "s.n <> '7'": "true", "1 < TRUE": "null", "1 = TRUE": "false", "s.sub > 1": "null", "s.num = 12": "false", "s.num < s.t": "true",
	} {
		assert.Equal(t, want, evaluate(t, expression), expression)
	}
}

func TestCast_TakesForABooleanWhatItTakesForANumber(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		"CAST('1' AS BOOL)": "true", "CAST('0.0' AS BOOL)": "false", "CAST('false' AS BOOL)": "false", "CAST(s.num AS BOOL)": "true", "CAST(FALSE AS BOOL)": "false", "CAST(-0.5 AS BOOL)": "true",
	} {
		assert.Equal(t, want, evaluate(t, expression), expression)
	}
	assert.Equal(t, "{\"_1\":true,\"_2\":true,\"_3\":false}\n", ask(t, "SELECT CAST(_1 AS BOOL), CAST(_2 AS BOOL), CAST(_3 AS BOOL) FROM COSObject", "", "", "1,TRUE,0\n"))
}
