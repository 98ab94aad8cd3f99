package emulator

import (
	"context"
	"fmt"
)

// schema is the index. Keys are BLOBs, so that they sort by their bytes.
//
// A row of objects is the newest version of a key, unless that is a delete
// marker. Older versions and all delete markers are in versions, the newest
// first, so that a listing never steps over history, however long it is.
// Versions of a key are ordered by seq, which every write takes anew; nullver
// marks the one version without an id that a key may have.
//
// body is the packed list of segments and the last column: a page of a
// listing does not read it even when it is long. etag and crc describe the
// whole object; modified is in unix seconds, which is what the service shows.
const schema = `
CREATE TABLE IF NOT EXISTS buckets (
	id         INTEGER PRIMARY KEY,
	name       TEXT NOT NULL UNIQUE,
	region     TEXT NOT NULL,
	created    INTEGER NOT NULL,
	versioning TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS objects (
	bucket   INTEGER NOT NULL,
	key      BLOB NOT NULL,
	seq      INTEGER NOT NULL,
	nullver  INTEGER NOT NULL,
	size     INTEGER NOT NULL,
	etag     TEXT NOT NULL,
	modified INTEGER NOT NULL,
	class    TEXT NOT NULL,
	crc      INTEGER NOT NULL,
	headers  TEXT NOT NULL,
	extra    TEXT NOT NULL,
	body     BLOB,
	PRIMARY KEY (bucket, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS versions (
	bucket   INTEGER NOT NULL,
	key      BLOB NOT NULL,
	seq      INTEGER NOT NULL,
	nullver  INTEGER NOT NULL,
	marker   INTEGER NOT NULL,
	size     INTEGER NOT NULL,
	etag     TEXT NOT NULL,
	modified INTEGER NOT NULL,
	class    TEXT NOT NULL,
	crc      INTEGER NOT NULL,
	headers  TEXT NOT NULL,
	extra    TEXT NOT NULL,
	body     BLOB,
	PRIMARY KEY (bucket, key, seq DESC)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS null_versions ON versions (bucket, key) WHERE nullver;
CREATE TABLE IF NOT EXISTS uploads (
	bucket    INTEGER NOT NULL,
	key       BLOB NOT NULL,
	id        TEXT NOT NULL,
	initiated INTEGER NOT NULL,
	class     TEXT NOT NULL,
	headers   TEXT NOT NULL,
	extra     TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (bucket, key, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS parts (
	upload   TEXT NOT NULL,
	number   INTEGER NOT NULL,
	size     INTEGER NOT NULL,
	etag     TEXT NOT NULL,
	modified INTEGER NOT NULL,
	crc      INTEGER NOT NULL,
	body     BLOB,
	PRIMARY KEY (upload, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blobs (
	id   INTEGER PRIMARY KEY,
	refs INTEGER NOT NULL,
	data BLOB
);
CREATE TABLE IF NOT EXISTS notes (
	name TEXT PRIMARY KEY,
	text TEXT NOT NULL
) WITHOUT ROWID;
`

// schemaVersion is kept in user_version. 1 knew no versions.
const schemaVersion = 2

// fromVersion1 makes room for what schema version 2 brought. The objects move
// to a new table, because a column that is added comes last, behind the body.
const fromVersion1 = `
ALTER TABLE buckets ADD COLUMN versioning TEXT NOT NULL DEFAULT '';
ALTER TABLE uploads ADD COLUMN extra TEXT NOT NULL DEFAULT '';
ALTER TABLE objects RENAME TO objects1;
` + schema + `
INSERT INTO objects (bucket, key, seq, nullver, size, etag, modified, class, crc, headers, extra, body)
SELECT bucket, key, modified, 1, size, etag, modified, class, crc, headers, '', body FROM objects1;
DROP TABLE objects1;
`

// migrate brings the index to this program's schema, at once or not at all.
func (w *writer) migrate(ctx context.Context, path string) error {
	var version int
	if err := w.conn.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return fmt.Errorf("open index %s: %w", path, err)
	}
	change := schema
	switch {
	case version == schemaVersion:
		return nil
	case version == 1:
		change = fromVersion1
	case version > schemaVersion:
		return fmt.Errorf("index %s was written by a newer program (schema %d, this one knows %d)", path, version, schemaVersion)
	}
	change = fmt.Sprintf("BEGIN IMMEDIATE; %s PRAGMA user_version = %d; COMMIT;", change, schemaVersion)
	if _, err := w.conn.ExecContext(ctx, change); err != nil {
		return fmt.Errorf("bring index %s to schema %d: %w", path, schemaVersion, err)
	}
	return nil
}
