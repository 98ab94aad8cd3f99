package tui

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/cos/emulator"
	"cosmander/jobs"
)

// keeper is a driver over the local server and a real queue, and what asks the
// server directly.
type keeper struct {
	*driver
	server *emulator.Server
	bucket *cos.Bucket
	jobs   *jobs.Queue
}

// keeping is the panes over a bucket, which keeps versions if on.
func keeping(t *testing.T, on bool) *keeper {
	t.Helper()
	server, err := emulator.Open(emulator.Config{Dir: t.TempDir(), SecretID: "id", SecretKey: "key", Buckets: []string{"b-1"}})
	require.NoError(t, err)
	web := httptest.NewServer(server)
	client, err := cos.New(cos.Config{
		Endpoint: web.URL, Region: emulator.DefaultRegion, Credentials: cos.Credentials{SecretID: "id", SecretKey: "key"},
	})
	require.NoError(t, err)
	queue, err := jobs.Open(t.Context(), jobs.Config{
		Journal: filepath.Join(t.TempDir(), "jobs.db"), Account: "me",
		Bucket: func(bucket, region string) (*cos.Bucket, error) { return client.Bucket(bucket, region), nil },
	})
	require.NoError(t, err)
	t.Cleanup(func() {
		assert.NoError(t, queue.Close())
		web.Close()
		assert.NoError(t, server.Close())
	})
	k := &keeper{driver: start(t), server: server, bucket: client.Bucket("b-1", emulator.DefaultRegion), jobs: queue}
	if on {
		require.NoError(t, k.bucket.SetVersioning(t.Context(), cos.VersioningEnabled))
	}
	deps := &k.m.deps
	deps.Queue, deps.AccountID, deps.Region = queue, "me", emulator.DefaultRegion
	deps.Bucket = func(bucket, region string) Store { return client.Bucket(bucket, region) }
	deps.Versions = func(bucket, region string) Versioned { return client.Bucket(bucket, region) }
	k.m.panes[1].at.Region = emulator.DefaultRegion
	k.patience = 3 * time.Second // every answer comes
	return k
}

// write makes a version of key that is so many days older than noon.
func (k *keeper) write(key, text string, days int) string {
	k.t.Helper()
	err := k.server.Store("b-1", key, strings.NewReader(text), int64(len(text)), emulator.StoreOptions{Modified: noon.AddDate(0, 0, -days)})
	require.NoError(k.t, err)
	return k.history(key)[0].VersionID
}

// history is all that is kept of a key, the newest first.
func (k *keeper) history(key string) []cos.Version {
	k.t.Helper()
	page, err := k.bucket.ListVersions(k.t.Context(), cos.VersionsOptions{Prefix: key})
	require.NoError(k.t, err)
	return slices.DeleteFunc(page.Versions, func(v cos.Version) bool { return v.Key != key })
}

func (k *keeper) text(key string) string {
	k.t.Helper()
	o, err := k.bucket.Get(k.t.Context(), key, cos.GetOptions{})
	require.NoError(k.t, err)
	defer o.Body.Close()
	b := make([]byte, 1000)
	n, _ := o.Body.Read(b)
	return string(b[:n])
}

// open lists the panes, the bucket focused.
func (k *keeper) open() {
	k.t.Helper()
	k.m.panes[1].gen++ // whatever was listed before is not this bucket
	k.run(k.m.open(0, k.m.panes[0].at, ""))
	k.run(k.m.open(1, k.m.panes[1].at, ""))
	k.m.focus = 1
}

// done waits for the jobs and lets the screen know.
func (k *keeper) done() {
	k.t.Helper()
	require.Eventually(k.t, func() bool {
		return !slices.ContainsFunc(k.jobs.Snapshot().Jobs, func(j jobs.Job) bool { return !j.State.Final() })
	}, 20*time.Second, 5*time.Millisecond)
	for _, j := range k.jobs.Snapshot().Jobs {
		assert.Equal(k.t, jobs.Done, j.State, "%s: %s", j.Title, j.Reason)
	}
	_, cmd := k.m.Update(queueMsg{k.jobs.Snapshot()})
	k.m.deps.Queue = nil // or the commands would wait for its changes
	k.run(cmd)
	k.m.deps.Queue = k.jobs
}

func TestVersions_RestoreDownloadAndDeleteForGood(t *testing.T) {
	t.Parallel()
	k := keeping(t, true)
	first := k.write("notes.txt", "first", 2)
	k.write("notes.txt", "second", 1)
	k.write("notes.txt.bak", "another object", 1)
	k.open()
	k.press("V")
	require.Len(t, k.m.timeline.view.Rows(), 2)
	assert.Contains(t, k.screen(), "current")

	k.press("j", "f3")
	assert.Contains(t, k.screen(), "first")
	k.press("esc", "c")
	assert.Contains(t, k.screen(), "Download")
	k.press("enter")
	k.done()
	got, err := os.ReadFile(filepath.Join(k.dir, "notes.txt"))
	require.NoError(t, err)
	assert.Equal(t, "first", string(got))

	k.press("R")
	assert.Contains(t, k.screen(), "No version goes")
	k.press("enter") // opens on the safe button
	assert.Len(t, k.history("notes.txt"), 2)
	k.press("R", "tab", "enter")
	k.done()
	assert.Equal(t, "first", k.text("notes.txt"))
	require.Len(t, k.m.timeline.view.Rows(), 3, "the history is listed again")

	k.press("end", "d", "tab", "enter")
	assert.Contains(t, k.screen(), "type 1 first")
	k.press("1", "enter")
	k.done()
	assert.Len(t, k.history("notes.txt"), 2)
	assert.NotContains(t, fmt.Sprint(k.history("notes.txt")), first)
	assert.Len(t, k.m.timeline.view.Rows(), 2)
}

func TestVersions_TakingADeleteMarkerAwayUndoesTheDeletion(t *testing.T) {
	t.Parallel()
	k := keeping(t, true)
	k.write("k", "text", 1)
	k.open()
	k.press("V")
	_, err := k.bucket.Delete(t.Context(), "k", "")
	require.NoError(t, err)
	k.press("ctrl+r", "home", "f3")
	assert.Contains(t, k.screen(), "a delete marker has no content")
	k.press("R", "tab", "enter")
	k.done()
	assert.Equal(t, "text", k.text("k"))
}

func TestVersions_OffersToTurnThemOn(t *testing.T) {
	t.Parallel()
	k := keeping(t, false)
	k.write("k", "text", 1)
	k.open()
	k.press("V")
	assert.Contains(t, k.screen(), "the bucket keeps no versions")
	k.press("d")
	assert.Contains(t, k.screen(), "deleting this deletes the object")
	k.press("o")
	assert.Contains(t, k.screen(), "every version kept is billed")
	k.press("enter")
	state, err := k.bucket.Versioning(t.Context())
	require.NoError(t, err)
	assert.Equal(t, cos.Unversioned, state, "the safe button is the default")
	k.press("o", "tab", "enter")
	state, err = k.bucket.Versioning(t.Context())
	require.NoError(t, err)
	assert.Equal(t, cos.VersioningEnabled, state)
}

// fakeVersions is a bucket whose versions never change.
type fakeVersions struct {
	all   []cos.Version
	size  int // of a page
	state cos.Versioning
	asked int
}

func (f *fakeVersions) Versioning(context.Context) (cos.Versioning, error) {
	f.asked++
	return f.state, nil
}

func (f *fakeVersions) SetVersioning(_ context.Context, v cos.Versioning) error {
	f.state = v
	return nil
}

func (f *fakeVersions) ListVersions(_ context.Context, o cos.VersionsOptions) (*cos.VersionsPage, error) {
	page := &cos.VersionsPage{}
	past := o.KeyMarker == ""
	for _, v := range f.all {
		if len(page.Versions) == f.size {
			last := page.Versions[f.size-1]
			page.Truncated, page.NextKeyMarker, page.NextVersionMarker = true, last.Key, last.VersionID
			break
		}
		if past && strings.HasPrefix(v.Key, o.Prefix) {
			page.Versions = append(page.Versions, v)
		}
		past = past || v.Key == o.KeyMarker && v.VersionID == o.VersionMarker
	}
	return page, nil
}

func TestVersions_Frames(t *testing.T) {
	t.Parallel()
	f := &fakeVersions{state: cos.VersioningEnabled, size: 2}
	for i, id := range []string{"MTg0NDUxNzc0Mjk\x1b[31mred", "MTg0NDUxNzc0NDA", "MTg0NDUxNzc0NTE", "MTg0NDUxNzc0NjI", "null"} {
		v := cos.Version{VersionID: id, Latest: i == 0, DeleteMarker: i == 0 || i == 2}
		v.Key, v.LastModified = "a.txt", noon.AddDate(0, 0, -i)
		if !v.DeleteMarker {
			v.Size, v.StorageClass = int64(i)*1_234_567, "STANDARD"
		}
		f.all = append(f.all, v)
	}
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		d := drive(t, "a.txt")
		d.m.deps.Versions = func(string, string) Versioned { return f }
		d.send(sizeMsg(size))
		d.press("V")
		require.Len(t, d.m.timeline.view.Rows(), 5, "page by page")
		d.press("j", "space")
		d.golden(fmt.Sprintf("versions-%dx%d", size[0], size[1]))
		d.press("d")
		d.golden(fmt.Sprintf("versions-delete-%dx%d", size[0], size[1]))
	}
}

func sizeMsg(size [2]int) tea.WindowSizeMsg {
	return tea.WindowSizeMsg{Width: size[0], Height: size[1]}
}
