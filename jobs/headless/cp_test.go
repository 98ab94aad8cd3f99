package headless

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/jobs"
)

func TestCopySpec_NamesFollowTheTrailingSlash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "photos"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.txt"), nil, 0o644))
	local := func(path string) jobs.Place { return jobs.Place{Path: path} }
	bucket := func(key string) jobs.Place { return jobs.Place{Bucket: "b-1", Region: "r", Key: key} }

	for name, c := range map[string]struct {
		src, dst  string
		recursive bool
		from      jobs.Source
		to        jobs.Place
	}{
		"file into a prefix":         {dir + "/a.txt", "cos://b-1/in/", false, jobs.Source{Place: local(dir + "/a.txt")}, bucket("in/")},
		"file into the root":         {dir + "/a.txt", "cos://b-1", false, jobs.Source{Place: local(dir + "/a.txt")}, bucket("")},
		"file under another name":    {dir + "/a.txt", "cos://b-1/in/x", false, jobs.Source{Place: local(dir + "/a.txt"), Name: "x"}, bucket("in/")},
		"folder into a prefix":       {dir + "/photos", "cos://b-1/in/", true, jobs.Source{Place: local(dir + "/photos"), Folder: true}, bucket("in/")},
		"folder into the root":       {dir + "/photos", "cos://b-1/", true, jobs.Source{Place: local(dir + "/photos"), Folder: true}, bucket("")},
		"content into a prefix":      {dir + "/photos/", "cos://b-1/in/", true, jobs.Source{Place: local(dir + "/photos"), Folder: true, Contents: true}, bucket("in/")},
		"folder under another name":  {dir + "/photos", "cos://b-1/in", true, jobs.Source{Place: local(dir + "/photos"), Folder: true, Contents: true}, bucket("in/")},
		"object into a folder":       {"cos://b-1/in/a.txt", dir, false, jobs.Source{Place: bucket("in/a.txt")}, local(dir)},
		"object into a new folder":   {"cos://b-1/in/a.txt", dir + "/new/", false, jobs.Source{Place: bucket("in/a.txt")}, local(dir + "/new")},
		"object under another name":  {"cos://b-1/in/a.txt", dir + "/b.txt", false, jobs.Source{Place: bucket("in/a.txt"), Name: "b.txt"}, local(dir)},
		"prefix's content":           {"cos://b-1/in/", dir + "/out", true, jobs.Source{Place: bucket("in/"), Folder: true, Contents: true}, local(dir + "/out")},
		"prefix under another name":  {"cos://b-1/in", dir + "/out", true, jobs.Source{Place: bucket("in/"), Folder: true, Contents: true}, local(dir + "/out")},
		"prefix into a folder":       {"cos://b-1/in", dir + "/out/", true, jobs.Source{Place: bucket("in/"), Folder: true}, local(dir + "/out")},
		"bucket's content":           {"cos://b-1", dir + "/out/", true, jobs.Source{Place: bucket(""), Folder: true, Contents: true}, local(dir + "/out")},
		"object to a prefix":         {"cos://b-1/in/a.txt", "cos://b-1/out/", false, jobs.Source{Place: bucket("in/a.txt")}, bucket("out/")},
		"object to another name":     {"cos://b-1/in/a.txt", "cos://b-1/in/b.txt", false, jobs.Source{Place: bucket("in/a.txt"), Name: "b.txt"}, bucket("in/")},
		"prefix into a prefix":       {"cos://b-1/in", "cos://b-1/out/", true, jobs.Source{Place: bucket("in/"), Folder: true}, bucket("out/")},
		"prefix to another name":     {"cos://b-1/in", "cos://b-1/out", true, jobs.Source{Place: bucket("in/"), Folder: true, Contents: true}, bucket("out/")},
		"its content into a prefix":  {"cos://b-1/in/", "cos://b-1/out/", true, jobs.Source{Place: bucket("in/"), Folder: true, Contents: true}, bucket("out/")},
		"existing folder, no change": {"cos://b-1/in", dir + "/photos", true, jobs.Source{Place: bucket("in/"), Folder: true, Contents: true}, local(dir + "/photos")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec, err := (&Env{Account: "me", Region: "r"}).copySpec(c.src, c.dst, c.recursive)
			require.NoError(t, err)
			assert.Equal(t, "me", spec.Account)
			assert.Equal(t, []jobs.Source{c.from}, spec.Sources)
			assert.Equal(t, c.to, spec.Dest)
		})
	}
}

func TestCopySpec_RefusesWhatItCannotMean(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, c := range map[string]struct{ src, dst, says string }{
		"two local paths":     {dir, dir, "local paths"},
		"prefix to prefix":    {"cos://b-1/a/", "cos://b-1/b/", "-r copies folders"},
		"folder without -r":   {dir, "cos://b-1/", "-r"},
		"prefix without -r":   {"cos://b-1/in/", dir, "-r"},
		"bucket without -r":   {"cos://b-1", dir, "-r"},
		"missing local file":  {dir + "/none", "cos://b-1/", "no such file"},
		"address without key": {dir, "cos://", "cos://"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := (&Env{}).copySpec(c.src, c.dst, false)
			assert.ErrorContains(t, err, c.says)
		})
	}
}

func TestMv_FindsTheJobWhoseSourceHasGoneAlready(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, folder := range []bool{false, true} {
		o, gone := CpOptions{Recursive: folder}, filepath.Join(t.TempDir(), "gone")
		_, err := d.moveSpec(t.Context(), gone, "cos://b-1/in/", o)
		require.ErrorIs(t, err, os.ErrNotExist, "there is no such job")
		spec, err := d.uploadOf(gone, "cos://b-1/in/", folder, folder)
		require.NoError(t, err)
		spec.Move = true
		q, err := d.open(t.Context())
		require.NoError(t, err)
		_, err = q.Add(t.Context(), spec)
		require.NoError(t, err)
		require.NoError(t, q.Close())
		found, err := d.moveSpec(t.Context(), gone, "cos://b-1/in/", o)
		require.NoError(t, err)
		assert.Equal(t, spec.Sources, found.Sources)
		assert.True(t, found.Move)
	}
}

func TestRestoreFlag_NamesTierAndDays(t *testing.T) {
	t.Parallel()
	for flag, want := range map[string]jobs.Change{
		"standard": {Tier: cos.Standard, Days: 7}, "BULK,30": {Tier: cos.Bulk, Days: 30}, "Expedited,1": {Tier: cos.Expedited, Days: 1},
	} {
		got, err := restoring(jobs.Download, flag)
		require.NoError(t, err)
		assert.Equal(t, want, *got)
	}
	got, err := restoring(jobs.Upload, "")
	require.NoError(t, err)
	assert.Nil(t, got)
	for flag, says := range map[string]string{
		"soon": "no tier", ",3": "no tier", "bulk,": "no number of days", "bulk,x": "no number of days", "bulk,0": "0 days", "bulk,366": "366 days",
	} {
		_, err := restoring(jobs.Download, flag)
		assert.ErrorContains(t, err, says, flag)
	}
	_, err = restoring(jobs.Copy, "bulk")
	assert.ErrorContains(t, err, "for downloads")
}

func TestText_AJobThatIsRestoredIsToldOnceWithoutATerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	env := &Env{Stdout: Stream{Writer: &out}}
	r := &textReport{env: env, out: env.Stdout}
	j := jobs.Job{Kind: jobs.Download, State: jobs.Restoring, Items: 3, ItemsDone: 1, ItemsRestoring: 2, Bytes: 100, BytesDone: 10, Left: -1, RestoringSince: time.Unix(1_700_000_000, 0)}
	require.NoError(t, r.progress(j))
	require.NoError(t, r.progress(j))
	assert.Equal(t, 1, strings.Count(out.String(), "\n"), out.String())
	assert.Contains(t, out.String(), "2 being restored since 2023-11-14T22:13:20.000Z  restoring")
	assert.NotContains(t, out.String(), "left")
	j.ItemsRestoring = 1
	require.NoError(t, r.progress(j))
	assert.Equal(t, 2, strings.Count(out.String(), "\n"))
}
