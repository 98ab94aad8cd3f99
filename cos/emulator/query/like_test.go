package query_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLike_IsRefusedBeforeTheObjectIsRead(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 4<<10)
	for condition, message := range map[string]string{
		"'a' LIKE 'a!' ESCAPE '!'": `the pattern "a!" has its escape character where nothing is to be escaped`,
		"_1 LIKE '!a' ESCAPE '!'":  `the pattern "!a" has its escape character where nothing is to be escaped`,
		"_1 LIKE 'a' ESCAPE 'xx'":  `ESCAPE takes one character, not "xx"`,
		"_1 NOT LIKE '' ESCAPE ''": `ESCAPE takes one character, not ""`,
		"_1 LIKE '" + long + "%'":  "a pattern of more than 4096 bytes is not supported",
		"_1 LIKE 5 ESCAPE 12":      `ESCAPE takes one character, not "12"`,
	} {
		e := refusal(t, document("SELECT * FROM COSObject WHERE "+condition, "", ""))
		assert.Equal(t, "LikeInvalidInputs", e.Code, condition)
		assert.Contains(t, e.Message, "Line 1, column ", condition)
		assert.Contains(t, e.Message, message, condition)
	}
	assert.Equal(t, long+"\n", ask(t, "SELECT * FROM COSObject WHERE _1 LIKE '"+long+"'", "", "<CSV/>", long+"\na\n"))
	a := run(t, parse(t, "SELECT * FROM COSObject WHERE 'a' LIKE _1", "", "<CSV/>"), "%\n"+long+"%\n")
	assert.Equal(t, "%\n", a.records)
	assert.Equal(t, "Record 2: Line 1, column 35: a pattern of more than 4096 bytes is not supported.", a.message)
}

func TestLike_TakesPatternsThatDifferFromRowToRow(t *testing.T) {
	t.Parallel()
	const object = "ab,a%,!\nab,b%,!\na%,a!%,!\n50%,50x%,x\n"
	for condition, want := range map[string]string{
		"_1 LIKE _2": "ab,a%,!\n", "_1 LIKE _2 ESCAPE _3": "ab,a%,!\na%,a!%,!\n50%,50x%,x\n", "_1 NOT LIKE _2 ESCAPE '!'": "ab,b%,!\n50%,50x%,x\n",
		"_1 LIKE _9": "", "_1 LIKE NULL": "", "_9 LIKE 'a'": "", "_9 NOT LIKE 'a'": "", "_1 LIKE 'a' ESCAPE NULL": "", "_1 LIKE ''": "", "'' LIKE ''": object,
	} {
		assert.Equal(t, want, ask(t, "SELECT * FROM COSObject WHERE "+condition, "", "<CSV/>", object), condition)
	}
}
