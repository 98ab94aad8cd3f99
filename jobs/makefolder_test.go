package jobs

import (
	"os"
	"path/filepath"
	"testing"

	"cosmander/cos"
	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func (w *world) folders(keys ...string) Spec {
	s := Spec{Kind: MakeFolder}
	for _, key := range keys {
		s.Sources = append(s.Sources, w.source(key))
	}
	return s
}

func local(path string) Spec {
	return Spec{Kind: MakeFolder, Sources: []Source{{Place: Place{Path: path}, Folder: true}}}
}

func TestMakeFolder_InTheBucket(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put("full/x", []byte("x"))
	w.put("there/", nil)
	w.put("file", []byte("f"))
	_, j := w.run(w.folders("new/"))
	require.Equal(t, Done, j.State, j.Reason)
	assert.Zero(t, j.Unverified)
	assert.Equal(t, "new/", j.Title)
	assert.Equal(t, "cos://"+bucketName+"/new/", j.From)
	head, err := w.bucket.Head(t.Context(), "new/", cos.GetOptions{})
	require.NoError(t, err)
	assert.Zero(t, head.Size)
	puts := w.server.Requests("PutObject")

	q, j := w.run(w.folders("full/", "there/", "file/"))
	assert.Equal(t, Failed, j.State)
	assert.EqualValues(t, 2, j.ItemsSkipped)
	assert.Contains(t, reasons(t, q, j.ID)["file/"], ErrInTheWay.Error())
	_, j = w.run(w.folders("there//"))
	assert.Equal(t, Done, j.State, j.Reason)
	puts++
	assert.Equal(t, puts, w.server.Requests("PutObject"), "nothing is overwritten")
	same(t, []byte("f"), w.stored("file"))
}

func TestMakeFolder_ALostAnswerIsSettled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.server.Faults().Add(emulator.Fault{Op: "PutObject", LoseAnswer: true})
	_, j := w.run(w.folders("new/"))
	assert.Equal(t, Done, j.State, j.Reason)
	assert.Zero(t, j.Unverified)
	assert.EqualValues(t, 1, w.server.Requests("PutObject"))
}

func TestMakeFolder_OnThisMachine(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("file", 3)
	path := filepath.Join(w.dir, "new")
	_, j := w.run(local(path))
	require.Equal(t, Done, j.State, j.Reason)
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.True(t, info.IsDir())
	_, j = w.run(local(path))
	assert.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 1, j.ItemsSkipped)
	_, j = w.run(local(filepath.Join(w.dir, "file")))
	assert.Equal(t, Failed, j.State)
	assert.Contains(t, j.Reason, ErrInTheWay.Error())
	_, j = w.run(local(filepath.Join(w.dir, "none", "new")))
	assert.Equal(t, Failed, j.State)
	assert.Contains(t, j.Reason, "no such file")
}
