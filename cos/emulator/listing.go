package emulator

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

// listing says which page of a bucket is wanted.
type listing struct {
	prefix, delimiter, marker string
	max                       int // 1..1000
}

// entry is one line of a page: an object, or a common prefix.
type entry struct {
	name     string // key or prefix
	isPrefix bool
	size     int64
	etag     string
	modified int64 // unix seconds
	class    string
}

// list returns at most l.max entries in byte order, and whether there are
// more.
func (x *index) list(ctx context.Context, b bucket, l listing) (page []entry, truncated bool, err error) {
	start, end := l.bounds()
	page = make([]entry, 0, l.max+1)
	err = x.each(ctx, scanObjects, []any{b.id, start, end, l.max + 1}, func(rows *sql.Rows) error {
		e, err := scanEntry(rows)
		if err == nil && l.rolledUp(e.name) != "" {
			start, err = []byte(e.name), errGrouped
		}
		if err == nil {
			page = append(page, e)
		}
		return err
	})
	if errors.Is(err, errGrouped) {
		page, err = x.listGrouped(ctx, b, l, page, start, end)
	}
	if len(page) > l.max {
		page, truncated = page[:l.max], true
	}
	return page, truncated, err
}

// errGrouped ends a scan at the first key that belongs to a common prefix.
var errGrouped = errors.New("key belongs to a common prefix")

// listGrouped goes on with page from start. Seeking costs twice as much a
// line as scanning, so it begins only where it saves something.
func (x *index) listGrouped(ctx context.Context, b bucket, l listing, page []entry, start, end []byte) ([]entry, error) {
	args := []any{b.id, start, end, l.max + 1 - len(page), len(l.prefix), []byte(l.delimiter), []byte(successor(l.delimiter))}
	err := x.each(ctx, skipScanObjects, args, func(rows *sql.Rows) error {
		e, err := scanEntry(rows)
		page = append(page, e)
		return err
	})
	return page, err
}

func scanEntry(rows *sql.Rows) (entry, error) {
	var e entry
	var name sql.RawBytes
	var etag, class sql.RawBytes
	err := rows.Scan(&name, &e.isPrefix, &e.size, &etag, &e.modified, &class)
	e.name, e.etag = string(name), string(etag)
	if e.class = standard; string(class) != standard {
		e.class = string(class)
	}
	return e, err
}

// bounds returns the first key a page may hold and the first beyond it.
//
// A page starts after its marker. A marker that is itself a common prefix
// stands for all keys below it: they were answered with it.
func (l listing) bounds() (start, end []byte) {
	after := l.marker + "\x00"
	switch {
	case l.marker == "":
		after = ""
	case l.delimiter != "" && l.commonPrefix(l.marker) == l.marker:
		after = successor(l.marker)
	}
	// No valid UTF-8 is at or above 0xFF.
	end = []byte{0xFF}
	if l.prefix != "" {
		end = []byte(successor(l.prefix))
	}
	return []byte(max(after, l.prefix)), end
}

// commonPrefix returns what key is rolled up to, or "".
func (l listing) commonPrefix(key string) string {
	rest, ok := strings.CutPrefix(key, l.prefix)
	if !ok {
		return ""
	}
	i := strings.Index(rest, l.delimiter)
	if i < 0 {
		return ""
	}
	return key[:len(l.prefix)+i+len(l.delimiter)]
}

// successor returns the least string above all that begin with s, which is
// valid UTF-8 and not empty: its last byte is never 0xFF.
func successor(s string) string {
	b := []byte(s)
	b[len(b)-1]++
	return string(b)
}

const scanObjects = `
SELECT key, 0, size, etag, modified, class
FROM objects WHERE bucket = ?1 AND key >= ?2 AND key < ?3 ORDER BY key LIMIT ?4`

// skipScanObjects walks from entry to entry by seeking: after a plain key to
// the next one, after a common prefix (?5 bytes of prefix, up to the
// delimiter ?6) to its successor, which ends in ?7 instead of the delimiter.
// So a page costs a seek for each of its lines, however many keys lie below
// the prefixes.
const skipScanObjects = `
WITH RECURSIVE
lines(key, n) AS (
	SELECT (SELECT key FROM objects WHERE bucket = ?1 AND key >= ?2 AND key < ?3 ORDER BY key LIMIT 1), 1
	UNION ALL
	SELECT (
		SELECT o.key FROM objects o
		WHERE o.bucket = ?1 AND o.key < ?3 AND o.key >= CASE instr(substr(lines.key, ?5 + 1), ?6)
			WHEN 0 THEN CAST(lines.key || x'00' AS BLOB)
			ELSE CAST(substr(lines.key, 1, ?5 + instr(substr(lines.key, ?5 + 1), ?6) - 1) || ?7 AS BLOB) END
		ORDER BY o.key LIMIT 1), n + 1
	FROM lines WHERE n < ?4 AND key IS NOT NULL
),
cuts(key, cut, n) AS MATERIALIZED (
	SELECT key, instr(substr(key, ?5 + 1), ?6), n FROM lines WHERE key IS NOT NULL
)
SELECT CASE cut WHEN 0 THEN cuts.key ELSE substr(cuts.key, 1, ?5 + cut + length(?6) - 1) END,
	cut > 0, o.size, o.etag, o.modified, o.class
FROM cuts CROSS JOIN objects o ON o.bucket = ?1 AND o.key = cuts.key
ORDER BY n`
