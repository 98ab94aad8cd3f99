package emulator_test

import (
	"database/sql"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos/emulator"
)

// schema1 is the index as the program wrote it before it knew versions.
const schema1 = `
CREATE TABLE buckets (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, region TEXT NOT NULL, created INTEGER NOT NULL);
CREATE TABLE objects (bucket INTEGER NOT NULL, key BLOB NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, modified INTEGER NOT NULL,
	class TEXT NOT NULL, crc INTEGER NOT NULL, headers TEXT NOT NULL, body BLOB, PRIMARY KEY (bucket, key)) WITHOUT ROWID;
CREATE TABLE uploads (bucket INTEGER NOT NULL, key BLOB NOT NULL, id TEXT NOT NULL, initiated INTEGER NOT NULL, class TEXT NOT NULL,
	headers TEXT NOT NULL, PRIMARY KEY (bucket, key, id)) WITHOUT ROWID;
CREATE TABLE parts (upload TEXT NOT NULL, number INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, modified INTEGER NOT NULL,
	crc INTEGER NOT NULL, body BLOB, PRIMARY KEY (upload, number)) WITHOUT ROWID;
CREATE TABLE blobs (id INTEGER PRIMARY KEY, refs INTEGER NOT NULL, data BLOB);
CREATE TABLE notes (name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO buckets VALUES (7, 'box-1250000000', 'ap-guangzhou', 1700000000);
INSERT INTO notes VALUES ('demo filled', '1');
INSERT INTO uploads VALUES (7, CAST('open' AS BLOB), '00aa', 1700000000, 'STANDARD', '{"x-cos-meta-a":"1"}');
INSERT INTO blobs VALUES (1, 1, CAST('inline' AS BLOB)), (2, 1, NULL);
PRAGMA user_version = 1;`

// writeSchema1 makes a data folder as the program did then: one object in the
// index, one in a file.
func writeSchema1(t *testing.T, dir string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "index.db"))
	require.NoError(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), schema1)
	require.NoError(t, err)
	const insert = `INSERT INTO objects VALUES (7, ?, ?, 'e1', 1700000000, 'STANDARD', 1, ?, ?)`
	inline := binary.AppendUvarint(binary.AppendUvarint([]byte{1<<1 | 1}, 0), 6)
	_, err = db.ExecContext(t.Context(), insert, []byte("inline"), 6, `{"Content-Type":"text/x"}`, inline)
	require.NoError(t, err)
	file := binary.AppendUvarint(binary.AppendUvarint([]byte{2 << 1}, 0), 10_000)
	_, err = db.ExecContext(t.Context(), insert, []byte("file"), 10_000, "", file)
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "blobs", "02"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "blobs", "02", "2"), []byte(strings.Repeat("f", 10_000)), 0o600))
}

func TestSchema_KeepsWhatAnOlderProgramWrote(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeSchema1(t, dir)
	for range 2 { // the second finds it changed already
		c := startWith(t, config(dir))
		assert.Equal(t, []string{"file", "inline"}, c.list("").keys)
		got := c.get("inline")
		assert.Equal(t, "inline", string(got.body))
		assert.Equal(t, "text/x", got.header.Get("Content-Type"))
		assert.Equal(t, strings.Repeat("f", 10_000), string(c.get("file").body))
		note, err := c.server.Note(t.Context(), "demo filled")
		require.NoError(t, err)
		assert.Equal(t, "1", note)
		require.NoError(t, c.server.Close())
	}
	c := startWith(t, config(dir))
	a := c.complete("open", "00aa", 1, c.part("open", "00aa", 1, "part"))
	require.Equal(t, 200, a.status, string(a.body))
	assert.Equal(t, "1", c.get("open").header.Get("X-Cos-Meta-A"))
	c.setVersioning("Enabled")
	c.put("inline", "new")
	assert.Equal(t, "inline", string(c.do("GET", "/inline?versionId=null", "").body))
}

func TestSchema_OfANewerProgramIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db, err := sql.Open("sqlite", filepath.Join(dir, "index.db"))
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), "PRAGMA user_version = 99")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	_, err = emulator.Open(config(dir))
	assert.ErrorContains(t, err, "newer program")
}
