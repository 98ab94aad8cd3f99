package emulator_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos/emulator"
)

// files counts the content files in the data folder.
func (c *client) files() int {
	n := 0
	err := filepath.WalkDir(filepath.Join(c.dir, "blobs"), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	require.NoError(c.t, err)
	return n
}

func TestRestart_KeepsEverything(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := startWith(t, config(dir))
	large := strings.Repeat("large", 10_000)
	c.put("large", large, "x-cos-meta-a", "1")
	c.put("small", "small")
	c.put("empty", "")
	id := c.initiate("big")
	etag := c.part("big", id, 1, large)
	require.NoError(t, c.server.SetNote("a", "b"))
	before := c.get("large")
	require.NoError(t, c.server.Close())

	c = startWith(t, config(dir))
	after := c.get("large")
	assert.Equal(t, large, string(after.body))
	for _, name := range []string{"ETag", "Last-Modified", crcHeader, "X-Cos-Meta-A"} {
		assert.Equal(t, before.header.Get(name), after.header.Get(name), name)
	}
	assert.Equal(t, "small", string(c.get("small").body))
	assert.Empty(t, c.get("empty").body)
	require.Equal(t, 200, c.complete("big", id, 1, etag).status)
	assert.Equal(t, large, string(c.get("big").body))
	c.put("new", large)
	assert.Equal(t, large, string(c.get("big").body), "new files do not take old numbers")
	note, err := c.server.Note(t.Context(), "a")
	require.NoError(t, err)
	assert.Equal(t, "b", note)
}

func TestRestart_RemovesWhatAKilledServerLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := startWith(t, config(dir))
	c.put("k", strings.Repeat("k", 10_000))
	require.NoError(t, c.server.Close())
	for _, name := range []string{"00/4096", "ff/255", "07/half-written.tmp"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, "blobs", name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "blobs", name), []byte("half"), 0o600))
	}
	c = startWith(t, config(dir))
	assert.Equal(t, 1, c.files())
	assert.Len(t, c.get("k").body, 10_000)
	assert.Equal(t, []string{"k"}, c.list("").keys)
}

func TestOpen_RefusesAFolderInUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := startWith(t, config(dir))
	_, err := emulator.Open(config(dir))
	require.ErrorIs(t, err, emulator.ErrInUse)
	require.ErrorContains(t, err, dir)
	require.NoError(t, c.server.Close())
	again, err := emulator.Open(config(dir))
	require.NoError(t, err)
	require.NoError(t, again.Close())
	require.NoError(t, again.Close(), "closing twice is harmless")
}

func TestOpen_TakesARelativeFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	srv, err := emulator.Open(config("srv"))
	require.NoError(t, err)
	require.NoError(t, srv.Close())
	assert.FileExists(t, "srv/index.db")
}

func TestOpen_RefusesBadFolders(t *testing.T) {
	t.Parallel()
	_, err := emulator.Open(emulator.Config{})
	require.ErrorContains(t, err, "no data folder")

	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "index.db"), []byte(strings.Repeat("not a database", 1000)), 0o600))
	_, err = emulator.Open(config(dir))
	require.ErrorContains(t, err, "index.db")

	cfg := config(t.TempDir())
	cfg.Buckets = []string{"NoGood"}
	_, err = emulator.Open(cfg)
	require.ErrorContains(t, err, "NoGood")
}

func TestClosedServer_AnswersAnError(t *testing.T) {
	t.Parallel()
	c := start(t)
	require.NoError(t, c.server.Close())
	assert.Equal(t, 500, c.do("PUT", "/k", "1").status)
	assert.Equal(t, 500, c.get("k").status)
}

func TestOverwrite_ReadersGetOneWholeObject(t *testing.T) {
	t.Parallel()
	c := start(t)
	bodies := []string{strings.Repeat("a", 300_000), strings.Repeat("b", 200_000), "tiny"}
	c.put("k", bodies[0])
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() { c.put("k", bodies[i%3]) })
		wg.Go(func() {
			a := c.get("k")
			assert.Equal(t, 200, a.status, string(a.body))
			assert.Equal(t, strconv.Itoa(len(a.body)), a.header.Get("Content-Length"))
			assert.Contains(t, bodies, string(a.body))
			assert.Equal(t, crcOf(string(a.body)), a.header.Get(crcHeader))
		})
	}
	wg.Wait()
	c.do("DELETE", "/k", "")
	assert.Zero(t, c.files())
}

func TestSeed_AddsEmptyObjectsOnce(t *testing.T) {
	t.Parallel()
	c := start(t)
	require.NoError(t, c.server.Seed(t.Context(), testBucket, "many/", 1234))
	p := c.list("prefix=many/&marker=many/0001230")
	assert.Equal(t, []string{"many/0001231", "many/0001232", "many/0001233"}, p.keys)
	a := c.get("many/0000000")
	assert.Empty(t, a.body)
	assert.Equal(t, `"d41d8cd98f00b204e9800998ecf8427e"`, a.header.Get("ETag"))
	assert.Equal(t, "0", a.header.Get(crcHeader))
	c.do("DELETE", "/many/0000005", "")
	require.NoError(t, c.server.Seed(t.Context(), testBucket, "many/", 1234))
	assert.Equal(t, 404, c.get("many/0000005").status, "seeding again changes nothing")
	require.Error(t, c.server.Seed(t.Context(), "none-1", "many/", 1))
}
