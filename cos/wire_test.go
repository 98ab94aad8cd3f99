package cos_test

import (
	"bufio"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// rawServer answers every request with 200 and hands over its head as it came.
func rawServer(t *testing.T) (url string, heads <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a loopback listener of a test
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	ch := make(chan string, 10)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			r := bufio.NewReader(conn)
			var head strings.Builder
			for {
				line, err := r.ReadString('\n')
				head.WriteString(line)
				if err != nil || line == "\r\n" {
					break
				}
			}
			ch <- head.String()
			_, _ = conn.Write([]byte("HTTP/1.1 200 OK\r\nx-cos-request-id: r\r\nETag: \"e\"\r\n" +
				"Content-Length: 0\r\nConnection: close\r\n\r\n"))
			_ = conn.Close()
		}
	}()
	return "http://" + l.Addr().String(), ch
}

func TestWire_RequestLineHoldsTheEncodedKey(t *testing.T) {
	t.Parallel()
	url, heads := rawServer(t)
	b := bucketAt(t, url)
	for key, want := range map[string]string{
		"plain.txt":           "/plain.txt",
		"a b":                 "/a%20b",
		"a//b":                "/a//b",
		"dir/":                "/dir/",
		"./x":                 "/./x",
		"../../x":             "/../../x",
		"a/../b":              "/a/../b",
		"/abs":                "//abs",
		"100%":                "/100%25",
		"%2F%20":              "/%252F%2520",
		"1+1":                 "/1%2B1",
		"what?":               "/what%3F",
		"a#b":                 "/a%23b",
		"a&b=c;d:e@f!$'()*,~": "/a%26b%3Dc%3Bd%3Ae%40f%21%24%27%28%29%2A%2C~",
		"中文":                  "/%E4%B8%AD%E6%96%87",
		"😀.png":               "/%F0%9F%98%80.png",
		"tab\tnew\nline":      "/tab%09new%0Aline",
		`back\slash"quote"`:   "/back%5Cslash%22quote%22",
		"\xff\xfe":            "/%FF%FE",
	} {
		_, err := b.Head(t.Context(), key, cos.GetOptions{})
		require.NoError(t, err, "key %q", key)
		line, _, _ := strings.Cut(<-heads, "\r\n")
		assert.Equal(t, "HEAD "+want+" HTTP/1.1", line, "key %q", key)
	}
}

func TestWire_HostStaysTheBucketsAndIsSigned(t *testing.T) {
	t.Parallel()
	url, heads := rawServer(t)
	_, err := bucketAt(t, url).Put(t.Context(), "k", cos.Body{}, cos.Headers{
		ContentType: "text/plain", Meta: map[string]string{"owner": " a b "},
	})
	require.NoError(t, err)
	head := <-heads
	assert.Contains(t, head, "\r\nHost: b-1250000000.cos.ap-test.myqcloud.com\r\n")
	assert.Contains(t, head, "\r\nContent-Length: 0\r\n")
	assert.Contains(t, head, "\r\nX-Cos-Meta-Owner: a b\r\n")
	assert.Contains(t, head, "\r\nX-Cos-Security-Token: the-token\r\n")
	assert.Contains(t, head,
		"&q-header-list=content-length;content-type;host;x-cos-meta-owner;x-cos-security-token&q-url-param-list=&")
	assert.NotContains(t, head, "Accept-Encoding: gzip")
}

func TestWire_TemplateNamesTheBucketInTheAddress(t *testing.T) {
	t.Parallel()
	var hosts []string
	proxied := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hosts = append(hosts, r.Host)
		answerXML(w, http.StatusOK, "<ListAllMyBucketsResult/>")
	}))
	t.Cleanup(proxied.Close)
	// Whatever host is asked for, the connection goes to the test's server.
	through := func(c *cos.Config) {
		c.Transport = &http.Transport{DialContext: dialTo(proxied.Listener.Addr().String())}
	}
	for _, tt := range []struct{ endpoint, bucket, service string }{
		{"http://{bucket}.cos.{region}.myqcloud.com", "b-1250000000.cos.ap-test.myqcloud.com", "service.cos.myqcloud.com"},
		{"http://{bucket}.cos.{region}.myqcloud.com:80/", "b-1250000000.cos.ap-test.myqcloud.com", "service.cos.myqcloud.com"},
		{"http://{bucket}.cos-internal.{region}.tencentcos.cn", "b-1250000000.cos-internal.ap-test.tencentcos.cn", "service.cos.myqcloud.com"},
		{"http://{bucket}.cos.accelerate.myqcloud.com", "b-1250000000.cos.accelerate.myqcloud.com", "service.cos.myqcloud.com"},
		{"http://{bucket}.{region}.local:9000", "b-1250000000.ap-test.local:9000", "service.local:9000"},
		{"http://storage.local:9000", "b-1250000000.cos.ap-test.myqcloud.com", "service.cos.myqcloud.com"},
	} {
		c := clientAt(t, tt.endpoint, through)
		_, err := c.Bucket("b-1250000000", "").Delete(t.Context(), "k", "")
		require.NoError(t, err)
		_, err = c.ListBuckets(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []string{tt.bucket, tt.service}, hosts, tt.endpoint)
		hosts = nil
	}
}

func TestNew_RefusesEndpointsItCannotUse(t *testing.T) {
	t.Parallel()
	for _, endpoint := range []string{
		"127.0.0.1:9000", "cos.ap-guangzhou.myqcloud.com", "ftp://h", "http://", "http://h/path",
		"http://h?q=1", "http://user:secret@h", "http://{region}.h", "http://{bucket", "://",
	} {
		_, err := cos.New(cos.Config{Endpoint: endpoint, Region: "r"})
		assert.ErrorContains(t, err, "endpoint", "endpoint %q", endpoint)
	}
}

func TestBucket_RefusesBeforeSending(t *testing.T) {
	t.Parallel()
	sent := false
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) { sent = true })
	ctx := t.Context()
	put := func(key string) error {
		_, err := b.Put(ctx, key, cos.Body{}, cos.Headers{})
		return err
	}
	get := func(key string) error {
		_, err := b.Get(ctx, key, cos.GetOptions{})
		return err
	}
	del := func(key string) error {
		_, err := b.Delete(ctx, key, "")
		return err
	}
	initiate := func(key string) error {
		_, err := b.InitiateUpload(ctx, key, cos.Headers{})
		return err
	}
	for _, key := range []string{"", ".", "..", "/", "//", "a/..", "../..", "./a/../"} {
		for _, op := range []func(string) error{put, get, del, initiate} {
			assert.ErrorIs(t, op(key), cos.ErrInvalidKey, "key %q", key)
		}
	}
	for _, key := range []string{"/abs", "esc\x1b[31m", "can\x18", strings.Repeat("k", 851), "\xff"} {
		assert.ErrorIs(t, put(key), cos.ErrInvalidKey, "key %q", key)
		assert.ErrorIs(t, initiate(key), cos.ErrInvalidKey, "key %q", key)
		assert.NotContains(t, put(key).Error(), "\x1b")
	}
	for _, name := range []string{"", "noappid", "UPPER-1", "a.b-1", "evil.com/-1", "-1", "b-", "b-x1"} {
		_, err := b.Client().Bucket(name, "").List(ctx, cos.ListOptions{})
		assert.ErrorIs(t, err, cos.ErrInvalidBucket, "bucket %q", name)
	}
	_, err := b.Client().Bucket("b-1", "no such/region").List(ctx, cos.ListOptions{})
	assert.ErrorIs(t, err, cos.ErrNoRegion)
	_, err = b.Put(ctx, "k", cos.Body{}, cos.Headers{ContentType: "a\r\nx-cos-acl: public-read"})
	assert.ErrorIs(t, err, cos.ErrInvalidInput)
	_, err = b.Put(ctx, "k", cos.Body{}, cos.Headers{Meta: map[string]string{"a b": "c"}})
	assert.ErrorIs(t, err, cos.ErrInvalidInput)
	_, err = b.UploadPart(ctx, "k", "", 1, cos.Body{})
	assert.ErrorIs(t, err, cos.ErrInvalidInput, "no upload id")
	_, err = b.UploadPart(ctx, "k", "u", 10_001, cos.Body{})
	assert.ErrorIs(t, err, cos.ErrInvalidInput)
	_, err = b.CompleteUpload(ctx, "k", "u", []cos.Part{{Number: 2, ETag: "e"}, {Number: 1, ETag: "e"}})
	assert.ErrorIs(t, err, cos.ErrInvalidInput)
	assert.False(t, sent, "a request was sent")
}

func TestWire_AnonymousSendsNoAuthorization(t *testing.T) {
	t.Parallel()
	url, heads := rawServer(t)
	_, err := bucketAt(t, url, func(c *cos.Config) { c.Credentials = cos.Credentials{} }).
		Head(t.Context(), "k", cos.GetOptions{})
	require.NoError(t, err)
	assert.NotContains(t, <-heads, "Authorization")
}

func TestWire_HalfAPairIsRefused(t *testing.T) {
	t.Parallel()
	_, err := bucketAt(t, "http://127.0.0.1:1", func(c *cos.Config) { c.Credentials = cos.Credentials{SecretID: "i"} }).
		Head(t.Context(), "k", cos.GetOptions{})
	require.ErrorIs(t, err, cos.ErrNoCredentials)
	assert.False(t, cos.Retryable(err))
}

func TestRegion_MayBeLeftOutWhereTheEndpointSaysWhereToConnect(t *testing.T) {
	t.Parallel()
	c, err := cos.New(cos.Config{Endpoint: "http://127.0.0.1:9000"})
	require.NoError(t, err)
	assert.Equal(t, "ap-guangzhou", c.Bucket("b-1", "").Region())
	c, err = cos.New(cos.Config{})
	require.NoError(t, err)
	_, err = c.Bucket("b-1", "").List(t.Context(), cos.ListOptions{})
	assert.ErrorIs(t, err, cos.ErrNoRegion)
}
