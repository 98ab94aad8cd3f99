package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"

	"cosmander/cos"
)

// sceneVersions gives the bucket of a scene a history: objects that were
// overwritten, and some that were deleted.
func sceneVersions(d *driver) {
	f := &fakeVersions{state: cos.VersioningEnabled, size: 100}
	for i, row := range []struct {
		key  string
		gone bool
	}{
		{"2026/evil\x1b[31m\u202etxt.exe", true},
		{"2026/evil\x1b[31m\u202etxt.exe", false},
		{"2026/notes.json", false},
		{"2026/notes.json", false},
		{"2026/旅行 1.jpg", true},
		{"2026/旅行 1.jpg", false},
		{"2026/데이터 🎉.bin", false},
		{"2026/데이터 🎉.bin", true},
		{"2026/데이터 🎉.bin", false},
	} {
		v := cos.Version{VersionID: fmt.Sprintf("MTg0NDUxNzc0Mjk%d", i), DeleteMarker: row.gone}
		v.Latest = i == 0 || row.key != f.all[i-1].Key
		v.Key, v.LastModified = row.key, noon.Add(-time.Duration(i)*7*time.Hour)
		if !v.DeleteMarker {
			v.Size, v.StorageClass = int64(i+1)*1_234_567, "STANDARD"
		}
		f.all = append(f.all, v)
	}
	d.m.deps.Versions = func(string, string) Versioned { return f }
}

// TestTooSmall_SaysWhatIsNeeded in whatever room there is.
func TestTooSmall_SaysWhatIsNeeded(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for _, size := range [][2]int{{39, 24}, {80, 11}, {20, 5}, {9, 9}, {5, 2}, {1, 1}} {
		d := stage(t, 80, 24, true)
		d.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		for _, th := range themes() {
			d.m.look.Theme = th
			d.keepsPromises(true)
		}
		fmt.Fprintf(&text, "== %dx%d\n%s", size[0], size[1], trimmed(d.m.lines()))
		d.press("f5", "d", "esc") // nobody sees what they would do
		d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
		assert.Contains(t, d.screen(), "items")
	}
	same(t, "scenes/too-small", text.String())
}
