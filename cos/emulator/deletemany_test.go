package emulator_test

import (
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos/emulator"
)

// deleteMany sends a document with its digest.
func (c *client) deleteMany(doc string) answer {
	c.t.Helper()
	sum := md5.Sum([]byte(doc))
	return c.do("POST", "/?delete", doc, "Content-MD5", base64.StdEncoding.EncodeToString(sum[:]))
}

func TestDeleteMany_SaysWhatBecameOfEach(t *testing.T) {
	t.Parallel()
	c := start(t)
	for _, key := range []string{"a", "b", "<&>", "stays"} {
		c.put(key, key)
	}
	a := c.deleteMany("<Delete><Object><Key>a</Key></Object><Object><Key>none</Key></Object><Object><Key>&lt;&amp;&gt;</Key></Object>" +
		"<Object><Key>b</Key><VersionId>MTg0</VersionId></Object><Object><Key></Key></Object></Delete>")
	require.Equal(t, 200, a.status, string(a.body))
	assert.Equal(t, []string{"a", "none", "<&>", "b", ""}, a.all("Key"))
	assert.Equal(t, []string{"InvalidArgument"}, a.all("Code"))
	assert.Equal(t, []string{"MTg0"}, a.all("VersionId"), "a version that is not there is a success too")
	assert.Len(t, a.all("Message"), 1)
	assert.Equal(t, []string{"b", "stays"}, c.list("").keys)

	a = c.deleteMany("<Delete><Quiet>true</Quiet><Object><Key>b</Key></Object></Delete>")
	assert.Empty(t, a.all("Key"))
	assert.Equal(t, []string{"stays"}, c.list("").keys)
}

func TestDeleteMany_NamesTheMarkers(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.setVersioning("Enabled")
	id := c.do("PUT", "/k", "1").header.Get("X-Cos-Version-Id")
	a := c.deleteMany("<Delete><Object><Key>k</Key></Object></Delete>")
	marker := a.find("DeleteMarkerVersionId")
	assert.Equal(t, "true", a.find("DeleteMarker"))
	assert.Empty(t, a.all("VersionId"))
	assert.Equal(t, []version{{"k", marker, true, true, ""}}, c.listVersions("max-keys=1").versions)

	a = c.deleteMany("<Delete><Object><Key>k</Key><VersionId>" + marker + "</VersionId></Object></Delete>")
	assert.Equal(t, marker, a.find("DeleteMarkerVersionId"), "removed again")
	assert.Equal(t, marker, a.find("VersionId"))
	assert.Equal(t, "1", string(c.get("k").body))
	a = c.deleteMany("<Delete><Object><Key>k</Key><VersionId>" + id + "</VersionId></Object></Delete>")
	assert.Empty(t, a.all("DeleteMarker"))
	assert.Equal(t, id, a.find("VersionId"))
	assert.Empty(t, c.listVersions("").versions)
}

func TestDelete_MakesNoMarkerUnderANameThatCannotBe(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.setVersioning("Enabled")
	for target, code := range map[string]string{
		"/" + strings.Repeat("k", 851): "KeyTooLong", "/a%18b": "InvalidObjectName", "//lead": "InvalidObjectName",
	} {
		assert.Equal(t, code, c.do("DELETE", target, "").code(), target)
	}
	a := c.deleteMany("<Delete><Object><Key>" + strings.Repeat("k", 100_000) + "</Key></Object><Object><Key>ok</Key></Object></Delete>")
	assert.Equal(t, []string{"KeyTooLong"}, a.all("Code"))
	assert.Len(t, c.listVersions("").versions, 1)
}

func TestDeleteMany_RefusesWhatTheDocumentsDo(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("k", "1")
	objects := func(n int) string {
		return "<Delete>" + strings.Repeat("<Object><Key>k</Key></Object>", n) + "</Delete>"
	}
	for name, tt := range map[string]struct{ doc, code string }{
		"none":       {objects(0), "MalformedXML"},
		"too many":   {objects(1001), "MalformedXML"},
		"not closed": {"<Delete><Object><Key>k</Key></Object>", "MalformedXML"},
		"other":      {"<Tagging/>", "MalformedXML"},
	} {
		assert.Equal(t, tt.code, c.deleteMany(tt.doc).code(), name)
	}
	assert.Equal(t, "InvalidRequest", c.do("POST", "/?delete", objects(1)).code(), "no digest")
	assert.Equal(t, "BadDigest", c.do("POST", "/?delete", objects(1), "Content-MD5", "gnzLDuqKcGxMNKFokfhOew==").code())
	assert.Equal(t, "InvalidDigest", c.do("POST", "/?delete", objects(1), "Content-MD5", "x").code())
	assert.Equal(t, []string{"k"}, c.list("").keys)
}

func TestDeleteMany_FaultOfAKeySpoilsItsEntry(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("a", "1")
	c.put("b", "2")
	c.server.Faults().Add(emulator.Fault{Op: "DeleteMultipleObjects", Key: "b", Times: 1, Status: 503, Code: "SlowDown"})
	doc := "<Delete><Object><Key>a</Key></Object><Object><Key>b</Key></Object></Delete>"
	assert.Equal(t, []string{"SlowDown"}, c.deleteMany(doc).all("Code"))
	assert.Equal(t, []string{"b"}, c.list("").keys)
	assert.Empty(t, c.deleteMany(doc).all("Code"))
}

func TestDeleteMany_TakesAThousand(t *testing.T) {
	t.Parallel()
	c := start(t)
	var doc strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&doc, "<Object><Key>many/%07d</Key></Object>", i)
	}
	require.NoError(t, c.server.Seed(t.Context(), testBucket, "many/", 1001))
	a := c.deleteMany("<Delete>" + doc.String() + "</Delete>")
	assert.Len(t, a.all("Key"), 1000)
	assert.Equal(t, []string{"many/0001000"}, c.list("").keys)
}
