package cos

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	maxErrorBytes = 64 << 10
	maxXMLBytes   = 8 << 20 // 1000 keys of 850 bytes, each byte as %XX, and the rest
)

// refusal returns the error that an answer stands for, nil if it is a success.
// It reads a body only of those that are not.
func refusal(call *call, req *http.Request, resp *http.Response) error {
	if resp.StatusCode/100 == 2 && !page(resp) {
		return nil
	}
	e := newError(call, req, resp)
	if resp.StatusCode/100 == 2 {
		e.Foreign = stranger(resp, req.URL.Host)
		return e
	}
	doc, err := io.ReadAll(io.LimitReader(resp.Body, maxErrorBytes))
	if err != nil && !errors.Is(err, ErrCutBody) {
		return err
	}
	doc = trimDocument(doc)
	switch {
	case decodeError(doc, e):
	case resp.StatusCode == http.StatusProxyAuthRequired:
		e.Foreign = "a proxy that asks for a login"
	case page(resp), isHTML(doc), e.RequestID == "" && len(doc) > 0 && doc[0] != '<':
		e.Foreign = stranger(resp, req.URL.Host)
	}
	if e.Message == "" && errors.Is(e, ErrRedirect) {
		e.Message = elsewhere(resp)
	}
	return e
}

func newError(call *call, req *http.Request, resp *http.Response) *Error {
	h := resp.Header
	e := &Error{
		Op: call.op, Key: call.key, Status: resp.StatusCode,
		RequestID: h.Get("x-cos-request-id"), TraceID: h.Get("x-cos-trace-id"),
		DeleteMarker: h.Get("x-cos-delete-marker") == "true",
		Anonymous:    req.Header.Get("Authorization") == "",
		region:       h.Get("x-cos-bucket-region"),
	}
	if call.bucket != nil {
		e.Bucket = call.bucket.name
	}
	e.date, _ = http.ParseTime(h.Get("Date"))
	if wait := h.Get("Retry-After"); wait != "" {
		e.RetryAfter = retryAfter(wait, e.date)
	}
	return e
}

// retryAfter reads seconds or a date; the latter against the answer's own.
func retryAfter(s string, date time.Time) time.Duration {
	if n, err := strconv.Atoi(s); err == nil {
		return time.Duration(max(n, 0)) * time.Second
	}
	at, err := http.ParseTime(s)
	if err != nil || date.IsZero() {
		return 0
	}
	return max(at.Sub(date), 0)
}

// page reports that an answer is a web page of somebody else. The service
// serves HTML too, as objects, but always under a request id.
func page(resp *http.Response) bool {
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	return kind == "text/html" && resp.Header.Get("x-cos-request-id") == ""
}

// trimDocument drops the spaces that a slow Complete sends ahead, and a byte
// order mark.
func trimDocument(doc []byte) []byte {
	return bytes.TrimPrefix(bytes.TrimSpace(doc), []byte("\xef\xbb\xbf"))
}

func isHTML(doc []byte) bool {
	start := strings.ToLower(string(doc[:min(len(doc), 15)]))
	return strings.HasPrefix(start, "<html") || strings.HasPrefix(start, "<!doctype html")
}

// stranger describes who answered.
func stranger(resp *http.Response, host string) string {
	if strings.Contains(host, ".cos-website.") {
		return "a static website endpoint, " + host
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if kind == "" {
		kind = "an answer of no type"
	}
	return kind + " from " + host
}

// elsewhere names the host of a redirect and nothing more of it: the rest of a
// Location may be signed.
func elsewhere(resp *http.Response) string {
	u, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || u.Host == "" {
		return ""
	}
	return "redirected to " + u.Host
}

func closeBody(body io.ReadCloser) {
	// What is left of a short body is read so that the connection can be used
	// again; failing to is of no consequence.
	_, _ = io.CopyN(io.Discard, body, maxErrorBytes)
	_ = body.Close()
}

// finish closes an answer whose headers say all.
func (a *answer) finish() { closeBody(a.Body) }

// foreign is the error for an answer that only looks like a success.
func (a *answer) foreign() error {
	e := newError(a.call, a.Request, a.Response)
	e.Foreign = stranger(a.Response, a.Request.URL.Host)
	return e
}

// document reads an XML answer, checks that root is its root element, and
// hands the parser to decode. An Error document is an error whatever the
// status says.
func (a *answer) document(root string, decode func(*xmlParser) error) error {
	defer a.finish()
	doc, err := io.ReadAll(io.LimitReader(a.Body, maxXMLBytes+1))
	if err != nil {
		return err
	}
	if len(doc) > maxXMLBytes {
		return fmt.Errorf("%s: %w: it is longer than %d bytes", a.call.what(), ErrMalformed, maxXMLBytes)
	}
	if doc = trimDocument(doc); len(doc) > 0 && doc[0] != '<' {
		return a.foreign()
	}
	p := &xmlParser{data: doc}
	name, err := p.root()
	switch {
	case err == nil && name == root:
		err = decode(p)
	case err == nil && name == "Error":
		e := newError(a.call, a.Request, a.Response)
		if decodeError(doc, e) {
			return e
		}
		err = errXML
	case err == nil || !errors.Is(err, ErrCutBody):
		return a.foreign()
	}
	if err != nil {
		return fmt.Errorf("%s: read the answer: %w", a.call.what(), err)
	}
	return nil
}

// decodeError fills e from an Error document and reports whether doc was one.
func decodeError(doc []byte, e *Error) bool {
	p := &xmlParser{data: doc}
	if name, err := p.root(); err != nil || name != "Error" {
		return false
	}
	err := p.each(func(name string) error {
		s, err := p.text()
		s = strings.TrimSpace(s)
		switch name {
		case "Code":
			e.Code = s
		case "Message":
			e.Message = s
		case "Resource":
			e.Resource = s
		case "RequestId":
			e.RequestID = s
		case "TraceId":
			e.TraceID = s
		}
		return err
	})
	return err == nil && e.Code != ""
}
