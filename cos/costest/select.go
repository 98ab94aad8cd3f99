package costest

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func selectChapter() chapter {
	return chapter{"Select", []promise{
		{"AnswersQueriesOfCSV", selectCSV},
		{"ReadsTheCSVItIsTold", selectCSVInput},
		{"WritesTheCSVItIsTold", selectCSVOutput},
		{"AnswersQueriesOfJSON", selectJSON},
		{"TurnsCSVIntoJSON", selectToJSON},
		{"ReadsCompressedObjects", selectCompressed},
		{"EndsWithStatsAndAnEnd", selectEvents},
		{"StopsWhenItIsNotWanted", selectStops},
		{"SaysWhatIsWrongWithAQuery", selectBadQuery},
		{"OfWhatCannotBeReadIsRefused", selectRefused},
	}}
}

const people = "name,age,city\nann,30,Berlin\nbob,4,Paris\ncid,100,Berlin\n"

const peopleLines = `{"name":"ann","age":30,"home":{"city":"Berlin"}}
{"name":"bob","age":4,"home":{"city":"Paris"}}
{"name":"cid","age":100,"home":{"city":"Berlin"}}
`

// csvQuery reads CSV with a header line and writes CSV.
func csvQuery(expression string) cos.SelectQuery {
	return cos.SelectQuery{
		Expression: expression,
		Input:      cos.SelectInput{CSV: &cos.CSVInput{FileHeaderInfo: "USE"}},
		Output:     cos.SelectOutput{CSV: &cos.CSVOutput{}},
	}
}

func jsonQuery(kind, expression string) cos.SelectQuery {
	return cos.SelectQuery{
		Expression: expression,
		Input:      cos.SelectInput{JSON: &cos.JSONInput{Type: kind}},
		Output:     cos.SelectOutput{JSON: &cos.JSONOutput{}},
	}
}

// query returns the records of a query and how its events went.
func (p place) query(t testing.TB, key string, q cos.SelectQuery) (string, events) {
	t.Helper()
	records, seen, err := p.tryQuery(t, key, q)
	require.NoError(t, err, "%s", q.Expression)
	return records, seen
}

// events are what came beside the records.
type events struct {
	progress []cos.SelectProgress
	stats    []cos.SelectStats
	last     cos.SelectEvent
}

func (p place) tryQuery(t testing.TB, key string, q cos.SelectQuery) (string, events, error) {
	t.Helper()
	var seen events
	stream, err := p.Bucket.Select(t.Context(), key, q)
	if err != nil {
		return "", seen, err
	}
	var records strings.Builder
	for event, err := range stream.Events() {
		if err != nil {
			return records.String(), seen, err
		}
		switch e := event.(type) {
		case cos.SelectRecords:
			records.Write(e)
		case cos.SelectProgress:
			seen.progress = append(seen.progress, e)
		case cos.SelectStats:
			seen.stats = append(seen.stats, e)
		case cos.SelectEnd:
		default:
			assert.Fail(t, "an event of no known kind", "%T", event)
		}
		seen.last = event
	}
	return records.String(), seen, nil
}

func selectCSV(t *testing.T, p place) {
	p.put(t, p.key("k"), people)
	for expression, want := range map[string]string{
		"SELECT * FROM COSObject":                                        "ann,30,Berlin\nbob,4,Paris\ncid,100,Berlin\n",
		"select s.name from COSObject s where s.city = 'Berlin'":         "ann\ncid\n",
		"SELECT city, name FROM COSObject LIMIT 2":                       "Berlin,ann\nParis,bob\n",
		"SELECT s._1 FROM COSObject s WHERE s._3 = 'Paris'":              "bob\n",
		"SELECT name FROM COSObject WHERE CAST(age AS INT) > 10":         "ann\ncid\n",
		"SELECT COUNT(*) FROM COSObject":                                 "3\n",
		"SELECT SUM(CAST(s.age AS INT)) FROM COSObject s":                "134\n",
		"SELECT MIN(CAST(s.age AS INT)) FROM COSObject s":                "4\n",
		"SELECT MAX(CAST(s.age AS INT)) FROM COSObject s":                "100\n",
		"SELECT name FROM COSObject WHERE name LIKE '%i%'":               "cid\n",
		"SELECT name FROM COSObject WHERE city IN ('Paris', 'Rome')":     "bob\n",
		"SELECT name FROM COSObject WHERE city='Berlin' AND name<>'ann'": "cid\n",
		"SELECT name FROM COSObject WHERE city = 'Rome'":                 "",
		"SELECT LOWER(city) FROM COSObject LIMIT 1":                      "berlin\n",
		"SELECT CHAR_LENGTH(name) FROM COSObject LIMIT 1":                "3\n",
	} {
		got, _ := p.query(t, p.key("k"), csvQuery(expression))
		assert.Equal(t, want, got, expression)
	}
}

func selectCSVInput(t *testing.T, p place) {
	for name, c := range map[string]struct {
		content, expression, want string
		input                     cos.CSVInput
	}{
		"no header": {"a,b\nc,d\n", "SELECT s._2 FROM COSObject s", "b\nd\n", cos.CSVInput{FileHeaderInfo: "NONE"}},
		"by default no header": {
			"a,b\nc,d\n", "SELECT s._2 FROM COSObject s", "b\nd\n",
			cos.CSVInput{},
		},
		"an ignored header": {"a,b\nc,d\n", "SELECT s._2 FROM COSObject s", "d\n", cos.CSVInput{FileHeaderInfo: "IGNORE"}},
		"delimiters": {
			"a;b|c;d|", "SELECT s._2 FROM COSObject s", "b\nd\n",
			cos.CSVInput{FieldDelimiter: ";", RecordDelimiter: "|"},
		},
		"quotes": {
			"'a,1','it''s'\nc,d\n", "SELECT s._1 FROM COSObject s", "\"a,1\"\nc\n",
			cos.CSVInput{QuoteCharacter: "'", QuoteEscapeCharacter: "'"},
		},
		"comments": {"#x,y\na,b\n", "SELECT s._2 FROM COSObject s", "b\n", cos.CSVInput{Comments: "#"}},
		"a quoted record delimiter": {
			"\"a\nb\",c\nd,e\n", "SELECT s._2 FROM COSObject s", "c\ne\n",
			cos.CSVInput{AllowQuotedRecordDelimiter: true},
		},
		"no delimiter at the end": {"a,b\nc,d", "SELECT s._2 FROM COSObject s", "b\nd\n", cos.CSVInput{}},
		"nothing":                 {"", "SELECT * FROM COSObject", "", cos.CSVInput{}},
	} {
		p.put(t, p.key(name), c.content)
		q := csvQuery(c.expression)
		q.Input.CSV = &c.input
		got, _ := p.query(t, p.key(name), q)
		assert.Equal(t, c.want, got, name)
	}
}

func selectCSVOutput(t *testing.T, p place) {
	p.put(t, p.key("k"), "a,\"b,c\",\"d\"\"e\"\n")
	for name, c := range map[string]struct {
		want   string
		output cos.CSVOutput
	}{
		"by default": {"a,\"b,c\",\"d\"\"e\"\n", cos.CSVOutput{}},
		"always":     {"\"a\",\"b,c\",\"d\"\"e\"\n", cos.CSVOutput{QuoteFields: "ALWAYS"}},
		"delimiters": {"a;b,c;\"d\"\"e\"|", cos.CSVOutput{FieldDelimiter: ";", RecordDelimiter: "|"}},
		"quotes":     {"a,'b,c',d\"e\n", cos.CSVOutput{QuoteCharacter: "'"}},
	} {
		q := csvQuery("SELECT * FROM COSObject")
		q.Input.CSV = &cos.CSVInput{}
		q.Output.CSV = &c.output
		got, _ := p.query(t, p.key("k"), q)
		assert.Equal(t, c.want, got, name)
	}
}

// assertLines compares JSON line by line: the order of members and spaces are
// not promised.
func assertLines(t testing.TB, want, got, why string) {
	t.Helper()
	wanted, lines := strings.Split(want, "\n"), strings.Split(got, "\n")
	if !assert.Len(t, lines, len(wanted), "%s: %s", why, got) {
		return
	}
	for i, line := range lines {
		if wanted[i] != "" && line != "" {
			assert.JSONEq(t, wanted[i], line, why)
		} else {
			assert.Equal(t, wanted[i], line, why)
		}
	}
}

func selectJSON(t *testing.T, p place) {
	p.put(t, p.key("lines"), peopleLines)
	for expression, want := range map[string]string{
		"SELECT * FROM COSObject s":                                                peopleLines,
		"SELECT s.name FROM COSObject s WHERE s.age > 10":                          "{\"name\":\"ann\"}\n{\"name\":\"cid\"}\n",
		"SELECT s.name, s.age FROM COSObject[*] s WHERE s.home.city = 'Paris'":     "{\"name\":\"bob\",\"age\":4}\n",
		"SELECT s.home.city AS place FROM COSObject s LIMIT 1":                     "{\"place\":\"Berlin\"}\n",
		"SELECT COUNT(*) AS n FROM COSObject s WHERE s.home.city = 'Berlin'":       "{\"n\":2}\n",
		"SELECT s.name FROM COSObject s WHERE s.missing = 'x'":                     "",
		"SELECT SUM(s.age) AS years FROM COSObject s WHERE s.name IN ('ann', 'x')": "{\"years\":30}\n",
	} {
		got, _ := p.query(t, p.key("lines"), jsonQuery("LINES", expression))
		assertLines(t, want, got, expression)
	}
	p.put(t, p.key("document"), `{"name": "ann", "age": 30, "list": [1, 2]}`)
	got, _ := p.query(t, p.key("document"), jsonQuery("DOCUMENT", "SELECT s.name FROM COSObject s WHERE s.age = 30"))
	assertLines(t, "{\"name\":\"ann\"}\n", got, "a document")
	q := jsonQuery("LINES", "SELECT s.name, s.age FROM COSObject s")
	q.Output = cos.SelectOutput{CSV: &cos.CSVOutput{}}
	got, _ = p.query(t, p.key("lines"), q)
	assert.Equal(t, "ann,30\nbob,4\ncid,100\n", got, "JSON becomes CSV")
}

func selectToJSON(t *testing.T, p place) {
	p.put(t, p.key("k"), people)
	q := csvQuery("SELECT name, city FROM COSObject WHERE city = 'Paris'")
	q.Output = cos.SelectOutput{JSON: &cos.JSONOutput{}}
	got, _ := p.query(t, p.key("k"), q)
	assertLines(t, "{\"name\":\"bob\",\"city\":\"Paris\"}\n", got, "by default a line each")
	q.Output.JSON.RecordDelimiter = ";"
	got, _ = p.query(t, p.key("k"), q)
	assert.JSONEq(t, `{"name":"bob","city":"Paris"}`, strings.TrimSuffix(got, ";"))
	assert.True(t, strings.HasSuffix(got, ";"), got)
}

// peopleBZIP2 is people, compressed, in base64: the library only reads it.
const peopleBZIP2 = "QlpoOTFBWSZTWSaKFZsAABdfgAAQAARsABAAQAA+p5wgIABUUAGI000aDU00NTNENpocbZelhBb4KarCCLh4iTPrIbTjcSBoL2NiyJhvi7kinChIE0UKzYA="

func selectCompressed(t *testing.T, p place) {
	bzip2, err := base64.StdEncoding.DecodeString(peopleBZIP2)
	require.NoError(t, err)
	for compression, content := range map[string]string{
		"GZIP": gzipped(t, people), "BZIP2": string(bzip2), "NONE": people,
	} {
		p.put(t, p.key(compression), content)
		q := csvQuery("SELECT name FROM COSObject WHERE city = 'Berlin'")
		q.Input.Compression = compression
		got, _ := p.query(t, p.key(compression), q)
		assert.Equal(t, "ann\ncid\n", got, compression)
	}
	q := csvQuery("SELECT name FROM COSObject")
	q.Input.Compression = "GZIP"
	_, _, err = p.tryQuery(t, p.key("NONE"), q)
	var api *cos.Error
	assert.ErrorAs(t, err, &api, "it is not compressed")
}

func selectEvents(t *testing.T, p place) {
	content := "n\n" + strings.Repeat("0123456789\n", 50_000)
	p.put(t, p.key("k"), content)
	for _, progress := range []bool{false, true} {
		q := csvQuery("SELECT * FROM COSObject")
		q.Progress = progress
		records, seen := p.query(t, p.key("k"), q)
		assertSame(t, content[2:], records)
		require.Len(t, seen.stats, 1)
		stats := seen.stats[0]
		assert.Equal(t, int64(len(content)), stats.Scanned)
		assert.Equal(t, int64(len(content)), stats.Processed)
		assert.Equal(t, int64(len(records)), stats.Returned)
		assert.Equal(t, cos.SelectEnd{}, seen.last)
		if !progress {
			assert.Empty(t, seen.progress, "it was not asked for")
		}
		for i := 1; i < len(seen.progress); i++ {
			assert.GreaterOrEqual(t, seen.progress[i].Processed, seen.progress[i-1].Processed)
		}
	}
}

func selectStops(t *testing.T, p place) {
	p.put(t, p.key("k"), "n\n"+strings.Repeat("0123456789\n", 50_000))
	stream, err := p.Bucket.Select(t.Context(), p.key("k"), csvQuery("SELECT * FROM COSObject"))
	require.NoError(t, err)
	_, err = stream.Next()
	assert.NoError(t, err)
	assert.NoError(t, stream.Close())
	_, err = stream.Next()
	assert.Error(t, err)
	stream, err = p.Bucket.Select(t.Context(), p.key("k"), csvQuery("SELECT * FROM COSObject"))
	require.NoError(t, err)
	for _, err := range stream.Events() {
		assert.NoError(t, err)
		break
	}
}

func selectBadQuery(t *testing.T, p place) {
	p.put(t, p.key("k"), people)
	for _, expression := range []string{
		"SELEKT * FROM COSObject", "SELECT * FROM somewhere", "SELECT name FROM COSObject WHERE", "",
		"SELECT NOSUCH(name) FROM COSObject", "SELECT CAST(name AS INT) FROM COSObject", "DELETE FROM COSObject",
	} {
		_, _, err := p.tryQuery(t, p.key("k"), csvQuery(expression))
		var api *cos.Error
		if errors.Is(err, cos.ErrInvalidInput) || !assert.ErrorAs(t, err, &api, "%q", expression) {
			continue
		}
		assert.NotEmpty(t, api.Code, "%q", expression)
		assert.NotEmpty(t, api.Message, "%q", expression)
		assert.False(t, cos.Retryable(err), "%q", expression)
	}
	for name, q := range map[string]cos.SelectQuery{
		"no input":    {Expression: "SELECT * FROM COSObject", Output: cos.SelectOutput{CSV: &cos.CSVOutput{}}},
		"no output":   {Expression: "SELECT * FROM COSObject", Input: cos.SelectInput{CSV: &cos.CSVInput{}}},
		"compression": {Expression: "SELECT * FROM COSObject", Input: cos.SelectInput{Compression: "ZIP", CSV: &cos.CSVInput{}}, Output: cos.SelectOutput{CSV: &cos.CSVOutput{}}},
		"JSON type":   jsonQuery("LETTERS", "SELECT * FROM COSObject"),
	} {
		_, _, err := p.tryQuery(t, p.key("k"), q)
		assertRefused(t, err, name)
	}
}

func selectRefused(t *testing.T, p place) {
	_, _, err := p.tryQuery(t, p.key("none"), csvQuery("SELECT * FROM COSObject"))
	assertCode(t, err, "NoSuchKey")
	assert.ErrorIs(t, err, cos.ErrNotFound)
	p.put(t, p.key("k"), "{\"a\": 1}\n{\"a\"\n")
	_, _, err = p.tryQuery(t, p.key("k"), jsonQuery("LINES", "SELECT s.a FROM COSObject s"))
	var api *cos.Error
	assert.ErrorAs(t, err, &api, "it is not JSON")
	if p.Archive {
		p.put(t, p.key("archived"), people, cos.Headers{StorageClass: "ARCHIVE"})
		_, _, err = p.tryQuery(t, p.key("archived"), csvQuery("SELECT * FROM COSObject"))
		assertArchived(t, err, "by analogy with GET: no document says so")
	}
}
