package interop

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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
	url   string
	seen  *recorder
	ahead atomic.Int64 // nanoseconds the server's clock is ahead of ours
	// What clients sign with:
	secret string
	token  string // of temporary keys; empty for permanent ones
}

func newLab(t *testing.T, changes ...func(*emulator.Config)) *lab {
	t.Helper()
	l := &lab{secret: secretKey}
	cfg := emulator.Config{
		Dir: t.TempDir(), SecretID: secretID, SecretKey: secretKey, Region: region, Buckets: []string{bucketName},
		Now: func() time.Time { return time.Now().Add(time.Duration(l.ahead.Load())) },
	}
	for _, change := range changes {
		change(&cfg)
	}
	server, err := emulator.Open(cfg)
	require.NoError(t, err)
	l.seen = &recorder{next: server, requests: server.Requests}
	front := httptest.NewServer(l.seen)
	t.Cleanup(func() {
		front.Close()
		require.NoError(t, server.Close())
	})
	l.url = front.URL
	return l
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
	return l.clientIn(t, m, region)
}

func (l *lab) clientIn(t *testing.T, m mode, region string) *cos.Client {
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
	op      string // what the server calls it; only if the recorder asked
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

// presigned reports that the signature came with the URL.
func (e exchange) presigned() bool { return e.query.Has("q-signature") }

func (e exchange) succeeded() bool { return e.status < http.StatusMultipleChoices }

// recorder passes requests on and keeps them.
type recorder struct {
	next     http.Handler
	requests func(op string) int64

	// names, if set, are the server's operations. The recorder then asks which
	// counter a request moved, for which requests have to go one by one.
	names []string
	turn  sync.Mutex

	running sync.WaitGroup
	mu      sync.Mutex // guards seen
	seen    []exchange
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.running.Add(1)
	defer r.running.Done()
	body, err := io.ReadAll(req.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	e := exchange{
		method: req.Method, host: req.Host, path: req.URL.Path, query: req.URL.Query(),
		header: req.Header.Clone(), length: req.ContentLength, body: body,
	}
	signature := req.Header.Get("Authorization")
	if e.presigned() {
		signature = "q-header-list=" + e.query.Get("q-header-list") + "&q-url-param-list=" + e.query.Get("q-url-param-list")
	}
	e.signed, e.params = signedNames(signature)
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
	if len(r.names) == 0 {
		r.next.ServeHTTP(answer, req)
		return
	}
	r.turn.Lock()
	defer r.turn.Unlock()
	before := r.counts()
	defer func() {
		for i, n := range r.counts() {
			if n != before[i] {
				e.op = r.names[i]
			}
		}
	}()
	r.next.ServeHTTP(answer, req)
}

func (r *recorder) counts() []int64 {
	counts := make([]int64, len(r.names))
	for i, name := range r.names {
		counts[i] = r.requests(name)
	}
	return counts
}

// take returns what was recorded and forgets it. A client may have its answer
// before the server is done with it.
func (r *recorder) take() []exchange {
	r.running.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := r.seen
	r.seen = nil
	return seen
}

// signedNames reads the two lists out of a signature, whose form is
// q-…=…&q-…=… with ";" between names.
func signedNames(signature string) (headers, params []string) {
	for pair := range strings.SplitSeq(signature, "&") {
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
