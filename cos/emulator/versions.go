package emulator

import (
	"database/sql"
	"encoding/base64"
	"errors"
	"math"
	"strconv"
)

// versioning is a bucket's state.
type versioning string

const (
	unversioned versioning = "" // never enabled
	enabled     versioning = "Enabled"
	suspended   versioning = "Suspended"
)

// nullVersion names what was written while a bucket had no versioning, or it
// was suspended. A key has one at the most.
const nullVersion = "null"

// versionID is the id of a version in a bucket that has versioning.
func (o *object) versionID() string {
	if o.nullver {
		return nullVersion
	}
	// Looks like the service's, and sorts from the newest to the oldest.
	return base64.StdEncoding.EncodeToString(strconv.AppendUint(nil, math.MaxUint64-uint64(o.seq), 10))
}

// parseVersionID returns the seq of a version id, false if it cannot be one.
func parseVersionID(id string) (seq int64, ok bool) {
	digits, err := base64.StdEncoding.DecodeString(id)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseUint(string(digits), 10, 64)
	seq = int64(math.MaxUint64 - n) // what overflows makes an id that differs
	return seq, err == nil && seq > 0 && (&object{seq: seq}).versionID() == id
}

// markerError is an error on a key whose version in question is a marker.
type markerError struct {
	marker *object
	err    error
}

func (e *markerError) Error() string { return e.err.Error() }
func (e *markerError) Unwrap() error { return e.err }

// versioning is a bucket's state now, for a change that may have waited.
func (tx *writeTx) versioning(b bucket) (v versioning, err error) {
	err = tx.row(`SELECT versioning FROM buckets WHERE id = ?`, []any{b.id}, &v)
	if errors.Is(err, sql.ErrNoRows) {
		return "", noSuchBucket()
	}
	return v, err
}

// supersede makes room for o, an object or a marker, as the newest version,
// and gives o its place in the order.
func (tx *writeTx) supersede(b bucket, o *object) error {
	state, err := tx.versioning(b)
	if err != nil {
		return err
	}
	o.nullver = state != enabled
	old, err := tx.newest(b, o.key, state)
	if err != nil {
		return err
	}
	o.seq = max(tx.w.nextSeq(), old.seq+1)
	switch {
	case !old.there:
	case old.nullver && o.nullver:
		err = tx.drop(old.body)
	default:
		err = tx.retire(b, o.key)
	}
	if err != nil || state == unversioned || !o.nullver {
		return err
	}
	return tx.dropNullVersion(b, o.key)
}

// newestRow is what a key names now.
type newestRow struct {
	there   bool // in objects; else seq is that of the newest marker, or 0
	seq     int64
	nullver bool
	body    []byte // packed
}

func (tx *writeTx) newest(b bucket, key string, state versioning) (n newestRow, err error) {
	args := []any{b.id, []byte(key)}
	err = tx.row(`SELECT seq, nullver, body FROM objects WHERE bucket = ? AND key = ?`, args, &n.seq, &n.nullver, &n.body)
	if !errors.Is(err, sql.ErrNoRows) {
		n.there = err == nil
		return n, err
	}
	if state == unversioned {
		return n, nil
	}
	return n, tx.row(`SELECT coalesce(max(seq), 0) FROM versions WHERE bucket = ? AND key = ?`, args, &n.seq)
}

// retire moves the object of a key among the older versions.
func (tx *writeTx) retire(b bucket, key string) error {
	err := tx.exec(`INSERT INTO versions (bucket, key, marker, `+columns+`)
		SELECT bucket, key, 0, `+columns+` FROM objects WHERE bucket = ? AND key = ?`, b.id, []byte(key))
	if err != nil {
		return err
	}
	return tx.exec(deleteObjectRow, b.id, []byte(key))
}

// promote makes the newest of the older versions what the key names, unless
// that is a marker.
func (tx *writeTx) promote(b bucket, key string) error {
	var seq int64
	var marker bool
	err := tx.row(`SELECT seq, marker FROM versions WHERE bucket = ? AND key = ? ORDER BY seq DESC LIMIT 1`,
		[]any{b.id, []byte(key)}, &seq, &marker)
	if errors.Is(err, sql.ErrNoRows) || (err == nil && marker) {
		return nil
	}
	if err != nil {
		return err
	}
	err = tx.exec(`INSERT INTO objects (bucket, key, `+columns+`)
		SELECT bucket, key, `+columns+` FROM versions WHERE bucket = ? AND key = ? AND seq = ?`, b.id, []byte(key), seq)
	if err != nil {
		return err
	}
	return tx.exec(deleteVersionRow, b.id, []byte(key), seq)
}

const (
	deleteObjectRow  = `DELETE FROM objects WHERE bucket = ? AND key = ?`
	deleteVersionRow = `DELETE FROM versions WHERE bucket = ? AND key = ? AND seq = ?`
)

// dropNullVersion removes the version without an id from the older ones.
func (tx *writeTx) dropNullVersion(b bucket, key string) error {
	var seq int64
	var body []byte
	err := tx.row(`SELECT seq, body FROM versions WHERE bucket = ? AND key = ? AND nullver`, []any{b.id, []byte(key)}, &seq, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := tx.drop(body); err != nil {
		return err
	}
	return tx.exec(deleteVersionRow, b.id, []byte(key), seq)
}
