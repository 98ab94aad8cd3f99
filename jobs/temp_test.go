package jobs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTemp_TwoJournalsThatWriteIntoOneFolderNeverTouchEachOthersFiles(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{400 * kib, 3*partBytes + 9} {
		t.Run(nth(int(size)), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			want := map[string]string{}
			for i := range 2 {
				want[fmt.Sprintf("f%d", i)] = string(w.object(fmt.Sprintf("f%d", i), size+int64(i)))
			}
			to := filepath.Join(w.dir, "to")
			other := filepath.Join(t.TempDir(), "jobs.db")
			fast := w.server.Faults().Add(emulator.Fault{Op: "GetObject", Stall: true})
			a, b := w.open(), w.open(func(c *Config) { c.Journal = other })
			first, second := start(t, a, w.download(to, "f0")), start(t, b, w.download(to, "f1"))
			require.Equal(t, first, second, "the same numbers in both")
			eventually(t, func() bool {
				there, _ := filepath.Glob(filepath.Join(to, ".cosmander-1-1-*.part"))
				return len(there) == 2
			}, "both have begun")
			fast()
			for q, id := range map[*Queue]ID{a: first, b: second} {
				j := finish(t, q, id)
				require.Equal(t, Done, j.State, j.Reason)
			}
			got := tree(t, to)
			assert.Equal(t, names(want), names(got))
			for name := range want {
				same(t, []byte(want[name]), []byte(got[name]))
			}
		})
	}
}

func TestTemp_AnotherFileOfItsNameIsNeitherPlacedNorRemoved(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{4096, 2*partBytes + 9} {
		t.Run(nth(int(size)), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.object("x", size)
			to := filepath.Join(w.dir, "to")
			q := w.open(func(c *Config) {
				c.create = func(root *os.Root, name string, flag int) (tempFile, error) {
					f, err := createTemp(root, name, flag)
					if err == nil {
						err = root.Remove(name)
					}
					if err == nil {
						err = root.WriteFile(name, []byte("theirs"), 0o600)
					}
					return f, err
				}
			})
			j := finish(t, q, start(t, q, w.download(to, "x")))
			assert.Equal(t, Failed, j.State)
			assert.Contains(t, j.Reason, "temporary file")
			for name, b := range tree(t, to) {
				assert.NotEqual(t, "x", name)
				assert.Equal(t, "theirs", b)
			}
			assert.Len(t, tree(t, to), 1)
		})
	}
}

func TestTemp_WhatAnEarlierVersionBeganGoesOnUnderItsName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.cfg.Parts = 1
	want := w.object("big", 4*partBytes)
	to := filepath.Join(w.dir, "to")
	fast := w.server.Faults().Add(emulator.Fault{Op: "GetObject", After: 3, Stall: true})
	q := w.open()
	id := start(t, q, w.download(to, "big"))
	half(t, q, id)
	require.NoError(t, q.Pause(t.Context(), id))
	require.NoError(t, q.Close())
	fast()
	var temp string
	for name := range tree(t, to) {
		temp = name
	}
	old := ".cosmander-1-1.part"
	require.NoError(t, os.Rename(filepath.Join(to, temp), filepath.Join(to, old)))
	write, read, err := openJournal(t.Context(), w.cfg.Journal)
	require.NoError(t, err)
	_, err = write.ExecContext(t.Context(), "UPDATE items SET temp = ?", old)
	require.NoError(t, err)
	require.NoError(t, write.Close())
	require.NoError(t, read.Close())
	before := w.server.Requests("GetObject")
	q = w.open()
	require.NoError(t, q.Resume(t.Context(), id))
	j := finish(t, q, id)
	require.Equal(t, Done, j.State, j.Reason)
	assert.Equal(t, map[string]string{"big": string(want)}, tree(t, to))
	assert.Less(t, w.server.Requests("GetObject")-before, int64(4), "what was there is kept")
}

func TestTemp_NoTwoItemsHaveTheSameName(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		it := &item{job: 1, n: 1, token: newToken()}
		require.False(t, seen[it.tempName()])
		require.True(t, strings.HasSuffix(it.tempName(), ".part"))
		seen[it.tempName()] = true
	}
}

func TestMove_APipeInTheCopysPlaceDoesNotHangTheResume(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	to := t.TempDir()
	require.NoError(t, syscall.Mkfifo(filepath.Join(to, "x"), 0o600))
	root, err := os.OpenRoot(to)
	require.NoError(t, err)
	defer root.Close()
	task := &task{active: &active{spec: w.download(to, "x"), root: root}, item: &item{path: "x", size: 3}}
	same, err := task.fileIntact(t.Context())
	require.NoError(t, err)
	assert.False(t, same)
}
