package jobs

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSpecDoc_KeepsEveryByteOfANameAndTheFormatOfOthers(t *testing.T) {
	t.Parallel()
	place := Place{Bucket: bucketName, Region: region}
	odd := Spec{
		Kind: Download, Account: "me", OnConflict: Skip, Dest: Place{Path: "/to\xfe"},
		Sources: []Source{
			{Place: Place{Path: "/d/bad\xff.txt"}, Name: "\xc3\x28"},
			{Place: Place{Bucket: bucketName, Key: "k\xff/"}, Folder: true, Contents: true},
			{Place: Place{Path: "/d/bad\ufffd.txt"}},
		},
	}
	doc, err := encodeSpec(odd)
	require.NoError(t, err)
	back, err := decodeSpec(doc)
	require.NoError(t, err)
	assert.Equal(t, odd, back)
	other := odd
	other.Sources = append([]Source(nil), odd.Sources...)
	other.Sources[0].Path = "/d/bad\xfe.txt"
	doc2, err := encodeSpec(other)
	require.NoError(t, err)
	assert.NotEqual(t, doc, doc2)

	place.Key = `a<&>"\ufffd` + "\ufffd\u2028/"
	plain := Spec{Kind: Upload, Account: "me", OnConflict: Overwrite, Dest: place, Sources: []Source{{Place: Place{Path: "/d/ü"}, Folder: true}}}
	doc, err = encodeSpec(plain)
	require.NoError(t, err)
	//nolint:testifylint // equal JSON is not enough: documents are compared byte by byte
	assert.Equal(t, `{"Kind":"upload","Account":"me","Sources":[{"Path":"/d/ü","Bucket":"","Region":"","Key":"",`+
		`"Folder":true,"Contents":false,"Name":""}],"Dest":{"Path":"","Bucket":"test-1250000000","Region":"ap-guangzhou",`+
		`"Key":"a\u003c\u0026\u003e\"\\ufffd`+"\ufffd"+`\u2028/"},"OnConflict":"overwrite"}`, doc, "as journals have it since the first schema")
	back, err = decodeSpec(doc)
	require.NoError(t, err)
	assert.Equal(t, plain, back)
}

func TestDelete_RemovesTheFileWithExactlyTheName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("bad\xff.txt", 3)
	w.file("bad\ufffd.txt", 4)
	s := Spec{Kind: Delete, Sources: []Source{{Place: Place{Path: filepath.Join(w.dir, "bad\xff.txt")}}}}
	_, j := w.run(s)
	assert.Equal(t, Done, j.State, j.Reason)
	assert.Equal(t, []string{"bad\ufffd.txt"}, names(tree(t, w.dir)))
}

func TestUpload_ANameThatNoKeyCanHaveFailsWithTheName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("bad\xff.txt", 3)
	w.file("bad\ufffd.txt", 4)
	s := w.upload("bad\xff.txt")
	q, j := w.run(s)
	assert.Equal(t, Failed, j.State)
	assert.Contains(t, j.Reason, `"bad\xff.txt"`)
	assert.Contains(t, j.Reason, "UTF-8")
	assert.Empty(t, w.keys())
	id, err := q.FindOpen(t.Context(), s)
	require.NoError(t, err)
	assert.Equal(t, j.ID, id)
	id, err = q.FindOpen(t.Context(), w.upload("bad\ufffd.txt"))
	require.NoError(t, err)
	assert.Zero(t, id)
	var last Tally
	require.NoError(t, q.Survey(t.Context(), s, func(c Tally) { last = c }))
	assert.EqualValues(t, 1, last.Files)
}

func TestJournal_AJobWhoseNamesWereNotKeptExactlyTouchesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("bad\ufffd.txt", 4)
	q := w.open(func(c *Config) { c.Account = "other" })
	path := filepath.Join(w.dir, "bad\ufffd.txt")
	id := start(t, q, Spec{Kind: Delete, Account: w.cfg.Account, Sources: []Source{{Place: Place{Path: path}}}})
	require.NoError(t, q.Close())
	db, err := sql.Open("sqlite", w.cfg.Journal)
	require.NoError(t, err)
	// What the encoding of the first version made of bad\xff.txt.
	_, err = db.ExecContext(t.Context(), `UPDATE jobs SET spec = replace(spec, char(65533), '\ufffd')`)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	j := finish(t, w.open(), id)
	assert.Equal(t, Failed, j.State)
	assert.Contains(t, j.Reason, "queue it again")
	_, err = os.Stat(path)
	require.NoError(t, err)
}
