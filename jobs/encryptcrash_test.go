package jobs

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/cse"
)

func TestCrash_AnEncryptedUploadGoesOnWithItsDataKey(t *testing.T) {
	t.Parallel()
	const size = 2*partBytes + 99
	check := func(t *testing.T, request, commit int64) {
		w := secret(t)
		w.cfg.Parts = 1
		want := w.file("big", size)
		w.killed(w.sealedUpload("aes", "big"), request, commit)
		for _, j := range w.resume() {
			assert.Equal(t, Done, j.State, j.Reason)
			assert.Zero(t, j.Unverified)
		}
		if commit != 1 { // then the job was never on disk
			same(t, want, w.opened("up/big", masters[0]))
			assert.LessOrEqual(t, w.sent.Load(), int64(size+partBytes+10*kib), "one part was in flight")
		}
	}
	for n := int64(1); n <= 6; n++ {
		t.Run(fmt.Sprintf("request=%d", n), func(t *testing.T) { t.Parallel(); check(t, n, 0) })
	}
	for _, n := range []int64{2, 4, 6, 8} {
		t.Run(fmt.Sprintf("commit=%d", n), func(t *testing.T) { t.Parallel(); check(t, 0, n) })
	}
}

func TestCrash_AnEncryptedDownloadGoesOn(t *testing.T) {
	t.Parallel()
	const size = 3*partBytes + 99
	for n := int64(1); n <= 7; n++ {
		t.Run(nth(int(n)), func(t *testing.T) {
			t.Parallel()
			w := secret(t)
			w.cfg.Parts = 2
			want := w.file("big", size)
			_, j := w.run(w.sealedUpload("aes", "big"))
			require.Equal(t, Done, j.State, j.Reason)
			to := filepath.Join(w.dir, "to")
			w.killed(w.download(to, "up/big"), n, 0)
			for _, j := range w.resume() {
				assert.Equal(t, Done, j.State, j.Reason)
			}
			assert.Equal(t, string(want), tree(t, to)["big"])
			noTemps(t, to)
			assert.LessOrEqual(t, w.server.Requests("GetObject"), int64(7), "what was there is not fetched again")
		})
	}
}

func TestCrash_WithThePublicHalfAloneAnUploadBeginsAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.cfg.Parts, w.cfg.Keys = 1, &cse.Keyring{}
	w.cfg.Keys.Add("half", rsaHalf)
	want := w.file("big", 2*partBytes+9)
	w.killed(w.sealedUpload("half", "big"), 4, 0)
	for _, j := range w.resume() {
		require.Equal(t, Done, j.State, j.Reason)
	}
	assert.Zero(t, w.uploads(), "what had begun is gone")
	to := filepath.Join(w.dir, "to")
	back := w.open(func(c *Config) { c.Keys, c.Journal = keyring(), filepath.Join(t.TempDir(), "jobs.db") })
	j := finish(t, back, start(t, back, w.download(to, "up/big")))
	require.Equal(t, Done, j.State, j.Reason)
	assert.Equal(t, string(want), tree(t, to)["big"])
}

// A file that changed gets another data key: two contents under one would tell
// both.
func TestCrash_AChangedFileIsNeverSentUnderTheKeyOfTheOldOne(t *testing.T) {
	t.Parallel()
	w := secret(t)
	w.cfg.Parts = 1
	w.file("big", 2*partBytes+9)
	w.killed(w.sealedUpload("aes", "big"), 4, 0)
	q := w.open(func(c *Config) { c.Watch = true })
	items, err := q.j.todo(t.Context(), 1, laneLarge, 0, 10)
	require.NoError(t, err)
	require.Len(t, items, 1)
	require.NotEmpty(t, items[0].envelope)
	want := content64(99, 2*partBytes+9)
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "big"), want, 0o600))
	for _, j := range w.resume() {
		require.Equal(t, Done, j.State, j.Reason)
	}
	same(t, want, w.opened("up/big", masters[0]))
	head, err := w.bucket.Head(t.Context(), "up/big", cos.GetOptions{})
	require.NoError(t, err)
	assert.NotContains(t, items[0].envelope, head.Headers.Meta["client-side-encryption-key"])
}

func TestJournal_HoldsNoKey(t *testing.T) {
	t.Parallel()
	w := secret(t)
	w.cfg.Parts = 1
	w.file("big", 2*partBytes+9)
	w.killed(w.sealedUpload("aes", "big"), 5, 0)
	files, err := filepath.Glob(w.cfg.Journal + "*")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var journal []byte
	for _, f := range files {
		b, err := os.ReadFile(f)
		require.NoError(t, err)
		journal = append(journal, b...)
	}
	require.Contains(t, string(journal), "client-side-encryption-key", "the wrapped key is there")
	w.resume()
	d := w.dataKey("up/big", masters[0])
	assert.False(t, bytes.Contains(journal, d[:32]), "the data key")
	assert.NotContains(t, string(journal), masters[0])
}
