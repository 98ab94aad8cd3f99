package emulator

import (
	"bytes"
	"context"
	"crypto/md5" // the service's ETags are MD5
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// appendObject adds a body to the end of an appendable object, or makes one.
func (s *Server) appendObject(q *request) error {
	b, err := s.bucketOf(q)
	if err != nil {
		return err
	}
	position, err := strconv.ParseInt(q.target.query.get("position"), 10, 64)
	if err != nil || position < 0 {
		return refuse("InvalidArgument", "position is the number of bytes the object has.")
	}
	o, err := newObject(q)
	if err != nil {
		return err
	}
	if o.class == "INTELLIGENT_TIERING" || strings.HasPrefix(o.class, "MAZ_") {
		return refuse("InvalidArgument", "Appendable objects cannot have the class "+o.class+".")
	}
	if q.r.ContentLength < 0 {
		return refuse("MissingContentLength", "You must provide the Content-Length HTTP header.")
	}
	c, err := s.receive(q)
	if err != nil {
		return err
	}
	var made object
	err = s.index.writer.do(func(tx *writeTx) error {
		made = *o // the change may be applied twice
		return tx.appendObject(b, &made, position, *c)
	})
	if err != nil {
		s.blobs.discardContent(c)
		return err
	}
	if err := s.compact(q.r.Context(), b, &made); err != nil {
		return err
	}
	q.written(&made)
	q.set("x-cos-next-append-position", strconv.FormatInt(made.size, 10))
	// What the service puts here is not known; the Go SDK wants the MD5.
	q.set("x-cos-content-sha1", hex.EncodeToString(c.md5[:]))
	return q.empty(http.StatusOK)
}

// appendObject enters c, whose blobs are not in the index yet, behind what o's
// key has. Class and headers are those of the first piece.
func (tx *writeTx) appendObject(b bucket, o *object, position int64, c content) error {
	state, err := tx.versioning(b)
	if err != nil {
		return err
	}
	if state != unversioned {
		return refuse("InvalidBucketState", "Objects in a bucket with versioning cannot be appended to.")
	}
	old, err := tx.lookup(b, o.key, "")
	var e *apiError
	switch {
	case errors.As(err, &e) && e.code == "NoSuchKey":
		old = nil
	case err != nil:
		return err
	}
	if err := checkAppend(old, position, c.size); err != nil {
		return err
	}
	if old == nil {
		o.extra.Appendable = true
		o.take(&c)
		if err := tx.add(&c); err != nil {
			return err
		}
		return tx.putObject(b, o)
	}
	o.class, o.headers, o.extra = old.class, old.headers, old.extra
	if err := tx.extend(o, old, &c); err != nil {
		return err
	}
	return tx.updateBody(b, o)
}

func checkAppend(old *object, position, size int64) error {
	if old == nil {
		old = &object{extra: extra{Appendable: true}}
	}
	switch {
	case !old.extra.Appendable:
		return refuse("ObjectNotAppendable", "The object is not appendable.")
	case position != old.size:
		return refuse("AppendPositionErr", "The position is not the length of the object, "+strconv.FormatInt(old.size, 10)+".")
	case old.size+size > maxBodyBytes:
		return refuse("EntityTooLarge", "An appendable object is at most 5 GB.")
	}
	return nil
}

// extend makes o's content that of old followed by c.
func (tx *writeTx) extend(o, old *object, c *content) error {
	o.size = old.size + c.size
	o.crc = combineCRC(old.crc, c.crc, c.size)
	// An identity, no checksum, as after a multipart upload.
	sum := md5.Sum([]byte(old.etag + c.etag()))
	o.etag = hex.EncodeToString(sum[:])
	body, err := tx.joinTail(old.body, c)
	if err != nil {
		return err
	}
	o.body = append(body[:len(body):len(body)], c.body...)
	return tx.add(c)
}

// joinTail takes a small last piece of body into c, if c is small too, so that
// many small pieces do not become as many blobs. It returns what is left of
// body.
func (tx *writeTx) joinTail(body []segment, c *content) ([]segment, error) {
	if len(body) == 0 || len(c.body) != 1 || !c.body[0].inline {
		return body, nil
	}
	last := body[len(body)-1]
	if !last.inline || last.length+c.size > inlineBytes {
		return body, nil
	}
	var data []byte
	if err := tx.row(`SELECT data FROM blobs WHERE id = ?`, []any{last.blob}, &data); err != nil {
		return nil, err
	}
	c.data = slices.Concat(data[last.offset:last.offset+last.length], c.data)
	c.body = []segment{{blob: c.body[0].blob, inline: true, length: last.length + c.size}}
	return body[:len(body)-1], tx.release(last)
}

// maxInline is how many pieces at the end of an appended object are in the
// index before they become a file: about a megabyte of them.
const maxInline = 256

// compact writes the small pieces at the end of o into a file once there are
// many. If o has changed meanwhile, whoever changed it does so.
func (s *Server) compact(ctx context.Context, b bucket, o *object) error {
	tail := o.body
	for i, seg := range slices.Backward(o.body) {
		if !seg.inline {
			tail = o.body[i+1:]
			break
		}
	}
	if len(tail) < maxInline {
		return nil
	}
	inline, err := s.index.inlineData(ctx, tail)
	if errors.Is(err, errGone) {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := s.gather(tail, inline)
	if err != nil {
		return err
	}
	return s.replaceTail(b, o, tail, c)
}

// gather stores segments that are in the index as a file.
func (s *Server) gather(tail []segment, inline map[int64][]byte) (*content, error) {
	var buffer bytes.Buffer
	if err := s.blobs.send(&buffer, tail, inline); err != nil {
		return nil, err
	}
	return s.blobs.store(&buffer, int64(buffer.Len()))
}

func (s *Server) replaceTail(b bucket, o *object, tail []segment, c *content) error {
	stale := errors.New("changed meanwhile")
	err := s.commit(c, func(tx *writeTx) error {
		now, err := tx.lookup(b, o.key, "")
		if err != nil || now.etag != o.etag || !slices.Equal(now.body, o.body) {
			return stale
		}
		for _, seg := range tail {
			if err := tx.release(seg); err != nil {
				return err
			}
		}
		now.body = slices.Concat(o.body[:len(o.body)-len(tail)], c.body)
		return tx.updateBody(b, now)
	})
	if errors.Is(err, stale) {
		return nil
	}
	return err
}
