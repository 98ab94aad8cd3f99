package interop

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"cosmander/cos"
	"cosmander/cos/emulator"
)

const (
	bucketName = "interop-1250000000"
	region     = "ap-guangzhou"
	bucketHost = bucketName + ".cos." + region + ".myqcloud.com"
	secretID   = "interop-secret-id"
	secretKey  = "interop-secret-key"
)

// mode is how a client is pointed at the local server.
type mode string

const (
	// The client believes in the real host names and takes the server for its
	// HTTP proxy, so request lines carry whole URLs.
	proxyMode mode = "proxy"
	// The client connects to the server and names the bucket's host.
	directMode mode = "direct"
)

// lab is a local server with a recorder in front of it.
type lab struct {
	url  string
	seen *recorder
	// What clients sign with:
	secret string
	token  string // of temporary keys; empty for permanent ones
}

func newLab(t *testing.T) *lab {
	t.Helper()
	server, err := emulator.Open(emulator.Config{
		Dir: t.TempDir(), SecretID: secretID, SecretKey: secretKey, Region: region, Buckets: []string{bucketName},
	})
	require.NoError(t, err)
	seen := &recorder{next: server}
	front := httptest.NewServer(seen)
	t.Cleanup(func() {
		front.Close()
		require.NoError(t, server.Close())
	})
	return &lab{url: front.URL, seen: seen, secret: secretKey}
}

func (l *lab) transport(t *testing.T, m mode) *http.Transport {
	t.Helper()
	tr := &http.Transport{DisableCompression: true}
	if m == proxyMode {
		proxy, err := url.Parse(l.url)
		require.NoError(t, err)
		tr.Proxy = http.ProxyURL(proxy)
	}
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

// sdk returns the official Go client.
func (l *lab) sdk(t *testing.T, m mode) *sdk.Client {
	t.Helper()
	bucket, service := "http://"+bucketHost, "http://service.cos.myqcloud.com"
	if m == directMode {
		bucket, service = l.url, l.url
	}
	bucketURL, err := url.Parse(bucket)
	require.NoError(t, err)
	serviceURL, err := url.Parse(service)
	require.NoError(t, err)
	c := sdk.NewClient(&sdk.BaseURL{BucketURL: bucketURL, ServiceURL: serviceURL}, &http.Client{
		Transport: &sdk.AuthorizationTransport{
			SecretID: secretID, SecretKey: l.secret, SessionToken: l.token, Transport: l.transport(t, m),
		},
	})
	c.Conf.RetryOpt.Count = 1 // a second try would hide what the first one got
	if m == directMode {
		c.Host = bucketHost
	}
	return c
}

// client returns our client.
func (l *lab) client(t *testing.T, m mode) *cos.Client {
	t.Helper()
	endpoint := "http://{bucket}.cos.{region}.myqcloud.com"
	if m == directMode {
		endpoint = l.url
	}
	c, err := cos.New(cos.Config{
		Endpoint: endpoint, Region: region, Transport: l.transport(t, m),
		Credentials: cos.Credentials{SecretID: secretID, SecretKey: l.secret, Token: l.token, Source: "test"},
	})
	require.NoError(t, err)
	return c
}

func (l *lab) bucket(t *testing.T, m mode) *cos.Bucket {
	t.Helper()
	return l.client(t, m).Bucket(bucketName, "")
}

// exchange is one request as it arrived, and how it was answered.
type exchange struct {
	method  string
	host    string
	path    string // decoded
	query   url.Values
	header  http.Header
	length  int64
	body    []byte
	signed  []string // names in the signature's header list
	params  []string // names in the signature's parameter list
	status  int
	refusal string // body of the answer unless it is a success
}

// recorder passes requests on and keeps them.
type recorder struct {
	next http.Handler

	mu   sync.Mutex // guards seen
	seen []exchange
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	e := exchange{
		method: req.Method, host: req.Host, path: req.URL.Path, query: req.URL.Query(),
		header: req.Header.Clone(), length: req.ContentLength, body: body,
	}
	e.signed, e.params = signedNames(req.Header.Get("Authorization"))
	req.Body = io.NopCloser(bytes.NewReader(body))
	answer := &tap{ResponseWriter: w, status: http.StatusOK}
	// The server may end an answer by a panic, which net/http understands.
	defer func() {
		e.status = answer.status
		e.refusal = answer.refusal.String()
		r.mu.Lock()
		defer r.mu.Unlock()
		r.seen = append(r.seen, e)
	}()
	r.next.ServeHTTP(answer, req)
}

// take returns what was recorded and forgets it.
func (r *recorder) take() []exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := r.seen
	r.seen = nil
	return seen
}

// signedNames reads the two lists out of an Authorization header, whose form is
// q-…=…&q-…=… with ";" between names.
func signedNames(authorization string) (headers, params []string) {
	for pair := range strings.SplitSeq(authorization, "&") {
		name, value, _ := strings.Cut(pair, "=")
		switch {
		case value == "":
		case name == "q-header-list":
			headers = strings.Split(value, ";")
		case name == "q-url-param-list":
			params = strings.Split(value, ";")
		}
	}
	return headers, params
}

// tap keeps the status and the text of a refusal.
type tap struct {
	http.ResponseWriter
	status  int
	refusal bytes.Buffer
}

func (t *tap) WriteHeader(status int) {
	t.status = status
	t.ResponseWriter.WriteHeader(status)
}

func (t *tap) Write(p []byte) (int, error) {
	if t.status >= http.StatusMultipleChoices {
		t.refusal.Write(p)
	}
	return t.ResponseWriter.Write(p)
}

// Unwrap lets the server reach flushing and deadlines.
func (t *tap) Unwrap() http.ResponseWriter { return t.ResponseWriter }
