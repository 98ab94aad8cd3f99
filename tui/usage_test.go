package tui

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/views"
)

// grow adds files of one byte a character of their names to a tree.
func grow(u *usage, names ...string) {
	var t useTally
	for _, n := range names {
		t.add(deepEntry{name: n, class: "STANDARD", size: int64(len(lastPart(n)))})
	}
	for _, n := range t.list {
		u.add(n)
	}
}

func rowNames(rows []views.UsageRow) (names []string) {
	for _, r := range rows {
		names = append(names, fmt.Sprintf("%s %d/%d", r.Name, r.Bytes, r.Files))
	}
	return names
}

func TestUsage_SumsUpFolderByFolder(t *testing.T) {
	t.Parallel()
	u := newUsage()
	grow(u, "a/b/1234", "a/b/c/12", "a/x", "z")
	grow(u, "z/123456789")
	u.add(used{dir: "z/", files: 1, bytes: 5, classes: []views.ClassUse{{Class: "ARCHIVE", Bytes: 5}}})
	assert.Equal(t, []string{"z 14/2", "a 7/3", "z 1/1"}, rowNames(u.root.rows()))
	assert.Equal(t, []string{"b 6/2", "x 1/1"}, rowNames(u.known("a/").rows()))
	assert.Equal(t, []string{"123456789 9/1", "1 other file 5/1"}, rowNames(u.known("z/").rows()))
	assert.Equal(t, []views.ClassUse{{Class: "STANDARD", Bytes: 17}, {Class: "ARCHIVE", Bytes: 5}}, u.mix(u.root))
	assert.Equal(t, []views.ClassUse{{Class: "STANDARD", Bytes: 9}, {Class: "ARCHIVE", Bytes: 5}}, u.mix(u.known("z/")))
}

func TestUsage_KeepsTheLargestFilesOfAFolder(t *testing.T) {
	t.Parallel()
	u := newUsage()
	names := make([]string, 500)
	total := 0
	for i, n := range rand.New(rand.NewPCG(1, 2)).Perm(500) {
		names[i] = strings.Repeat("x", n+1)
		total += n + 1
	}
	grow(u, names[:250]...)
	grow(u, names[250:]...)
	rows := u.root.rows()
	require.Len(t, rows, useLargest+1)
	assert.True(t, rows[0].Rest)
	assert.Equal(t, int64(500), rows[1].Bytes)
	assert.Equal(t, int64(500-useLargest+1), rows[useLargest].Bytes)
	assert.Equal(t, int64(500-useLargest), rows[0].Files)
	assert.Equal(t, int64(total), u.root.bytes)
}

func TestUsage_IsBoundedByFoldingTheDeepestFolders(t *testing.T) {
	t.Parallel()
	u := newUsage()
	u.limit = 100
	var files, bytes int64
	for a := range 20 {
		for b := range 10 {
			for c := range 5 {
				name := fmt.Sprintf("%02d/%d/%d/x", a, b, c)
				grow(u, name)
				files, bytes = files+1, bytes+1
				assert.LessOrEqual(t, u.held, u.limit)
			}
		}
	}
	assert.True(t, u.folded())
	assert.Equal(t, files, u.root.files)
	assert.Equal(t, bytes, u.root.bytes)
	require.Len(t, u.root.folders, 20, "the top is whole")
	for _, f := range u.root.folders {
		assert.Equal(t, int64(50), f.files)
		var below int64
		for _, r := range f.rows() {
			below += r.Files
		}
		assert.Equal(t, int64(50), below, "what was folded is counted with the rest")
	}
	for i := range 200 {
		grow(u, fmt.Sprintf("z%03d/x", i))
	}
	assert.LessOrEqual(t, u.held, u.limit)
	assert.Equal(t, files+200, u.root.files)
}

func TestUsage_ShowsTheLargestOfVeryManyFolders(t *testing.T) {
	t.Parallel()
	u := newUsage()
	for i := range 3 * useRows {
		grow(u, fmt.Sprintf("%05d/%s", i, strings.Repeat("x", i%50+1)))
	}
	rows := u.root.rows()
	assert.Len(t, rows, useRows+1)
	assert.Equal(t, "2 000 smaller folders and files", rows[0].Name)
	var files int64
	for _, r := range rows {
		files += r.Files
	}
	assert.Equal(t, int64(3*useRows), files)
}

// use is the usage that is shown.
func (d *driver) use() *views.Usage {
	top := d.m.top()
	require.NotNil(d.t, top)
	use, ok := top.view.(*views.Usage)
	require.True(d.t, ok)
	return use
}

func TestUsage_DrillsDownAndUpFromOneScan(t *testing.T) {
	t.Parallel()
	d := drive(t, "p/a/b/1", "p/a/b/2", "p/c", "p/z/1", "q")
	d.press("enter")
	calls := d.store.asked()
	d.press("%")
	assert.Equal(t, calls+1, d.store.asked())
	assert.False(t, d.use().Counting)
	assert.Equal(t, int64(4), d.use().Files)
	for d.current() != "a" {
		d.press("j")
	}
	d.press("l")
	assert.Equal(t, "b", d.current())
	assert.Contains(t, d.screen(), "cos://b-1/p/a/")
	d.press("enter")
	assert.Equal(t, int64(2), d.use().Files)
	d.press("h", "h")
	assert.Equal(t, "a", d.current(), "the cursor is on what was left")
	d.press("h")
	assert.Equal(t, int64(4), d.use().Files, "nothing above was counted")
	assert.Contains(t, d.screen(), "STD ")
	d.press("l", "tab")
	assert.Nil(t, d.m.top())
	assert.Equal(t, "p/a/b/", d.pane().at.Key)
	assert.Equal(t, calls+2, d.store.asked(), "one scan, and the folder in the pane")
	d.press("%", "tab")
	assert.Equal(t, d.cursor(), lastPart("p/a/b/"+d.cursor()))
	assert.Equal(t, "p/a/b/", d.pane().at.Key)
	assert.NotEqual(t, "..", d.cursor(), "a file is shown in its folder")
}

// current is the name under the cursor of the usage.
func (d *driver) current() string {
	row, ok := d.use().Current()
	require.True(d.t, ok)
	return row.Name
}

func TestUsage_LeavingStopsTheScanAtOnce(t *testing.T) {
	t.Parallel()
	d := drive(t, manyKeys(5000)...)
	d.store.mu.Lock()
	d.store.gate = make(chan struct{})
	d.store.mu.Unlock()
	_, cmd := d.m.Update(press("%"))
	require.NotNil(t, cmd)
	assert.Contains(t, d.screen(), "counting…")
	ctx := d.m.scan.ctx
	d.press("esc")
	assert.Error(t, ctx.Err())
	assert.Nil(t, d.m.top())
	assert.Nil(t, d.m.scan)
	calls := d.store.asked()
	for _, msg := range d.results(cmd) {
		d.send(msg)
	}
	assert.LessOrEqual(t, d.store.asked(), calls+1)
	assert.Nil(t, d.m.top(), "a late count opens nothing")
}

func TestUsage_AFailureSaysWhyAndKeepsWhatWasCounted(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/1")
	d.press("%")
	d.m.Update(usedMsg{id: d.m.scan.id, more: true, err: &cos.Error{Code: "AccessDenied", Status: 403, Op: "ListObjects"}})
	assert.Contains(t, d.use().Failed, "AccessDenied")
	assert.Contains(t, d.m.status, "AccessDenied")
	assert.False(t, d.use().Counting)
	assert.Equal(t, int64(1), d.use().Files)
}

func TestUsage_OfAFolderOnThisMachine(t *testing.T) {
	t.Parallel()
	d := drive(t, "a")
	require.NoError(t, os.WriteFile(filepath.Join(d.dir, "sub", "large"), make([]byte, 10_000), 0o600))
	d.press("tab", "%")
	assert.Equal(t, int64(10_003), d.use().Bytes)
	assert.Equal(t, "sub", d.current())
	d.m.scan.unread.add(unread{1, &os.PathError{Op: "open", Path: "/x", Err: os.ErrPermission}})
	d.press("l")
	assert.Equal(t, "large", d.current())
	assert.Contains(t, d.screen(), "1 folder could not be read")
	d.press("tab")
	assert.Equal(t, filepath.Join(d.dir, "sub"), d.pane().at.Path)
	assert.Equal(t, "large", d.cursor())
}

func TestUsage_TheMouseMovesItsCursor(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/1", "b/1", "c/1")
	d.press("%")
	first := d.current()
	d.screen()
	d.click(10, 2)
	assert.NotEqual(t, first, d.current())
	d.send(tea.MouseWheelMsg{X: 10, Y: 2, Button: tea.MouseWheelUp})
	assert.Equal(t, first, d.current())
}

func TestUsage_AMovedCursorStaysOnItsRowWhileItCounts(t *testing.T) {
	t.Parallel()
	var u views.Usage
	row := func(name string, bytes int64) views.UsageRow {
		return views.UsageRow{Name: name, Folder: true, Bytes: bytes}
	}
	u.Show([]views.UsageRow{row("a", 3), row("b", 2)})
	u.Show([]views.UsageRow{row("b", 5), row("a", 3)})
	at, _ := u.Current()
	assert.Equal(t, "b", at.Name, "at the top it shows the largest")
	u.Do(views.Down)
	u.Show([]views.UsageRow{row("a", 7), row("c", 6), row("b", 5)})
	at, _ = u.Current()
	assert.Equal(t, "a", at.Name)
}

func TestFrames_FindAndUsage(t *testing.T) {
	t.Parallel()
	d := scene(t, 80, 24)
	d.press("h")
	d.find("a size<20MB")
	d.golden("find-80x24")
	d.press("h", "%")
	d.golden("usage-80x24")
	d.press("l")
	d.golden("usage-inside-80x24")
}
