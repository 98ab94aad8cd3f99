package emulator

import (
	"context"
	"database/sql"
	"errors"
)

// object is a version of a key: a row of objects or, if a newer one or a
// delete marker came, of versions.
type object struct {
	key      string
	seq      int64 // orders the versions of a key, and makes the version id
	nullver  bool  // written while the bucket had no versioning
	marker   bool  // a delete marker, which has no content
	size     int64
	etag     string // without quotes
	modified int64  // unix seconds
	class    string
	crc      uint64
	headers  headers
	extra    extra
	body     []segment
	inline   map[int64][]byte // data of the inline segments, by blob
}

// columns are what is read of a version, wherever it is.
const columns = `seq, nullver, size, etag, modified, class, crc, headers, extra, body`

const (
	selectCurrent = `SELECT 0, ` + columns + ` FROM objects WHERE bucket = ?1 AND key = ?2`
	// One statement for both tables: between two a version could move from one
	// to the other.
	selectVersion = `
SELECT 0, ` + columns + ` FROM objects WHERE bucket = ?1 AND key = ?2 AND seq = ?3 AND NOT nullver UNION ALL
SELECT marker, ` + columns + ` FROM versions WHERE bucket = ?1 AND key = ?2 AND seq = ?3 AND NOT nullver`
	selectNullVersion = `
SELECT 0, ` + columns + ` FROM objects WHERE bucket = ?1 AND key = ?2 AND nullver UNION ALL
SELECT marker, ` + columns + ` FROM versions WHERE bucket = ?1 AND key = ?2 AND nullver`
)

// selectObject returns the query for a version, "" being the newest.
func selectObject(b bucket, key, version string) (query string, args []any, err error) {
	args = []any{b.id, []byte(key)}
	switch version {
	case "":
		return selectCurrent, args, nil
	case nullVersion:
		return selectNullVersion, args, nil
	}
	seq, ok := parseVersionID(version)
	if !ok {
		return "", nil, noSuchVersion()
	}
	return selectVersion, append(args, seq), nil
}

// lookup returns a version of an object, "" being the newest, with its inline
// data; NoSuchKey or NoSuchVersion if there is none. Files of the body stay as
// long as the caller is between blobs.begin and its end.
func (x *index) lookup(ctx context.Context, b bucket, key, version string) (*object, error) {
	for {
		o, err := x.describe(ctx, b, key, version)
		if err != nil {
			return nil, err
		}
		o.inline, err = x.inlineData(ctx, o.body)
		// Replaced between the two queries: the new one is there now.
		if !errors.Is(err, errGone) {
			return o, err
		}
	}
}

// describe is lookup without the inline data.
func (x *index) describe(ctx context.Context, b bucket, key, version string) (*object, error) {
	query, args, err := selectObject(b, key, version)
	if err != nil {
		return nil, err
	}
	o, err := scanObject(key, func(dest ...any) error { return x.row(ctx, query, args, dest...) })
	switch {
	case errors.Is(err, sql.ErrNoRows) && version == "":
		return nil, x.missing(ctx, b, key)
	case errors.Is(err, sql.ErrNoRows):
		return nil, noSuchVersion()
	}
	return o, err
}

// missing says why a key names no object: what is newest may be a marker.
func (x *index) missing(ctx context.Context, b bucket, key string) error {
	const query = `SELECT seq, nullver FROM versions WHERE bucket = ? AND key = ? ORDER BY seq DESC LIMIT 1`
	m := &object{marker: true}
	err := x.row(ctx, query, []any{b.id, []byte(key)}, &m.seq, &m.nullver)
	if errors.Is(err, sql.ErrNoRows) {
		return noSuchKey()
	}
	if err != nil {
		return err
	}
	return &markerError{m, noSuchKey()}
}

func scanObject(key string, row func(dest ...any) error) (*object, error) {
	o := &object{key: key}
	var crc int64
	var packedHeaders, packedExtra string
	var packedBody []byte
	err := row(&o.marker, &o.seq, &o.nullver, &o.size, &o.etag, &o.modified, &o.class, &crc, &packedHeaders, &packedExtra, &packedBody)
	if err != nil {
		return nil, err
	}
	o.crc = uint64(crc) // SQLite has signed integers only: the bits are kept
	if o.headers, err = unpackHeaders(packedHeaders); err != nil {
		return nil, err
	}
	if o.extra, err = unpackExtra(packedExtra); err != nil {
		return nil, err
	}
	o.body, err = decodeBody(packedBody)
	return o, err
}

// lookup is the same inside a change, without the inline data.
func (tx *writeTx) lookup(b bucket, key, version string) (*object, error) {
	query, args, err := selectObject(b, key, version)
	if err != nil {
		return nil, err
	}
	o, err := scanObject(key, func(dest ...any) error { return tx.row(query, args, dest...) })
	switch {
	case errors.Is(err, sql.ErrNoRows) && version == "":
		return nil, noSuchKey()
	case errors.Is(err, sql.ErrNoRows):
		return nil, noSuchVersion()
	}
	return o, err
}

const insertObject = `
INSERT OR REPLACE INTO objects (bucket, key, ` + columns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// putObject enters o, whose blobs are entered already, as the newest version
// of its key. Depending on the bucket it takes the place of what was there or
// is put before it. It fails if the bucket was deleted while o's body arrived.
func (tx *writeTx) putObject(b bucket, o *object) error {
	if err := tx.supersede(b, o); err != nil {
		return err
	}
	return tx.exec(insertObject, b.id, []byte(o.key), o.seq, o.nullver, o.size, o.etag, o.modified, o.class,
		int64(o.crc), o.headers.pack(), o.extra.pack(), encodeBody(o.body)) // the bits are kept
}

// updateBody writes the content of the newest version of o's key, which o was
// read from, without counting any blob: that is the caller's.
func (tx *writeTx) updateBody(b bucket, o *object) error {
	return tx.exec(`UPDATE objects SET size = ?, etag = ?, modified = ?, crc = ?, body = ? WHERE bucket = ? AND key = ?`,
		o.size, o.etag, o.modified, int64(o.crc), encodeBody(o.body), b.id, []byte(o.key))
}

// updateExtra writes o.extra to the version that o was read from.
func (tx *writeTx) updateExtra(b bucket, o *object) error {
	n, err := tx.execCount(`UPDATE objects SET extra = ? WHERE bucket = ? AND key = ? AND seq = ?`,
		o.extra.pack(), b.id, []byte(o.key), o.seq)
	if err != nil || n > 0 {
		return err
	}
	return tx.exec(`UPDATE versions SET extra = ? WHERE bucket = ? AND key = ? AND seq = ?`,
		o.extra.pack(), b.id, []byte(o.key), o.seq)
}
