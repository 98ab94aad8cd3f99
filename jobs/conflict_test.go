package jobs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cosmander/cos"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestConflict_DecidesBySizeTimeAndChecksum(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 900_000_000)
	of := func(size int64, at time.Time, crc uint64, known bool) side {
		return side{size: size, modified: at, sum: func() (uint64, bool, error) { return crc, known, nil }}
	}
	here := of(10, now, 7, true)
	for name, tt := range map[string]struct {
		there    side
		replaces map[OnConflict]bool
	}{
		"the same": {
			of(10, now, 7, true),
			map[OnConflict]bool{Overwrite: true, Skip: false, IfNewer: false, IfSize: false, IfChecksum: false, KeepBoth: true},
		},
		"older by less than a second": {
			of(10, now.Add(-800*time.Millisecond), 7, true), map[OnConflict]bool{IfNewer: false},
		},
		"older":                    {of(10, now.Add(-time.Second), 7, true), map[OnConflict]bool{IfNewer: true, IfSize: false, IfChecksum: false, Skip: false}},
		"newer":                    {of(10, now.Add(time.Second), 8, true), map[OnConflict]bool{IfNewer: false, IfSize: false, IfChecksum: true}},
		"of another size":          {of(11, now, 7, true), map[OnConflict]bool{IfNewer: false, IfSize: true, IfChecksum: true}},
		"without a known checksum": {of(10, now, 0, false), map[OnConflict]bool{IfChecksum: true}},
	} {
		for c, want := range tt.replaces {
			got, err := c.replaces(here, tt.there)
			require.NoError(t, err)
			assert.Equal(t, want, got, "%s, %s", c, name)
		}
	}
	got, err := IfChecksum.replaces(of(10, now, 0, false), here)
	require.NoError(t, err)
	assert.True(t, got, "what is not known to be the same is replaced")
}

func TestNumbered_GoesBeforeTheExtension(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a.txt": "a (2).txt", "a": "a (2)", "d.x/a": "d.x/a (2)", ".hidden": ".hidden (2)", "d/.hidden.txt": "d/.hidden (2).txt",
		"文.tar.gz": "文.tar (2).gz", "a (2).txt": "a (2) (2).txt", "a.": "a (2).",
	} {
		assert.Equal(t, want, numbered(name, 2), name)
	}
}

// meeting is a transfer of "a.txt" that meets another "a.txt".
type meeting struct {
	spec func(w *world) Spec
	here func(w *world, b []byte, at time.Time) // writes the source
	put  func(w *world, name string, b []byte)  // writes what is there
	got  func(w *world, name string) string
}

func meetings() map[string]meeting {
	file := func(w *world, name string, b []byte) {
		path := filepath.Join(w.dir, name)
		require.NoError(w.t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(w.t, os.WriteFile(path, b, 0o600))
	}
	return map[string]meeting{
		"upload": {
			func(w *world) Spec { return w.upload("d") },
			func(w *world, b []byte, at time.Time) {
				file(w, "d/a.txt", b)
				require.NoError(w.t, os.Chtimes(filepath.Join(w.dir, "d", "a.txt"), at, at))
			},
			func(w *world, name string, b []byte) { w.put("up/d/"+name, b) },
			func(w *world, name string) string { return string(w.stored("up/d/" + name)) },
		},
		"download": {
			func(w *world) Spec { return w.download(filepath.Join(w.dir, "to"), "d/") },
			func(w *world, b []byte, at time.Time) { w.store("d/a.txt", b, at) },
			func(w *world, name string, b []byte) { file(w, "to/d/"+name, b) },
			func(w *world, name string) string { return tree(w.t, filepath.Join(w.dir, "to"))["d/"+name] },
		},
		"copy": {
			func(w *world) Spec { return w.copies("d/") },
			func(w *world, b []byte, at time.Time) { w.store("d/a.txt", b, at) },
			func(w *world, name string, b []byte) { w.put("to/d/"+name, b) },
			func(w *world, name string) string { return string(w.stored("to/d/" + name)) },
		},
	}
}

func TestConflict_IsAnsweredAsThePlanSaid(t *testing.T) {
	t.Parallel()
	old, late := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	for kind, m := range meetings() {
		for i, tt := range []struct {
			answer   OnConflict
			here     string
			at       time.Time
			replaced bool
		}{
			{Overwrite, "mine", old, true},
			{Skip, "mine", late, false},
			{IfNewer, "mine", late, true},
			{IfNewer, "mine", old, false},
			{IfSize, "mine", late, false}, // four bytes there too
			{IfSize, "other", old, true},
			{IfChecksum, "mine", old, true},
			{IfChecksum, "that", late, false},
		} {
			t.Run(fmt.Sprint(kind, i, tt.answer), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				m.here(w, []byte(tt.here), tt.at)
				m.put(w, "a.txt", []byte("that"))
				s := m.spec(w)
				s.OnConflict = tt.answer
				_, j := w.run(s)
				require.Equal(t, Done, j.State, j.Reason)
				want, skipped := "that", int64(1)
				if tt.replaced {
					want, skipped = tt.here, 0
				}
				assert.Equal(t, want, m.got(w, "a.txt"))
				assert.Equal(t, skipped, j.ItemsSkipped)
			})
		}
	}
}

func TestConflict_KeepBothTakesTheFirstFreeName(t *testing.T) {
	t.Parallel()
	for kind, m := range meetings() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			m.here(w, []byte("mine"), time.Now())
			m.put(w, "a.txt", []byte("that"))
			m.put(w, "a (2).txt", []byte("two"))
			s := m.spec(w)
			s.OnConflict = KeepBoth
			q, j := w.run(s)
			require.Equal(t, Done, j.State, j.Reason)
			assert.Equal(t, "that", m.got(w, "a.txt"))
			assert.Equal(t, "two", m.got(w, "a (2).txt"))
			assert.Equal(t, "mine", m.got(w, "a (3).txt"))
			require.NoError(t, q.Close())
			// Nothing is left to do, and nothing is done again.
			assert.Equal(t, Done, w.resume()[0].State)
			assert.Empty(t, m.got(w, "a (4).txt"))
		})
	}
}

func TestConflict_KeepBothLeavesTheNamesOfTheJobsOwnItemsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put("d/a.txt", []byte("first"))
	w.put("d/a (2).txt", []byte("second"))
	w.put("to/d/a.txt", []byte("there"))
	s := w.copies("d/")
	s.OnConflict = KeepBoth
	_, j := w.run(s)
	require.Equal(t, Done, j.State, j.Reason)
	assert.Equal(t, "there", string(w.stored("to/d/a.txt")))
	assert.Equal(t, "second", string(w.stored("to/d/a (2).txt")))
	assert.Equal(t, "first", string(w.stored("to/d/a (3).txt")))
}

func TestConflict_KeepBothNeverWritesTwiceOverAKill(t *testing.T) {
	t.Parallel()
	for kind, m := range meetings() {
		for n := int64(1); n <= 7; n++ {
			for _, at := range [][3]int64{{n, 0, 10}, {0, n, 10}, {n, 0, partBytes + 11}, {0, n, partBytes + 11}} {
				t.Run(fmt.Sprint(kind, at), func(t *testing.T) {
					t.Parallel()
					w := newWorld(t)
					inParts(&w.cfg)
					w.cfg.Parts = 1
					mine := string(content64(5, at[2]))
					m.here(w, []byte(mine), time.Now())
					m.put(w, "a.txt", []byte("that"))
					s := m.spec(w)
					s.OnConflict = KeepBoth
					w.killed(s, at[0], at[1])
					for _, j := range w.resume() {
						require.Equal(t, Done, j.State, j.Reason)
						same(t, []byte(mine), []byte(m.got(w, "a (2).txt")))
						assert.Equal(t, "that", m.got(w, "a.txt"))
					}
					// What was written before a kill took the answer is the item's own.
					assert.Empty(t, m.got(w, "a (3).txt"))
				})
			}
		}
	}
}

func TestConflict_ALinkAtTheDestinationIsNotReadThrough(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put("d/a.txt", []byte("mine"))
	secret := filepath.Join(w.dir, "secret")
	require.NoError(t, os.WriteFile(secret, []byte("that"), 0o600))
	require.NoError(t, os.MkdirAll(filepath.Join(w.dir, "to", "d"), 0o700))
	require.NoError(t, os.Symlink(secret, filepath.Join(w.dir, "to", "d", "a.txt")))
	s := w.download(filepath.Join(w.dir, "to"), "d/")
	s.OnConflict = IfChecksum
	_, j := w.run(s)
	require.Equal(t, Done, j.State, j.Reason)
	b, err := os.ReadFile(secret)
	require.NoError(t, err)
	assert.Equal(t, "that", string(b))
	assert.Equal(t, "mine", tree(t, filepath.Join(w.dir, "to"))["d/a.txt"])
}

func TestConflict_UnknownAnswersAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.copies("k")
	s.OnConflict = "perhaps"
	_, err := w.open().Add(t.Context(), s)
	assert.ErrorContains(t, err, "perhaps")
}

// store writes an object with a time of its own.
func (w *world) store(key string, b []byte, at time.Time) {
	w.t.Helper()
	require.NoError(w.t, w.server.Store(bucketName, key, strings.NewReader(string(b)), int64(len(b)), storedAt(at)))
	_, err := w.bucket.Head(w.t.Context(), key, cos.GetOptions{})
	require.NoError(w.t, err)
}
