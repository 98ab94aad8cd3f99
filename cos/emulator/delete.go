package emulator

import (
	"database/sql"
	"errors"
	"net/http"
)

func (s *Server) deleteObject(q *request) error {
	b, err := s.bucketOf(q)
	if err != nil {
		return err
	}
	var gone deletion
	err = s.index.writer.do(func(tx *writeTx) (err error) {
		gone, err = tx.delete(b, q.target.key, q.versionID(), q.now.Unix())
		return err
	})
	if err != nil {
		return err
	}
	if gone.version != "" && b.versioning != unversioned {
		q.set("x-cos-version-id", gone.version)
	}
	if gone.marker {
		q.set("x-cos-delete-marker", "true")
	}
	// A key or a version that was not there is 204 too.
	return q.empty(http.StatusNoContent)
}

// deletion says what a delete did.
type deletion struct {
	version string // of the marker that was made, or of what was removed
	marker  bool   // a marker was made or removed
}

// delete removes a version for good or, without one, what the key names:
// where there is versioning, by a marker.
func (tx *writeTx) delete(b bucket, key, version string, unix int64) (deletion, error) {
	if version != "" {
		return tx.deleteVersion(b, key, version)
	}
	state, err := tx.versioning(b)
	if err != nil {
		return deletion{}, err
	}
	if state == unversioned {
		return deletion{}, tx.deleteNewest(b, key)
	}
	// A marker is something that is stored under the key.
	if err := checkKey(key); err != nil {
		return deletion{}, err
	}
	m := &object{key: key, marker: true, modified: unix}
	if err := tx.supersede(b, m); err != nil {
		return deletion{}, err
	}
	// What was there has retired, unless the marker replaces it.
	if err := tx.exec(deleteObjectRow, b.id, []byte(key)); err != nil {
		return deletion{}, err
	}
	return deletion{m.versionID(), true}, tx.exec(
		`INSERT INTO versions (bucket, key, marker, `+columns+`) VALUES (?, ?, 1, ?, ?, 0, '', ?, '', 0, '', '', NULL)`,
		b.id, []byte(key), m.seq, m.nullver, m.modified)
}

// deleteNewest removes the object of a key; one that is not there is no error.
func (tx *writeTx) deleteNewest(b bucket, key string) error {
	var packed []byte
	err := tx.row(`SELECT body FROM objects WHERE bucket = ? AND key = ?`, []any{b.id, []byte(key)}, &packed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := tx.drop(packed); err != nil {
		return err
	}
	return tx.exec(deleteObjectRow, b.id, []byte(key))
}

// deleteVersion removes a version or a marker; one that is not there is no
// error. If it was the newest, the one before it is again.
func (tx *writeTx) deleteVersion(b bucket, key, version string) (deletion, error) {
	o, err := tx.lookup(b, key, version)
	var e *apiError
	if errors.As(err, &e) && e.code == "NoSuchVersion" {
		return deletion{version: version}, nil
	}
	if err != nil {
		return deletion{}, err
	}
	gone := deletion{o.versionID(), o.marker}
	for _, s := range o.body {
		if err := tx.release(s); err != nil {
			return deletion{}, err
		}
	}
	n, err := tx.execCount(`DELETE FROM objects WHERE bucket = ? AND key = ? AND seq = ?`, b.id, []byte(key), o.seq)
	if err != nil {
		return deletion{}, err
	}
	if n == 0 {
		if err := tx.exec(deleteVersionRow, b.id, []byte(key), o.seq); err != nil {
			return deletion{}, err
		}
		var there bool
		err := tx.row(`SELECT EXISTS (SELECT 1 FROM objects WHERE bucket = ? AND key = ?)`, []any{b.id, []byte(key)}, &there)
		if err != nil || there {
			return gone, err
		}
	}
	return gone, tx.promote(b, key)
}
