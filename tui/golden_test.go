package tui

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/jobs"
)

var update = flag.Bool("update", false, "write the golden frames anew")

// golden compares the frame, without its styles, with a file of testdata.
func (d *driver) golden(name string) {
	d.t.Helper()
	for _, line := range d.m.lines() {
		if d.m.width >= minWidth {
			assert.Equal(d.t, d.m.width, ansi.StringWidthWc(line), "%q", ansi.Strip(line))
		}
	}
	var b strings.Builder
	for line := range strings.Lines(d.screen() + "\n") {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	same(d.t, name, b.String())
}

// same compares text with a file of testdata.
func same(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	// Compared by line, so that what is printed is where they differ.
	assert.Equal(t, strings.Split(string(want), "\n"), strings.Split(text, "\n"))
}

// scene is a model whose frame is the same everywhere.
func scene(t *testing.T, width, height int) *driver {
	d := drive(t, demoKeys()...)
	d.press("enter")
	d.m.deps.Home = d.dir
	for _, name := range []string{"a.txt", "b.txt", ".dot", "sub"} {
		require.NoError(t, os.Chtimes(filepath.Join(d.dir, name), noon, noon))
	}
	d.press("tab", "ctrl+r", "tab")
	d.m.result = resultLine{}
	d.send(tea.WindowSizeMsg{Width: width, Height: height})
	return d
}

func TestFrames(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{60, 12}, {80, 24}, {120, 40}, {40, 12}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			d := scene(t, size[0], size[1])
			d.press("j", "space", "space")
			d.golden(fmt.Sprintf("main-%dx%d", size[0], size[1]))
		})
	}
}

func TestFrames_WithJobsAndDialogs(t *testing.T) {
	t.Parallel()
	d := scene(t, 80, 24)
	d.queue.tally = jobs.Tally{Files: 14, Folders: 3, Bytes: 1_400_000_000, Existing: 1, Names: []string{"旅行 1.jpg"}}
	d.m.Update(queueMsg{jobs.Snapshot{Runner: true, Rate: 12_300_000, Left: 42 * time.Second, Jobs: []jobs.Job{{
		ID: 1, Kind: jobs.Upload, State: jobs.Running, Title: "video.mp4", From: "/x", To: "cos://b-1/2026/",
		Bytes: 100, BytesDone: 62, Rate: 12_300_000, Left: 42 * time.Second,
	}}}})
	d.golden("jobs-80x24")
	d.press("j", "j", "c")
	d.golden("plan-80x24")
	d.press("esc", "d")
	d.golden("delete-80x24")
	d.press("esc", "?")
	d.golden("help-80x24")
	d.press("esc", "w")
	d.golden("joblist-80x24")
}
