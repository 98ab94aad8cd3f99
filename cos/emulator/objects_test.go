package emulator_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var oddKeys = []string{
	"plain", "a b", "a+b", "100%", "a%20b", "a//b", "a/./b", "a/../b", "..", "trailing/", "what?x=1#y",
	"中文/旅行.txt", "🚀", "~!*'()", "q&a=b;c", "tab\there", strings.Repeat("k", 850), "quote\"<&>",
}

func TestPut_KeepsBytesUnderAnyKey(t *testing.T) {
	t.Parallel()
	c := start(t)
	for _, size := range []int{0, 1, 4096, 4097, 1 << 20} {
		body := strings.Repeat("x", size)
		for _, key := range oddKeys {
			c.put(key, body)
			a := c.get(key)
			require.Equal(t, 200, a.status, key)
			require.Equal(t, body, string(a.body), key)
		}
	}
	assert.Len(t, c.do("GET", "/?encoding-type=url", "").all("Key"), len(oddKeys))
	for _, key := range oddKeys {
		require.Equal(t, 204, c.do("DELETE", path(key), "").status)
		require.Equal(t, 404, c.get(key).status)
	}
}

func TestMultipart_JoinsPartsInOrder(t *testing.T) {
	t.Parallel()
	c := start(t)
	one, two := strings.Repeat("1", 1<<20), "the end"
	id := c.do("POST", "/big?uploads", "").find("UploadId")
	require.Regexp(t, "^[a-z0-9]+$", id)
	second := c.do("PUT", "/big?partNumber=2&uploadId="+id, two).header.Get("ETag")
	first := c.do("PUT", "/big?partNumber=1&uploadId="+id, one).header.Get("ETag")
	a := c.do("GET", "/big?uploadId="+id, "")
	assert.Equal(t, []string{"1", "2"}, a.all("PartNumber"))
	done := c.do("POST", "/big?uploadId="+id, "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"+first+
		"</ETag></Part><Part><PartNumber>2</PartNumber><ETag>"+second+"</ETag></Part></CompleteMultipartUpload>")
	require.Equal(t, 200, done.status, string(done.body))
	assert.Equal(t, one+two, string(c.get("big").body))
	assert.Equal(t, two, string(c.get("big", "Range", "bytes=-7").body))
}
