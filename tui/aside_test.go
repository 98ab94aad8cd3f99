package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/views/preview"
)

// beside opens the third pane over some objects.
func beside(t *testing.T, width int) *driver {
	d := lookAt(t, "a.txt", "b.txt", "c.go", "dir/x", "huge.png")
	d.m.deps.Home = d.dir
	for _, name := range []string{"a.txt", "b.txt", ".dot", "sub"} {
		require.NoError(t, os.Chtimes(filepath.Join(d.dir, name), noon, noon))
	}
	d.press("tab", "ctrl+r", "tab")
	d.send(tea.WindowSizeMsg{Width: width, Height: 24})
	d.store.holds("a.txt", "the text of a\n")
	d.store.holds("b.txt", "the text of b\n")
	d.store.holds("c.go", goSample)
	d.store.holds("huge.png", string(sunset(t))).size = 30 << 20
	d.press("P")
	return d
}

// rest lets the cursor have rested.
func (d *driver) rest() { d.send(asideMsg{d.m.aside.n}) }

func TestAside_ShowsTheFileUnderTheRestingCursor(t *testing.T) {
	t.Parallel()
	d := beside(t, 120)
	d.rest()
	assert.Contains(t, d.screen(), "a folder", "dir/ comes first")
	d.press("j")
	n := d.m.aside.n
	assert.Empty(t, d.store.reads, "it may go on")
	d.press("j")
	d.send(asideMsg{n})
	assert.Empty(t, d.store.reads, "the time of a row that was passed is over")
	d.rest()
	assert.Contains(t, d.screen(), "the text of b")
	assert.NotContains(t, d.screen(), "the text of a")
	assert.Equal(t, []cos.ByteRange{{Offset: 0, Length: preview.PieceSize}}, d.store.reads)
	d.press("j")
	assert.Contains(t, d.screen(), "the text of b", "it stays until the next one is there")
	d.rest()
	assert.Contains(t, d.screen(), "package x")
	d.golden("aside-120x24")
	d.press("P")
	assert.NotContains(t, d.screen(), "package x")
}

func TestAside_MovingCancelsTheRequest(t *testing.T) {
	t.Parallel()
	d := beside(t, 120)
	d.press("j")
	_, cmd := d.m.Update(asideMsg{d.m.aside.n})
	require.NotNil(t, d.m.aside.pv.cancel)
	d.press("j")
	assert.Nil(t, d.m.aside.pv)
	for _, msg := range d.results(cmd) {
		assert.ErrorContains(t, msg.(previewedMsg).err, "context canceled")
		d.send(msg)
	}
	assert.Empty(t, d.m.status)
	assert.Nil(t, d.m.aside.view)
}

func TestAside_TakesTheOtherPanesPlaceWhereItIsNarrow(t *testing.T) {
	t.Parallel()
	d := beside(t, 80)
	d.press("j")
	d.rest()
	assert.Contains(t, d.screen(), "the text of a")
	assert.NotContains(t, d.screen(), "sub/", "the local pane gives way")
	d.golden("aside-80x24")
	d.press("tab")
	d.rest()
	assert.Contains(t, d.screen(), "sub/")
	assert.NotContains(t, d.screen(), "huge.png")
}

func TestAside_LargePicturesWaitForEnter(t *testing.T) {
	t.Parallel()
	d := beside(t, 120)
	d.press("end")
	d.rest()
	assert.Contains(t, d.screen(), "a large picture")
	assert.Len(t, d.store.reads, 1)
	d.store.readErr = &cos.Error{Op: "GetObject", Bucket: "b-1", Key: "c.go", Status: 403, Code: "AccessDenied"}
	d.press("k")
	d.rest()
	assert.Contains(t, strings.ReplaceAll(d.screen(), "\n", " "), "access denied")
	assert.Empty(t, d.m.status, "nobody asked for it")
}

func TestAside_FitsEverySize(t *testing.T) {
	t.Parallel()
	d := beside(t, 120)
	d.press("j")
	d.rest()
	for width := 1; width < 210; width += 7 {
		for height := 1; height < 60; height += 6 {
			d.send(tea.WindowSizeMsg{Width: width, Height: height})
			require.Len(t, d.m.lines(), height)
		}
	}
}
