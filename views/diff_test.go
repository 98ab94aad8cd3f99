package views

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
)

func manyLines(n int) (lines []string) {
	for i := range n {
		lines = append(lines, fmt.Sprintf("+line %03d", i))
	}
	return lines
}

func TestDiff_ScrollsAndStopsAtItsEnds(t *testing.T) {
	t.Parallel()
	d := &Diff{Title: "a", Lines: manyLines(100)}
	shows := func(first string) {
		t.Helper()
		assert.Contains(t, strings.Split(drawn(d), "\n")[1], first)
	}
	shows("line 000")
	d.Do(Up)
	shows("line 000")
	d.Do(Down)
	shows("line 001")
	d.Do(PageDown)
	shows("line 023")
	d.Do(PageUp)
	shows("line 001")
	d.Do(Bottom)
	shows("line 078")
	assert.Contains(t, drawn(d), "line 099", "the last page is full")
	d.Do(PageDown)
	shows("line 078")
	d.Do(Top)
	shows("line 000")
	d.Do(Bottom)
	assert.Len(t, d.Draw(testLook(), 80, 60), 60)
	assert.Contains(t, ansi.Strip(d.Draw(testLook(), 80, 60)[1]), "line 042", "a larger window shows more, not less")
}

func TestDiff_ScrollsToTheSideAndKeepsTheSign(t *testing.T) {
	t.Parallel()
	d := &Diff{Title: "a", Lines: []string{"-" + strings.Repeat("x", 30) + "旅行" + strings.Repeat("y", 90) + "end", " short"}}
	assert.NotContains(t, drawn(d), "end")
	for range 10 {
		d.Do(Right)
	}
	assert.Regexp(t, "│ - +│", drawn(d), "the sign stays")
	for range 3 {
		d.Do(Left)
	}
	text := drawn(d)
	assert.Contains(t, text, "end")
	assert.Contains(t, text, " -y")
	for range 20 {
		d.Do(Left)
	}
	assert.Contains(t, drawn(d), "-xxx", "and back, not beyond")
}

func TestDiff_SaysWhyThereIsNothing(t *testing.T) {
	t.Parallel()
	assert.Contains(t, drawn(&Diff{Busy: true}), "reading both")
	assert.Contains(t, drawn(&Diff{}), "nothing differs")
	failed := drawn(&Diff{Failed: "AccessDenied", Busy: true})
	assert.Contains(t, failed, "AccessDenied")
	assert.NotContains(t, failed, "reading both")
}

func TestDiff_IsPutAwayByEscAndEnter(t *testing.T) {
	t.Parallel()
	d := &Diff{Lines: manyLines(3)}
	assert.Equal(t, Close, d.Do(Leave))
	assert.Equal(t, Close, d.Do(Accept))
	for _, in := range []Input{Down, Up, PageDown, PageUp, Top, Bottom, Left, Right, Rub, NoInput} {
		assert.Equal(t, None, d.Do(in))
	}
}

// TestDiff_TellsLinesApartAndLetsNothingThrough draws what is in the texts, not
// what it would do to the terminal.
func TestDiff_TellsLinesApartAndLetsNothingThrough(t *testing.T) {
	t.Parallel()
	k := testLook()
	d := &Diff{Title: "a", Lines: []string{"@@ -1 +1 @@", "-old\x1b[31m", "+new\ttab", " same"}}
	lines := d.Draw(k, 60, 10)
	assert.Contains(t, lines[1], string(k.Border)+"@@")
	assert.Contains(t, lines[2], string(k.Marked)+"-old")
	assert.NotContains(t, lines[2], "\x1b[31m")
	assert.Contains(t, ansi.Strip(lines[2]), "-old␛[31m")
	assert.Contains(t, lines[3], string(k.Accent)+"+new    tab")
	assert.Contains(t, lines[4], string(k.Text)+" same")
	for _, l := range lines {
		assert.Equal(t, 60, ansi.StringWidthWc(l))
	}
}
