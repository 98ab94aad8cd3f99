package emulator

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// request is one request while it is answered.
type request struct {
	server *Server
	w      http.ResponseWriter
	r      *http.Request
	target target
	op     operation
	// unreadable is why there is nothing to check a signature of, refusal why
	// there is no operation.
	unreadable, refusal error
	now                 time.Time
	id                  string
	fault               Fault    // the rules that act on it, merged
	anonymous           bool     // it is not signed
	lost                *discard // set if the answer is to be lost
	sent                bool     // a status has been written
}

func (s *Server) newRequest(w http.ResponseWriter, r *http.Request) *request {
	q := &request{server: s, w: w, r: r, now: s.cfg.Now()}
	q.target, q.unreadable = parseTarget(r, s.defaultBucket())
	if s.cfg.AnyCaseVersionID {
		q.target.query.rename("VersionId", "versionId") // signed in lower case either way
	}
	if q.unreadable == nil {
		q.op, q.refusal = route(r, &q.target)
	}
	q.fault = s.faults.match(q.op.name, q.target.key)
	q.now = q.now.Add(q.fault.Skew)
	q.id = newID(q.now)
	q.set("x-cos-request-id", q.id)
	q.set("Date", q.now.UTC().Format(http.TimeFormat))
	q.set("Server", "tencent-cos")
	return q
}

func (s *Server) defaultBucket() string {
	if len(s.cfg.Buckets) == 0 {
		return ""
	}
	return s.cfg.Buckets[0]
}

// newID makes a request or trace id that looks like the service's.
func newID(now time.Time) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%08x_%016x", now.Unix(), rand.Uint64()))
}

// set writes a response header with name's own case, which Header.Set would
// change: "ETag" would become "Etag", "x-cos-..." "X-Cos-...", and some
// clients look names up as the service spells them.
func (q *request) set(name, value string) { q.w.Header()[name] = []string{value} }

// status writes the status of an answer without a body, or before it.
func (q *request) status(code int) {
	q.sent = true
	q.w.WriteHeader(code)
}

// empty answers without a body.
func (q *request) empty(code int) error {
	if code != http.StatusNoContent {
		q.set("Content-Length", "0")
	}
	q.status(code)
	return nil
}

// document answers an XML document.
func (q *request) document(code int, body []byte) error {
	if !q.sent {
		q.set("Content-Type", "application/xml")
		q.set("Content-Length", strconv.Itoa(len(body)))
		q.status(code)
	}
	if q.r.Method != http.MethodHead {
		_, _ = q.slowAnswer(0, int64(len(body))).Write(body) // the client left: nobody to tell
	}
	return nil
}

// fail answers an error. After the status has gone out all that is left is to
// break the connection off, so that a cut answer is not taken for a whole one.
func (q *request) fail(err error) {
	if q.sent {
		panic(http.ErrAbortHandler)
	}
	e := asAPIError(err)
	if m := (*markerError)(nil); errors.As(err, &m) {
		q.set("x-cos-delete-marker", "true")
		q.set("x-cos-version-id", m.marker.versionID())
	}
	h := q.w.Header()
	for _, name := range []string{"ETag", "Last-Modified", "Content-Encoding", crcHeader} {
		delete(h, name)
	}
	q.answerError(e)
}

func (q *request) answerError(e *apiError) {
	if q.r.Method == http.MethodHead || e.status == http.StatusNotModified {
		// The service sends no body here: the status says all.
		_ = q.empty(e.status)
		return
	}
	q.set("x-cos-trace-id", newID(q.now))
	_ = q.document(e.status, q.errorDocument(e))
}

func (q *request) errorDocument(e *apiError) []byte {
	d := newDocument()
	d.open("Error")
	d.text("Code", e.code)
	d.text("Message", e.message)
	d.text("Resource", q.r.Host+encodeName(q.target.path))
	d.text("RequestId", q.id)
	d.text("TraceId", newID(q.now))
	d.close("Error")
	return d.bytes()
}

const crcHeader = "x-cos-hash-crc64ecma"

func (q *request) setCRC(crc uint64) {
	if !q.fault.NoCRC {
		q.set(crcHeader, strconv.FormatUint(crc, 10))
	}
}

// versionID returns the version that is asked for, "" for the newest.
func (q *request) versionID() string { return q.target.query.get("versionId") }

func (q *request) setETag(etag string) { q.set("ETag", `"`+etag+`"`) }
