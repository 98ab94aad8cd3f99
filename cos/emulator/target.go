package emulator

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// target is what a request is about, read from the bytes of its request line
// and its Host. Nothing is cleaned: keys may hold "//", "." and "..".
type target struct {
	bucket string // empty on a service host
	region string // as the host names it; empty if it names none
	key    string // decoded, empty for the bucket itself
	path   string // decoded, with its leading "/", as it is signed
	query  params

	website bool // a static-website host, which has no API
	foreign bool // a host that is none of the service's
}

// accelerated is the pseudo region of the global acceleration hosts. They
// answer for objects of any region, but not for buckets.
const accelerated = "accelerate"

func parseTarget(r *http.Request, defaultBucket string) (target, error) {
	host, uri := r.Host, r.RequestURI
	if uri == "" {
		uri = r.URL.RequestURI()
	}
	proxied := !strings.HasPrefix(uri, "/")
	if proxied {
		uri = originForm(uri)
	}
	rawPath, rawQuery, _ := strings.Cut(uri, "?")
	t := parseHost(host)
	if t.foreign && !proxied {
		// Clients that connect directly say 127.0.0.1:PORT or another name of
		// this machine.
		t = target{bucket: defaultBucket}
	}
	path, err := url.PathUnescape(rawPath)
	if err != nil || !utf8.ValidString(path) {
		return t, refuse("InvalidURI", "The path is not valid percent-encoded UTF-8.")
	}
	t.path, t.key = path, strings.TrimPrefix(path, "/")
	t.query, err = parseQuery(rawQuery)
	return t, err
}

// originForm cuts scheme and host from an absolute-form request target.
func originForm(uri string) string {
	_, rest, found := strings.Cut(uri, "://")
	if !found {
		return "/"
	}
	i := strings.IndexAny(rest, "/?")
	switch {
	case i < 0:
		return "/"
	case rest[i] == '?':
		return "/" + rest[i:]
	}
	return rest[i:]
}

// parseHost reads the bucket and region that a host names.
func parseHost(host string) target {
	labels, ok := serviceLabels(host)
	if !ok {
		return target{foreign: true}
	}
	if len(labels) == 2 && labels[0] == "service" && labels[1] == "cos" {
		return target{}
	}
	if len(labels) == 2 && isService(labels[0]) {
		return target{region: labels[1]}
	}
	if len(labels) != 3 {
		return target{foreign: true}
	}
	t := target{bucket: labels[0], region: labels[2], website: labels[1] == "cos-website"}
	t.foreign = !isService(labels[1]) && !t.website
	return t
}

// serviceLabels returns the labels before the service's domain.
func serviceLabels(host string) ([]string, bool) {
	host = strings.ToLower(stripPort(host))
	for _, domain := range []string{".myqcloud.com", ".tencentcos.cn"} {
		if rest, ok := strings.CutSuffix(host, domain); ok {
			return strings.Split(rest, "."), true
		}
	}
	return nil, false
}

func isService(label string) bool { return label == "cos" || label == "cos-internal" }

func stripPort(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	return host
}

// checkKey applies the limits of a key to be written (API documents
// 436/14518).
func checkKey(key string) error {
	switch {
	case len(key) > maxKeyBytes:
		return refuse("KeyTooLong", "The key is longer than 850 bytes.")
	case strings.HasPrefix(key, "/"):
		return refuse("InvalidObjectName", "A key does not begin with a slash.")
	case strings.ContainsFunc(key, func(c rune) bool { return c >= 24 && c <= 27 }):
		return refuse("InvalidObjectName", "A key does not hold the control characters 24 to 27.")
	}
	return nil
}
