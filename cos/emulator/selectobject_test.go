package emulator_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos/emulator"
)

const csvInput = "<InputSerialization><CSV><FileHeaderInfo>USE</FileHeaderInfo></CSV></InputSerialization>"

func selectRequest(expression, input string) string {
	return "<SelectRequest><Expression>" + expression + "</Expression><ExpressionType>SQL</ExpressionType>" + input +
		"<OutputSerialization><CSV></CSV></OutputSerialization></SelectRequest>"
}

// event is a frame of an answer.
type event struct {
	headers map[string]string
	payload string
}

// events reads frames until one is cut or damaged.
func events(body []byte) (all []event) {
	for len(body) >= 16 {
		total, headersLen := binary.BigEndian.Uint32(body), binary.BigEndian.Uint32(body[4:])
		if crc32.ChecksumIEEE(body[:8]) != binary.BigEndian.Uint32(body[8:]) || total > uint32(len(body)) ||
			crc32.ChecksumIEEE(body[:total-4]) != binary.BigEndian.Uint32(body[total-4:]) {
			return all
		}
		e := event{map[string]string{}, string(body[12+headersLen : total-4])}
		for h := body[12 : 12+headersLen]; len(h) > 0; {
			n := int(h[0])
			size := int(binary.BigEndian.Uint16(h[n+2:]))
			e.headers[string(h[1:n+1])] = string(h[n+4 : n+4+size])
			h = h[n+4+size:]
		}
		all, body = append(all, e), body[total:]
	}
	return all
}

// records joins the result; ended reports that it is all of it.
func records(all []event) (result string, ended bool) {
	for _, e := range all {
		switch e.headers[":event-type"] {
		case "Records":
			result += e.payload
		case "End":
			ended = true
		}
	}
	return result, ended
}

func TestSelect_AnswersRecordsStatsAndEnd(t *testing.T) {
	t.Parallel()
	c := start(t)
	var rows strings.Builder
	rows.WriteString("id,city\n")
	for i := range 5000 {
		fmt.Fprintf(&rows, "%d,%s\n", i, []string{"Oslo", "广州"}[i%2])
	}
	c.put("a b/中.csv", rows.String())
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, err := io.WriteString(w, rows.String())
	require.NoError(t, err)
	require.NoError(t, w.Close())
	c.put("zipped", zipped.String())
	for target, input := range map[string]string{
		"/a%20b/%E4%B8%AD.csv?select&select-type=2": csvInput,
		"/zipped?select&select-type=2":              strings.Replace(csvInput, "<CSV>", "<CompressionType>GZIP</CompressionType><CSV>", 1),
	} {
		a := c.do("POST", target, selectRequest("select id from COSObject s where s.city = '广州' and id &gt; 4990", input))
		require.Equal(t, 200, a.status, string(a.body))
		all := events(a.body)
		result, ended := records(all)
		assert.Equal(t, "4991\n4993\n4995\n4997\n4999\n", result)
		assert.True(t, ended)
		stats := all[len(all)-2]
		assert.Equal(t, "Stats", stats.headers[":event-type"])
		assert.Contains(t, stats.payload, fmt.Sprintf("<BytesProcessed>%d</BytesProcessed>", rows.Len()))
	}
}

func TestSelect_ReadsWhatWasAppendedAndVersions(t *testing.T) {
	t.Parallel()
	c := start(t)
	whole := 0
	for i := range 5 {
		piece := strings.Repeat(fmt.Sprintf("%d\n", i), 3000)
		require.Equal(t, 200, c.append("log", whole, piece).status)
		whole += len(piece)
	}
	count := selectRequest("select count(*) from COSObject where _1 = 3", strings.Replace(csvInput, "USE", "NONE", 1))
	result, _ := records(events(c.do("POST", "/log?select&select-type=2", count).body))
	assert.Equal(t, "3000\n", result)

	c.setVersioning("Enabled")
	c.put("k", "3\n3\n")
	old := c.listVersions("prefix=k").versions[0].id
	c.put("k", "4\n")
	result, _ = records(events(c.do("POST", "/k?select&select-type=2&versionId="+escape(old), count).body))
	assert.Equal(t, "2\n", result)
}

func TestSelect_RefusesBeforeItAnswers(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("k", "id\n1\n")
	c.put("cold", "id\n1\n", "x-cos-storage-class", "ARCHIVE")
	good := selectRequest("select * from COSObject", csvInput)
	for name, tt := range map[string]struct {
		target, doc string
		status      int
		code        string
	}{
		"missing":            {"/none?select&select-type=2", good, 404, "NoSuchKey"},
		"archived":           {"/cold?select&select-type=2", good, 403, "InvalidObjectState"},
		"no version":         {"/k?select&select-type=2&versionId=MTg0", good, 404, "NoSuchVersion"},
		"no type":            {"/k?select", good, 400, "InvalidArgument"},
		"another type":       {"/k?select&select-type=1", good, 400, "InvalidArgument"},
		"no document":        {"/k?select&select-type=2", "", 400, ""},
		"no SQL":             {"/k?select&select-type=2", selectRequest("drop table objects", csvInput), 400, ""},
		"unknown column":     {"/k?select&select-type=2", selectRequest("select nose from COSObject", csvInput), 400, ""},
		"endless document":   {"/k?select&select-type=2", "<SelectRequest>" + strings.Repeat(" ", 5<<20), 400, "XMLSizeLimit"},
		"no input format":    {"/k?select&select-type=2", selectRequest("select * from COSObject", ""), 400, ""},
		"endless expression": {"/k?select&select-type=2", selectRequest("select "+strings.Repeat("(", 300_000), csvInput), 400, ""},
	} {
		a := c.do("POST", tt.target, tt.doc)
		assert.Equal(t, tt.status, a.status, name)
		assert.NotEmpty(t, a.code(), name)
		if tt.code != "" {
			assert.Equal(t, tt.code, a.code(), name)
		}
	}
}

func TestSelect_EndsWithAnErrorFrameWhereARecordIsWrong(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("k", "id\n1\n2\nthree\n4\n")
	all := events(c.do("POST", "/k?select&select-type=2", selectRequest("select cast(id as int) from COSObject", csvInput)).body)
	result, ended := records(all)
	assert.Equal(t, "1\n2\n", result)
	assert.False(t, ended)
	last := all[len(all)-1].headers
	assert.Equal(t, "error", last[":message-type"])
	assert.NotEmpty(t, last[":error-code"])
	assert.Contains(t, last[":error-message"], "Record 3")
}

func TestSelect_FaultsCutAndDamageTheStream(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("k", "id\n"+strings.Repeat("1234567\n", 1000))
	doc := selectRequest("select * from COSObject", csvInput)
	for name, fault := range map[string]emulator.Fault{"cut": {CutBody: 3000}, "damaged": {Corrupt: true}, "nothing": {CutBody: -1}} {
		fault.Op = "SelectObjectContent"
		remove := c.server.Faults().Add(fault)
		a, err := c.try("POST", "/k?select&select-type=2", doc)
		if err == nil {
			_, ended := records(events(a.body))
			assert.True(t, !ended || name == "damaged" && len(events(a.body)) < 3, name)
			assert.Equal(t, name != "damaged", a.err != nil, name)
		}
		remove()
	}
}

func TestSelect_StopsWhenTheClientLeaves(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("k", "id\n"+strings.Repeat("1234567\n", 100_000))
	c.server.Faults().Add(emulator.Fault{Op: "SelectObjectContent", Bandwidth: 10_000})
	req := c.request("POST", "/k?select&select-type=2", selectRequest("select * from COSObject", csvInput))
	c.sign(req)
	res, err := transport.RoundTrip(req)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode)
	_, err = io.ReadFull(res.Body, make([]byte, 100))
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	// The clean-up of the test waits for every request to end.
}
