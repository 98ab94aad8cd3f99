package emulator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const copySource = "x-cos-copy-source"

func TestCopy_SharesContentAndSurvivesItsSource(t *testing.T) {
	t.Parallel()
	c := start(t)
	body := strings.Repeat("c", 10_000)
	c.put("a b/中", body, "Content-Type", "text/x", "x-cos-meta-a", "1", "x-cos-storage-class", "STANDARD_IA")
	a := c.do("PUT", "/copy", "", copySource, testHost+"/a%20b%2F%E4%B8%AD", "x-cos-meta-b", "ignored")
	require.Equal(t, 200, a.status, string(a.body))
	assert.Equal(t, c.get("a b/中").header.Get("ETag"), a.find("ETag"))
	assert.Equal(t, crcOf(body), a.find("CRC64"))
	assert.Equal(t, 1, c.files(), "no bytes were copied")
	c.put("a b/中", "overwritten")
	got := c.get("copy")
	assert.Equal(t, body, string(got.body))
	assert.Equal(t, "text/x", got.header.Get("Content-Type"))
	assert.Equal(t, "1", got.header.Get("X-Cos-Meta-A"))
	assert.Empty(t, got.header.Get("X-Cos-Meta-B"))
	assert.Empty(t, got.header.Get("X-Cos-Storage-Class"), "the class is not inherited")
	c.do("DELETE", "/copy", "")
	assert.Zero(t, c.files())
}

func TestCopy_OntoItselfReplacesTheHeaders(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("k", strings.Repeat("c", 10_000), "x-cos-meta-a", "1")
	assert.Equal(t, "InvalidRequest", c.do("PUT", "/k", "", copySource, testHost+"/k").code())
	a := c.do("PUT", "/k", "", copySource, testHost+"/k", "x-cos-metadata-directive", "Replaced", "x-cos-meta-b", "2", "x-cos-storage-class", "STANDARD_IA")
	require.Equal(t, 200, a.status, string(a.body))
	got := c.get("k")
	assert.Len(t, got.body, 10_000)
	assert.Empty(t, got.header.Get("X-Cos-Meta-A"))
	assert.Equal(t, "2", got.header.Get("X-Cos-Meta-B"))
	assert.Equal(t, "STANDARD_IA", got.header.Get("X-Cos-Storage-Class"))
}

func TestCopy_Refuses(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("k", "123")
	id := c.initiate("big")
	for name, tt := range map[string]struct {
		target string
		header []string
		code   string
	}{
		"no key":             {"/x", []string{copySource, testHost + "/"}, "InvalidCopySource"},
		"no host":            {"/x", []string{copySource, "k"}, "InvalidCopySource"},
		"missing source":     {"/x", []string{copySource, testHost + "/none"}, "NoSuchKey"},
		"missing bucket":     {"/x", []string{copySource, "none-1.cos.ap-guangzhou.myqcloud.com/k"}, "NoSuchBucket"},
		"missing version":    {"/x", []string{copySource, testHost + "/k?versionId=x"}, "NoSuchVersion"},
		"if-match":           {"/x", []string{copySource, testHost + "/k", "x-cos-copy-source-If-Match", "x"}, "PreconditionFailed"},
		"if-none-match":      {"/x", []string{copySource, testHost + "/k", "x-cos-copy-source-If-None-Match", "*"}, "PreconditionFailed"},
		"directive":          {"/x", []string{copySource, testHost + "/k", "x-cos-metadata-directive", "Merge"}, "InvalidArgument"},
		"range of a part":    {"/big?partNumber=1&uploadId=" + id, []string{copySource, testHost + "/k", "x-cos-copy-source-range", "bytes=0-3"}, "InvalidRange"},
		"bad range syntax":   {"/big?partNumber=1&uploadId=" + id, []string{copySource, testHost + "/k", "x-cos-copy-source-range", "bytes=2-"}, "InvalidArgument"},
		"part, missing key":  {"/big?partNumber=1&uploadId=" + id, []string{copySource, testHost + "/none"}, "NoSuchKey"},
		"part, other upload": {"/big?partNumber=1&uploadId=x", []string{copySource, testHost + "/k"}, "NoSuchUpload"},
	} {
		assert.Equal(t, tt.code, c.do("PUT", tt.target, "", tt.header...).code(), name)
	}
}

func TestCopyPart_TakesARangeAcrossSegments(t *testing.T) {
	t.Parallel()
	c := start(t)
	first, tail := strings.Repeat("f", mib), "the tail"
	id := c.initiate("source")
	c.complete("source", id, 1, c.part("source", id, 1, first), 2, c.part("source", id, 2, tail))
	whole := first + tail

	id = c.initiate("copy")
	var pairs []any
	for n, r := range [][2]int{{0, mib}, {mib - 3, mib + 5}} {
		a := c.do("PUT", fmt.Sprintf("/copy?partNumber=%d&uploadId=%s", n+1, id), "",
			copySource, testHost+"/source", "x-cos-copy-source-range", fmt.Sprintf("bytes=%d-%d", r[0], r[1]))
		require.Equal(t, 200, a.status, string(a.body))
		assert.Equal(t, crcOf(whole[r[0]:r[1]+1]), a.header.Get(crcHeader))
		pairs = append(pairs, n+1, a.find("ETag"))
	}
	require.Equal(t, 200, c.complete("copy", id, pairs...).status)
	assert.Equal(t, crcOf(whole[:mib+1]+whole[mib-3:mib+6]), crcOf(string(c.get("copy").body)))
}
