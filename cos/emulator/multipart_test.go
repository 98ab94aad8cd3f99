package emulator_test

import (
	"crypto/md5"
	"fmt"
	"hash/crc64"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const mib = 1 << 20

func (c *client) initiate(key string, header ...string) string {
	c.t.Helper()
	id := c.do("POST", path(key)+"?uploads", "", header...).find("UploadId")
	require.Regexp(c.t, "^[a-z0-9]+$", id)
	return id
}

func (c *client) part(key, id string, number int, body string) string {
	c.t.Helper()
	a := c.do("PUT", fmt.Sprintf("%s?partNumber=%d&uploadId=%s", path(key), number, id), body)
	require.Equal(c.t, 200, a.status, string(a.body))
	require.Equal(c.t, crcOf(body), a.header.Get(crcHeader))
	require.Equal(c.t, fmt.Sprintf(`"%x"`, md5.Sum([]byte(body))), a.header.Get("ETag"))
	return a.header.Get("ETag")
}

func crcOf(s string) string {
	return strconv.FormatUint(crc64.Checksum([]byte(s), crc64.MakeTable(crc64.ECMA)), 10)
}

// completion makes the document from number, ETag pairs.
func completion(pairs ...any) string {
	var b strings.Builder
	b.WriteString("<CompleteMultipartUpload>")
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, "<Part><PartNumber>%v</PartNumber><ETag>%v</ETag></Part>", pairs[i], pairs[i+1])
	}
	return b.String() + "</CompleteMultipartUpload>"
}

func (c *client) complete(key, id string, pairs ...any) answer {
	c.t.Helper()
	return c.do("POST", path(key)+"?uploadId="+id, completion(pairs...))
}

func TestMultipart_JoinsPartsWithTheirChecksums(t *testing.T) {
	t.Parallel()
	c := start(t)
	id := c.initiate("dir/a b", "Content-Type", "video/mp4", "x-cos-meta-who", "me", "x-cos-storage-class", "STANDARD_IA")
	bodies := map[int]string{1: strings.Repeat("1", mib), 5: strings.Repeat("5", mib+17), 10_000: "tail"}
	pairs := []any{}
	whole, sums := "", ""
	for _, n := range []int{10_000, 1, 5} {
		c.part("dir/a b", id, n, bodies[n])
	}
	for _, n := range []int{1, 5, 10_000} {
		etag := fmt.Sprintf("%x", md5.Sum([]byte(bodies[n])))
		pairs = append(pairs, n, etag)
		sum := md5.Sum([]byte(bodies[n]))
		whole, sums = whole+bodies[n], sums+string(sum[:])
	}
	assert.Equal(t, 404, c.get("dir/a b").status, "not there before it is complete")
	a := c.complete("dir/a b", id, pairs...)
	require.Equal(t, 200, a.status, string(a.body))
	etag := fmt.Sprintf(`"%x-3"`, md5.Sum([]byte(sums)))
	assert.Equal(t, etag, a.find("ETag"))
	assert.Equal(t, testBucket, a.find("Bucket"))
	assert.Equal(t, "dir/a b", a.find("Key"))
	assert.Equal(t, testHost+"/dir/a%20b", a.find("Location"))
	assert.Equal(t, crcOf(whole), a.header.Get(crcHeader))

	got := c.get("dir/a b")
	require.Equal(t, crcOf(whole), crcOf(string(got.body)))
	assert.Equal(t, etag, got.header.Get("ETag"))
	assert.Equal(t, crcOf(whole), got.header.Get(crcHeader))
	assert.Equal(t, "video/mp4", got.header.Get("Content-Type"))
	assert.Equal(t, "me", got.header.Get("X-Cos-Meta-Who"))
	assert.Equal(t, "STANDARD_IA", got.header.Get("X-Cos-Storage-Class"))
	across := c.get("dir/a b", "Range", fmt.Sprintf("bytes=%d-%d", mib-2, 2*mib+20))
	assert.Equal(t, whole[mib-2:2*mib+21], string(across.body), "a range across three parts")

	assert.Equal(t, "NoSuchUpload", c.complete("dir/a b", id, pairs...).code(), "an upload completes once")
	assert.Empty(t, c.do("GET", "/?uploads", "").all("UploadId"))
}

func TestMultipart_ResentPartReplaces(t *testing.T) {
	t.Parallel()
	c := start(t)
	id := c.initiate("k")
	c.part("k", id, 1, strings.Repeat("old", 5000))
	etag := c.part("k", id, 1, "new")
	c.part("k", id, 2, strings.Repeat("never chosen", 5000))
	require.Equal(t, 200, c.complete("k", id, 1, etag).status)
	assert.Equal(t, "new", string(c.get("k").body))
	assert.Zero(t, c.files(), "replaced and unchosen parts are gone")
}

func TestMultipart_RefusesBadCompletions(t *testing.T) {
	t.Parallel()
	c := start(t)
	id := c.initiate("k")
	small := c.part("k", id, 1, strings.Repeat("s", mib-1))
	large := c.part("k", id, 2, strings.Repeat("l", mib))
	last := c.part("k", id, 3, "e")
	target := "/k?uploadId=" + id
	for name, tt := range map[string]struct{ body, code string }{
		"small part in front": {completion(1, small, 2, large), "EntityTooSmall"},
		"descending":          {completion(3, last, 2, large), "InvalidPartOrder"},
		"twice":               {completion(2, large, 2, large), "InvalidPartOrder"},
		"wrong ETag":          {completion(2, large, 3, large), "InvalidPart"},
		"never sent":          {completion(2, large, 4, last), "InvalidPart"},
		"no parts":            {completion(), "MalformedXML"},
		"no XML":              {"parts, please", "MalformedXML"},
		"another document":    {"<Delete></Delete>", "MalformedXML"},
		"endless":             {"<CompleteMultipartUpload>" + strings.Repeat(" ", 4<<20), "XMLSizeLimit"},
	} {
		a := c.do("POST", target, tt.body)
		assert.Equal(t, 400, a.status, name)
		assert.Equal(t, tt.code, a.code(), name)
	}
	assert.Equal(t, "NoSuchUpload", c.complete("other key", id, 2, large).code())
	assert.Equal(t, "NoSuchUpload", c.complete("k", id+"0", 2, large).code())
	require.Equal(t, 200, c.complete("k", id, 2, large, 3, last).status, "a refusal leaves the upload as it was")
}

func TestMultipart_PartNeedsALength(t *testing.T) {
	t.Parallel()
	c := start(t)
	id := c.initiate("k")
	req := c.request("PUT", "/k?partNumber=1&uploadId="+id, "")
	req.Body, req.ContentLength = io.NopCloser(strings.NewReader("123")), -1
	c.sign(req)
	a, err := send(req)
	require.NoError(t, err)
	assert.Equal(t, 411, a.status)
	assert.Equal(t, "MissingContentLength", a.code())
}

func TestMultipart_AbortDropsEverything(t *testing.T) {
	t.Parallel()
	c := start(t)
	id := c.initiate("k")
	etag := c.part("k", id, 1, strings.Repeat("p", 10_000))
	require.Equal(t, 1, c.files())
	require.Equal(t, 204, c.do("DELETE", "/k?uploadId="+id, "").status)
	assert.Equal(t, "NoSuchUpload", c.do("DELETE", "/k?uploadId="+id, "").code())
	assert.Equal(t, "NoSuchUpload", c.complete("k", id, 1, etag).code())
	assert.Zero(t, c.files())
}

func TestListParts_Pages(t *testing.T) {
	t.Parallel()
	c := start(t)
	id := c.initiate("中 文")
	for _, n := range []int{1, 2, 7, 10_000} {
		c.part("中 文", id, n, strconv.Itoa(n))
	}
	target := path("中 文") + "?uploadId=" + id
	a := c.do("GET", target+"&encoding-type=url", "")
	assert.Equal(t, []string{"1", "2", "7", "10000"}, a.all("PartNumber"))
	assert.Equal(t, []string{"1", "1", "1", "5"}, a.all("Size"))
	assert.Equal(t, "false", a.find("IsTruncated"))
	assert.Equal(t, "%E4%B8%AD%20%E6%96%87", a.find("Key"))
	assert.Equal(t, "url", a.find("EncodingType"))
	var numbers []string
	for marker := "0"; ; {
		a := c.do("GET", target+"&max-parts=1&part-number-marker="+marker, "")
		numbers = append(numbers, a.all("PartNumber")...)
		marker = a.find("NextPartNumberMarker")
		if a.find("IsTruncated") == "false" {
			break
		}
	}
	assert.Equal(t, []string{"1", "2", "7", "10000"}, numbers)
}

func TestListUploads_PagesFromOldestToNewest(t *testing.T) {
	t.Parallel()
	c := start(t)
	var want []string
	for _, key := range []string{"a", "a", "a", "b/1", "b/2", "c d"} {
		want = append(want, key+" "+c.initiate(key))
	}
	lines := func(a answer) (all []string) {
		ids := a.all("UploadId")
		for i, key := range a.all("Key") {
			all = append(all, unescape(key)+" "+ids[i])
		}
		return all
	}
	assert.Equal(t, want, lines(c.do("GET", "/?uploads&encoding-type=url", "")))
	var got []string
	keyMarker, idMarker := "", ""
	for {
		a := c.do("GET", "/?uploads=&max-uploads=1&key-marker="+escape(keyMarker)+"&upload-id-marker="+idMarker, "")
		got = append(got, lines(a)...)
		keyMarker, idMarker = a.find("NextKeyMarker"), a.find("NextUploadIdMarker")
		if a.find("IsTruncated") == "false" {
			break
		}
	}
	assert.Equal(t, want, got)
	a := c.do("GET", "/?uploads&delimiter=/&encoding-type=url", "")
	assert.Equal(t, []string{want[0], want[1], want[2], want[5]}, lines(a))
	assert.Equal(t, []string{"b/"}, a.all("Prefix")[1:])
	assert.Equal(t, "url", a.find("Encoding-Type"))
	assert.Equal(t, want[3:5], lines(c.do("GET", "/?uploads&prefix=b/", "")))
	assert.Equal(t, "BucketNotEmpty", c.do("DELETE", "/", "").code(), "open uploads keep a bucket")
}
