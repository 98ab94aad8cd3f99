package jobs

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cosmander/cos"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSurvey_CountsWithoutChanging(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("d/a", 3)
	w.file("d/b/c", 4)
	w.file("one", 5)
	w.put("up/one", []byte("x"))
	w.put("up/d/z", []byte("xyz"))
	q := w.open()
	var last Tally
	require.NoError(t, q.Survey(t.Context(), w.upload("d", "one"), func(c Tally) { last = c }))
	assert.Equal(t, Tally{Files: 3, Folders: 2, Bytes: 12, Existing: 2, Looked: 2, Names: []string{"d", "one"}, Done: true}, last)
	require.NoError(t, os.MkdirAll(filepath.Join(w.dir, "to", "up"), 0o700))
	require.NoError(t, q.Survey(t.Context(), w.download(filepath.Join(w.dir, "to"), "up/"), func(c Tally) { last = c }))
	assert.Equal(t, Tally{Files: 2, Folders: 2, Bytes: 4, Existing: 1, Looked: 1, Names: []string{"up"}, Done: true}, last)
	assert.Empty(t, q.Snapshot().Jobs)
}

func TestSurvey_TellsTheCountsBeforeItAsksTheService(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("real/a", 3)
	require.NoError(t, os.Symlink(filepath.Join(w.dir, "real"), filepath.Join(w.dir, "link")))
	q := w.open()
	var first *Tally
	require.NoError(t, q.Survey(t.Context(), w.upload("link"), func(c Tally) {
		if first == nil && c.Files > 0 {
			first = &c
			assert.Zero(t, w.server.Requests(""), "nothing was asked yet")
		}
	}))
	require.NotNil(t, first)
	assert.Equal(t, Tally{Files: 1, Folders: 1, Bytes: 3}, *first, "a marked link to a folder counts as the folder, as it is copied")
}

func TestSurvey_AsksOnlyForSizesThatNoListingGave(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := w.open()
	s := Spec{Kind: Download, Dest: Place{Path: w.dir}}
	for i := range 1000 {
		src := w.source(fmt.Sprintf("p/%d", i))
		src.Size, src.Sized = 7, true
		s.Sources = append(s.Sources, src)
	}
	var last Tally
	report := func(c Tally) { last = c }
	require.NoError(t, q.Survey(t.Context(), s, report))
	assert.Equal(t, Tally{Files: 1000, Bytes: 7000, Looked: 1000, Done: true}, last)
	assert.Zero(t, w.server.Requests(""))
	for i := range 3 {
		w.object(fmt.Sprintf("p/%d", i), 100)
		s.Sources[i].Sized = false
	}
	require.NoError(t, q.Survey(t.Context(), s, report))
	assert.EqualValues(t, 6979+300, last.Bytes)
	assert.EqualValues(t, 1000, last.Files)
	assert.EqualValues(t, 3, w.server.Requests("HeadObject"))
	s.Sources = append(s.Sources, w.source("none"))
	require.ErrorContains(t, q.Survey(t.Context(), s, report), "none")
}

func TestSurvey_LooksUpOnlyTheFirstHundredDestinationsOfAnUpload(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	up := Spec{Kind: Upload, Dest: Place{Bucket: bucketName, Region: region}}
	for i := range 5000 {
		name := fmt.Sprintf("%04d", i)
		up.Sources = append(up.Sources, Source{Place: Place{Path: filepath.Join(w.dir, name)}})
	}
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "0000"), []byte("x"), 0o600))
	w.put("0000", nil)
	w.put("0099", nil)
	w.put("0100", nil)
	q := w.open()
	var last Tally
	require.NoError(t, q.Survey(t.Context(), up, func(c Tally) { last = c }))
	assert.Equal(t, Tally{Files: 1, Bytes: 1, Existing: 2, Looked: 100, Names: []string{"0000", "0099"}, Done: true}, last)
	assert.EqualValues(t, 100, w.server.Requests("HeadObject"))
}

func TestSurvey_CountsALargeFolderInPieces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.manyFiles("d", 2*namesRead+1)
	w.file("d/sub/deep/x", 9)
	require.NoError(t, os.Symlink("nowhere", filepath.Join(w.dir, "d", "link")))
	q := w.open()
	var last Tally
	require.NoError(t, q.Survey(t.Context(), w.upload("d"), func(c Tally) { last = c }))
	assert.Equal(t, Tally{Files: 2*namesRead + 2, Folders: 3, Bytes: 2*namesRead + 1 + 9, Looked: 1, Done: true}, last)
}

func TestSurvey_CountsWhatIsArchived(t *testing.T) {
	t.Parallel()
	w, q := frozen(t)
	w.cold("d/a", 5)
	w.cold("d/b", 5)
	w.object("d/warm", 5)
	require.NoError(t, w.bucket.Restore(t.Context(), "d/b", cos.RestoreRequest{Days: 1}))
	w.pass(hours + time.Minute)
	count := func(s Spec) (last Tally) {
		require.NoError(t, q.Survey(t.Context(), s, func(t Tally) { last = t }))
		return last
	}
	assert.EqualValues(t, 2, count(w.download(w.dir, "d/")).Archived, "a listing does not tell what is restored")
	assert.EqualValues(t, 1, count(w.download(w.dir, "d/a", "d/b", "d/warm")).Archived, "HEAD does")
	s := w.download(w.dir, "d/a", "d/b")
	s.Sources[0].Size, s.Sources[0].Sized, s.Sources[0].Class = 5, true, "DEEP_ARCHIVE"
	s.Sources[1].Size, s.Sources[1].Sized = 5, true
	before := w.server.Requests("HeadObject")
	got := count(s)
	assert.Equal(t, []int64{1, 1}, []int64{got.Archived, got.Deep}, "and what is known is not asked")
	assert.Equal(t, before, w.server.Requests("HeadObject"))
}
