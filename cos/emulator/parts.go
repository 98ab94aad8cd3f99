package emulator

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
)

// part is a row of the part table. body is packed.
type part struct {
	number   int
	size     int64
	etag     string
	modified int64 // unix seconds
	crc      uint64
	body     []byte
}

func (s *Server) uploadPart(q *request) error {
	b, number, err := s.partTarget(q)
	if err != nil {
		return err
	}
	if q.r.ContentLength < 0 {
		return refuse("MissingContentLength", "You must provide the Content-Length HTTP header.")
	}
	c, err := s.receive(q)
	if err != nil {
		return err
	}
	p := newPart(number, c, q.now.Unix())
	err = s.commit(c, func(tx *writeTx) error { return tx.putPart(b, q, p) })
	if err != nil {
		return err
	}
	q.setETag(p.etag)
	q.setCRC(p.crc)
	return q.empty(http.StatusOK)
}

func newPart(number int, c *content, unix int64) part {
	return part{number, c.size, c.etag(), unix, c.crc, encodeBody(c.body)}
}

// partTarget checks what can be checked before the body of a part is read.
func (s *Server) partTarget(q *request) (bucket, int, error) {
	b, err := s.bucketOf(q)
	if err != nil {
		return b, 0, err
	}
	number, err := q.target.query.number("partNumber", 1, maxParts, 0)
	if err != nil {
		return b, 0, err
	}
	if number == 0 {
		return b, 0, refuse("InvalidArgument", "A part needs a partNumber.")
	}
	_, err = s.index.findUpload(q.r.Context(), b, q.target.key, q.target.query.get("uploadId"))
	return b, number, err
}

// putPart enters a part, in place of one of the same number.
func (tx *writeTx) putPart(b bucket, q *request, p part) error {
	id := q.target.query.get("uploadId")
	// Completed or aborted while the body arrived: the part comes too late.
	if _, err := tx.findUpload(b, q.target.key, id); err != nil {
		return err
	}
	old, err := tx.somePart(id, p.number)
	if err != nil {
		return err
	}
	if err := tx.drop(old); err != nil {
		return err
	}
	return tx.exec(`INSERT OR REPLACE INTO parts (upload, number, size, etag, modified, crc, body) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		id, p.number, p.size, p.etag, p.modified, int64(p.crc), p.body) // the bits are kept
}

// somePart returns the packed body of a part, nil if there is none.
func (tx *writeTx) somePart(upload string, number int) (packed []byte, err error) {
	err = tx.row(`SELECT body FROM parts WHERE upload = ? AND number = ?`, []any{upload, number}, &packed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return packed, err
}

const selectParts = `SELECT number, size, etag, modified, crc, body FROM parts WHERE upload = ? AND number > ? ORDER BY number LIMIT ?`

// parts returns all parts of an upload, by number.
func (tx *writeTx) parts(upload string) ([]part, error) {
	stmt, err := tx.w.prepared(selectParts)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(context.Background(), upload, 0, maxParts)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []part
	for rows.Next() {
		p, err := scanPart(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, rows.Err()
}

func scanPart(rows *sql.Rows) (p part, err error) {
	var crc int64
	err = rows.Scan(&p.number, &p.size, &p.etag, &p.modified, &crc, &p.body)
	p.crc = uint64(crc) // the bits are kept
	return p, err
}

func (s *Server) listParts(q *request) error {
	b, err := s.bucketOf(q)
	if err != nil {
		return err
	}
	params := q.target.query
	size, err := params.pageSize("max-parts")
	if err != nil {
		return err
	}
	marker, err := params.number("part-number-marker", 0, 1<<31-1, 0)
	if err != nil {
		return err
	}
	encoded, err := params.urlEncoded()
	if err != nil {
		return err
	}
	u, err := s.index.findUpload(q.r.Context(), b, q.target.key, params.get("uploadId"))
	if err != nil {
		return err
	}
	var page []part
	err = s.index.each(q.r.Context(), selectParts, []any{u.id, marker, size + 1}, func(rows *sql.Rows) error {
		p, err := scanPart(rows)
		page = append(page, p)
		return err
	})
	if err != nil {
		return err
	}
	truncated := len(page) > size
	page = page[:min(size, len(page))]
	return q.document(http.StatusOK, partsDocument(b, u, encoded, marker, size, page, truncated))
}

func partsDocument(b bucket, u *upload, encoded bool, marker, size int, page []part, truncated bool) []byte {
	d := newDocument()
	d.encoded = encoded
	d.open("ListPartsResult")
	d.text("Bucket", b.name)
	d.encoding("EncodingType")
	d.name("Key", u.key)
	d.text("UploadId", u.id)
	d.owner("Owner", b.name)
	d.owner("Initiator", b.name)
	d.number("PartNumberMarker", int64(marker))
	if len(page) > 0 {
		marker = page[len(page)-1].number
	}
	d.number("NextPartNumberMarker", int64(marker))
	d.number("MaxParts", int64(size))
	d.flag("IsTruncated", truncated)
	d.text("StorageClass", u.class)
	for _, p := range page {
		d.open("Part")
		d.number("PartNumber", int64(p.number))
		d.time("LastModified", p.modified)
		d.etag(p.etag)
		d.number("Size", p.size)
		d.close("Part")
	}
	d.close("ListPartsResult")
	return d.bytes()
}
