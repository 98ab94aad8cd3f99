package emulator_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// raw sends bytes and returns the answer's bytes. The request must ask for
// Connection: close.
func (c *client) raw(request string) string {
	c.t.Helper()
	var d net.Dialer
	conn, err := d.DialContext(c.t.Context(), "tcp", c.addr)
	require.NoError(c.t, err)
	defer conn.Close()
	require.NoError(c.t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	_, err = io.WriteString(conn, request)
	require.NoError(c.t, err)
	answer, err := io.ReadAll(conn)
	require.NoError(c.t, err)
	return string(answer)
}

// signedRaw writes a signed request by hand.
func (c *client) signedRaw(method, target, body string, header ...string) string {
	req := c.request(method, target, body, header...)
	c.sign(req)
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", method, target, c.host)
	for name, values := range req.Header {
		fmt.Fprintf(&b, "%s: %s\r\n", name, values[0])
	}
	if body != "" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	return b.String() + "\r\n" + body
}

func TestWire_HeadersHaveTheServicesCase(t *testing.T) {
	t.Parallel()
	c := start(t)
	put := c.raw(c.signedRaw("PUT", "/k", "123456789", "Cache-Control", "no-cache", "x-cos-storage-class", "STANDARD_IA", "x-cos-meta-Author", "me"))
	for _, line := range []string{"HTTP/1.1 200 OK", `ETag: "25f9e794323b453885f5181f1b624d0b"`, "x-cos-hash-crc64ecma: 11051210869376104954", "x-cos-request-id: ", "Date: ", "Content-Length: 0"} {
		assert.Contains(t, put, line)
	}
	for _, method := range []string{"HEAD", "GET"} {
		got := c.raw(c.signedRaw(method, "/k", ""))
		for _, line := range []string{
			"HTTP/1.1 200 OK", `ETag: "25f9e794323b453885f5181f1b624d0b"`, "Last-Modified: ", "Cache-Control: no-cache",
			"Content-Type: application/octet-stream", "Content-Length: 9", "Accept-Ranges: bytes", "x-cos-hash-crc64ecma: ",
			"x-cos-storage-class: STANDARD_IA", "x-cos-object-type: normal", "x-cos-meta-author: me",
		} {
			assert.Contains(t, got, "\r\n"+strings.TrimPrefix(line, "HTTP/1.1 200 OK"), method)
		}
		assert.Equal(t, method == "GET", strings.HasSuffix(got, "\r\n\r\n123456789"))
	}
}

func TestWire_ErrorsOfHeadHaveNoBody(t *testing.T) {
	t.Parallel()
	c := start(t)
	got := c.raw(c.signedRaw("HEAD", "/missing", ""))
	assert.Contains(t, got, "404 Not Found")
	assert.Contains(t, got, "x-cos-request-id: ")
	assert.True(t, strings.HasSuffix(got, "\r\n\r\n"))
}

func TestWire_ErrorDocumentNamesEverything(t *testing.T) {
	t.Parallel()
	c := start(t)
	a := c.do("GET", "/a%20b", "")
	assert.Equal(t, "NoSuchKey", a.code())
	assert.NotEmpty(t, a.find("Message"))
	assert.Equal(t, testHost+"/a%20b", a.find("Resource"))
	assert.Equal(t, a.header.Get("X-Cos-Request-Id"), a.find("RequestId"))
	assert.NotEmpty(t, a.find("TraceId"))
	assert.Equal(t, "application/xml", a.header.Get("Content-Type"))
	assert.NotEmpty(t, a.header.Get("Date"))
}

func TestWire_PathsAreTakenAsTheyAre(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("a//b/../c/.", "odd")
	c.put("dir/key", "plain")
	for _, target := range []string{"/a//b/../c/.", "/a%2F%2Fb/%2E%2E/c/%2e"} {
		assert.Contains(t, c.raw(c.signedRaw("GET", target, "")), "\r\n\r\nodd", target)
	}
	assert.Contains(t, c.raw(c.signedRaw("GET", "/dir%2Fkey", "")), "\r\n\r\nplain")
	assert.Contains(t, c.raw(c.signedRaw("GET", "/dir/../dir/key", "")), "NoSuchKey")
}

func TestWire_AnswersAsAProxy(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("k", "123")
	for _, host := range []string{testHost, testHost + ":80", testBucket + ".cos-internal.ap-guangzhou.tencentcos.cn", testBucket + ".cos.accelerate.myqcloud.com"} {
		c.host = host
		req := c.request("GET", "/k", "")
		c.sign(req)
		got := c.raw("GET http://" + host + "/k HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\nAuthorization: " + req.Header.Get("Authorization") + "\r\n\r\n")
		assert.Contains(t, got, "\r\n\r\n123", host)
	}
	got := c.raw("GET http://example.com/k HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n")
	assert.Contains(t, got, "403 Forbidden", "an anonymous request learns nothing")
	c.host = "example.com"
	req := c.request("GET", "/", "")
	c.sign(req)
	got = c.raw("GET http://example.com HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\nAuthorization: " + req.Header.Get("Authorization") + "\r\n\r\n")
	assert.Contains(t, got, "InvalidRequest")
}

func TestWire_HostsOfThisMachineMeanTheFirstBucket(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("k", "123")
	for _, host := range []string{c.addr, "localhost:1", "devbox"} {
		c.host = host
		assert.Equal(t, "123", string(c.get("k").body), host)
	}
}

func TestWire_ExpectContinueAndChunkedBodies(t *testing.T) {
	t.Parallel()
	c := start(t)
	req := c.request("PUT", "/expected", strings.Repeat("e", 100_000), "Expect", "100-continue")
	c.sign(req)
	tr := transport.Clone()
	tr.ExpectContinueTimeout = 30 * time.Second
	defer tr.CloseIdleConnections()
	res, err := tr.RoundTrip(req)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	assert.Equal(t, 200, res.StatusCode)

	req = c.request("PUT", "/chunked", "")
	req.Body, req.ContentLength = io.NopCloser(strings.NewReader(strings.Repeat("c", 100_000))), -1
	c.sign(req)
	a, err := send(req)
	require.NoError(t, err)
	assert.Equal(t, 200, a.status)
	assert.Equal(t, "100000", c.do("HEAD", "/chunked", "").header.Get("Content-Length"))
}

func TestWire_CutBodiesAreNotStored(t *testing.T) {
	t.Parallel()
	c := start(t)
	for name, request := range map[string]string{
		"short":   strings.Replace(c.signedRaw("PUT", "/short", "123"), "Content-Length: 3", "Content-Length: 5", 1),
		"long":    strings.Replace(c.signedRaw("PUT", "/long", strings.Repeat("l", 9000)), "Content-Length: 9000", "Content-Length: 90000", 1),
		"chunked": strings.Replace(c.signedRaw("PUT", "/chunked", "5\r\nabc"), "Content-Length: 6", "Transfer-Encoding: chunked", 1),
	} {
		var d net.Dialer
		conn, err := d.DialContext(t.Context(), "tcp", c.addr)
		require.NoError(t, err)
		_, err = io.WriteString(conn, request)
		require.NoError(t, err)
		require.NoError(t, conn.(*net.TCPConn).CloseWrite())
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err == nil {
			body, _ := io.ReadAll(res.Body)
			require.NoError(t, res.Body.Close())
			assert.Contains(t, string(body), "IncompleteBody", name)
		}
		require.NoError(t, conn.Close())
		assert.Equal(t, 404, c.get(name).status, name)
	}
}

func TestWire_PresignedURL(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("k", "123")
	req := c.request("GET", "/k", "")
	c.sign(req)
	var params []string
	for pair := range strings.SplitSeq(req.Header.Get("Authorization"), "&") {
		name, value, _ := strings.Cut(pair, "=")
		params = append(params, name+"="+url.QueryEscape(value))
	}
	a, err := send(c.request("GET", "/k?"+strings.Join(params, "&")+"&response-content-type=text/x", ""))
	require.NoError(t, err)
	assert.Equal(t, "123", string(a.body))
	assert.Equal(t, "text/x", a.header.Get("Content-Type"))
}
