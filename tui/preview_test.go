package tui

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"

	"cosmander/cos"
	"cosmander/theme"
	"cosmander/views"
	"cosmander/views/preview"
)

// numbered is a text of n lines.
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "line %d of the file\n", i)
	}
	return b.String()
}

// lookAt is drive without a queue, whose signal is the only thing that
// commands wait for: so each may take long on a busy machine.
func lookAt(t *testing.T, keys ...string) *driver {
	t.Helper()
	d := start(t, keys...)
	d.m.deps.Queue, d.patience = nil, 20*time.Second
	d.run(d.m.Init())
	d.press("tab")
	return d
}

// looking opens an object that holds data.
func looking(t *testing.T, name, data string) *driver {
	t.Helper()
	d := lookAt(t, name)
	d.store.holds(name, data)
	d.press("enter")
	require.NotNil(t, d.m.preview)
	return d
}

func TestPreview_ReadsTheFirstPieceAndNoMore(t *testing.T) {
	t.Parallel()
	d := lookAt(t, "big.txt")
	d.store.holds("big.txt", numbered(1000)).size = 100 << 20
	d.press("f3")
	assert.Contains(t, d.screen(), "line 0 of the file")
	assert.Equal(t, []cos.ByteRange{{Offset: 0, Length: preview.PieceSize}}, d.store.reads)
	d.press("j", "j", "pgdown")
	assert.Len(t, d.store.reads, 1, "what is seen and a page more is in memory")
	assert.NotContains(t, d.screen(), "line 0 of the file")
}

func TestPreview_ReadsOnWhileScrolling(t *testing.T) {
	t.Parallel()
	d := lookAt(t, "big.txt")
	d.store.holds("big.txt", numbered(1000)).size = 100 << 20
	d.press("enter")
	for range 1200 {
		d.press("pgdown")
	}
	w := d.m.preview.view.Window()
	assert.LessOrEqual(t, len(w.Data), preview.WindowSize)
	for i, r := range d.store.reads {
		assert.Equal(t, cos.ByteRange{Offset: int64(i) * preview.PieceSize, Length: preview.PieceSize}, r)
	}
	n := len(d.store.reads)
	d.press("end")
	assert.Contains(t, d.screen(), "100 %")
	assert.Len(t, d.store.reads, n+1, "the end is one request")
	d.press("home")
	assert.Contains(t, d.screen(), "line 0 of the file")
	assert.Len(t, d.store.reads, n+2)
}

func TestPreview_KeysActWhileItReads(t *testing.T) {
	t.Parallel()
	d := lookAt(t, "big.txt")
	d.store.holds("big.txt", numbered(1000)).size = 100 << 20
	_, cmd := d.m.Update(press("enter")) // the answer is held back
	assert.NotContains(t, d.screen(), "reading", "not before it is slow")
	d.m.Update(previewSlowMsg{d.m.preview.gen})
	assert.Contains(t, d.screen(), "reading cos://b-1/big.txt")
	d.m.Update(press("end")) // what it wants now is still the first piece
	d.run(cmd)
	assert.Contains(t, d.screen(), "100 %", "the key was not lost")
	assert.Len(t, d.store.reads, 2)
}

func TestPreview_LeavingCancelsAndLateAnswersAreDropped(t *testing.T) {
	t.Parallel()
	d := lookAt(t, "big.txt")
	d.store.holds("big.txt", "x")
	_, cmd := d.m.Update(press("enter"))
	gen := d.m.preview.gen
	d.m.Update(press("esc"))
	assert.Nil(t, d.m.preview)
	assert.Empty(t, d.m.modals)
	var got previewedMsg
	for _, msg := range d.results(cmd) {
		got = msg.(previewedMsg)
	}
	assert.ErrorContains(t, got.err, "context canceled")
	d.send(previewedMsg{gen: gen})
	assert.Empty(t, d.m.status)
	d.press("enter")
	d.send(previewedMsg{gen: gen, err: os.ErrClosed})
	assert.Contains(t, d.screen(), " x ", "another preview is not touched")
}

func TestPreview_APieceOfAnotherVersionIsRefused(t *testing.T) {
	t.Parallel()
	d := lookAt(t, "big.txt")
	o := d.store.holds("big.txt", numbered(1000))
	o.size = 100 << 20
	d.press("enter")
	o.etag = "v2"
	d.press("end")
	assert.Contains(t, d.screen(), "line 0 of the file", "the old content stays")
	assert.Contains(t, d.m.status, "changed since it was opened")
	assert.Contains(t, d.m.status, "C-r opens it as it is now")
	n := len(d.store.reads)
	d.press("j", "j")
	assert.LessOrEqual(t, len(d.store.reads), n+1)
	d.press("home", "ctrl+r")
	assert.Empty(t, d.m.status)
	assert.Equal(t, "v2", d.m.preview.seen.etag)
}

func TestPreview_FailureIsSaidAndRetriedByItsKey(t *testing.T) {
	t.Parallel()
	d := lookAt(t, "x.txt")
	d.store.holds("x.txt", "the text")
	d.store.readErr = &cos.Error{Op: "GetObject", Bucket: "b-1", Key: "x.txt", Status: 403, Code: "InvalidObjectState", RequestID: "5f3a"}
	d.press("enter")
	for _, text := range []string{"cos://b-1/x.txt: archived", "restore the object first", "5f3a", "C-r tries again"} {
		assert.Contains(t, d.screen(), text)
	}
	d.press("j")
	assert.Len(t, d.store.reads, 1, "not by itself")
	d.store.readErr = nil
	d.press("ctrl+r")
	assert.Contains(t, d.screen(), "the text")
	assert.NotContains(t, d.screen(), "archived")
}

func TestPreview_EmptyAndEncryptedObjects(t *testing.T) {
	t.Parallel()
	d := looking(t, "empty.txt", "")
	assert.Contains(t, d.screen(), "an empty file")
	d.press("end", "j", "x", "home", "esc")
	d = lookAt(t, "x")
	d.store.holds("x", "abc\x00").meta = map[string]string{"Client-Side-Encryption-Key": "k"}
	d.press("enter")
	assert.Contains(t, d.screen(), "encrypted before it was uploaded")
}

func TestPreview_OfLocalFiles(t *testing.T) {
	t.Parallel()
	d := lookAt(t)
	path := filepath.Join(d.dir, "a.txt")
	require.NoError(t, os.WriteFile(path, []byte("first\n"), 0o600))
	d.press("tab", "j", "j", "j", "f3")
	assert.Contains(t, d.screen(), "first")
	require.NoError(t, os.Remove(path))
	require.NoError(t, os.WriteFile(path, []byte("second\n"), 0o600))
	d.press("x", "x", "ctrl+r")
	assert.Contains(t, d.screen(), "second")
	d.press("esc", "k", "k", "f3")
	assert.Contains(t, d.m.status, "a folder has no contents to show")
}

func TestFile_RefusesWhatIsNoFileAndWhatChanged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	_, err := file{path: dir}.read(t.Context(), nil, 0, 10)
	require.ErrorIs(t, err, errNoFile)
	_, err = file{path: path}.read(t.Context(), nil, 0, 10)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, os.WriteFile(path, []byte("abcdef"), 0o600))
	first, err := file{path: path}.read(t.Context(), nil, 2, 10)
	require.NoError(t, err)
	assert.Equal(t, "cdef", string(first.data))
	require.NoError(t, os.WriteFile(path, []byte("abcdefgh"), 0o600))
	more, err := file{path: path}.read(t.Context(), &first.seen, 6, 10)
	require.NoError(t, err, "it has only grown")
	assert.Equal(t, "gh", string(more.data))
	require.NoError(t, os.WriteFile(path, []byte("abc"), 0o600))
	_, err = file{path: path}.read(t.Context(), &more.seen, 0, 10)
	require.ErrorIs(t, err, errChanged)
	require.NoError(t, os.Rename(path, path+"2"))
	require.NoError(t, os.WriteFile(path, []byte("abcdefghij"), 0o600))
	_, err = file{path: path}.read(t.Context(), &more.seen, 0, 10)
	require.ErrorIs(t, err, errChanged, "another file of that name")
}

func TestPreview_SearchesInMemoryAndOn(t *testing.T) {
	t.Parallel()
	filler := strings.Repeat("nothing here\n", 200_000)
	d := looking(t, "x.txt", "one Needle\n"+filler+"two needle\n"+filler)
	d.press("/")
	d.press(strings.Split("needle", "")...)
	d.press("enter")
	assert.Contains(t, d.screen(), "one Needle")
	n := len(d.store.reads)
	d.press("n")
	assert.Contains(t, d.screen(), "two needle")
	assert.Greater(t, len(d.store.reads), n)
	assert.LessOrEqual(t, len(d.m.preview.view.Window().Data), preview.WindowSize)
	d.press("n")
	assert.Contains(t, d.m.status, "not found: needle")
	d.press("N")
	assert.Contains(t, d.screen(), "one Needle")
	d.press("esc")
	require.NotEmpty(t, d.store.reads)
	assert.Nil(t, d.m.preview)
}

func TestPreview_ASearchCanBeStopped(t *testing.T) {
	t.Parallel()
	d := lookAt(t, "big.txt")
	d.store.holds("big.txt", numbered(100)).size = 1 << 40
	d.press("enter", "/", "z", "q")
	_, cmd := d.m.Update(press("enter"))
	require.NotNil(t, d.m.preview.looking)
	d.m.Update(press("esc"))
	assert.Equal(t, "stopped searching", d.m.status)
	require.NotNil(t, d.m.preview, "the first Esc stops the search")
	d.run(cmd)
	assert.Nil(t, d.m.preview.looking)
	d.press("n")
	assert.Contains(t, d.m.status, "not found in the 67.1 MB that were read · n goes on")
	d.press("esc")
	assert.Nil(t, d.m.preview)
}

func TestPreview_NeverSendsTheContentRaw(t *testing.T) {
	t.Parallel()
	hostile := "\x1b[2Jgone \x1b]0;title\x07 \u202egnp.exe zero\u200bwidth a" + strings.Repeat("\u0301", 5000) + " \x9b31m \x7f\n" +
		strings.Repeat("x", 100_000) + "\tend\n"
	for _, ascii := range []bool{false, true} {
		d := looking(t, "evil.txt", hostile)
		if ascii {
			d.press("esc")
			d.m.deps.ASCII = true
			d.m.look.Marks = asciiMarks()
			d.press("enter")
		}
		for _, key := range []string{"", "e", "e", "x", "x", "w", "right", "end", "home", "t"} {
			if key != "" {
				d.press(key)
			}
			for _, line := range d.m.lines() {
				rest := sgr.ReplaceAllString(line, "")
				assert.NotContains(t, rest, "\x1b", key)
				for _, r := range rest {
					require.True(t, r >= ' ' && r != 0x7f && r != 0x9b && r != '\u202e' && r != '\u200b', "%q in %q", r, rest)
					require.True(t, !ascii || r < 0x80, "%q in %q", r, rest)
				}
				require.Less(t, len(line), 4000, "what is sent is bounded")
			}
		}
	}
}

func TestPreview_FramesFitEverySize(t *testing.T) {
	t.Parallel()
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(strings.Repeat("旅行计划：四月去桂林，五月去黄山。\t我们坐火车。\n", 50))
	require.NoError(t, err)
	d := looking(t, "x.txt", gbk)
	for _, key := range []string{"", "x", "x", "w", "e", "?"} {
		if key != "" {
			d.press(key)
		}
		for width := 1; width < 210; width += 13 {
			for height := 1; height < 60; height += 7 {
				d.send(tea.WindowSizeMsg{Width: width, Height: height})
				require.Len(t, d.m.lines(), height, "%q at %dx%d", key, width, height)
			}
		}
	}
}

var sgr = regexp.MustCompile("\x1b\\[[0-9;]*m")

func asciiMarks() views.Marks { return views.ASCIIMarks() }

// shown is a preview of data in a window, as a golden frame.
func (d *driver) shownAs(t *testing.T, name string, width, height int) {
	t.Helper()
	d.send(tea.WindowSizeMsg{Width: width, Height: height})
	d.golden(fmt.Sprintf("%s-%dx%d", name, width, height))
}

const goSample = "// Package x is a sample.\npackage x\n\nimport \"fmt\"\n\nfunc main() {\n\tfor i := 0; i < 10; i++ {\n\t\tfmt.Println(\"旅行\", i)\n\t}\n}\n"

func TestPreview_Frames(t *testing.T) {
	t.Parallel()
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(strings.Repeat("旅行计划：四月去桂林，五月去黄山，六月去西湖。我们坐火车，不坐飞机。请在一个月内交收据。\n\n甲方与乙方经友好协商，达成如下协议。\n", 20))
	require.NoError(t, err)
	bytes := make([]byte, 2000)
	for i := range bytes {
		bytes[i] = byte(i * 7)
	}
	for name, c := range map[string]struct{ file, data string }{
		"view-gbk": {"合同.txt", gbk}, "view-hex": {"disk.raw", string(bytes)}, "view-go": {"main.go", goSample},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, size := range [][2]int{{80, 24}, {120, 40}} {
				d := looking(t, c.file, c.data)
				d.shownAs(t, name, size[0], size[1])
			}
			d := looking(t, c.file, c.data)
			d.m.look.Marks, d.m.look.Theme = views.ASCIIMarks(), theme.Mono()
			d.shownAs(t, name+"-ascii", 80, 24)
		})
	}
}
