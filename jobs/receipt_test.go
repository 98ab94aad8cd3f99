package jobs

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"cosmander/cos"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func receipts(t testing.TB, q *Queue, id ID) []Receipt {
	t.Helper()
	var list []Receipt
	for r, err := range q.Receipts(t.Context(), id) {
		require.NoError(t, err)
		list = append(list, r)
	}
	return list
}

// TestReceipts_NameBothEndsAndTheProof does each kind of job twice: once the
// items keep their rows, once only receipts are left of them.
func TestReceipts_NameBothEndsAndTheProof(t *testing.T) {
	t.Parallel()
	at := func(key string) string { return "cos://" + bucketName + "/" + key }
	prefix := func(w *world, key, to string) Spec {
		return Spec{Kind: Copy, Sources: []Source{w.source(key)}, Dest: Place{Bucket: bucketName, Region: region, Key: to}}
	}
	local := func(w *world, name string) string { return filepath.Join(w.dir, filepath.FromSlash(name)) }
	for name, c := range map[string]struct {
		spec func(w *world) Spec
		ends func(w *world, name string) (key, source, dest string) // by the name below d/
	}{
		"upload": {
			func(w *world) Spec { return w.upload("d") },
			func(w *world, n string) (string, string, string) {
				return "up/d/" + n, local(w, "d/"+n), at("up/d/" + n)
			},
		},
		"upload of the contents": {
			func(w *world) Spec { s := w.upload("d"); s.Sources[0].Contents = true; return s },
			func(w *world, n string) (string, string, string) { return "up/" + n, local(w, "d/"+n), at("up/" + n) },
		},
		"upload under another name": {
			func(w *world) Spec { s := w.upload("d"); s.Sources[0].Name = "x y"; return s },
			func(w *world, n string) (string, string, string) {
				return "up/x y/" + n, local(w, "d/"+n), at("up/x y/" + n)
			},
		},
		"move": {
			func(w *world) Spec { s := w.upload("d"); s.Move = true; return s },
			func(w *world, n string) (string, string, string) {
				return "up/d/" + n, local(w, "d/"+n), at("up/d/" + n)
			},
		},
		"download": {
			func(w *world) Spec { return w.download(filepath.Join(w.dir, "to"), "in/d/") },
			func(w *world, n string) (string, string, string) {
				return "in/d/" + n, at("in/d/" + n), local(w, "to/d/"+n)
			},
		},
		"copy": {
			func(w *world) Spec { return prefix(w, "in/d/", "out/") },
			func(_ *world, n string) (string, string, string) {
				return "out/d/" + n, at("in/d/" + n), at("out/d/" + n)
			},
		},
		"deletion": {
			func(w *world) Spec { return Spec{Kind: Delete, Sources: []Source{w.source("in/d/")}} },
			func(_ *world, n string) (string, string, string) { return "in/d/" + n, at("in/d/" + n), "" },
		},
	} {
		for _, keep := range []int64{0, 1} {
			t.Run(fmt.Sprintf("%s/keep=%d", name, keep), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				names := []string{"a b", "big", "e/旅行 +%20.txt"}
				sums := map[string]uint64{}
				for i, n := range names {
					size := int64(100 * (i + 1))
					if n == "big" {
						size = 2*partBytes + 1
					}
					sums[n] = cos.CRC64(0, w.file("d/"+n, size))
					w.put("in/d/"+n, content64(uint64(size)+uint64(len("d/"+n)), size))
				}
				before := time.Now().Add(-time.Millisecond)
				q := w.open(func(cfg *Config) { cfg.KeepDone = keep })
				j := finish(t, q, start(t, q, c.spec(w)))
				require.Equal(t, Done, j.State, j.Reason)
				list := receipts(t, q, j.ID)
				require.Len(t, list, len(names))
				shown, err := q.Items(t.Context(), j.ID, 0, len(names))
				require.NoError(t, err)
				for _, it := range shown {
					i := slices.IndexFunc(list, func(r Receipt) bool { return r.N == it.N })
					assert.Equal(t, []string{list[i].Source, list[i].Dest}, []string{it.From, it.To}, "an item names the same ends")
				}
				slices.SortFunc(list, func(x, y Receipt) int { return cmp.Compare(x.Key, y.Key) })
				for i, n := range names {
					r := list[i]
					key, source, dest := c.ends(w, n)
					assert.Equal(t, []string{key, source, dest}, []string{r.Key, r.Source, r.Dest})
					assert.True(t, r.Verified)
					assert.WithinRange(t, r.Finished, before, time.Now())
					if name == "deletion" {
						continue
					}
					assert.True(t, r.HasCRC64)
					assert.Equal(t, sums[n], r.CRC64)
					head, err := w.bucket.Head(t.Context(), r.Key, cos.GetOptions{})
					require.NoError(t, err)
					assert.Equal(t, head.Size, r.Size)
					assert.Equal(t, head.ETag, r.ETag)
				}
			})
		}
	}
}

func TestReceipts_OfManyItemsAreOneForEachAndGoWithTheirJob(t *testing.T) {
	t.Parallel()
	const many = 3 * receiptPage
	w := newWorld(t)
	require.NoError(t, w.server.Seed(t.Context(), bucketName, "many/", many))
	q := w.open(func(c *Config) { c.KeepDone = receiptPage / 2 })
	id := start(t, q, Spec{Kind: Delete, Sources: []Source{w.source("many/")}})
	require.Equal(t, Done, finish(t, q, id).State)
	seen := map[string]bool{}
	for r, err := range q.Receipts(t.Context(), id) {
		require.NoError(t, err)
		seen[r.Key] = true
	}
	assert.Len(t, seen, many)
	var rows int
	require.NoError(t, q.j.read.QueryRowContext(t.Context(), "SELECT count(*) FROM items").Scan(&rows))
	assert.Equal(t, receiptPage/2, rows)
	require.NoError(t, q.Clear(t.Context(), id))
	require.NoError(t, q.j.read.QueryRowContext(t.Context(), "SELECT count(*) FROM receipts").Scan(&rows))
	assert.Zero(t, rows, "they go with their job")
}

func TestReceipts_AfterAKillAtAnyCommitThereIsOneForEachItem(t *testing.T) {
	t.Parallel()
	for n := int64(2); n <= 12; n++ {
		t.Run(nth(int(n)), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.cfg.Files, w.cfg.KeepDone = 2, 1
			for i := range 8 {
				w.file(fmt.Sprintf("d/%d", i), 100)
			}
			w.killed(w.upload("d"), 0, n)
			q := w.open()
			require.NoError(t, q.Wait(t.Context(), 1))
			var keys []string
			for _, r := range receipts(t, q, 1) {
				keys = append(keys, r.Key)
				assert.True(t, r.Verified)
			}
			assert.ElementsMatch(t, w.keys(), keys)
			assert.Len(t, keys, 8)
		})
	}
}

func TestReceipts_WhatFailedOrWasNotThereHasNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("d/bad", 10)
	w.file("d/good", 10)
	w.server.Faults().Add(denied("PutObject", "up/d/bad"))
	q, j := w.run(w.upload("d"))
	require.Equal(t, Failed, j.State)
	list := receipts(t, q, j.ID)
	require.Len(t, list, 1)
	assert.Equal(t, "up/d/good", list[0].Key)
	for _, err := range q.Receipts(t.Context(), 99) {
		require.ErrorIs(t, err, ErrNoJob)
	}
}

func TestReceipts_KeepWhatTheNameDoesNotTell(t *testing.T) {
	t.Parallel()
	j := openTestJournal(t)
	spec := Spec{
		Kind: Upload, Account: "a", Sources: []Source{{Place: Place{Path: "/src"}, Folder: true}},
		Dest: Place{Bucket: bucketName, Key: "up/"},
	}
	ids, err := j.add([]Spec{spec})
	require.NoError(t, err)
	items := []*item{
		{name: "src/a", path: "/src/a", key: "up/src/a", dest: "up/src/a", state: Queued},
		{name: "src/b", path: "/src/b", key: "up/src/b (2)", dest: "up/src/b (2)", state: Queued},
		{name: "src/c", path: "/elsewhere\xff", key: "up/src/c", dest: "up/src/c", state: Queued},
	}
	_, err = j.walked(ids[0], items, walkPos{}, true)
	require.NoError(t, err)
	etags := []string{"0123456789abcdef0123456789abcdef", "0123456789ABCDEF0123456789abcdef", "0123456789abcdef0123456789abcdef-2"}
	for i, it := range items {
		_, end := j.done(it, outcome{etag: etags[i], crc: 1<<63 + 1}, &spec)
		require.NoError(t, j.w.do(end))
	}
	list, err := j.receipts(t.Context(), ids[0], &spec, 0)
	require.NoError(t, err)
	require.Len(t, list, len(items))
	for i, it := range items {
		assert.Equal(t, it.path, list[i].Source)
		assert.Equal(t, it.key, list[i].Key)
		assert.Equal(t, etags[i], list[i].ETag)
		assert.Equal(t, uint64(1<<63+1), list[i].CRC64)
	}
	var named int
	require.NoError(t, j.read.QueryRowContext(t.Context(), "SELECT count(*) FROM receipts WHERE origin IS NULL AND dest IS NULL").Scan(&named))
	assert.Equal(t, 1, named, "what follows from the name is not kept twice")
}

// TestReceipts_OfAnEarlierJournalLackOnlyTheTime opens a journal as the first
// versions wrote it.
func TestReceipts_OfAnEarlierJournalLackOnlyTheTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, createPrivate(w.cfg.Journal))
	db, err := sql.Open("sqlite", w.cfg.Journal)
	require.NoError(t, err)
	for _, m := range migrations[:3] {
		_, err := db.ExecContext(context.Background(), m)
		require.NoError(t, err)
	}
	doc, err := encodeSpec(w.upload("a"))
	require.NoError(t, err)
	_, err = db.ExecContext(context.Background(), `PRAGMA user_version = 3;
		INSERT INTO jobs (id, kind, account, state, spec, created, walked, items, done) VALUES (1, 'upload', 'test', 'done', '`+doc+`', 1, 1, 1, 1);
		INSERT INTO items (job, n, state, lane, source, name, path, key, dest, size, verified) VALUES (1, 1, 'done', 0, 0, 'a', '/a', 'up/a', 'up/a', 5, 1)`)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	list := receipts(t, w.open(), 1)
	require.Len(t, list, 1)
	assert.Equal(t, "up/a", list[0].Key)
	assert.True(t, list[0].Finished.IsZero())
}

func TestReceipts_OfARestartedJobAreThoseOfItsLastRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range []string{"a", "b", "c"} {
		w.file("d/"+name, 10)
	}
	mend := w.server.Faults().Add(denied("PutObject", "up/d/b"))
	q := w.open(func(c *Config) { c.KeepDone = 1 })
	id := start(t, q, w.upload("d"))
	require.Equal(t, Failed, finish(t, q, id).State)
	mend()
	require.NoError(t, q.Restart(t.Context(), id))
	require.Equal(t, Done, finish(t, q, id).State)
	var keys []string
	for _, r := range receipts(t, q, id) {
		keys = append(keys, r.Key)
	}
	assert.ElementsMatch(t, w.keys(), keys)
}

func TestReceipts_OfVeryManyGoWithoutKeepingOthersFromWriting(t *testing.T) {
	t.Parallel()
	j := openTestJournal(t)
	ids, err := j.add([]Spec{{Kind: Upload, Account: "a", Sources: []Source{{Place: Place{Path: "/x"}}}}})
	require.NoError(t, err)
	require.NoError(t, j.w.do(func(t *txn) error {
		_, err := t.exec(`WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ?)
			INSERT INTO receipts (job, n, source, name, size, crc, has_crc, etag, version, skipped, verified, finished)
			SELECT ?, i, 0, x'', 0, 0, 0, '', '', 0, 0, 0 FROM c`, 2*shedReceipts+1, ids[0])
		if err == nil {
			err = t.move(ids[0], Cancelled, "", 1)
		}
		return err
	}))
	before := j.w.commits.Load()
	require.NoError(t, j.clear(ids[0]))
	assert.GreaterOrEqual(t, j.w.commits.Load()-before, int64(3), "in steps")
	var left int
	require.NoError(t, j.read.QueryRowContext(t.Context(), "SELECT (SELECT count(*) FROM receipts) + (SELECT count(*) FROM jobs)").Scan(&left))
	assert.Zero(t, left)
}
