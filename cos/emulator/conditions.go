package emulator

import (
	"errors"
	"net/http"
	"strings"
	"time"
)

// conditions are the four If-* headers of a GET or HEAD, or their four
// x-cos-copy-source- twins.
type conditions struct {
	match, noneMatch               string
	modifiedSince, unmodifiedSince string
}

// errNotModified asks for a 304.
var errNotModified = errors.New("not modified")

func getConditions(h http.Header) conditions {
	return conditions{h.Get("If-Match"), h.Get("If-None-Match"), h.Get("If-Modified-Since"), h.Get("If-Unmodified-Since")}
}

func copyConditions(h http.Header) conditions {
	const p = "X-Cos-Copy-Source-"
	return conditions{h.Get(p + "If-Match"), h.Get(p + "If-None-Match"), h.Get(p + "If-Modified-Since"), h.Get(p + "If-Unmodified-Since")}
}

// check returns nil, PreconditionFailed or errNotModified, in the order of
// RFC 9110: an ETag condition makes the date of its kind irrelevant.
func (c conditions) check(o *object) error {
	failed := refuse("PreconditionFailed", "At least one of the preconditions you specified did not hold.")
	switch {
	case c.match != "":
		if !matchesETag(c.match, o.etag) {
			return failed
		}
	case before(c.unmodifiedSince, o.modified):
		return failed
	}
	switch {
	case c.noneMatch != "":
		if matchesETag(c.noneMatch, o.etag) {
			return errNotModified
		}
	case notBefore(c.modifiedSince, o.modified):
		return errNotModified
	}
	return nil
}

// matchesETag compares without quotes: clients send both.
func matchesETag(list, etag string) bool {
	for want := range strings.SplitSeq(list, ",") {
		want = strings.Trim(strings.TrimPrefix(strings.TrimSpace(want), "W/"), `"`)
		if want == "*" || strings.EqualFold(want, etag) {
			return true
		}
	}
	return false
}

// before reports whether header is a date before the modification.
func before(header string, modified int64) bool {
	at, ok := httpDate(header)
	return ok && at.Unix() < modified
}

// notBefore reports whether header is a date at or after the modification.
func notBefore(header string, modified int64) bool {
	at, ok := httpDate(header)
	return ok && at.Unix() >= modified
}

// httpDate returns false for no date and for one that cannot be read, which
// is to be ignored.
func httpDate(header string) (time.Time, bool) {
	at, err := http.ParseTime(header)
	return at, err == nil
}
