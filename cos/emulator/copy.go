package emulator

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// source is an object that is copied from.
type source struct {
	*object
	bucket  bucket
	current bool // it was named without a version
}

// copySource finds what x-cos-copy-source names and checks its conditions. The caller is between blobs.begin and its end.
func (s *Server) copySource(q *request) (source, error) {
	at, err := parseCopySource(q.r.Header.Get("X-Cos-Copy-Source"))
	if err != nil {
		return source{}, err
	}
	b, err := s.findBucket(at.bucket, at.region)
	if err != nil {
		return source{}, err
	}
	version := at.query.get("versionId")
	o, err := s.index.lookup(q.r.Context(), b, at.key, version)
	if err == nil {
		err = o.notMarker()
	}
	if err != nil {
		return source{}, err
	}
	err = copyConditions(q.r.Header).check(o)
	if errors.Is(err, errNotModified) {
		err = refuse("PreconditionFailed", "At least one of the preconditions you specified did not hold.")
	}
	if err == nil {
		err = q.checkReadable(o)
	}
	if err == nil && b.versioning != unversioned {
		q.set("x-cos-copy-source-version-id", o.versionID())
	}
	return source{o, b, version == ""}, err
}

// parseCopySource reads `HOST/KEY[?versionId=ID]`, the key percent-encoded.
func parseCopySource(header string) (target, error) {
	raw, rawQuery, _ := strings.Cut(header, "?")
	host, rawKey, ok := strings.Cut(strings.TrimPrefix(raw, "/"), "/")
	t := parseHost(host)
	key, err := url.PathUnescape(rawKey)
	if !ok || err != nil || key == "" || !utf8.ValidString(key) || t.foreign || t.bucket == "" {
		return target{}, refuse("InvalidCopySource", "x-cos-copy-source is HOST/KEY, the key percent-encoded.")
	}
	t.key = key
	t.query, err = parseQuery(rawQuery)
	return t, err
}

// copyObject shares the source's blobs. Class and ACL are never inherited
// (API documents 436/10881).
func (s *Server) copyObject(q *request) error {
	defer s.blobs.begin()()
	b, err := s.bucketOf(q)
	if err != nil {
		return err
	}
	o, err := newObject(q)
	if err != nil {
		return err
	}
	from, err := s.copySource(q)
	if err != nil {
		return err
	}
	if err := o.inherit(q, b, from); err != nil {
		return err
	}
	if done, err := s.slowDocument(q); done {
		return err
	}
	err = s.shareObject(b, o)
	// Overwritten since it was looked up: what is there now is copied.
	for errors.Is(err, errGone) {
		if from, err = s.copySource(q); err != nil {
			break
		}
		if err = o.inherit(q, b, from); err != nil {
			break
		}
		err = s.shareObject(b, o)
	}
	if err != nil {
		return q.failInDocument(err)
	}
	q.written(o)
	return q.document(http.StatusOK, copiedDocument("CopyObjectResult", o, !q.fault.NoCRC))
}

// shareObject enters o as one more owner of its blobs.
func (s *Server) shareObject(b bucket, o *object) error {
	return s.index.writer.do(func(tx *writeTx) error {
		if err := tx.share(o.body); err != nil {
			return err
		}
		return tx.putObject(b, o)
	})
}

// inherit takes content and, unless they are replaced, headers of the source.
func (o *object) inherit(q *request, b bucket, from source) error {
	switch strings.ToLower(q.r.Header.Get("X-Cos-Metadata-Directive")) {
	case "", "copy":
		if from.bucket.id == b.id && from.key == o.key && from.current {
			return refuse("InvalidRequest", "An object is copied onto itself only with x-cos-metadata-directive: Replaced.")
		}
		o.headers = from.headers
	case "replaced":
	default:
		return refuse("InvalidArgument", "x-cos-metadata-directive is Copy or Replaced.")
	}
	switch strings.ToLower(q.r.Header.Get("X-Cos-Tagging-Directive")) {
	case "", "copy":
		o.extra.Tags = from.extra.Tags
	case "replaced":
	default:
		return refuse("InvalidArgument", "x-cos-tagging-directive is Copy or Replaced.")
	}
	if from.size > maxBodyBytes {
		return refuse("EntityTooLarge", "An object larger than 5 GB is copied in parts.")
	}
	o.size, o.etag, o.crc, o.body = from.size, from.etag, from.crc, from.body
	return nil
}

func copiedDocument(root string, o *object, withCRC bool) []byte {
	d := newDocument()
	d.open(root)
	d.etag(o.etag)
	d.time("LastModified", o.modified)
	if withCRC {
		d.text("CRC64", strconv.FormatUint(o.crc, 10))
	}
	if !o.nullver {
		d.text("VersionId", o.versionID())
	}
	d.close(root)
	return d.bytes()[len(prolog):]
}

// uploadPartCopy reads the bytes once more, because a part needs an MD5 of
// its own.
func (s *Server) uploadPartCopy(q *request) error {
	defer s.blobs.begin()()
	b, number, err := s.partTarget(q)
	if err != nil {
		return err
	}
	from, err := s.copySource(q)
	if err != nil {
		return err
	}
	r, err := copyRange(q.r.Header.Get("X-Cos-Copy-Source-Range"), from.size)
	if err != nil {
		return err
	}
	if done, err := s.slowDocument(q); done {
		return err
	}
	c, err := s.copyContent(q.r.Context(), from, r)
	if err != nil {
		return q.failInDocument(err)
	}
	p := newPart(number, c, q.now.Unix())
	err = s.commit(c, func(tx *writeTx) error { return tx.putPart(b, q, p) })
	if err != nil {
		return q.failInDocument(err)
	}
	o := &object{etag: p.etag, crc: p.crc, modified: p.modified, nullver: true}
	q.written(o)
	return q.document(http.StatusOK, copiedDocument("CopyPartResult", o, !q.fault.NoCRC))
}

// copyRange reads `bytes=FIRST-LAST`; without it the whole source is meant.
func copyRange(header string, size int64) (byteRange, error) {
	if header == "" {
		if size > maxBodyBytes {
			return byteRange{}, refuse("EntityTooLarge", "A part is at most 5 GB.")
		}
		return byteRange{0, size}, nil
	}
	spec, _ := strings.CutPrefix(header, "bytes=")
	from, to, _ := strings.Cut(spec, "-")
	first, errFirst := strconv.ParseInt(from, 10, 64)
	last, errLast := strconv.ParseInt(to, 10, 64)
	if errFirst != nil || errLast != nil || first < 0 || last < first {
		return byteRange{}, refuse("InvalidArgument", "x-cos-copy-source-range is bytes=FIRST-LAST.")
	}
	if last >= size {
		return byteRange{}, refuse("InvalidRange", "The range lies beyond the end of the source.")
	}
	if last-first >= maxBodyBytes {
		return byteRange{}, refuse("EntityTooLarge", "A part is at most 5 GB.")
	}
	return byteRange{first, last - first + 1}, nil
}

func (s *Server) copyContent(ctx context.Context, from source, r byteRange) (*content, error) {
	content := s.reader(ctx, from.object, r)
	defer content.Close() // ends the sender if the store gave up
	return s.blobs.store(content, r.length)
}
