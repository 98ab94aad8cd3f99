package emulator_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos/emulator"
)

const (
	testID     = "test-id"
	testKey    = "test-key"
	testBucket = "box-1250000000"
	testHost   = testBucket + ".cos.ap-guangzhou.myqcloud.com"
)

// client sends signed raw requests, so that what is on the wire is what the
// test wrote.
type client struct {
	t      testing.TB
	server *emulator.Server
	dir    string
	addr   string
	host   string
	now    func() time.Time
	id     string
	key    string
}

func config(dir string) emulator.Config {
	return emulator.Config{Dir: dir, SecretID: testID, SecretKey: testKey, Buckets: []string{testBucket}}
}

func start(t testing.TB) *client {
	t.Helper()
	return startWith(t, config(t.TempDir()))
}

func startWith(t testing.TB, cfg emulator.Config) *client {
	t.Helper()
	s, err := emulator.Open(cfg)
	require.NoError(t, err)
	web := httptest.NewUnstartedServer(s)
	web.Config = emulator.NewHTTPServer(s)
	web.Start()
	t.Cleanup(func() {
		assert.NoError(t, s.Close())
		web.Close()
	})
	return &client{t, s, cfg.Dir, web.Listener.Addr().String(), testHost, time.Now, testID, testKey}
}

// answer is a response that was read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
	err    error // of reading the body
}

func (a answer) code() string { return a.find("Code") }

// find returns the text of the first element called name.
func (a answer) find(name string) string {
	all := a.all(name)
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

func (a answer) all(name string) []string {
	var found []string
	d := xml.NewDecoder(bytes.NewReader(a.body))
	for {
		tok, err := d.Token()
		if err != nil {
			return found
		}
		if start, ok := tok.(xml.StartElement); ok && start.Name.Local == name {
			var text string
			if d.DecodeElement(&text, &start) == nil {
				found = append(found, text)
			}
		}
	}
}

// do sends METHOD and a raw, encoded path with query, signed.
func (c *client) do(method, target string, body string, header ...string) answer {
	c.t.Helper()
	a, err := c.try(method, target, body, header...)
	require.NoError(c.t, err)
	require.NoError(c.t, a.err)
	return a
}

func (c *client) try(method, target, body string, header ...string) (answer, error) {
	req := c.request(method, target, body, header...)
	c.sign(req)
	return send(req)
}

func (c *client) request(method, target, body string, header ...string) *http.Request {
	req, err := http.NewRequestWithContext(context.Background(), method, "http://"+c.addr+target, strings.NewReader(body))
	require.NoError(c.t, err)
	req.Host = c.host
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return req
}

var transport = &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64}

func send(req *http.Request) (answer, error) {
	res, err := transport.RoundTrip(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, body, err}, nil
}

// sign is the recipe of the specification, written a second time.
func (c *client) sign(req *http.Request) {
	start := c.now().Unix() - 60
	keyTime := fmt.Sprintf("%d;%d", start, start+3600)
	headers := map[string]string{"host": req.Host}
	for name, v := range req.Header {
		headers[strings.ToLower(name)] = v[0]
	}
	params := map[string]string{}
	for pair := range strings.SplitSeq(req.URL.RawQuery, "&") {
		if pair != "" {
			name, value, _ := strings.Cut(pair, "=")
			name, _ = url.QueryUnescape(name)
			params[strings.ToLower(name)], _ = url.QueryUnescape(value)
		}
	}
	headerList, headerPairs := signedPairs(headers)
	paramList, paramPairs := signedPairs(params)
	digest := sha1.Sum([]byte(strings.ToLower(req.Method) + "\n" + req.URL.Path + "\n" + paramPairs + "\n" + headerPairs + "\n"))
	text := "sha1\n" + keyTime + "\n" + hex.EncodeToString(digest[:]) + "\n"
	signature := hmacSHA1(hmacSHA1(c.key, keyTime), text)
	req.Header["Authorization"] = []string{"q-sign-algorithm=sha1&q-ak=" + c.id + "&q-sign-time=" + keyTime +
		"&q-key-time=" + keyTime + "&q-header-list=" + headerList + "&q-url-param-list=" + paramList + "&q-signature=" + signature}
}

func signedPairs(m map[string]string) (list, pairs string) {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = escape(name) + "=" + escape(m[name])
	}
	return strings.Join(names, ";"), strings.Join(all, "&")
}

func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func hmacSHA1(key, text string) string {
	mac := hmac.New(sha1.New, []byte(key))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

// path makes the request path of a key.
func path(key string) string { return "/" + strings.ReplaceAll(escape(key), "%2F", "/") }

func (c *client) put(key, body string, header ...string) {
	c.t.Helper()
	a := c.do("PUT", path(key), body, header...)
	require.Equal(c.t, 200, a.status, string(a.body))
}

func (c *client) get(key string, header ...string) answer {
	c.t.Helper()
	return c.do("GET", path(key), "", header...)
}
