package emulator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tagSet makes the document of tags given as key, value, key, value.
func tagSet(tags ...string) string {
	var b strings.Builder
	for i := 0; i < len(tags); i += 2 {
		fmt.Fprintf(&b, "<Tag><Key>%s</Key><Value>%s</Value></Tag>", tags[i], tags[i+1])
	}
	return "<Tagging><TagSet>" + b.String() + "</TagSet></Tagging>"
}

func TestTags_ComeBackInOrderAndGo(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("k", "1")
	none := c.do("GET", "/k?tagging", "")
	assert.Equal(t, 404, none.status)
	assert.Equal(t, "NoSuchTagSet", none.code())
	require.Equal(t, 200, c.do("PUT", "/k?tagging", tagSet("z", "last", "a", "", "中", "&lt;文&gt;")).status)
	a := c.do("GET", "/k?tagging", "")
	assert.Equal(t, []string{"z", "a", "中"}, a.all("Key"))
	assert.Equal(t, []string{"last", "", "<文>"}, a.all("Value"))

	c.do("PUT", "/copy", "", copySource, testHost+"/k")
	assert.Equal(t, []string{"z", "a", "中"}, c.do("GET", "/copy?tagging", "").all("Key"), "a copy takes the tags over")
	c.do("PUT", "/other", "", copySource, testHost+"/k", "x-cos-tagging-directive", "Replaced", "x-cos-tagging", "n=%3D&m=2")
	assert.Equal(t, []string{"=", "2"}, c.do("GET", "/other?tagging", "").all("Value"))
	c.put("written", "1", "x-cos-tagging", "n=1")
	assert.Equal(t, []string{"n"}, c.do("GET", "/written?tagging", "").all("Key"))

	require.Equal(t, 204, c.do("DELETE", "/k?tagging", "").status)
	assert.Equal(t, "NoSuchTagSet", c.do("GET", "/k?tagging", "").code())
	assert.Equal(t, 204, c.do("DELETE", "/k?tagging", "").status, "none to delete")
}

func TestTags_LimitsAreTheDocumentedOnes(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("k", "1")
	var ten []string
	for i := range 10 {
		ten = append(ten, fmt.Sprint("k", i), strings.Repeat("中", 256))
	}
	for name, tt := range map[string]struct {
		body string
		code string
	}{
		"ten":           {tagSet(ten...), ""},
		"long key":      {tagSet(strings.Repeat("k", 128), "v"), ""},
		"eleven":        {tagSet(append(ten, "k10", "v")...), "InvalidTag"},
		"longer key":    {tagSet(strings.Repeat("k", 129), "v"), "InvalidTag"},
		"longer value":  {tagSet("k", strings.Repeat("v", 257)), "InvalidTag"},
		"empty key":     {tagSet("", "v"), "InvalidTag"},
		"twice":         {tagSet("k", "1", "k", "2"), "InvalidTag"},
		"no document":   {"", "MalformedXML"},
		"other":         {"<Delete/>", "MalformedXML"},
		"mis-nested":    {"<Tagging><TagSet></Tagging></TagSet>", "MalformedXML"},
		"external data": {`<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><Tagging><TagSet><Tag><Key>&e;</Key><Value/></Tag></TagSet></Tagging>`, "MalformedXML"},
	} {
		assert.Equal(t, tt.code, c.do("PUT", "/k?tagging", tt.body).code(), name)
	}
	assert.Equal(t, "InvalidTag", c.do("PUT", "/w", "1", "x-cos-tagging", "a=1&a=2").code())
	assert.Equal(t, "NoSuchKey", c.do("PUT", "/none?tagging", tagSet("a", "b")).code())
}

func TestTags_AndACLAreOfOneVersion(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.setVersioning("Enabled")
	old := escape(c.do("PUT", "/k", "old").header.Get("X-Cos-Version-Id"))
	c.put("k", "new")
	require.Equal(t, 200, c.do("PUT", "/k?tagging&versionId="+old, tagSet("of", "old")).status)
	require.Equal(t, 200, c.do("PUT", "/k?tagging", tagSet("of", "new")).status)
	require.Equal(t, 200, c.do("PUT", "/k?acl&versionId="+old, "", "x-cos-acl", "public-read").status)
	assert.Equal(t, "old", c.do("GET", "/k?tagging&versionId="+old, "").find("Value"))
	assert.Equal(t, "new", c.do("GET", "/k?tagging", "").find("Value"))
	_, may := c.acl("k")
	assert.Equal(t, []string{"FULL_CONTROL"}, may)
	marker := escape(c.do("DELETE", "/k", "").header.Get("X-Cos-Version-Id"))
	assert.Equal(t, "NoSuchKey", c.do("GET", "/k?tagging", "").code())
	assert.Equal(t, "MethodNotAllowed", c.do("PUT", "/k?tagging&versionId="+marker, tagSet("a", "b")).code())
}
