package tui

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// pastBucket is a bucket with a history of five days.
func pastBucket(t *testing.T) *keeper {
	t.Helper()
	k := keeping(t, true)
	k.write("notes.txt", "three days ago", 3)
	k.write("dir/old", "in a folder", 3)
	k.write("dir/sub/deep", "deeper", 3)
	k.write("gone", "was there", 4)
	require.NoError(t, k.server.Remove("b-1", "gone")) // today
	k.write("notes.txt", "yesterday", 1)
	k.write("dir/old", "changed", 1)
	k.write("late/new", "new", 1)
	k.write("new.txt", "new", 1)
	k.open()
	return k
}

func TestPast_ShowsTheBucketAsItWasAndCopiesOut(t *testing.T) {
	t.Parallel()
	k := pastBucket(t)
	k.press("alt+t")
	for _, text := range []string{"2", "d"} {
		k.press(text)
	}
	k.press("enter")
	screen := k.screen()
	assert.Contains(t, screen, "as of 2026-11-20 12:00")
	assert.Contains(t, screen, "gone")
	assert.NotContains(t, screen, "new.txt")
	assert.NotContains(t, screen, "late/")
	k.press("end", "f3")
	assert.Contains(t, k.screen(), "three days ago")
	k.press("esc")
	for _, refused := range []string{"d", "m", "r", "n", "C", "p", "e"} {
		k.press(refused)
		assert.Contains(t, k.screen(), "the past is read-only", refused)
	}
	k.press("home", "enter") // into dir/
	assert.Contains(t, k.screen(), "dir/")
	assert.Contains(t, k.screen(), "as of")
	k.press("h", "ctrl+a", "c")
	assert.Contains(t, k.screen(), "4 files in")
	k.press("enter")
	k.done()
	for name, text := range map[string]string{
		"notes.txt": "three days ago", "dir/old": "in a folder", "dir/sub/deep": "deeper", "gone": "was there",
	} {
		got, err := os.ReadFile(filepath.Join(k.dir, name))
		require.NoError(t, err)
		assert.Equal(t, text, string(got))
	}
	k.press("tab", "j", "c")
	assert.Contains(t, k.screen(), "nothing is copied into it")
}

func TestPast_ShowsAllVersionsAndActsOnOne(t *testing.T) {
	t.Parallel()
	k := pastBucket(t)
	k.press("alt+v")
	assert.Contains(t, k.screen(), "all versions")
	var names []string
	for i := range k.pane().rows.len() {
		names = append(names, nameOnly(k.pane().rows.id(i)))
	}
	assert.Equal(t, []string{"dir/", "late/", "gone", "gone", "new.txt", "notes.txt", "notes.txt"}, names)
	k.send(sizeMsg([2]int{120, 40}))
	k.press("end", "f3")
	assert.Contains(t, k.screen(), "three days ago")
	k.press("esc", "d")
	assert.Contains(t, k.screen(), "cannot be undone: 1 version is gone for ever")
	k.press("1", "tab", "enter")
	k.done()
	require.Len(t, k.history("notes.txt"), 1)
	assert.Equal(t, "yesterday", k.text("notes.txt"))

	k.press("home", "j", "j") // the delete marker of gone
	k.press("f3")
	assert.Contains(t, k.screen(), gone)
	k.press("d", "tab", "enter")
	k.done()
	assert.Equal(t, "was there", k.text("gone"))
	k.press("home", "j", "d")
	assert.Contains(t, k.screen(), "versions are meant one by one")
	k.press("alt+v")
	assert.NotContains(t, k.screen(), "all versions")
}

func TestPast_OffersToKeepVersions(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"alt+v", "alt+t"} {
		k := keeping(t, false)
		k.open()
		k.press(key)
		assert.Contains(t, k.screen(), "This bucket keeps no versions")
	}
}

func TestReadMoment(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-11-20": "2026-11-20 23:59:59", "2026-11-20 15:04": "2026-11-20 15:04:00", "2026-11-20 15:04:05": "2026-11-20 15:04:05",
		"3d": "2026-11-19 12:00:00", " 12h ago ": "2026-11-22 00:00:00", "2w": "2026-11-08 12:00:00", "2026-11-22": "2026-11-22 12:00:00",
	} {
		got, err := readMoment(text, noon)
		require.NoError(t, err, text)
		assert.Equal(t, want, got.Format("2006-01-02 15:04:05"), text)
	}
	for text, says := range map[string]string{
		"": "a time is", "d": "a time is", "-1d": "a time is", "0d": "a time is", "soon": "a time is", "99999999999d": "a time is",
		"2026-11-23": "still to come", "2026-11-22 12:01": "still to come",
	} {
		_, err := readMoment(text, noon)
		assert.ErrorContains(t, err, says, text)
	}
}

func TestPast_Frames(t *testing.T) {
	t.Parallel()
	f := &fakeVersions{state: cos.VersioningEnabled, size: 100}
	for i, key := range []string{"a.txt", "a.txt", "b\x1b.csv", "b\x1b.csv", "b\x1b.csv"} {
		v := cos.Version{VersionID: "v" + string(rune('0'+i)), Latest: i == 0 || i == 2, DeleteMarker: i == 2}
		v.Key, v.LastModified = key, noon.Add(-time.Duration(i)*24*time.Hour)
		if !v.DeleteMarker {
			v.Size, v.StorageClass = int64(i+1)*1_234_567, "STANDARD"
		}
		f.all = append(f.all, v)
	}
	for name, size := range map[string][2]int{"80x24": {80, 24}, "120x40": {120, 40}} {
		d := scene(t, size[0], size[1])
		d.press("h")
		d.m.deps.Versions = func(string, string) Versioned { return f }
		d.press("alt+v", "j")
		d.golden("allversions-" + name)
		d.press("alt+t", "1", "d")
		d.golden("past-ask-" + name)
		d.press("enter")
		d.golden("past-" + name)
	}
}
