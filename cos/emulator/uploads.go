package emulator

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
)

// upload is a multipart upload in progress.
type upload struct {
	key       string
	id        string
	initiated int64 // unix seconds
	class     string
	headers   headers
	extra     extra
}

// uploadSerial keeps the ids of one second in order.
var uploadSerial atomic.Uint32

// newUploadID makes an id that begins with the time, as the service's do, so
// that ids of one key sort from the oldest to the newest.
func newUploadID(unix int64) string {
	return fmt.Sprintf("%010d%08x%016x%016x", unix, uploadSerial.Add(1), rand.Uint64(), rand.Uint64())
}

func (s *Server) initiateUpload(q *request) error {
	b, err := s.bucketOf(q)
	if err != nil {
		return err
	}
	o, err := newObject(q)
	if err != nil {
		return err
	}
	id := newUploadID(o.modified)
	err = s.index.writer.do(func(tx *writeTx) error {
		if _, err := tx.versioning(b); err != nil {
			return err
		}
		return tx.exec(`INSERT INTO uploads (bucket, key, id, initiated, class, headers, extra) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			b.id, []byte(o.key), id, o.modified, o.class, o.headers.pack(), o.extra.pack())
	})
	if err != nil {
		return err
	}
	d := newDocument()
	d.open("InitiateMultipartUploadResult")
	d.text("Bucket", b.name)
	d.text("Key", o.key)
	d.text("UploadId", id)
	d.close("InitiateMultipartUploadResult")
	return q.document(http.StatusOK, d.bytes())
}

const selectUpload = `SELECT initiated, class, headers, extra FROM uploads WHERE bucket = ? AND key = ? AND id = ?`

// findUpload returns the upload a request names.
func (x *index) findUpload(ctx context.Context, b bucket, key, id string) (*upload, error) {
	return scanUpload(key, id, func(dest ...any) error {
		return x.row(ctx, selectUpload, []any{b.id, []byte(key), id}, dest...)
	})
}

// findUpload is the same inside a change.
func (tx *writeTx) findUpload(b bucket, key, id string) (*upload, error) {
	return scanUpload(key, id, func(dest ...any) error {
		return tx.row(selectUpload, []any{b.id, []byte(key), id}, dest...)
	})
}

func scanUpload(key, id string, row func(dest ...any) error) (*upload, error) {
	u := &upload{key: key, id: id}
	var packed, packedExtra string
	err := row(&u.initiated, &u.class, &packed, &packedExtra)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, noSuchUpload()
	}
	if err != nil {
		return nil, err
	}
	if u.headers, err = unpackHeaders(packed); err != nil {
		return nil, err
	}
	u.extra, err = unpackExtra(packedExtra)
	return u, err
}

func (s *Server) abortUpload(q *request) error {
	b, err := s.bucketOf(q)
	if err != nil {
		return err
	}
	key, id := q.target.key, q.target.query.get("uploadId")
	err = s.index.writer.do(func(tx *writeTx) error {
		if _, err := tx.findUpload(b, key, id); err != nil {
			return err
		}
		parts, err := tx.parts(id)
		if err != nil {
			return err
		}
		for _, p := range parts {
			if err := tx.drop(p.body); err != nil {
				return err
			}
		}
		return tx.endUpload(b, key, id)
	})
	if err != nil {
		return err
	}
	return q.empty(http.StatusNoContent)
}

// endUpload removes an upload and its parts; their blobs are the caller's.
func (tx *writeTx) endUpload(b bucket, key, id string) error {
	if err := tx.exec(`DELETE FROM parts WHERE upload = ?`, id); err != nil {
		return err
	}
	return tx.exec(`DELETE FROM uploads WHERE bucket = ? AND key = ? AND id = ?`, b.id, []byte(key), id)
}

// errPageFull ends a scan at the first line that has no room.
var errPageFull = errors.New("the page is full")

// uploadLine is one line of a page of uploads: an upload or a common prefix.
type uploadLine struct {
	upload
	isPrefix bool
}

// uploads returns a page of the uploads of a bucket, by key and, of one key,
// from the oldest to the newest.
func (x *index) uploads(ctx context.Context, b bucket, l listing, idMarker string) (page []uploadLine, truncated bool, err error) {
	start, end := l.bounds()
	if idMarker != "" && l.marker != "" {
		start = []byte(max(l.marker, l.prefix))
	}
	const query = `SELECT key, id, initiated, class FROM uploads WHERE bucket = ? AND key >= ? AND key < ? ORDER BY key, id`
	err = x.each(ctx, query, []any{b.id, start, end}, func(rows *sql.Rows) error {
		var u upload
		if err := rows.Scan(&u.key, &u.id, &u.initiated, &u.class); err != nil {
			return err
		}
		if u.key == l.marker && u.id <= idMarker {
			return nil
		}
		line := uploadLine{upload: u}
		if l.delimiter != "" {
			if p := l.commonPrefix(u.key); p != "" {
				line = uploadLine{upload: upload{key: p}, isPrefix: true}
			}
		}
		if line.isPrefix && len(page) > 0 && page[len(page)-1].key == line.key {
			return nil
		}
		if len(page) == l.max {
			return errPageFull
		}
		page = append(page, line)
		return nil
	})
	if errors.Is(err, errPageFull) {
		return page, true, nil
	}
	return page, false, err
}

func (s *Server) listUploads(q *request) error {
	b, err := s.bucketOf(q)
	if err != nil {
		return err
	}
	l, encoded, err := readListing(q.target.query, "key-marker", "max-uploads")
	if err != nil {
		return err
	}
	idMarker := q.target.query.get("upload-id-marker")
	page, truncated, err := s.index.uploads(q.r.Context(), b, l, idMarker)
	if err != nil {
		return err
	}
	d := newDocument()
	d.encoded = encoded
	d.open("ListMultipartUploadsResult")
	d.text("Bucket", b.name)
	d.encoding("Encoding-Type")
	d.name("KeyMarker", l.marker)
	d.text("UploadIdMarker", idMarker)
	if truncated {
		last := page[len(page)-1]
		d.name("NextKeyMarker", last.key)
		d.text("NextUploadIdMarker", last.id)
	}
	d.number("MaxUploads", int64(l.max))
	d.flag("IsTruncated", truncated)
	d.name("Prefix", l.prefix)
	d.name("Delimiter", l.delimiter)
	d.uploadLines(b, page)
	d.close("ListMultipartUploadsResult")
	return q.document(http.StatusOK, d.bytes())
}

func (d *document) uploadLines(b bucket, page []uploadLine) {
	for _, u := range page {
		if u.isPrefix {
			continue
		}
		d.open("Upload")
		d.name("Key", u.key)
		d.text("UploadId", u.id)
		d.owner("Initiator", b.name)
		d.owner("Owner", b.name)
		d.text("StorageClass", u.class)
		d.time("Initiated", u.initiated)
		d.close("Upload")
	}
	for _, u := range page {
		if u.isPrefix {
			d.commonPrefix(u.key)
		}
	}
}
