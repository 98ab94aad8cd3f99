package emulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// getObject answers GET and HEAD.
func (s *Server) getObject(q *request) error {
	defer s.blobs.begin()()
	b, err := s.bucketOf(q)
	if err != nil {
		return err
	}
	if err := q.checkOverrides(); err != nil {
		return err
	}
	limit, err := trafficLimit(q)
	if err != nil {
		return err
	}
	read := s.index.lookup
	if q.r.Method == http.MethodHead {
		read = s.index.describe
	}
	o, err := described(q, b, read)
	if q.anonymous && (err != nil || !o.extra.ACL.public()) {
		return accessDenied() // also of what is not there: it is nobody's business
	}
	if err != nil {
		return err
	}
	if err := getConditions(q.r.Header).check(o); err != nil {
		if errors.Is(err, errNotModified) {
			q.setETag(o.etag)
			q.status(http.StatusNotModified)
			return nil
		}
		return err
	}
	if q.r.Method == http.MethodGet {
		if err := q.checkReadable(o); err != nil {
			return err
		}
	}
	return s.sendObject(q, b, o, limit)
}

func (s *Server) sendObject(q *request, b bucket, o *object, limit int64) error {
	first, length, status := int64(0), o.size, http.StatusOK
	if q.r.Method == http.MethodGet {
		r, ok, err := parseRange(q.r.Header.Get("Range"), o.size)
		if err != nil {
			q.set("Content-Range", fmt.Sprintf("bytes */%d", o.size))
			return err
		}
		if ok {
			first, length, status = r.first, r.length, http.StatusPartialContent
			q.set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, first+length-1, o.size))
		}
	}
	q.describe(b, o)
	q.set("Content-Length", strconv.FormatInt(length, 10))
	body := q.slowAnswer(limit, length)
	q.status(status)
	if q.r.Method == http.MethodHead {
		return nil
	}
	return s.blobs.send(body, cutBody(o.body, first, length), o.inline)
}

// overrides begins the parameters that choose a header of the answer.
const overrides = "response-"

// checkOverrides refuses values that no header can hold.
func (q *request) checkOverrides() error {
	for _, p := range q.target.query {
		if strings.HasPrefix(p.name, overrides) && strings.ContainsFunc(p.value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			return refuse("InvalidArgument", p.name+" holds a control character.")
		}
	}
	return nil
}

// describe sets the headers of an object.
func (q *request) describe(b bucket, o *object) {
	q.set("Content-Type", "application/octet-stream")
	for name, v := range o.headers {
		q.set(name, v)
	}
	for _, name := range keptHeaders {
		if v := q.target.query.get(overrides + strings.ToLower(name)); v != "" {
			q.set(name, v)
		}
	}
	q.setETag(o.etag)
	q.setCRC(o.crc) // of the whole object, also on a 206
	q.set("Last-Modified", time.Unix(o.modified, 0).UTC().Format(http.TimeFormat))
	q.set("Accept-Ranges", "bytes")
	q.set("x-cos-object-type", o.kind())
	if o.class != standard {
		q.set("x-cos-storage-class", o.class)
	}
	if tier := storageTier(o.class); tier != "" {
		q.set("x-cos-storage-tier", tier)
	}
	if b.versioning != unversioned {
		q.set("x-cos-version-id", o.versionID())
	}
	if o.extra.Encrypted != "" {
		q.set(encryptionHeader, o.extra.Encrypted)
	}
	if o.extra.KMSKey != "" {
		q.set(kmsKeyHeader, o.extra.KMSKey)
	}
	q.describeRestore(o)
}

func (o *object) kind() string {
	if o.extra.Appendable {
		return "appendable"
	}
	return "normal"
}

// storageTier is where an object of an intelligent class lies: here always
// with what is read often.
func storageTier(class string) string {
	if strings.HasSuffix(class, "INTELLIGENT_TIERING") {
		return "FREQUENT"
	}
	return ""
}

// reader reads a range of an object as a stream. The caller is between
// blobs.begin and its end, and closes it.
func (s *Server) reader(ctx context.Context, o *object, r byteRange) io.ReadCloser {
	read, write := io.Pipe()
	stop := context.AfterFunc(ctx, func() { read.CloseWithError(ctx.Err()) })
	go func() {
		defer stop()
		write.CloseWithError(s.blobs.send(write, cutBody(o.body, r.first, r.length), o.inline))
	}()
	return read
}
