package jobs

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"cosmander/cos"
	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func moving(s Spec) Spec {
	s.Move = true
	return s
}

func TestMove_InTheBucketLeavesOneObjectWithAllItHad(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	small, big := w.dressed("d/small", 1000), w.dressed("d/big", 2*partBytes)
	w.put("d/sub/", nil)
	require.NoError(t, w.bucket.SetObjectCannedACL(t.Context(), "d/small", "", "public-read", "", ""))
	before, err := w.bucket.Head(t.Context(), "d/big", cos.GetOptions{})
	require.NoError(t, err)
	q := w.open(inParts)
	j := finish(t, q, start(t, q, moving(w.copies("d/"))))
	require.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 3, j.ItemsDone)
	assert.Equal(t, []string{"to/d/big", "to/d/small", "to/d/sub/"}, w.keys())
	same(t, small, w.stored("to/d/small"))
	same(t, big, w.stored("to/d/big"))
	after, err := w.bucket.Head(t.Context(), "to/d/big", cos.GetOptions{})
	require.NoError(t, err)
	assert.Equal(t, before.Headers, after.Headers)
	acl, err := w.bucket.ObjectACL(t.Context(), "to/d/small", "")
	require.NoError(t, err)
	assert.Equal(t, "public-read", acl.Canned(), "a rename must not make a public object private")
	assert.EqualValues(t, 1, w.server.Requests("PutObjectACL")-1, "only what had an ACL of its own got one")
}

func TestMove_RenamesOneObject(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := w.object("to/old name", 700)
	s := moving(w.copies("to/old name"))
	s.Sources[0].Name = "新 name"
	q := w.open()
	require.Equal(t, Done, finish(t, q, start(t, q, s)).State)
	assert.Equal(t, []string{"to/新 name"}, w.keys())
	same(t, want, w.stored("to/新 name"))
}

func TestMove_UpTakesTheFilesAndTheEmptiedFoldersAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := map[string][]byte{"a": w.file("d/a", 10), "e/b": w.file("d/e/b", 2*partBytes), "e/f/c": w.file("d/e/f/c", 0)}
	require.NoError(t, os.MkdirAll(filepath.Join(w.dir, "d", "hollow"), 0o700))
	w.file("stays", 5)
	q := w.open()
	j := finish(t, q, start(t, q, moving(w.upload("d"))))
	require.Equal(t, Done, j.State, j.Reason)
	for name, b := range want {
		same(t, b, w.stored("up/d/"+name))
	}
	assert.NotNil(t, w.stored("up/d/hollow/"))
	assert.Equal(t, []string{"stays"}, names(tree(t, w.dir)))
}

func TestMove_DownTakesTheObjectsAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	small, big := w.object("d/small", 1000), w.object("d/big", 2*partBytes)
	w.put("d/empty/", nil)
	w.put("e", []byte("stays"))
	to := filepath.Join(w.dir, "to")
	q := w.open()
	j := finish(t, q, start(t, q, moving(w.download(to, "d/"))))
	require.Equal(t, Done, j.State, j.Reason)
	got := tree(t, to)
	assert.Equal(t, []string{"d/", "d/big", "d/empty/", "d/small"}, names(got))
	same(t, small, []byte(got["d/small"]))
	same(t, big, []byte(got["d/big"]))
	assert.Equal(t, []string{"e"}, w.keys())
}

func TestMove_KeepsWhatWasNotVerified(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a", 100)
	w.object("b", 100)
	w.dressed("big", 2*partBytes)
	w.server.Faults().Add(emulator.Fault{NoCRC: true})
	to := filepath.Join(w.dir, "to")
	q := w.open(inParts)
	for _, s := range []Spec{w.upload("a"), w.download(to, "b"), w.copies("big")} {
		id := start(t, q, moving(s))
		j := finish(t, q, id)
		assert.Equal(t, Failed, j.State, s.Kind)
		for _, reason := range reasons(t, q, id) {
			assert.Contains(t, reason, "the source was kept")
		}
	}
	assert.FileExists(t, filepath.Join(w.dir, "a"))
	assert.Subset(t, w.keys(), []string{"b", "big"})
}

func TestMove_KeepsASourceThatChangedSinceItWasCopied(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.object("k", 1000)
	once := newKiller()
	hook := func(int64) {
		if w.server.Requests("CopyObject") == 1 {
			once.once.Do(func() { w.overwrite("k", 2000) })
		}
	}
	w.before.Store(&hook)
	q := w.open()
	id := start(t, q, moving(w.copies("k")))
	assert.Equal(t, Failed, finish(t, q, id).State)
	w.before.Store(nil)
	assert.Contains(t, reasons(t, q, id)["k"], "has changed since")
	assert.Len(t, w.stored("k"), 2000)
	assert.Len(t, w.stored("to/k"), 1000)
	require.NoError(t, q.Retry(t.Context(), id))
	assert.Equal(t, Failed, finish(t, q, id).State, "its copy is not of what is there now")
	require.NoError(t, q.Restart(t.Context(), id))
	assert.Equal(t, Done, finish(t, q, id).State)
	assert.Equal(t, []string{"to/k"}, w.keys())
	assert.Len(t, w.stored("to/k"), 2000)
}

func TestMove_SkippedSourcesStay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.object("a", 10)
	w.put("to/a", []byte("mine"))
	s := moving(w.copies("a"))
	s.OnConflict = Skip
	q := w.open()
	assert.Equal(t, Done, finish(t, q, start(t, q, s)).State)
	assert.Equal(t, []string{"a", "to/a"}, w.keys())
}

func TestMove_FolderThatGotNewFilesStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("d/a", 10)
	once := newKiller()
	hook := func(int64) {
		once.once.Do(func() { assert.NoError(t, os.WriteFile(filepath.Join(w.dir, "d", "late"), []byte("new"), 0o600)) })
	}
	w.before.Store(&hook)
	q := w.open()
	j := finish(t, q, start(t, q, moving(w.upload("d"))))
	assert.Equal(t, Done, j.State, j.Reason)
	assert.Equal(t, []string{"d/", "d/late"}, names(tree(t, w.dir)))
}

func TestMove_OfADeletionIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := moving(w.copies("k"))
	s.Kind = Delete
	_, err := w.open().Add(t.Context(), s)
	assert.ErrorContains(t, err, "a deletion moves nothing")
}

// TestCrash_MoveNeverLosesAByte kills at every request and commit. Whatever
// the moment, afterwards the content is there once.
func TestCrash_MoveNeverLosesAByte(t *testing.T) {
	t.Parallel()
	kinds := map[string]struct {
		spec func(w *world) Spec
		put  func(w *world, name string, size int64) []byte
		got  func(w *world, name string) []byte
	}{
		"in the bucket": {
			func(w *world) Spec { return w.copies("d/") },
			func(w *world, name string, size int64) []byte { return w.object("d/"+name, size) },
			func(w *world, name string) []byte { return w.stored("to/d/" + name) },
		},
		"up": {
			func(w *world) Spec { return w.upload("d") },
			func(w *world, name string, size int64) []byte { return w.file("d/"+name, size) },
			func(w *world, name string) []byte { return w.stored("up/d/" + name) },
		},
		"down": {
			func(w *world) Spec { return w.download(filepath.Join(w.dir, "to"), "d/") },
			func(w *world, name string, size int64) []byte { return w.object("d/"+name, size) },
			func(w *world, name string) []byte { return []byte(tree(w.t, filepath.Join(w.dir, "to"))["d/"+name]) },
		},
	}
	for name, k := range kinds {
		check := func(t *testing.T, request, commit int64) {
			w := newWorld(t)
			w.cfg.Parts, w.cfg.Files = 1, 1
			inParts(&w.cfg)
			want := map[string][]byte{"small": k.put(w, "small", 300), "big": k.put(w, "big", partBytes+9), "sub/x": k.put(w, "sub/x", 20)}
			w.killed(moving(k.spec(w)), request, commit)
			jobs := w.resume()
			if commit == 1 {
				require.Empty(t, jobs, "the job was never on disk")
				return
			}
			for _, j := range jobs {
				assert.Equal(t, Done, j.State, j.Reason)
			}
			for name, b := range want {
				same(t, b, k.got(w, name))
				assert.Nil(t, w.stored("d/"+name))
			}
			assert.NoDirExists(t, filepath.Join(w.dir, "d"))
			assert.Zero(t, w.uploads())
		}
		for n := int64(1); n <= 20; n++ {
			t.Run(fmt.Sprintf("%s request=%d", name, n), func(t *testing.T) { t.Parallel(); check(t, n, 0) })
			if n > 12 {
				continue // the same steps again, of the next item
			}
			t.Run(fmt.Sprintf("%s commit=%d", name, n), func(t *testing.T) { t.Parallel(); check(t, 0, n) })
		}
	}
}

func TestMove_OfALinkToAFolderEmptiesTheFolderAndKeepsBoth(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := w.file("real/sub/f", 30)
	w.file("real/g", 10)
	w.link(filepath.Join(w.dir, "real"), "ln")
	s := w.upload("ln")
	s.Move = true
	_, j := w.run(s)
	assert.Equal(t, Done, j.State, j.Reason)
	same(t, want, w.stored("up/ln/sub/f"))
	assert.Equal(t, []string{"up/ln/g", "up/ln/sub/f"}, w.keys())
	left := tree(t, w.dir)
	assert.Equal(t, []string{"ln", "real/"}, names(left), "what was copied is gone, the link and its folder stay")
}

func TestMove_OfALinkToAFileRemovesTheLinkAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := w.file("real", 30)
	w.link("real", "ln")
	s := w.upload("ln")
	s.Move = true
	_, j := w.run(s)
	assert.Equal(t, Done, j.State, j.Reason)
	same(t, want, w.stored("up/ln"))
	assert.Equal(t, map[string]string{"real": string(want)}, tree(t, w.dir))
}

func TestMove_LeavesLinksAndTheFoldersThatHoldThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("d/sub/f", 30)
	w.file("d/g", 10)
	w.link("g", "d/sub/ln")
	s := w.upload("d")
	s.Move = true
	_, j := w.run(s)
	assert.Equal(t, Done, j.State, j.Reason)
	assert.Equal(t, []string{"d/", "d/sub/", "d/sub/ln"}, names(tree(t, w.dir)))
}
