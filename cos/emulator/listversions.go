package emulator

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"net/http"
	"strings"
)

// versionListing says which page of versions is wanted. Its marker is the key
// marker.
type versionListing struct {
	listing
	versionMarker string
	// If withinKey is set, the page starts among the versions of marker, with
	// those below seq.
	withinKey bool
	seq       int64
}

// versionLine is one line of a page: a version, a marker or a common prefix.
type versionLine struct {
	object
	latest   bool
	isPrefix bool
}

func (s *Server) listVersions(q *request) error {
	b, err := s.bucketOf(q)
	if err != nil {
		return err
	}
	l, encoded, err := s.readVersionListing(q, b)
	if err != nil {
		return err
	}
	page, truncated, err := s.index.listVersions(q.r.Context(), b, l)
	if err != nil {
		return err
	}
	return q.document(http.StatusOK, versionsDocument(b, l, encoded, page, truncated))
}

func (s *Server) readVersionListing(q *request, b bucket) (l versionListing, encoded bool, err error) {
	l.listing, encoded, err = readListing(q.target.query, "key-marker", "max-keys")
	if err != nil {
		return l, false, err
	}
	l.versionMarker = q.target.query.get("version-id-marker")
	return l, encoded, s.index.findVersionMarker(q.r.Context(), b, &l)
}

// findVersionMarker learns where within a key the page starts.
func (x *index) findVersionMarker(ctx context.Context, b bucket, l *versionListing) error {
	switch l.versionMarker {
	case "":
		return nil
	case nullVersion:
		o, err := x.lookup(ctx, b, l.marker, nullVersion)
		var gone *apiError
		switch {
		case errors.As(err, &gone):
			l.seq = math.MaxInt64 // where it was is not known any more: rather show some again
		case err != nil:
			return err
		default:
			l.seq = o.seq
		}
		l.withinKey = true
	default:
		l.seq, l.withinKey = parseVersionID(l.versionMarker)
	}
	if !l.withinKey || l.marker == "" {
		return refuse("InvalidArgument", "A version-id-marker is a version of the key that key-marker names.")
	}
	return nil
}

const versionColumns = `key, seq, nullver, size, etag, modified, class`

// scanKey reads what is left of one key. The object, if it is there, is the
// newest of all.
const scanKey = `
SELECT 1, 0, ` + versionColumns + ` FROM objects WHERE bucket = ?1 AND key = ?2 AND seq < ?3 UNION ALL
SELECT 0, marker, ` + versionColumns + ` FROM versions WHERE bucket = ?1 AND key = ?2 AND seq < ?3
ORDER BY seq DESC LIMIT ?4`

// scanVersions merges two tables that are both in this order already.
const scanVersions = `
SELECT 1, 0, ` + versionColumns + ` FROM objects WHERE bucket = ?1 AND key >= ?2 AND key < ?3 UNION ALL
SELECT 0, marker, ` + versionColumns + ` FROM versions WHERE bucket = ?1 AND key >= ?2 AND key < ?3
ORDER BY key, seq DESC LIMIT ?4`

// listVersions returns at most l.max lines, by key and, of one key, from the
// newest to the oldest, and whether there are more. Prefixes are sought one by
// one, so a page costs its lines, however many versions lie below them.
func (x *index) listVersions(ctx context.Context, b bucket, l versionListing) (page []versionLine, truncated bool, err error) {
	start, end := l.bounds()
	take := func(rows *sql.Rows) error {
		line, err := scanVersionLine(rows)
		if err != nil {
			return err
		}
		if p := l.rolledUp(line.key); p != "" {
			page = append(page, versionLine{object: object{key: p}, isPrefix: true})
			start = []byte(successor(p))
			return errGrouped
		}
		page = append(page, l.ranked(page, line))
		return nil
	}
	if l.withinKey && strings.HasPrefix(l.marker, l.prefix) {
		err = x.each(ctx, scanKey, []any{b.id, []byte(l.marker), l.seq, l.max + 1}, take)
	}
	for again := err == nil || errors.Is(err, errGrouped); again && len(page) <= l.max; again = errors.Is(err, errGrouped) {
		err = x.each(ctx, scanVersions, []any{b.id, start, end, l.max + 1 - len(page)}, take)
	}
	if err != nil && !errors.Is(err, errGrouped) {
		return nil, false, err
	}
	if len(page) > l.max {
		page, truncated = page[:l.max], true
	}
	return page, truncated, nil
}

// rolledUp returns the common prefix that key belongs to, or "".
func (l listing) rolledUp(key string) string {
	if l.delimiter == "" {
		return ""
	}
	return l.commonPrefix(key)
}

// ranked finds out whether line, which follows page, is the latest of its
// key: an object always is, of the rest only a marker that comes first.
func (l versionListing) ranked(page []versionLine, line versionLine) versionLine {
	follows := l.withinKey && line.key == l.marker || len(page) > 0 && page[len(page)-1].key == line.key
	line.latest = line.latest || line.marker && !follows
	return line
}

func scanVersionLine(rows *sql.Rows) (line versionLine, err error) {
	var name sql.RawBytes
	err = rows.Scan(&line.latest, &line.marker, &name, &line.seq, &line.nullver, &line.size, &line.etag, &line.modified, &line.class)
	line.key = string(name)
	return line, err
}

func versionsDocument(b bucket, l versionListing, encoded bool, page []versionLine, truncated bool) []byte {
	d := newDocument()
	d.encoded = encoded
	d.b.Grow(len(page) * 400)
	d.open("ListVersionsResult")
	d.text("Name", b.name)
	d.encoding("EncodingType")
	d.name("Prefix", l.prefix)
	d.name("KeyMarker", l.marker)
	d.text("VersionIdMarker", l.versionMarker)
	d.number("MaxKeys", int64(l.max))
	if l.delimiter != "" {
		d.name("Delimiter", l.delimiter)
	}
	d.flag("IsTruncated", truncated)
	if truncated {
		last := page[len(page)-1]
		d.name("NextKeyMarker", last.key)
		if !last.isPrefix && b.versioning != unversioned {
			d.text("NextVersionIdMarker", last.versionID())
		}
	}
	for _, line := range page {
		if !line.isPrefix {
			d.version(b, line)
		}
	}
	for _, line := range page {
		if line.isPrefix {
			d.commonPrefix(line.key)
		}
	}
	d.close("ListVersionsResult")
	return d.bytes()
}

func (d *document) version(b bucket, v versionLine) {
	element := "Version"
	if v.marker {
		element = "DeleteMarker"
	}
	d.open(element)
	d.name("Key", v.key)
	id := ""
	if b.versioning != unversioned {
		id = v.versionID()
	}
	d.text("VersionId", id)
	d.flag("IsLatest", v.latest)
	d.time("LastModified", v.modified)
	if !v.marker {
		d.etag(v.etag)
		d.number("Size", v.size)
		d.text("StorageClass", v.class)
		d.tier(v.class)
	}
	d.owner("Owner", b.name)
	d.close(element)
}

func (d *document) tier(class string) {
	if tier := storageTier(class); tier != "" {
		d.text("StorageTier", tier)
	}
}
