package emulator

import (
	"context"
	"database/sql"
	"errors"
)

// object is a row of the object table.
type object struct {
	key      string
	size     int64
	etag     string // without quotes
	modified int64  // unix seconds
	class    string
	crc      uint64
	headers  headers
	body     []segment
	inline   map[int64][]byte // data of the inline segments, by blob
}

// lookup returns an object with its inline data; NoSuchKey if there is none.
// Files of the body stay as long as the caller is between blobs.begin and its
// end.
func (x *index) lookup(ctx context.Context, b bucket, key string) (*object, error) {
	for {
		o, err := x.lookupOnce(ctx, b, key)
		// Replaced between the two queries: the new one is there now.
		if !errors.Is(err, errGone) {
			return o, err
		}
	}
}

const selectObject = `SELECT size, etag, modified, class, crc, headers, body FROM objects WHERE bucket = ? AND key = ?`

func (x *index) lookupOnce(ctx context.Context, b bucket, key string) (*object, error) {
	o := &object{key: key}
	var crc int64
	var packedHeaders string
	var packedBody []byte
	err := x.row(ctx, selectObject, []any{b.id, []byte(key)},
		&o.size, &o.etag, &o.modified, &o.class, &crc, &packedHeaders, &packedBody)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, noSuchKey()
	}
	if err != nil {
		return nil, err
	}
	o.crc = uint64(crc) // SQLite has signed integers only: the bits are kept
	if o.headers, err = unpackHeaders(packedHeaders); err != nil {
		return nil, err
	}
	if o.body, err = decodeBody(packedBody); err != nil {
		return nil, err
	}
	o.inline, err = x.inlineData(ctx, o.body)
	return o, err
}

// putObject enters o, whose blobs are entered already, in place of what the
// key named before. It fails if the bucket was deleted while o's body arrived.
func (tx *writeTx) putObject(b bucket, o *object) error {
	if err := tx.dropObject(b, o.key); err != nil {
		return err
	}
	n, err := tx.execCount(insertObject, b.id, []byte(o.key), o.size, o.etag, o.modified, o.class,
		int64(o.crc), o.headers.pack(), encodeBody(o.body)) // the bits are kept
	if err == nil && n == 0 {
		err = noSuchBucket()
	}
	return err
}

const insertObject = `
INSERT OR REPLACE INTO objects (bucket, key, size, etag, modified, class, crc, headers, body)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 WHERE EXISTS (SELECT 1 FROM buckets WHERE id = ?1)`

// dropObject counts an object's blobs off. Its row stays.
func (tx *writeTx) dropObject(b bucket, key string) error {
	var packed []byte
	err := tx.row(`SELECT body FROM objects WHERE bucket = ? AND key = ?`, []any{b.id, []byte(key)}, &packed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return tx.drop(packed)
}

func (tx *writeTx) deleteObject(b bucket, key string) error {
	if err := tx.dropObject(b, key); err != nil {
		return err
	}
	return tx.exec(`DELETE FROM objects WHERE bucket = ? AND key = ?`, b.id, []byte(key))
}
