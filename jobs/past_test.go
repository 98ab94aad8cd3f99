package jobs

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"cosmander/cos"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// newest is the version of key that is the newest now.
func (w *world) newest(key string) cos.Version {
	w.t.Helper()
	page, err := w.bucket.ListVersions(w.t.Context(), cos.VersionsOptions{Prefix: key, MaxKeys: 1})
	require.NoError(w.t, err)
	require.Len(w.t, page.Versions, 1)
	return page.Versions[0]
}

// instant returns the present moment, and waits until what is written is of a
// later second: the service tells no less.
func (w *world) instant() time.Time {
	w.t.Helper()
	at := time.Now()
	require.Eventually(w.t, func() bool { return time.Now().Unix() > at.Unix() }, 2*time.Second, time.Millisecond)
	return at
}

func TestVersion_IsDownloadedAndCopiedInOneRequestAndInParts(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]int64{"small": 300, "large": partBytes + 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			require.NoError(t, w.bucket.SetVersioning(t.Context(), cos.VersioningEnabled))
			old := w.fullWith("d/k", size, map[string]string{"who": "me"})
			version := w.newest("d/k").VersionID
			require.NoError(t, w.bucket.SetObjectCannedACL(t.Context(), "d/k", version, "public-read", "", ""))
			was := w.state("d/k", version)
			w.put("d/k", []byte("something else"))
			src := w.source("d/k")
			src.VersionID = version

			dir := filepath.Join(w.dir, "to")
			require.NoError(t, os.MkdirAll(dir, 0o700))
			_, j := w.run(Spec{Kind: Download, Sources: []Source{src}, Dest: Place{Path: dir}})
			require.Equal(t, Done, j.State, j.Reason)
			got, err := os.ReadFile(filepath.Join(dir, "k"))
			require.NoError(t, err)
			same(t, old, got)

			src.Key = "d/k"
			_, j = w.run(Spec{Kind: Copy, Sources: []Source{src}, Dest: Place{Bucket: bucketName, Region: region, Key: "d/"}})
			require.Equal(t, Done, j.State, j.Reason)
			same(t, old, w.stored("d/k"))
			assert.NotEqual(t, version, w.newest("d/k").VersionID, "it is a version of its own")
			assert.Equal(t, was, w.state("d/k", ""), "it has all that it had")
			assert.Len(t, w.versions("d/k"), 3)
		})
	}
}

func TestPast_AFolderIsReadAsItWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.bucket.SetVersioning(t.Context(), cos.VersioningEnabled))
	w.put("d/kept", []byte("one"))
	w.put("d/gone", []byte("was here"))
	w.put("d/back", []byte("deleted then"))
	_, err := w.bucket.Delete(t.Context(), "d/back", "")
	require.NoError(t, err)
	at := w.instant()
	for range 3 {
		w.put("d/kept", []byte("later"))
	}
	w.put("d/back", []byte("again"))
	w.put("d/new", []byte("not yet"))
	_, err = w.bucket.Delete(t.Context(), "d/gone", "")
	require.NoError(t, err)

	dir := filepath.Join(w.dir, "to")
	require.NoError(t, os.MkdirAll(dir, 0o700))
	src := w.source("d/")
	src.AsOf = at
	spec := Spec{Kind: Download, Sources: []Source{src}, Dest: Place{Path: dir}}
	q, j := w.run(spec)
	require.Equal(t, Done, j.State, j.Reason)
	var tally Tally
	require.NoError(t, q.Survey(t.Context(), spec, func(t Tally) { tally = t }))
	assert.EqualValues(t, 2, tally.Files)
	found, err := os.ReadDir(filepath.Join(dir, "d"))
	require.NoError(t, err)
	require.Len(t, found, 2)
	for name, text := range map[string]string{"kept": "one", "gone": "was here"} {
		got, err := os.ReadFile(filepath.Join(dir, "d", name))
		require.NoError(t, err)
		assert.Equal(t, text, string(got))
	}
}
