package emulator

import (
	"crypto/md5" // the service's ETags are MD5
	"encoding/hex"
	"errors"
	"net/http"
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
	err = s.commit(c, func(tx *writeTx) error {
		made = *o // the change may be applied twice
		return tx.appendObject(b, &made, position, c)
	})
	if err != nil {
		return err
	}
	q.written(&made)
	q.set("x-cos-next-append-position", strconv.FormatInt(made.size, 10))
	// What the service puts here is not known; the Go SDK wants the MD5.
	q.set("x-cos-content-sha1", hex.EncodeToString(c.md5[:]))
	return q.empty(http.StatusOK)
}

// appendObject enters c behind what o's key has. Class and headers are those
// of the first piece.
func (tx *writeTx) appendObject(b bucket, o *object, position int64, c *content) error {
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
		old = &object{extra: extra{Appendable: true}}
	case err != nil:
		return err
	default:
		o.class, o.headers, o.extra = old.class, old.headers, old.extra
	}
	switch {
	case !old.extra.Appendable:
		return refuse("ObjectNotAppendable", "The object is not appendable.")
	case position != old.size:
		return refuse("AppendPositionErr", "The position is not the length of the object, "+strconv.FormatInt(old.size, 10)+".")
	case old.size+c.size > maxBodyBytes:
		return refuse("EntityTooLarge", "An appendable object is at most 5 GB.")
	}
	o.extra.Appendable = true
	o.extend(old, c)
	// The new row names the old blobs too.
	if err := tx.share(old.body); err != nil {
		return err
	}
	return tx.putObject(b, o)
}

// extend makes o's content that of old followed by c.
func (o *object) extend(old *object, c *content) {
	o.take(c)
	if old.etag == "" {
		return
	}
	o.size = old.size + c.size
	o.crc = combineCRC(old.crc, c.crc, c.size)
	o.body = append(old.body[:len(old.body):len(old.body)], c.body...)
	// An identity, no checksum, as after a multipart upload.
	sum := md5.Sum([]byte(old.etag + c.etag()))
	o.etag = hex.EncodeToString(sum[:])
}
