package main

import (
	"encoding/base64"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// The buttons of a mouse, as a terminal reports them (SGR).
const (
	mouseDown = "\x1b[<0;%d;%dM"
	mouseMove = "\x1b[<32;%d;%dM"
	mouseUp   = "\x1b[<0;%d;%dm"
)

// mouse sends what a mouse does at a cell; both count from 0.
func (s *terminal) mouse(event string, x, y int) {
	s.t.Helper()
	s.press(fmt.Sprintf(event, x+1, y+1))
}

// find returns the cell at which text stands, in the left pane or right of it.
func (s *terminal) find(text string, right bool) (x, y int) {
	s.t.Helper()
	for y, line := range strings.Split(s.screen(), "\n") {
		middle, from := ansi.StringWidth(line)/2, 0
		if right {
			from = middle
		}
		rest := ansi.TruncateLeft(line, from, "")
		if at := strings.Index(rest, text); at >= 0 {
			if x := from + ansi.StringWidth(rest[:at]); right || x < middle {
				return x, y
			}
		}
	}
	s.t.Fatalf("%s is not on the screen:\n%s", text, s.screen())
	return 0, 0
}

// ground is the colour behind a cell.
func (s *terminal) ground(x, y int) color.Color {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.vt.CellAt(x, y).Style.Bg
}

// keys returns what is stored below a prefix.
func (s *service) keys(t *testing.T, prefix string) []string {
	t.Helper()
	page, err := s.client(t).List(t.Context(), cos.ListOptions{Prefix: prefix})
	require.NoError(t, err)
	out := []string{}
	for _, o := range page.Objects {
		out = append(out, o.Key)
	}
	return out
}

// leave ends the program by its key.
func (s *terminal) leave() {
	s.t.Helper()
	s.press("q")
	require.NoError(s.t, s.wait())
}

// verified waits until so many jobs have ended well, in the list of jobs.
func (s *terminal) verified(n int) {
	s.t.Helper()
	s.press("w")
	s.until("the jobs' end", func(screen string) bool { return strings.Count(screen, "✓ verified") == n })
	s.press(keyEsc)
	s.untilText("F5 copy")
}

func writeFiles(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("text of "+name), 0o600))
	}
}

func TestStory_DragsWhatIsMarkedIntoAFolder(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	dir := t.TempDir()
	writeFiles(t, dir, "one.txt", "three.txt", "two.txt")
	svc.put(t, "docs/there", "x")
	svc.put(t, "photos/there", "x")
	s := startTerminal(t, program(t.Context(), t.TempDir(), svc.env(), dir, bucketURI), 120, 24)
	s.untilText("one.txt", "docs/", "photos/")
	s.press(keyDown + "  ") // below the way up
	s.untilText("2 of 3 marked")

	x, y := s.find("three.txt", false)
	fx, fy := s.find("docs/", true)
	before := s.ground(fx, fy)
	s.mouse(mouseDown, x, y)
	s.mouse(mouseMove, x+9, y)
	s.mouse(mouseMove, 100, 18)
	s.untilText("2 items → " + bucketURI)
	s.mouse(mouseMove, fx, fy)
	s.untilText("2 items → " + bucketURI + "docs/")
	assert.NotEqual(t, before, s.ground(fx, fy), "the folder that it would go into lights up")

	s.press(keyEsc)
	s.until("nothing to be dragged", func(screen string) bool { return !strings.Contains(screen, "2 items → ") })
	assert.Equal(t, before, s.ground(fx, fy))
	s.mouse(mouseUp, fx, fy)
	s.mouse(mouseDown, x, y)
	s.mouse(mouseMove, fx, fy)
	s.untilText("2 items → " + bucketURI + "docs/")
	s.mouse(mouseUp, fx, fy)
	s.untilText("Upload", "docs/", "2 files", "Cancel")
	assert.Equal(t, []string{"docs/there"}, svc.keys(t, "docs/"), "it is asked first")
	s.press(keyEnter)
	s.verified(1)
	assert.Equal(t, []string{"docs/one.txt", "docs/there", "docs/three.txt"}, svc.keys(t, "docs/"))
	assert.Equal(t, readTree(t, dir)["three.txt"], svc.sum(t, "docs/three.txt"))
	s.leave()
}

func TestStory_YanksAndPutsInTheOtherPane(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	dir := t.TempDir()
	for _, key := range []string{"in/a b.txt", "in/旅行.txt", "in/rest"} {
		svc.put(t, key, key)
	}
	s := startTerminal(t, program(t.Context(), t.TempDir(), svc.env(), dir, bucketURI+"in/"), 120, 24)
	s.untilText("a b.txt", "rest")
	s.press(keyTab + keyDown + " " + "G ") // the first and the last
	s.untilText("2 of 3 marked")
	s.press("y")
	s.untilText("2 items yanked")
	addresses := bucketURI + "in/a b.txt\n" + bucketURI + "in/旅行.txt"
	s.until("the terminal's clipboard", func(string) bool {
		return strings.Contains(s.raw(), "\x1b]52;c;"+base64.StdEncoding.EncodeToString([]byte(addresses)))
	})
	s.press(keyTab + "p")
	s.untilText("Download", "2 files", "Cancel")
	s.press(keyEnter)
	s.verified(1)
	assert.Equal(t, map[string][32]byte{"a b.txt": svc.sum(t, "in/a b.txt"), "旅行.txt": svc.sum(t, "in/旅行.txt")}, readTree(t, dir))
	assert.Len(t, svc.keys(t, "in/"), 3, "they are still there")

	s.press(keyTab + "gg" + keyDown + keyDown + "x") // rest
	s.untilText("1 item cut")
	s.press(keyTab + "p")
	s.untilText("Move", "1 file", "Cancel")
	s.press(keyEnter)
	s.verified(2)
	assert.Equal(t, []string{"in/a b.txt", "in/旅行.txt"}, svc.keys(t, "in/"), "what was moved is gone")
	assert.Contains(t, readTree(t, dir), "rest")
	s.leave()
}

func TestStory_DeletesSomeOfWhatItFound(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	for _, key := range []string{"in/a/1.log", "in/a/1.txt", "in/b/c/2.log", "in/b/c/2.log.gz", "in/b/3.log", "in/4.log"} {
		svc.put(t, key, key)
	}
	svc.put(t, "out/5.log", "x")
	s := startTerminal(t, program(t.Context(), t.TempDir(), svc.env(), t.TempDir(), bucketURI+"in/"), 120, 24)
	s.untilText("4.log")
	s.press(keyTab + "f")
	s.untilText("find")
	s.press("*.log" + keyEnter)
	s.untilText("a/1.log", "b/3.log", "b/c/2.log", "4 found")
	s.press("\x01")
	s.untilText("4 of 4 marked")
	s.press("gg" + keyDown + " ") // not the first
	s.untilText("3 of 4 marked")
	s.press(keyF8)
	s.untilText("Delete", "3 items", "cannot be undone", "3 files")
	s.press(keyTab + keyEnter)
	s.until("the search again", func(screen string) bool {
		return !strings.Contains(screen, "2.log") && strings.Contains(screen, "1 found")
	})
	assert.Equal(t, []string{"in/4.log", "in/a/1.txt", "in/b/c/2.log.gz"}, svc.keys(t, "in/"))
	assert.Equal(t, []string{"out/5.log"}, svc.keys(t, "out/"))
	s.leave()
}

func TestMouse_IsLeftToTheTerminalByFlagAndByConfiguration(t *testing.T) {
	t.Parallel()
	const takes = "\x1b[?1002h"
	svc := startService(t)
	dir := t.TempDir()
	for name, c := range map[string]struct {
		config string
		args   []string
		taken  bool
	}{
		"as it is":   {"", nil, true},
		"by a flag":  {"[terminal]\nmouse = true\n", []string{"--no-mouse"}, false},
		"configured": {"[terminal]\nmouse = false\n", nil, false},
		"mistaken":   {"[terminal]\nmouse = \"no\"\n", nil, true},
	} {
		home := t.TempDir()
		require.NoError(t, os.MkdirAll(filepath.Join(home, "config", "cosmander"), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(home, "config", "cosmander", "config.toml"), []byte(c.config), 0o600))
		s := startTerminal(t, program(t.Context(), home, svc.env(), append(c.args, dir, bucketURI)...), 120, 24)
		s.untilText("no objects in this bucket")
		if name == "mistaken" {
			s.untilText("terminal.mouse: want true or false")
		}
		assert.Equal(t, c.taken, strings.Contains(s.raw(), takes), name)
		if !c.taken {
			s.press("\x1bm") // M-m
			s.until("the mouse", func(string) bool { return strings.Contains(s.raw(), takes) })
		}
		s.kill()
	}
}
