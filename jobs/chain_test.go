package jobs

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// moves is a job that moves within the bucket.
func (w *world) moves(dest string, sources ...Source) Spec {
	return Spec{Kind: Copy, Move: true, Sources: sources, Dest: Place{Bucket: bucketName, Key: dest}, OnConflict: Overwrite}
}

func (w *world) folder(key string) Source {
	s := w.source(key)
	s.Folder, s.Contents = true, true
	return s
}

// TestMove_OfAFolderToThePlaceAboveItLosesNothing has a folder in the folder of
// the same name, so that one object's new key is another one's old key.
func TestMove_OfAFolderToThePlaceAboveItLosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for key, text := range map[string]string{"q/a/x": "1", "q/a/a/x": "2", "q/a/a/a/x": "3"} {
		w.put(key, []byte(text))
	}
	q := w.open()
	id := start(t, q, w.moves("q/", w.folder("q/a/")))
	assert.Equal(t, Done, finish(t, q, id).State)
	assert.Equal(t, map[string]string{"x": "1", "a/x": "2", "a/a/x": "3"}, w.objects(t, "q/"))
}

func TestMove_InAChainGivesEachItsPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var s Spec
	for _, step := range []string{"ab", "bc", "cd", "de"} {
		w.put(step[:1], []byte("was "+step[:1]))
		src := w.source(step[:1])
		src.Name = step[1:]
		s = w.moves("", append(s.Sources, src)...)
	}
	q := w.open()
	assert.Equal(t, Done, finish(t, q, start(t, q, s)).State)
	assert.Equal(t, map[string]string{"b": "was a", "c": "was b", "d": "was c", "e": "was d"}, w.objects(t, ""))
}

func TestMove_OfTwoThatChangePlacesFailsAndLosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put("a", []byte("A"))
	w.put("b", []byte("B"))
	a, b := w.source("a"), w.source("b")
	a.Name, b.Name = "b", "a"
	q := w.open()
	id := start(t, q, w.moves("", a, b))
	assert.Equal(t, Failed, finish(t, q, id).State)
	assert.Equal(t, map[string]string{"a": "A", "b": "B"}, w.objects(t, ""))
	for _, reason := range reasons(t, q, id) {
		assert.Contains(t, reason, "move one of them out of the way")
	}
}

// TestCopy_OfAFolderToThePlaceAboveItCopiesWhatWasThere is the same without
// the sources going.
func TestCopy_OfAFolderToThePlaceAboveItCopiesWhatWasThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put("q/a/x", []byte("1"))
	w.put("q/a/y/z", []byte("2"))
	s := w.moves("q/", w.folder("q/a/"))
	s.Move = false
	q := w.open()
	assert.Equal(t, Done, finish(t, q, start(t, q, s)).State)
	assert.Equal(t, map[string]string{"x": "1", "y/z": "2", "a/x": "1", "a/y/z": "2"}, w.objects(t, "q/"))
}

func TestChained_IsOnlyWhatCanBe(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.source("b")
	b.Name = "c"
	for name, c := range map[string]struct {
		spec Spec
		want bool
	}{
		"to a place above":      {w.moves("q/", w.folder("q/a/")), true},
		"to another place":      {w.moves("r/", w.folder("q/a/")), false},
		"a name that begins so": {w.moves("q/ab/", w.folder("q/a/")), false},
		"objects up":            {w.moves("q/", w.source("q/a/x"), w.source("q/a/y")), false},
		"one becomes another":   {w.moves("", b, w.source("x/c"), w.source("c")), true},
		"a folder over objects": {w.moves("", w.source("d/f/x"), w.folder("z/")), true},
	} {
		assert.Equal(t, c.want, c.spec.chained() != nil, name)
	}
}
