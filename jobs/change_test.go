package jobs

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// whenSeen runs do before the nth request is answered.
func (w *world) whenSeen(n int64, do func()) {
	var once sync.Once
	hook := func(m int64) {
		if m >= n {
			once.Do(do)
		}
	}
	w.before.Store(&hook)
}

func TestUpload_SourceThatChangesMeanwhileFailsAndNothingIsStored(t *testing.T) {
	t.Parallel()
	changes := map[string]func(path string) error{
		"grows":     func(p string) error { return appendTo(p, "more") },
		"shrinks":   func(p string) error { return os.Truncate(p, 100) },
		"rewritten": func(p string) error { return os.Chtimes(p, time.Time{}, time.Now().Add(time.Hour)) },
		"replaced": func(p string) error {
			if err := os.Rename(p, p+".old"); err != nil {
				return err
			}
			return os.WriteFile(p, []byte("other"), 0o600)
		},
		"gone": os.Remove,
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			// More than the connection's buffers hold, so that the change
			// comes before the last byte is read.
			const size = 20 << 20
			q := w.open(func(c *Config) { c.Threshold, c.Parts = size, 1 })
			w.file("small", size)
			w.file("large", size+1)
			w.whenSeen(1, func() { assert.NoError(t, change(filepath.Join(w.dir, "small"))) })
			j := finish(t, q, start(t, q, w.upload("small")))
			assert.Equal(t, Failed, j.State)
			assert.Contains(t, j.Reason, "changed while it was uploaded")
			// initiate, part 1, and now:
			w.whenSeen(w.seen.Load()+3, func() { assert.NoError(t, change(filepath.Join(w.dir, "large"))) })
			j = finish(t, q, start(t, q, w.upload("large")))
			assert.Equal(t, Failed, j.State)
			assert.Contains(t, j.Reason, "changed while it was uploaded")
			w.before.Store(nil)
			assert.Empty(t, w.keys())
			assert.Zero(t, w.uploads(), "an upload was left open")
		})
	}
}

func appendTo(path, s string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(s)
	return errors.Join(err, f.Close())
}

func TestUpload_ResumedWithAnotherFileSendsTheNewOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.cfg.Parts = 1
	w.file("big", 3*partBytes)
	w.killed(w.upload("big"), 4, 0)
	want := w.file("big", 3*partBytes+5)
	for _, j := range w.resume() {
		assert.Equal(t, Done, j.State, j.Reason)
		assert.EqualValues(t, 3*partBytes+5, j.Bytes)
		assert.Equal(t, j.Bytes, j.BytesDone)
	}
	same(t, want, w.stored("up/big"))
	assert.Zero(t, w.uploads())
}

func TestUpload_ResumedAfterAnEditThatKeptSizeAndTimeSendsTheNewBytes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.cfg.Parts = 1
	w.file("big", 3*partBytes)
	path := filepath.Join(w.dir, "big")
	info, err := os.Stat(path)
	require.NoError(t, err)
	w.killed(w.upload("big"), 4, 0)
	want := content64(99, 3*partBytes)
	require.NoError(t, os.WriteFile(path, want, 0o600)) // in place: the inode stays
	require.NoError(t, os.Chtimes(path, time.Time{}, info.ModTime()))
	for _, j := range w.resume() {
		assert.Equal(t, Done, j.State, j.Reason)
	}
	same(t, want, w.stored("up/big"))
	assert.Zero(t, w.uploads())
}

func TestDownload_ObjectThatChangesMeanwhileFailsAndRetryFetchesTheNew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.object("big", 4*partBytes)
	var want []byte
	var once sync.Once
	q := w.open(func(c *Config) {
		c.Parts = 1
		c.create = func(root *os.Root, name string, flag int) (tempFile, error) {
			f, err := createTemp(root, name, flag)
			return &watched{f, func(off int64) {
				if off > 2*partBytes {
					once.Do(func() { want = w.object("big", 4*partBytes+3) })
				}
			}}, err
		}
	})
	to := filepath.Join(w.dir, "to")
	id := start(t, q, w.download(to, "big"))
	j := finish(t, q, id)
	assert.Equal(t, Failed, j.State)
	assert.Contains(t, j.Reason, "changed while it was read")
	assert.Empty(t, names(tree(t, to)))
	require.NoError(t, q.Retry(t.Context(), id))
	j = finish(t, q, id)
	assert.Equal(t, Done, j.State, j.Reason)
	same(t, want, []byte(tree(t, to)["big"]))
}

// watched tells where it is written.
type watched struct {
	tempFile
	wrote func(off int64)
}

func (f *watched) WriteAt(p []byte, off int64) (int, error) {
	f.wrote(off)
	return f.tempFile.WriteAt(p, off)
}

// fullDisk is a temporary file on a disk with room for so many bytes.
type fullDisk struct {
	tempFile
	room int64
}

func (f *fullDisk) WriteAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.room {
		return 0, &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	}
	return f.tempFile.WriteAt(p, off)
}

func TestDownload_FullDiskFailsAtOnceAndLeavesTheDestination(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.object("d/small", 400*kib)
	w.object("d/large", 3*partBytes)
	to := filepath.Join(w.dir, "to")
	require.NoError(t, os.MkdirAll(filepath.Join(to, "d"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(to, "d", "large"), []byte("old"), 0o600))
	q := w.open(func(c *Config) {
		c.create = func(root *os.Root, name string, flag int) (tempFile, error) {
			f, err := createTemp(root, name, flag)
			return &fullDisk{f, 300 * kib}, err
		}
	})
	id := start(t, q, w.download(to, "d/"))
	j := finish(t, q, id)
	assert.Equal(t, Failed, j.State)
	assert.EqualValues(t, 2, j.ItemsFailed)
	for name, why := range reasons(t, q, id) {
		assert.Contains(t, why, "no space left on device", name)
	}
	assert.Equal(t, "old", tree(t, to)["d/large"])
	assert.Len(t, tree(t, to), 3, "the folder, the old file and what is to be gone on with")
	require.NoError(t, q.Cancel(t.Context(), id))
	assert.Equal(t, map[string]string{"d/": "", "d/large": "old"}, tree(t, to))
}

func TestDownload_FullDiskKeepsTheRangesForWhenThereIsRoomAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := w.object("large", 3*partBytes)
	to := filepath.Join(w.dir, "to")
	var roomy atomic.Bool
	q := w.open(func(c *Config) {
		c.Parts = 1
		c.create = func(root *os.Root, name string, flag int) (tempFile, error) {
			f, err := createTemp(root, name, flag)
			if roomy.Load() || err != nil {
				return f, err
			}
			return &fullDisk{f, 2*partBytes + 10}, err
		}
	})
	id := start(t, q, w.download(to, "large"))
	require.Equal(t, Failed, finish(t, q, id).State)
	before := w.server.Requests("GetObject")
	roomy.Store(true)
	require.NoError(t, q.Retry(t.Context(), id))
	j := finish(t, q, id)
	require.Equal(t, Done, j.State, j.Reason)
	assert.Equal(t, map[string]string{"large": string(want)}, tree(t, to))
	assert.EqualValues(t, 1, w.server.Requests("GetObject")-before, "only the range that found no room")
}

func TestDownload_FolderWithoutPermissionFailsWithTheReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.object("small", 10)
	w.object("large", 3*partBytes)
	to := filepath.Join(w.dir, "to")
	for _, name := range []string{"small", "large"} {
		w.file("to/"+name, 3)
	}
	before := tree(t, to)
	q := w.open(func(c *Config) {
		c.create = func(_ *os.Root, name string, _ int) (tempFile, error) {
			return nil, &os.PathError{Op: "openat", Path: name, Err: syscall.EACCES}
		}
	})
	j := finish(t, q, start(t, q, w.download(to, "small", "large")))
	assert.Equal(t, Failed, j.State)
	want := "permission denied: cannot write in " + to
	assert.Equal(t, map[string]string{"small": want, "large": want}, reasons(t, q, j.ID))
	assert.Equal(t, before, tree(t, to))
}

func TestDownload_AFolderThatTakesTheFilesPlaceMeanwhileIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.object("small", 10)
	w.object("large", 3*partBytes)
	to := filepath.Join(w.dir, "to")
	require.NoError(t, os.Mkdir(to, 0o700))
	q := w.open(func(c *Config) {
		c.create = func(root *os.Root, name string, flag int) (tempFile, error) {
			assert.NoError(t, root.MkdirAll("small", 0o700))
			assert.NoError(t, root.MkdirAll("large", 0o700))
			return createTemp(root, name, flag)
		}
	})
	j := finish(t, q, start(t, q, w.download(to, "small", "large")))
	for name, why := range reasons(t, q, j.ID) {
		assert.Equal(t, "a folder is where the file "+name+" should be", why)
	}
	assert.EqualValues(t, 2, j.ItemsFailed)
	assert.Equal(t, map[string]string{"small/": "", "large/": ""}, tree(t, to))
}

func TestDownload_AKeyBesideAPrefixOfItsNameFailsReadably(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put("p/a", []byte("A"))
	w.put("p/a/b", []byte("B"))
	q, j := w.run(w.download(filepath.Join(w.dir, "to"), "p/"))
	assert.Equal(t, Failed, j.State)
	require.EqualValues(t, 1, j.ItemsFailed)
	for name, why := range reasons(t, q, j.ID) {
		assert.Contains(t, []string{
			"a folder is where the file p/a should be", "a file is where the folder p/a is needed",
		}, why, name)
	}
}

func TestDownload_DestinationThatIsAFileFailsWithTheReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.object("a", 10)
	w.file("to", 3)
	_, j := w.run(w.download(filepath.Join(w.dir, "to"), "a"))
	assert.Equal(t, Failed, j.State)
	assert.Contains(t, j.Reason, "not a directory")
}

func TestDownload_HostileKeysNeverLeaveTheFolderAndAreReported(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, key := range []string{
		"p/good", "p/../../x", "p/../y", "p/a//b", "p//abs", "p/./z", "p/q/", "p/q/in", "p/link/in", "p/.cosmander-1-1.part",
		"p/clash", "p/clash/below",
	} {
		w.put(key, []byte(key))
	}
	w.put("p/q/", nil)
	to := filepath.Join(w.dir, "to")
	outside := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(to, "p"), 0o700))
	require.NoError(t, os.Symlink(outside, filepath.Join(to, "p", "link")))
	q, j := w.run(w.download(to, "p/"))
	assert.Equal(t, Failed, j.State)
	bad := reasons(t, q, j.ID)
	for _, name := range []string{"p/../../x", "p/../y", "p/a//b", "p//abs", "p/./z", "p/link/in", "p/.cosmander-1-1.part"} {
		assert.Contains(t, bad, name)
	}
	clash := 0
	for _, name := range []string{"p/clash", "p/clash/below"} {
		if _, ok := bad[name]; ok {
			clash++
		}
	}
	assert.Equal(t, 1, clash, "one of the two must be stored and the other be reported")
	assert.Equal(t, j.Items, j.ItemsDone+j.ItemsFailed)
	assert.Empty(t, tree(t, outside))
	inside, err := filepath.Glob(filepath.Join(w.dir, "*"))
	require.NoError(t, err)
	assert.Equal(t, []string{to}, inside)
	good, err := os.ReadFile(filepath.Join(to, "p", "good"))
	require.NoError(t, err)
	assert.Equal(t, "p/good", string(good))
}

func TestDownload_NothingIsWrittenThroughALinkBelowTheFolder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, k := range []string{"p/link/x", "p/link/sub/", "p/real/x", "p/tofolder", "p/tofile", "p/dangling"} {
		w.put(k, []byte(k))
	}
	w.put("p/link/sub/", nil)
	real := filepath.Join(w.dir, "real")
	require.NoError(t, os.MkdirAll(filepath.Join(real, "p", "real"), 0o700))
	to := filepath.Join(w.dir, "to")
	require.NoError(t, os.Symlink(real, to), "the chosen folder itself may be a link")
	in := func(name string) string { return filepath.Join(to, "p", name) }
	require.NoError(t, os.Symlink("real", in("link")))
	require.NoError(t, os.Symlink(w.dir, in("tofolder")))
	require.NoError(t, os.WriteFile(in("other"), []byte("other"), 0o600))
	require.NoError(t, os.Symlink("other", in("tofile")))
	require.NoError(t, os.Symlink("nowhere", in("dangling")))
	q, j := w.run(w.download(to, "p/"))
	assert.Equal(t, Failed, j.State)
	bad := reasons(t, q, j.ID)
	assert.Len(t, bad, 3)
	assert.Equal(t, "p/link is a symbolic link: nothing is written through it", bad["p/link/x"])
	assert.Equal(t, "p/link is a symbolic link: nothing is written through it", bad["p/link/sub/"])
	assert.Contains(t, bad["p/tofolder"], "a folder is where the file p/tofolder should be")
	have := tree(t, real)
	assert.Equal(t, "p/real/x", have["p/real/x"])
	assert.Equal(t, "p/tofile", have["p/tofile"], "a link to a file is replaced")
	assert.Equal(t, "other", have["p/other"])
	assert.Equal(t, "p/dangling", have["p/dangling"])
	noTemps(t, real)
}

func TestConflict_SkipLeavesWhatExists(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("d/old", 10)
	w.file("d/new", 10)
	w.put("up/d/old", []byte("there"))
	s := w.upload("d")
	s.OnConflict = Skip
	q, j := w.run(s)
	assert.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 1, j.ItemsSkipped)
	assert.EqualValues(t, 2, j.ItemsDone)
	assert.Equal(t, "there", string(w.stored("up/d/old")))
	to := filepath.Join(w.dir, "to")
	require.NoError(t, os.MkdirAll(filepath.Join(to, "d"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(to, "d", "old"), []byte("mine"), 0o600))
	s = w.download(to, "up/d/")
	s.OnConflict = Skip
	j = finish(t, q, start(t, q, s))
	assert.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 1, j.ItemsSkipped)
	assert.Equal(t, "mine", tree(t, to)["d/old"])
}

func TestDelete_RemovesObjectsAndFoldersOnBothSides(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, k := range []string{"p/", "p/a", "p/q/b", "keep", "one"} {
		w.put(k, nil)
	}
	outside := w.file("else/in", 3)
	w.file("d/a", 3)
	w.file("d/b/c/d", 3)
	require.NoError(t, os.Symlink(filepath.Join(w.dir, "else"), filepath.Join(w.dir, "d", "link")))
	q := w.open()
	j := finish(t, q, start(t, q, Spec{Kind: Delete, Sources: []Source{w.source("p/"), w.source("one")}}))
	assert.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 4, j.ItemsDone)
	assert.Equal(t, []string{"keep"}, w.keys())
	j = finish(t, q, start(t, q, Spec{Kind: Delete, Sources: []Source{
		{Place: Place{Path: filepath.Join(w.dir, "d")}, Folder: true},
	}}))
	assert.Equal(t, Done, j.State, j.Reason)
	assert.Equal(t, map[string]string{"else/": "", "else/in": string(outside)}, tree(t, w.dir))
}

func TestDelete_KeepsFailuresOneByOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, k := range []string{"p/a", "p/b", "p/c"} {
		w.put(k, nil)
	}
	w.server.Faults().Add(emulator.Fault{Op: "DeleteMultipleObjects", Key: "p/b", Status: http.StatusForbidden, Code: "AccessDenied"})
	q, j := w.run(Spec{Kind: Delete, Sources: []Source{w.source("p/")}})
	assert.Equal(t, Failed, j.State)
	assert.EqualValues(t, 2, j.ItemsDone)
	assert.Contains(t, reasons(t, q, j.ID)["p/b"], "AccessDenied")
	assert.Equal(t, []string{"p/b"}, w.keys())
}
