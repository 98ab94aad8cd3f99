package cos

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

const (
	defaultIdle  = 60 * time.Second
	dialTimeout  = 10 * time.Second
	unsentBytes  = 256 << 10      // see limitUnsent
	anyRegion    = "ap-guangzhou" // where the endpoint says where to connect, the region is only a name
	serviceHost  = "service.cos.myqcloud.com"
	bucketDomain = "myqcloud.com"
)

// Client is an account at an endpoint. Safe for concurrent use.
type Client struct {
	cfg       Config
	endpoint  endpoint
	transport http.RoundTripper
	skew      atomic.Int64                  // nanoseconds the service's clock is ahead of ours
	clock     atomic.Pointer[time.Duration] // the same by the newest answer, see ServiceClock
}

// New checks cfg and returns a client. It sends nothing. Without Credentials
// requests are sent unsigned, which public buckets answer.
func New(cfg Config) (*Client, error) {
	if cfg.Endpoint == "" {
		cfg.Endpoint = DefaultEndpoint
	}
	ep, err := parseEndpoint(cfg.Endpoint)
	if err != nil {
		return nil, err
	}
	if cfg.Region == "" && !ep.template {
		cfg.Region = anyRegion
	}
	if cfg.Region != "" {
		if err := checkRegion(cfg.Region); err != nil {
			return nil, err
		}
	}
	if cfg.Credentials == nil {
		cfg.Credentials = Credentials{Source: "nowhere"}
	}
	if cfg.IdleTimeout <= 0 {
		cfg.IdleTimeout = defaultIdle
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	c := &Client{cfg: cfg, endpoint: ep, transport: cfg.Transport}
	if c.transport == nil {
		c.transport = newTransport()
	}
	return c, nil
}

// newTransport is net/http tuned for many parallel transfers to one host.
// Transparent gzip is off because it would change stored bytes, HTTP/2 because
// parallel bodies on one connection are slower than on many.
func newTransport() *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second, Control: limitUnsent}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    dialTimeout,
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    128,
		IdleConnTimeout:        30 * time.Second,
		DisableCompression:     true,
		Protocols:              protocols,
		WriteBufferSize:        256 << 10,
		ReadBufferSize:         64 << 10,
		MaxResponseHeaderBytes: 256 << 10,
	}
}

// CloseIdleConnections drops the connections that no request is using. The
// client can be used afterwards.
func (c *Client) CloseIdleConnections() {
	if t, ok := c.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// ClockSkew returns how far the service's clock is ahead of this machine's, as
// learned from a refused request; 0 until one was refused for its time.
func (c *Client) ClockSkew() time.Duration { return time.Duration(c.skew.Load()) }

// ServiceClock returns how far the service's clock is ahead of this machine's, by
// the time in its newest answer. That is never more than it truly is, and less by
// up to a second and the time that the answer took. Before the first answer it is
// not known and 0.
func (c *Client) ServiceClock() (ahead time.Duration, known bool) {
	if d := c.clock.Load(); d != nil {
		return *d, true
	}
	return 0, false
}

// hear learns the time from an answer, unless a stranger gave it.
func (c *Client) hear(h http.Header) {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil || h.Get("x-cos-request-id") == "" {
		return
	}
	ahead := date.Sub(c.cfg.Now())
	c.clock.Store(&ahead)
}

// Bucket returns the bucket called name (with its APPID suffix). An empty
// region means the client's. Nothing is sent and the name is checked when the
// first request is made.
func (c *Client) Bucket(name, region string) *Bucket {
	if region == "" {
		region = c.cfg.Region
	}
	return &Bucket{client: c, name: name, region: region}
}

// Bucket carries the operations on one bucket. Safe for concurrent use.
type Bucket struct {
	client *Client
	name   string
	region string
}

// Name returns the bucket's name with its APPID suffix.
func (b *Bucket) Name() string { return b.name }

// Client returns the client that the bucket was made from.
func (b *Bucket) Client() *Client { return b.client }

// Region returns the region that requests are sent to.
func (b *Bucket) Region() string { return b.region }

// An endpoint is where requests go.
type endpoint struct {
	scheme   string
	host     string // with the port, unless it is the scheme's own
	template bool   // host holds {bucket}, perhaps {region}
}

func parseEndpoint(s string) (endpoint, error) {
	bad := func(why string) (endpoint, error) {
		return endpoint{}, fmt.Errorf("endpoint %s: %s", printable(s), why)
	}
	filled := strings.NewReplacer("{bucket}", "bucket-1", "{region}", "region").Replace(s)
	u, err := url.Parse(filled)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return bad("want http://HOST or https://HOST, perhaps with {bucket} and {region}")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		return bad("want nothing but a host and a port behind the scheme")
	}
	_, host, _ := strings.Cut(s, "://")
	host = strings.TrimRight(host, "/")
	if standard := map[string]string{"http": ":80", "https": ":443"}[u.Scheme]; u.Port() != "" {
		host = strings.TrimSuffix(host, standard)
	}
	e := endpoint{scheme: u.Scheme, host: host, template: strings.Contains(host, "{bucket}")}
	if !e.template && strings.Contains(host, "{") {
		return bad("it has a {…} but no {bucket}")
	}
	return e, nil
}

// bucketHosts returns where to connect for a bucket and what to name as Host.
func (e endpoint) bucketHosts(name, region string) (connect, host string, err error) {
	if err := checkBucket(name); err != nil {
		return "", "", err
	}
	if !e.template || strings.Contains(e.host, "{region}") {
		if err := checkRegion(region); err != nil {
			return "", "", err
		}
	}
	if !e.template {
		return e.host, name + ".cos." + region + "." + bucketDomain, nil
	}
	host = strings.NewReplacer("{bucket}", name, "{region}", region).Replace(e.host)
	return host, host, nil
}

// serviceHosts is bucketHosts for the requests that name no bucket. The public
// service has one host for them; elsewhere it is taken to be called "service"
// in the bucket's place.
func (e endpoint) serviceHosts() (connect, host string) {
	switch {
	case !e.template:
		return e.host, serviceHost
	case e.public():
		return serviceHost, serviceHost
	}
	host = strings.NewReplacer("{bucket}", "service", ".{region}", "", "{region}.", "").Replace(e.host)
	return host, host
}
