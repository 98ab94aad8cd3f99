package emulator_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestErrors_AreTheDocumentedOnes(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("k", "123456789")
	old := time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat)
	fresh := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	const etag = `"25f9e794323b453885f5181f1b624d0b"`
	for name, tt := range map[string]struct {
		method, target, body string
		header               []string
		status               int
		code                 string
	}{
		"missing key":               {"GET", "/none", "", nil, 404, "NoSuchKey"},
		"long key":                  {"PUT", "/" + strings.Repeat("k", 851), "", nil, 400, "KeyTooLong"},
		"leading slash":             {"PUT", "//k", "", nil, 400, "InvalidObjectName"},
		"refused control character": {"PUT", "/a%1Bb", "", nil, 400, "InvalidObjectName"},
		"path that is not UTF-8":    {"PUT", "/a%FFb", "", nil, 400, "InvalidURI"},
		"wrong digest":              {"PUT", "/d", "1", []string{"Content-MD5", "gnzLDuqKcGxMNKFokfhOew=="}, 400, "BadDigest"},
		"malformed digest":          {"PUT", "/d", "1", []string{"Content-MD5", "xyz"}, 400, "InvalidDigest"},
		"much metadata":             {"PUT", "/d", "1", []string{"x-cos-meta-a", strings.Repeat("m", 2049)}, 400, "InvalidArgument"},
		"underscore in metadata":    {"PUT", "/d", "1", []string{"x-cos-meta-a_b", "1"}, 400, "InvalidArgument"},
		"unknown class":             {"PUT", "/d", "1", []string{"x-cos-storage-class", "COLD"}, 400, "NotSupportedStorageClass"},
		"unknown ACL":               {"PUT", "/d", "1", []string{"x-cos-acl", "world"}, 400, "InvalidArgument"},
		"low traffic limit":         {"PUT", "/d", "1", []string{"x-cos-traffic-limit", "819199"}, 400, "InvalidArgument"},
		"high traffic limit":        {"GET", "/k", "", []string{"x-cos-traffic-limit", "838860801"}, 400, "InvalidArgument"},
		"range beyond the end":      {"GET", "/k", "", []string{"Range", "bytes=9-"}, 416, "InvalidRange"},
		"empty suffix":              {"GET", "/k", "", []string{"Range", "bytes=-0"}, 416, "InvalidRange"},
		"if-match fails":            {"GET", "/k", "", []string{"If-Match", `"other"`}, 412, "PreconditionFailed"},
		"if-unmodified-since fails": {"GET", "/k", "", []string{"If-Unmodified-Since", old}, 412, "PreconditionFailed"},
		"if-none-match":             {"GET", "/k", "", []string{"If-None-Match", etag}, 304, ""},
		"if-modified-since":         {"GET", "/k", "", []string{"If-Modified-Since", fresh}, 304, ""},
		"if-match holds":            {"GET", "/k", "", []string{"If-Match", etag, "If-Unmodified-Since", old}, 200, ""},
		"if-none-match holds":       {"GET", "/k", "", []string{"If-None-Match", `"x", "y"`, "If-Modified-Since", fresh}, 200, ""},
		"version of an unversioned": {"GET", "/k?versionId=MTg0", "", nil, 404, "NoSuchVersion"},
		"delete of a version":       {"DELETE", "/k?versionId=MTg0", "", nil, 204, ""},
		"delete bucket, qualified":  {"DELETE", "/?prefix=x", "", nil, 501, "NotImplemented"},
		"delete bucket, versioned":  {"DELETE", "/?versionId=x", "", nil, 501, "NotImplemented"},
		"delete, as a part":         {"DELETE", "/k?partNumber=1", "", nil, 501, "NotImplemented"},
		"put of a version":          {"PUT", "/k?versionId=null", "1", nil, 501, "NotImplemented"},
		"put, as a part":            {"PUT", "/k?partNumber=3", "1", nil, 501, "NotImplemented"},
		"header for an ACL":         {"GET", "/k?acl&response-expires=x", "", nil, 501, "NotImplemented"},
		"control in an override":    {"GET", "/k?response-content-disposition=%00%7F", "", nil, 400, "InvalidArgument"},
		"empty version":             {"GET", "/k?versionId=", "", nil, 200, ""},
		"head, missing":             {"HEAD", "/none", "", nil, 404, ""},
		"head, if-match fails":      {"HEAD", "/k", "", []string{"If-Match", "x"}, 412, ""},
		"delete, missing":           {"DELETE", "/none", "", nil, 204, ""},
		"bad percent in query":      {"GET", "/?prefix=%zz", "", nil, 400, "InvalidURI"},
		"bucket sub-resource":       {"DELETE", "/?cors", "", nil, 501, "NotImplemented"},
		"unknown sub-resource":      {"DELETE", "/?something=1", "", nil, 501, "NotImplemented"},
		"object sub-resource":       {"DELETE", "/k?retention", "", nil, 501, "NotImplemented"},
		"capital VersionId":         {"DELETE", "/k?VersionId=x", "", nil, 501, "NotImplemented"},
		"post":                      {"POST", "/k", "", nil, 405, "MethodNotAllowed"},
		"unknown upload, part":      {"PUT", "/k?partNumber=1&uploadId=x", "", nil, 404, "NoSuchUpload"},
		"unknown upload, list":      {"GET", "/k?uploadId=x", "", nil, 404, "NoSuchUpload"},
		"unknown upload, abort":     {"DELETE", "/k?uploadId=x", "", nil, 404, "NoSuchUpload"},
		"part number 0":             {"PUT", "/k?partNumber=0&uploadId=x", "", nil, 400, "InvalidArgument"},
		"part number 10001":         {"PUT", "/k?partNumber=10001&uploadId=x", "", nil, 400, "InvalidArgument"},
		"no part number":            {"PUT", "/k?uploadId=x", "", nil, 400, "InvalidArgument"},
		"max-parts 0":               {"GET", "/k?uploadId=x&max-parts=0", "", nil, 400, "InvalidArgument"},
		"max-uploads 0":             {"GET", "/?uploads&max-uploads=0", "", nil, 400, "InvalidArgument"},
	} {
		t.Run(name, func(t *testing.T) {
			a := c.do(tt.method, tt.target, tt.body, tt.header...)
			assert.Equal(t, tt.status, a.status, string(a.body))
			assert.Equal(t, tt.code, a.code())
			if tt.status == 416 {
				assert.Equal(t, "bytes */9", a.header.Get("Content-Range"))
			}
		})
	}
	assert.Equal(t, "123456789", string(c.get("k").body), "nothing of this changed the object")
	assert.Equal(t, []string{"k"}, c.list("").keys, "nothing of this made one")
}

func TestLimits_TooLargeBodyIsRefusedBeforeItIsRead(t *testing.T) {
	t.Parallel()
	c := start(t)
	request := c.signedRaw("PUT", "/huge", "x")
	got := c.raw(strings.Replace(request, "Content-Length: 1", "Content-Length: 5368709121", 1))
	assert.Contains(t, got, "EntityTooLarge")
}

func TestRange_AnswersTheBytesAsked(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("k", "0123456789")
	for header, tt := range map[string]struct {
		status       int
		body, within string
	}{
		"bytes=0-0":     {206, "0", "bytes 0-0/10"},
		"bytes=3-5":     {206, "345", "bytes 3-5/10"},
		"bytes=8-":      {206, "89", "bytes 8-9/10"},
		"bytes=8-99":    {206, "89", "bytes 8-9/10"},
		"bytes=-3":      {206, "789", "bytes 7-9/10"},
		"bytes=-99":     {206, "0123456789", "bytes 0-9/10"},
		"bytes=5-3":     {200, "0123456789", ""},
		"bytes=a-b":     {200, "0123456789", ""},
		"bytes=0-1,3-4": {200, "0123456789", ""},
		"lines=1-2":     {200, "0123456789", ""},
	} {
		a := c.get("k", "Range", header)
		assert.Equal(t, tt.status, a.status, header)
		assert.Equal(t, tt.body, string(a.body), header)
		assert.Equal(t, tt.within, a.header.Get("Content-Range"), header)
		assert.Equal(t, c.get("k").header.Get(crcHeader), a.header.Get(crcHeader), "the CRC is of the whole object")
	}
	c.put("empty", "")
	assert.Equal(t, 416, c.get("empty", "Range", "bytes=0-").status)
}

const crcHeader = "X-Cos-Hash-Crc64ecma"

func TestHeaders_ComeBackAsTheyWereSet(t *testing.T) {
	t.Parallel()
	c := start(t)
	set := map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Cache-Control": "max-age=60", "Content-Disposition": `attachment; filename="x"`,
		"Content-Encoding": "gzip", "Content-Language": "zh-CN", "Expires": "Wed, 28 Oct 2030 20:30:00 GMT",
		"X-Cos-Meta-Empty-Not": "1", "X-Cos-Meta-Long": strings.Repeat("v", 2000), "X-Cos-Storage-Class": "STANDARD_IA",
	}
	var list []string
	for name, v := range set {
		list = append(list, name, v)
	}
	c.put("k", "not really gzip", list...)
	for _, method := range []string{"GET", "HEAD"} {
		a := c.do(method, "/k", "")
		for name, v := range set {
			assert.Equal(t, v, a.header.Get(name), method+" "+name)
		}
	}
	a := c.do("GET", "/k?response-content-type=a/b&response-cache-control=no-store&response-content-disposition=inline&response-content-encoding=x&response-content-language=de&response-expires=never", "")
	assert.Equal(t, "a/b", a.header.Get("Content-Type"))
	assert.Equal(t, "no-store", a.header.Get("Cache-Control"))
	assert.Equal(t, "never", a.header.Get("Expires"))
	c.put("k", "again")
	a = c.get("k")
	assert.Empty(t, a.header.Get("Cache-Control"), "an overwrite replaces the headers too")
	assert.Empty(t, a.header.Get("X-Cos-Storage-Class"), "STANDARD is not named")
}

func TestBuckets_LiveAndDie(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.host = "new-1250000000.cos.ap-beijing.myqcloud.com"
	assert.Equal(t, "NoSuchBucket", c.do("GET", "/", "").code())
	assert.Equal(t, "NoSuchBucket", c.do("PUT", "/k", "1").code())
	require.Equal(t, 200, c.do("PUT", "/", "<CreateBucketConfiguration/>").status)
	assert.Equal(t, "BucketAlreadyOwnedByYou", c.do("PUT", "/", "").code())
	assert.Equal(t, "ap-beijing", c.do("HEAD", "/", "").header.Get("X-Cos-Bucket-Region"))
	c.put("k", "1")
	a := c.do("DELETE", "/", "")
	assert.Equal(t, 409, a.status)
	assert.Equal(t, "BucketNotEmpty", a.code())

	c.host = "new-1250000000.cos.ap-shanghai.myqcloud.com"
	assert.Equal(t, "NoSuchBucket", c.do("GET", "/k", "").code(), "another region")

	c.host = "service.cos.myqcloud.com"
	a = c.do("GET", "/", "")
	assert.Equal(t, []string{testBucket, "new-1250000000"}, a.all("Name"))
	assert.Equal(t, []string{"ap-guangzhou", "ap-beijing"}, a.all("Location"))
	a = c.do("GET", "/?max-keys=1", "")
	assert.Equal(t, []string{testBucket}, a.all("Name"))
	assert.Equal(t, testBucket, a.find("NextMarker"))
	assert.Equal(t, []string{"new-1250000000"}, c.do("GET", "/?marker="+testBucket, "").all("Name"))
	assert.Equal(t, "PathStyleDomainForbidden", c.do("GET", "/"+testBucket+"/k", "").code())
	c.host = "cos.ap-beijing.myqcloud.com"
	assert.Equal(t, []string{"new-1250000000"}, c.do("GET", "/", "").all("Name"))

	c.host = "new-1250000000.cos.ap-beijing.tencentcos.cn"
	require.Equal(t, 204, c.do("DELETE", "/k", "").status)
	require.Equal(t, 204, c.do("DELETE", "/", "").status)
	assert.Equal(t, 404, c.do("HEAD", "/", "").status)
}

func TestBuckets_RefuseBadNamesAndHosts(t *testing.T) {
	t.Parallel()
	c := start(t)
	for host, code := range map[string]string{
		"noappid.cos.ap-guangzhou.myqcloud.com":                               "InvalidBucketName",
		"under_score-1250000000.cos.ap-guangzhou.myqcloud.com":                "InvalidBucketName",
		"-dash-1250000000.cos.ap-guangzhou.myqcloud.com":                      "InvalidBucketName",
		strings.Repeat("l", 30) + "-1250000000.cos.ap-guangzhou.myqcloud.com": "InvalidBucketName",
		testBucket + ".cos.accelerate.myqcloud.com":                           "MethodNotAllowed",
		testBucket + ".cos-website.ap-guangzhou.myqcloud.com":                 "MethodNotAllowed",
		"service.cos.myqcloud.com":                                            "MethodNotAllowed",
	} {
		c.host = host
		assert.Equal(t, code, c.do("PUT", "/", "").code(), host)
	}
}

func TestTrafficLimit_IsObeyed(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("k", strings.Repeat("x", 51_200))
	began := time.Now()
	assert.Len(t, c.get("k", "x-cos-traffic-limit", "819200").body, 51_200)
	assert.Greater(t, time.Since(began), 450*time.Millisecond, "102 400 bytes a second")
}

func TestLimits_AnAccountHas200Buckets(t *testing.T) {
	t.Parallel()
	c := start(t)
	create := func(i int) answer {
		c.host = fmt.Sprintf("b%d-1250000000.cos.ap-guangzhou.myqcloud.com", i)
		return c.do("PUT", "/", "")
	}
	for i := range 199 { // one is there already
		require.Equal(t, 200, create(i).status)
	}
	assert.Equal(t, "TooManyBuckets", create(199).code())
	assert.Equal(t, "BucketAlreadyOwnedByYou", create(0).code())
	require.Equal(t, 204, c.do("DELETE", "/", "").status)
	assert.Equal(t, 200, create(199).status)
}
