package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/jobs"
	"cosmander/views"
)

func (d *driver) goTo(text string) {
	d.press("ctrl+g")
	d.m.typing.edit.Set("")
	d.write(text)
	d.press("enter")
}

func TestGoto_ReadsPathsAndAddresses(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/b/1", "a/c.txt")
	d.m.deps.Home = d.dir
	for _, c := range []struct{ text, at, row string }{
		{"cos://b-1/a/b/", "cos://b-1/a/b/", ".."},
		{"cos://b-1/a/c.txt", "cos://b-1/a/", "c.txt"},
		{"cos://b-1/a/b", "cos://b-1/a/", "b/"},
		{"b/", "cos://b-1/a/b/", ".."},
		{"~/sub", filepath.Join(d.dir, "sub"), ".."},
		{"..", d.dir, ".."},
		{filepath.Join(d.dir, "a.txt"), d.dir, "a.txt"},
		{"cos://b-1", "cos://b-1/", "a/"},
	} {
		d.goTo(c.text)
		assert.Equal(t, strings.TrimSuffix(c.at, "/"), strings.TrimSuffix(d.pane().at.address(), "/"), c.text)
		assert.Equal(t, c.row, d.cursor(), c.text)
	}
	for text, says := range map[string]string{"": "nothing was typed", "cos://": "cannot be listed", "cos://B_AD/x": "cos://"} {
		d.goTo(text)
		assert.Contains(t, d.m.status, says, text)
	}
	assert.Equal(t, "cos://b-1/", d.pane().at.address(), "nothing of that moved the pane")
}

func TestGoto_TabCompletes(t *testing.T) {
	t.Parallel()
	d := drive(t, "photos/2025/1", "photos/2026/1", "photos.txt", "x")
	d.press("ctrl+g")
	d.m.typing.edit.Set("cos://b-1/ph")
	d.press("tab")
	assert.Equal(t, "cos://b-1/photos", d.m.typing.edit.Text())
	assert.Contains(t, d.screen(), "photos.txt")
	d.write("/")
	d.press("tab")
	assert.Equal(t, "cos://b-1/photos/202", d.m.typing.edit.Text())
	assert.Contains(t, d.screen(), "2025/  2026/")
	d.write("7")
	d.press("tab")
	assert.Contains(t, d.screen(), "nothing")
	d.press("esc")
	assert.Nil(t, d.m.typing)
	d.press("ctrl+g")
	d.m.typing.edit.Set(d.dir + "/s")
	d.press("tab", "enter")
	assert.Equal(t, filepath.Join(d.dir, "sub"), d.pane().at.Path)
}

func TestGoto_AFailedCompletionSaysWhy(t *testing.T) {
	t.Parallel()
	d := drive(t, "a")
	d.press("ctrl+g")
	d.m.typing.edit.Set(filepath.Join(d.dir, "none") + "/x")
	d.press("tab")
	assert.Contains(t, d.screen(), "no such file")
	assert.NotNil(t, d.m.typing)
}

func TestHistory_GoesBackAndForthWithTheCursor(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/1", "a/2", "b/1")
	d.press("j", "enter") // b/
	d.press("backspace", "k", "enter", "j", "j")
	require.Equal(t, "a/", d.pane().at.Key)
	require.Equal(t, "2", d.cursor())
	d.press("H")
	assert.Empty(t, d.pane().at.Key)
	assert.Equal(t, "a/", d.cursor())
	d.press("H")
	assert.Equal(t, "b/", d.pane().at.Key)
	d.press("L", "L")
	assert.Equal(t, "a/", d.pane().at.Key)
	assert.Equal(t, "2", d.cursor())
	d.press("L")
	assert.Contains(t, d.m.status, "nothing is ahead")
	d.press("H", "j", "enter", "L")
	assert.Contains(t, d.m.status, "nothing is ahead", "another way forgets the one before")
}

func TestPlaces_AreKeptAndComeBack(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/1", "b/1")
	d.m.deps.PlacesFile = filepath.Join(t.TempDir(), "state", "places.toml")
	d.press("b")
	assert.Contains(t, d.screen(), "cos://b-1/")
	d.press("esc", "enter", "B")
	assert.Contains(t, d.m.status, "is a bookmark")
	d.press("backspace")
	require.NoError(t, d.m.keepRecent())
	info, err := os.Stat(d.m.deps.PlacesFile)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	next := drive(t, "a/1")
	next.m.deps.PlacesFile = d.m.deps.PlacesFile
	next.press("b")
	lines := next.screen()
	assert.Less(t, strings.Index(lines, "cos://b-1/a/"), strings.Index(lines, "recent"), "bookmarks are first")
	next.press("enter")
	assert.Equal(t, "a/", next.pane().at.Key)
	next.press("B")
	assert.Contains(t, next.m.status, "no bookmark any more")

	require.NoError(t, os.WriteFile(d.m.deps.PlacesFile, []byte("= not toml"), 0o600))
	next.press("b")
	assert.Contains(t, next.m.status, "read the places")
	next.press("B")
	text, err := os.ReadFile(d.m.deps.PlacesFile)
	require.NoError(t, err)
	assert.Equal(t, "= not toml", string(text), "what cannot be read is not overwritten")
}

func TestYank_PutsWhatWasTakenUpElsewhere(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/1", "b.txt", "c.txt")
	d.press("p")
	assert.Contains(t, d.m.status, "nothing is yanked")
	d.press("j", "space", "space", "y")
	assert.Contains(t, d.m.status, "2 items yanked")
	d.press("p")
	assert.Contains(t, d.m.status, "it is there already")
	d.press("home", "enter", "p")
	require.NotNil(t, d.plan())
	d.press("enter")
	require.Len(t, d.queue.added, 1)
	spec := d.queue.added[0]
	assert.Equal(t, "a/", spec.Dest.Key)
	assert.Equal(t, "b.txt", spec.Sources[0].Key)
	assert.False(t, spec.Move)
	d.press("tab", "G", "x", "tab", "p", "enter")
	require.Len(t, d.queue.added, 2)
	assert.True(t, d.queue.added[1].Move)
	assert.Equal(t, jobs.Upload, d.queue.added[1].Kind)
}

func TestYank_SendsAddressesToTheClipboardThroughTmuxToo(t *testing.T) {
	t.Parallel()
	d := drive(t, "b.txt")
	raw := func() string {
		_, cmd := d.m.Update(press("y"))
		msg, ok := cmd().(tea.RawMsg)
		require.True(t, ok)
		return msg.Msg.(string)
	}
	assert.Equal(t, "\x1b]52;c;Y29zOi8vYi0xL2IudHh0\x07", raw())
	d.m.deps.Environ = []string{"TMUX=/tmp/x"}
	assert.Contains(t, raw(), "\x1bPtmux;")
}

func TestRename_IsAJobInABucketAndAtOnceHere(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/1", "b.txt")
	d.press("j", "r", "enter")
	assert.Contains(t, d.screen(), "it is called that already")
	d.write("x")
	d.press("enter")
	require.Len(t, d.queue.added, 1)
	spec := d.queue.added[0]
	assert.Equal(t, "b.txtx", spec.Sources[0].Name)
	assert.True(t, spec.Move)
	assert.Equal(t, jobs.Ask, spec.OnConflict, "what has that name is not overwritten unasked")
	d.press("shift+f5")
	d.write("2")
	d.press("enter")
	require.Len(t, d.queue.added, 2)
	assert.False(t, d.queue.added[1].Move)

	d.press("tab", "G", "r")
	d.write("2")
	d.press("enter")
	assert.FileExists(t, filepath.Join(d.dir, "b.txt2"))
	assert.Equal(t, "b.txt2", d.cursor())
	d.press("r", "backspace")
	for range len("b.txt") {
		d.press("backspace")
	}
	d.write("a.txt")
	d.press("enter")
	assert.Contains(t, d.m.status, "exists")
	assert.FileExists(t, filepath.Join(d.dir, "b.txt2"), "nothing was overwritten")
}

func TestPalette_FindsActionsByNameAndSaysWhyNot(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/1")
	d.press(":")
	d.write("bind") // in the tests every action is called "does KEY"
	assert.Contains(t, d.screen(), "nothing is called that")
	d.press("esc", ":")
	d.write("does p")
	d.press("down") // behind P, which would do something
	menu, ok := d.m.top().view.(*views.Menu)
	require.True(t, ok)
	i, _ := menu.Chosen()
	require.Equal(t, "does p", menu.Items[i].Name)
	d.press("enter")
	assert.Contains(t, d.screen(), "nothing is yanked")
	require.NotNil(t, d.m.top(), "it stays open")
	d.press("esc", ":")
	d.write("does w")
	d.press("enter")
	assert.NotNil(t, d.m.jobList())
}

func TestMouse_CanBeLeftToTheTerminal(t *testing.T) {
	t.Parallel()
	d := drive(t, "a")
	assert.Equal(t, tea.MouseModeCellMotion, d.m.View().MouseMode)
	d.press("alt+m")
	assert.Equal(t, tea.MouseModeNone, d.m.View().MouseMode)
	d.press("alt+m")
	assert.Equal(t, tea.MouseModeCellMotion, d.m.View().MouseMode)
}
