package emulator

import (
	"crypto/md5" // the service's Content-MD5 is MD5
	"encoding/base64"
	"net/http"
)

func (s *Server) putObject(q *request) error {
	b, err := s.bucketOf(q)
	if err != nil {
		return err
	}
	o, err := newObject(q)
	if err != nil {
		return err
	}
	c, err := s.receive(q)
	if err != nil {
		return err
	}
	o.take(c)
	if err := s.commit(c, func(tx *writeTx) error { return tx.putObject(b, o) }); err != nil {
		return err
	}
	q.written(o)
	return q.empty(http.StatusOK)
}

// written sets the headers of an answer to a write.
func (q *request) written(o *object) {
	if q.sent {
		return
	}
	q.setETag(o.etag)
	q.setCRC(o.crc)
	// Not while versioning is suspended (API documents 436/7749).
	if !o.nullver {
		q.set("x-cos-version-id", o.versionID())
	}
}

// newObject reads all of a put, initiate or copy that is not content.
func newObject(q *request) (*object, error) {
	if err := checkKey(q.target.key); err != nil {
		return nil, err
	}
	x, err := readExtra(q.r.Header)
	if err != nil {
		return nil, err
	}
	class, err := readClass(q.r.Header)
	if err != nil {
		return nil, err
	}
	h, err := readHeaders(q.r.Header)
	if err != nil {
		return nil, err
	}
	return &object{key: q.target.key, class: class, headers: h, extra: x, modified: q.now.Unix()}, nil
}

func (o *object) take(c *content) {
	o.size, o.etag, o.crc, o.body = c.size, c.etag(), c.crc, c.body
}

// receive stores the body of a put or a part. What it returns is not in the
// index yet.
func (s *Server) receive(q *request) (*content, error) {
	want, err := contentMD5(q.r.Header)
	if err != nil {
		return nil, err
	}
	if q.r.ContentLength > maxBodyBytes {
		return nil, refuse("EntityTooLarge", "The body is larger than 5 GB.")
	}
	limit, err := trafficLimit(q)
	if err != nil {
		return nil, err
	}
	c, err := s.blobs.store(q.slowBody(limit), q.r.ContentLength)
	if err != nil {
		return nil, err
	}
	if want != nil && *want != c.md5 {
		s.blobs.discardContent(c)
		return nil, badDigest()
	}
	return c, nil
}

// contentMD5 returns nil if the header is not there.
func contentMD5(in http.Header) (*[md5.Size]byte, error) {
	v := in.Get("Content-Md5")
	if v == "" {
		return nil, nil
	}
	sum, err := base64.StdEncoding.DecodeString(v)
	if err != nil || len(sum) != md5.Size {
		return nil, refuse("InvalidDigest", "The Content-MD5 you specified is not valid.")
	}
	return (*[md5.Size]byte)(sum), nil
}

// commit enters content and what refers to it together, or removes it.
func (s *Server) commit(c *content, apply func(*writeTx) error) error {
	err := s.index.writer.do(func(tx *writeTx) error {
		if err := tx.add(c); err != nil {
			return err
		}
		return apply(tx)
	})
	if err != nil {
		s.blobs.discardContent(c)
	}
	return err
}

func badDigest() error {
	return refuse("BadDigest", "The Content-MD5 you specified did not match what we received.")
}
