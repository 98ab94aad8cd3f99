package jobs

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// halted runs a large transfer of meetings until something of it is there, and
// pauses it.
func halted(t *testing.T, w *world, kind string, s Spec) (*Queue, ID) {
	t.Helper()
	inParts(&w.cfg)
	w.cfg.Parts = 1
	op := map[string]string{"upload": "UploadPart", "download": "GetObject", "copy": "UploadPartCopy"}[kind]
	fast := w.server.Faults().Add(emulator.Fault{Op: op, After: 2, Stall: true})
	q := w.open()
	id := start(t, q, s)
	eventually(t, func() bool {
		acked, err := q.j.acked(t.Context(), id)
		return err == nil && acked[1] > 0
	}, "something is in the journal")
	require.NoError(t, q.Pause(t.Context(), id))
	fast()
	return q, id
}

func TestThere_WhatIsPutAtTheDestinationWhileItIsPausedIsMetByTheRule(t *testing.T) {
	t.Parallel()
	mine := string(content64(9, 4*partBytes))
	for kind, m := range meetings() {
		for name, tt := range map[string]struct {
			rule    OnConflict
			before  []string // names that exist
			meets   string   // what is put there meanwhile
			want    map[string]string
			skipped int64
			asks    bool
		}{
			"skip":      {rule: Skip, meets: "a.txt", want: map[string]string{"a.txt": "theirs"}, skipped: 1},
			"if newer":  {rule: IfNewer, meets: "a.txt", want: map[string]string{"a.txt": "theirs"}, skipped: 1},
			"if size":   {rule: IfSize, meets: "a.txt", want: map[string]string{"a.txt": mine}},
			"overwrite": {rule: Overwrite, meets: "a.txt", want: map[string]string{"a.txt": mine}},
			"keep both": {rule: KeepBoth, meets: "a.txt", want: map[string]string{"a.txt": "theirs", "a (2).txt": mine}},
			"keep both, the free name": {
				rule: KeepBoth, before: []string{"a.txt"}, meets: "a (2).txt",
				want: map[string]string{"a.txt": "old", "a (2).txt": "theirs", "a (3).txt": mine},
			},
			"ask": {rule: Ask, meets: "a.txt", want: map[string]string{"a.txt": "theirs"}, asks: true},
		} {
			t.Run(kind+" "+name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				m.here(w, []byte(mine), time.Now().Add(-time.Hour))
				for _, b := range tt.before {
					m.put(w, b, []byte("old"))
				}
				s := m.spec(w)
				s.OnConflict = tt.rule
				q, id := halted(t, w, kind, s)
				m.put(w, tt.meets, []byte("theirs"))
				require.NoError(t, q.Resume(t.Context(), id))
				j := finish(t, q, id)
				want := Done
				if tt.asks {
					want = Asking
				}
				require.Equal(t, want, j.State, j.Reason)
				assert.Equal(t, tt.skipped, j.ItemsSkipped)
				for n, b := range tt.want {
					same(t, []byte(b), []byte(m.got(w, n)))
				}
				if tt.asks {
					require.NoError(t, q.Answer(t.Context(), id, 1, Overwrite, false))
					require.Equal(t, Done, finish(t, q, id).State)
					same(t, []byte(mine), []byte(m.got(w, "a.txt")))
				}
				assert.Zero(t, w.uploads(), "nothing stays open")
				if kind == "download" {
					noTemps(t, w.dir)
				}
			})
		}
	}
}

func TestThere_AnAnswerHoldsOnlyForWhatWasShown(t *testing.T) {
	t.Parallel()
	for kind, m := range meetings() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			q, id := asked(t, w, m)
			m.put(w, "a.txt", []byte("newer, of somebody else"))
			require.NoError(t, q.Answer(t.Context(), id, 1, Overwrite, false))
			j := finish(t, q, id)
			require.Equal(t, Asking, j.State, j.Reason)
			assert.EqualValues(t, 1, j.ItemsAsking)
			assert.Equal(t, "newer, of somebody else", m.got(w, "a.txt"))
			items, err := q.Items(t.Context(), id, 0, 10, Asking)
			require.NoError(t, err)
			require.Len(t, items, 1)
			assert.EqualValues(t, 23, items[0].Conflict.ThereSize, "what is there now is shown")
			require.NoError(t, q.Answer(t.Context(), id, 1, Overwrite, false))
			require.Equal(t, Done, finish(t, q, id).State)
			assert.Equal(t, "mine", m.got(w, "a.txt"))
		})
	}
}

func TestThere_AnObjectThatFollowedACompletedUploadStays(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"upload", "copy"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			inParts(&w.cfg)
			m := meetings()[kind]
			m.here(w, content64(3, 2*partBytes+3), time.Now())
			s := m.spec(w)
			s.OnConflict = Skip
			var k *killer
			w.server.Faults().Add(emulator.Fault{Op: "CompleteMultipartUpload", Times: 1, Stall: true, LoseAnswer: true})
			k = newKiller()
			q, err := Open(t.Context(), w.cfg)
			require.NoError(t, err)
			k.attach(q)
			start(t, q, s)
			eventually(t, func() bool { return w.server.Requests("CompleteMultipartUpload") > 0 }, "it is completed")
			k.strike()
			<-k.done
			eventually(t, func() bool { return w.uploads() == 0 || m.got(w, "a.txt") == "" }, "the service is done with it")
			m.put(w, "a.txt", []byte("theirs"))
			for _, j := range w.resume() {
				require.Equal(t, Done, j.State, j.Reason)
			}
			assert.Equal(t, "theirs", m.got(w, "a.txt"))
			assert.Zero(t, w.uploads())
		})
	}
}

func TestThere_TwoJobsThatKeepBothEndWithTwoNewNames(t *testing.T) {
	t.Parallel()
	for kind, m := range meetings() {
		for _, size := range []int64{9, partBytes + 5} {
			for _, exists := range []bool{true, false} {
				t.Run(fmt.Sprint(kind, size, exists), func(t *testing.T) {
					t.Parallel()
					w := newWorld(t)
					inParts(&w.cfg)
					mine := content64(3, size)
					m.here(w, mine, time.Now())
					first := "a.txt"
					if exists {
						m.put(w, first, []byte("that"))
						first = "a (3).txt"
					}
					s := m.spec(w)
					s.OnConflict = KeepBoth
					q := w.open()
					var ids []ID
					for range 2 {
						ids = append(ids, start(t, q, s))
					}
					for _, id := range ids {
						require.Equal(t, Done, finish(t, q, id).State)
					}
					same(t, mine, []byte(m.got(w, first)))
					same(t, mine, []byte(m.got(w, "a (2).txt")))
					if exists {
						assert.Equal(t, "that", m.got(w, "a.txt"))
					}
				})
			}
		}
	}
}

func TestThere_OfTwoJobsThatOverwriteTheLaterWinsWholly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, two := w.object("1/x", 3*partBytes), w.object("2/x", 3*partBytes+7)
	to := filepath.Join(w.dir, "to")
	q := w.open()
	var ids []ID
	for _, key := range []string{"1/x", "2/x"} {
		ids = append(ids, start(t, q, w.download(to, key)), start(t, q, w.copies(key)))
	}
	for _, id := range ids {
		require.Equal(t, Done, finish(t, q, id).State)
	}
	whole := []string{string(one), string(two)}
	assert.Contains(t, whole, tree(t, to)["x"])
	assert.Contains(t, whole, string(w.stored("to/x")))
	noTemps(t, to)
}

func TestThere_ASkippedItemSaysWhetherItsContentIsTheSame(t *testing.T) {
	t.Parallel()
	for kind, m := range meetings() {
		for there, why := range map[string]string{"mine": skippedSame, "that": skippedOther, "longer": skippedOther} {
			for _, keep := range []int64{1, 1000} {
				t.Run(fmt.Sprint(kind, there, keep), func(t *testing.T) {
					t.Parallel()
					w := newWorld(t)
					w.cfg.KeepDone = keep
					m.here(w, []byte("mine"), time.Now())
					m.put(w, "a.txt", []byte(there))
					s := m.spec(w)
					s.OnConflict = Skip
					q, j := w.run(s)
					require.Equal(t, Done, j.State, j.Reason)
					for r, err := range q.Receipts(t.Context(), j.ID) {
						require.NoError(t, err)
						assert.True(t, r.Skipped)
						assert.Equal(t, why, r.Reason)
					}
				})
			}
		}
	}
}

func TestRenameNew_NeverReplaces(t *testing.T) {
	t.Parallel()
	for name, rename := range map[string]func(*os.Root, string, string) error{"the system's": renameNew, "by a link": linkNew} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root, err := os.OpenRoot(t.TempDir())
			require.NoError(t, err)
			defer root.Close()
			require.NoError(t, root.Mkdir("d", 0o700))
			for _, n := range []string{"d/new", "d/there"} {
				require.NoError(t, root.WriteFile(n, []byte(n), 0o600))
			}
			require.ErrorIs(t, rename(root, "d/new", "d/there"), os.ErrExist)
			b, err := root.ReadFile("d/there")
			require.NoError(t, err)
			assert.Equal(t, "d/there", string(b))
			require.NoError(t, rename(root, "d/new", "d/free"))
			_, err = root.Lstat("d/new")
			require.ErrorIs(t, err, os.ErrNotExist)
		})
	}
}

func TestThere_APlaceIsFreeAgainWhenItsItemHasEnded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := w.open()
	s := Spec{Kind: MakeFolder, Sources: []Source{{Place: Place{Bucket: bucketName, Region: region, Key: "new/"}, Folder: true}}}
	for range 2 {
		j := finish(t, q, start(t, q, s))
		require.Equal(t, Done, j.State, j.Reason)
		_, err := w.bucket.Delete(t.Context(), "new/", "")
		require.NoError(t, err)
	}
}

// TestThere_EqualContentThatOthersPutMeanwhileIsNotOurs puts it at the free
// name, after the look that found it free and before the one that comes before
// the writing.
func TestThere_EqualContentThatOthersPutMeanwhileIsNotOurs(t *testing.T) {
	t.Parallel()
	for kind, prefix := range map[string]string{"upload": "up/d/", "copy": "to/d/"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w, m := newWorld(t), meetings()[kind]
			mine := content64(3, 9)
			m.here(w, mine, time.Now())
			m.put(w, "a.txt", []byte("that"))
			q := w.open()
			var once sync.Once
			hook := func(int64) {
				var names int
				assert.NoError(t, q.j.read.QueryRowContext(t.Context(), "SELECT count(*) FROM reserved").Scan(&names))
				if names > 0 {
					once.Do(func() { // past the hook, which a request would wait for
						assert.NoError(t, w.server.Store(bucketName, prefix+"a (2).txt", bytes.NewReader(mine), int64(len(mine)), storedAt(time.Now())))
					})
				}
			}
			w.before.Store(&hook)
			s := m.spec(w)
			s.OnConflict = KeepBoth
			require.Equal(t, Done, finish(t, q, start(t, q, s)).State)
			same(t, mine, []byte(m.got(w, "a (2).txt")))
			same(t, mine, []byte(m.got(w, "a (3).txt")))
		})
	}
}

// TestThere_EqualContentInThePlaceOfWhatHasBegunIsNotOurs kills a transfer in
// parts that others then overtake with the same bytes. For a download that is
// before its temporary file is there, and after.
func TestThere_EqualContentInThePlaceOfWhatHasBegunIsNotOurs(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"upload", "copy", "download", "download without a file"} {
		for _, rule := range []OnConflict{KeepBoth, Ask} {
			t.Run(kind+" "+string(rule), func(t *testing.T) {
				t.Parallel()
				w, m := newWorld(t), meetings()[strings.TrimSuffix(kind, " without a file")]
				inParts(&w.cfg)
				mine := content64(3, 2*partBytes)
				m.here(w, mine, time.Now())
				m.put(w, "a.txt", []byte("that"))
				var free []func()
				for _, op := range []string{"UploadPart", "UploadPartCopy", "GetObject"} {
					free = append(free, w.server.Faults().Add(emulator.Fault{Op: op, Stall: true}))
				}
				q, s := w.open(), m.spec(w)
				s.OnConflict = rule
				id := start(t, q, s)
				place := "a (2).txt"
				if rule == Ask {
					require.Equal(t, Asking, finish(t, q, id).State)
					require.NoError(t, q.Answer(t.Context(), id, 1, Overwrite, false))
					place = "a.txt"
				}
				eventually(t, func() bool {
					begun, err := q.j.leftovers(t.Context(), id, 0)
					return err == nil && len(begun) == 1 && (begun[0].uploadID != "" || begun[0].temp != "")
				}, "it has begun")
				q.abandon()
				for _, quick := range free {
					quick()
				}
				if strings.HasSuffix(kind, "without a file") {
					temps, err := filepath.Glob(filepath.Join(w.dir, "to", "d", ".cosmander-*"))
					require.NoError(t, err)
					for _, temp := range temps {
						require.NoError(t, os.Remove(temp))
					}
				}
				m.put(w, place, mine)
				j := w.resume()[0]
				if rule == Ask {
					assert.Equal(t, Asking, j.State, "the answer was about another one")
					return
				}
				require.Equal(t, Done, j.State, j.Reason)
				same(t, mine, []byte(m.got(w, "a (2).txt")))
				same(t, mine, []byte(m.got(w, "a (3).txt")))
			})
		}
	}
}
