package jobs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// like makes the queue take every destination for a file system like s.
func like(s sameness) func(*Config) {
	return func(c *Config) { c.sameness = func(*os.Root, ID) sameness { return s } }
}

func TestSameness_Key(t *testing.T) {
	t.Parallel()
	const one, two = "caf\u00e9", "cafe\u0301"
	same := []struct {
		s    sameness
		a, b string
		same bool
	}{
		{sameness{}, "a", "A", false},
		{sameness{}, one, two, false},
		{sameness{anyCase: true}, "Photos/IMG.jpg", "photos/img.JPG", true},
		{sameness{anyCase: true}, "Ä/ς", "ä/Σ", true},
		{sameness{anyCase: true}, "K", "\u212a", true}, // the Kelvin sign
		{sameness{anyCase: true}, one, two, false},
		{sameness{anyForm: true}, one, two, true},
		{sameness{anyForm: true}, "a", "A", false},
		{sameness{true, true}, strings.ToUpper(one), two, true},
		{sameness{true, true}, "a/b", "a_b", false},
	}
	for _, c := range same {
		assert.Equal(t, c.same, c.s.key(c.a) == c.s.key(c.b), "%+v %q %q", c.s, c.a, c.b)
	}
}

func TestSameness_IsAskedOfTheFolderAndLeavesNothingThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	defer root.Close()
	// Found out here in another way: by a name that is already there.
	write := func(name string) { require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600)) }
	there := func(name string) bool { _, err := os.Lstat(filepath.Join(dir, name)); return err == nil }
	write("x")
	write("\u00e9")
	want := sameness{there("X"), there("e\u0301")}
	write(".cosmander-7-case.part") // of another program, for all we know
	assert.Equal(t, want, probeSameness(root, 7))
	assert.ElementsMatch(t, []string{".cosmander-7-case.part", "x", "\u00e9"}, names(tree(t, dir)))
}

func TestSameness_WhereNothingCanBeWrittenIsWhatIsUsual(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	defer root.Close()
	usual := probeSameness(root, 1)
	require.NoError(t, os.Remove(dir))
	assert.Equal(t, usual, probeSameness(root, 1))
}

func TestDownload_NamesThatAreOneFileThereAreNotBothWritten(t *testing.T) {
	t.Parallel()
	for name, keep := range map[string]int64{"all rows stay": 1000, "few rows would stay": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.put("d/A.txt", []byte("large"))
			w.put("d/Sub/x", []byte("x"))
			w.put("d/a.txt", []byte("small"))
			w.put("d/e\u0301", []byte("two"))
			w.put("d/sub/X", []byte("X"))
			w.put("d/sub/y", []byte("y"))
			w.put("d/\u00e9", []byte("one"))
			to := filepath.Join(w.dir, "to")
			q := w.open(like(sameness{true, true}), func(c *Config) { c.KeepDone = keep })
			j := finish(t, q, start(t, q, w.download(to, "d/")))
			assert.Equal(t, Failed, j.State)
			assert.EqualValues(t, 7, j.Items)
			assert.EqualValues(t, 4, j.ItemsDone)
			why := reasons(t, q, j.ID)
			assert.ElementsMatch(t, []string{"d/a.txt", "d/sub/X", "d/\u00e9"}, names(why))
			assert.Equal(t, errTakenAnyway.Error()+": d/A.txt", why["d/a.txt"])
			assert.Equal(t, []string{"d/", "d/A.txt", "d/Sub/", "d/Sub/x", "d/e\u0301", "d/sub/", "d/sub/y"}, names(tree(t, to)))

			require.NoError(t, q.Retry(t.Context(), j.ID))
			j = finish(t, q, j.ID)
			assert.EqualValues(t, 3, j.ItemsFailed, "asking again does not write over the other")
			assert.Equal(t, "large", tree(t, to)["d/A.txt"])
		})
	}
}

func TestDownload_NamesThatAreTwoFilesAreBothWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put("d/A", []byte("large"))
	w.put("d/a", []byte("small"))
	to := filepath.Join(w.dir, "to")
	q := w.open(like(sameness{}))
	j := finish(t, q, start(t, q, w.download(to, "d/")))
	assert.Equal(t, Done, j.State, j.Reason)
	noTemps(t, to)
}

func TestDownload_TwoSourcesThatAreOneFileThereAreNotBothWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put("p/A", []byte("large"))
	w.put("q/a", []byte("small"))
	q := w.open(like(sameness{anyCase: true}))
	j := finish(t, q, start(t, q, w.download(filepath.Join(w.dir, "to"), "p/A", "q/a")))
	assert.EqualValues(t, 1, j.ItemsDone)
	assert.Equal(t, errTakenAnyway.Error()+": A", reasons(t, q, j.ID)["a"])
}

func TestDownload_KeepBothAvoidsNamesThatAreTheSameThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put("d/A.txt", []byte("new"))
	w.put("d/a (2).TXT", []byte("another"))
	to := filepath.Join(w.dir, "to")
	require.NoError(t, os.MkdirAll(filepath.Join(to, "d"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(to, "d", "A.txt"), []byte("old"), 0o600))
	s := w.download(to, "d/")
	s.OnConflict = KeepBoth
	q := w.open(like(sameness{anyCase: true}))
	j := finish(t, q, start(t, q, s))
	assert.Equal(t, Done, j.State, j.Reason)
	assert.Equal(t, map[string]string{"d/": "", "d/A.txt": "old", "d/A (3).txt": "new", "d/a (2).TXT": "another"}, tree(t, to))
}

func TestCrash_DownloadWhereNamesAreTheSameForgetsNoClash(t *testing.T) {
	t.Parallel()
	for commit := int64(3); commit <= 8; commit++ {
		t.Run(nth(int(commit)), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.cfg.KeepDone = 1
			like(sameness{anyCase: true})(&w.cfg)
			for i := range 4 {
				w.put(fmt.Sprintf("d/N%d", i), []byte("large"))
				w.put(fmt.Sprintf("d/n%d", i), []byte("small"))
			}
			to := filepath.Join(w.dir, "to")
			w.killed(w.download(to, "d/"), 0, commit)
			for _, j := range w.resume() {
				assert.EqualValues(t, 8, j.Items)
				assert.EqualValues(t, 4, j.ItemsFailed)
			}
			for name, content := range tree(t, to) {
				assert.NotEqual(t, "small", content, name)
			}
		})
	}
}
