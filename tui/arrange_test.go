package tui

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shown returns the ids of the rows of the focused pane, as they are shown.
func (d *driver) shown() []string {
	rows := d.pane().rows
	out := make([]string, rows.len())
	for i := range out {
		out[i] = rows.id(i)
	}
	return out
}

// write types a text, each character a key.
func (d *driver) write(text string) {
	for _, r := range text {
		d.press(string(r))
	}
}

func TestSort_OrdersFilesBehindFoldersBothWays(t *testing.T) {
	t.Parallel()
	// In the fake bucket times fall from name to name, sizes grow with place and length.
	d := drive(t, "a.txt", "b.jpg", "c", "dir/1", "e.JPG", "z/1")
	for _, c := range []struct{ keys, want string }{
		{"s t", "dir/ z/ a.txt b.jpg c e.JPG"},
		{"S", "dir/ z/ e.JPG c b.jpg a.txt"},
		{"s e", "dir/ z/ c b.jpg e.JPG a.txt"},
		{"S", "dir/ z/ a.txt b.jpg e.JPG c"},
		{"s s", "dir/ z/ e.JPG b.jpg a.txt c"},
		{"s c", "dir/ z/ a.txt b.jpg c e.JPG"},
		{"s n", "dir/ z/ a.txt b.jpg c e.JPG"},
		{"S", "z/ dir/ e.JPG c b.jpg a.txt"},
	} {
		d.press(strings.Fields(c.keys)...)
		assert.Equal(t, strings.Fields(c.want), d.shown(), c.keys)
	}
	assert.Contains(t, d.screen(), "name ↓")
}

func TestSort_ListsTheRestAndSortsItIn(t *testing.T) {
	t.Parallel()
	d := drive(t, append(manyKeys(3500), "zz/1")...)
	require.Equal(t, 1, d.store.calls)
	d.press("j", "j")
	was := d.cursor()
	d.press("s", "s")
	assert.Equal(t, 4, d.store.calls, "what is not listed cannot be in order")
	assert.Equal(t, was, d.cursor(), "the cursor stays on its row")
	rows := d.pane().rows
	require.Equal(t, 3501, rows.len())
	assert.Equal(t, "zz/", rows.id(0))
	for i := 2; i < rows.len(); i++ {
		require.GreaterOrEqual(t, rows.at(i-1).size, rows.at(i).size)
	}
	d.press("ctrl+r")
	assert.Equal(t, 3501, d.pane().rows.len(), "listed again it is whole again")
	assert.Equal(t, was, d.cursor())
	d.press("esc")
	assert.Contains(t, d.screen(), "size ↓")
}

func TestSort_OfManyRowsIsMadeBesideTheProgram(t *testing.T) {
	t.Parallel()
	d := drive(t, manyKeys(arrangeAtOnce+2000)...)
	d.press("G")
	require.Equal(t, arrangeAtOnce+2000, d.pane().rows.len())
	_, first := d.m.Update(press("S"))
	assert.Contains(t, d.screen(), "sorting…")
	assert.Equal(t, "k000000", d.pane().rows.id(0), "the old order stays until then")
	_, second := d.m.Update(press("S"))
	assert.NotContains(t, d.screen(), "sorting…")
	for _, msg := range d.results(first) {
		d.send(msg)
	}
	assert.Equal(t, "k000000", d.pane().rows.id(0), "an order that came too late is dropped")
	d.run(second)
	d.press("S")
	assert.Equal(t, "k021999", d.pane().rows.id(0))
}

func TestArrange_PagesAreMergedAsIfSortedAtOnce(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(1, 2))
	for round := range 200 {
		a := arrangement{by: sortBy(dice.IntN(5)), reverse: dice.IntN(2) == 0, fuzzy: dice.IntN(2) == 0}
		if dice.IntN(2) == 0 {
			a.filter = []string{"1", "a", "B2"}[dice.IntN(3)]
		}
		var l listing
		var view []ref
		for n := 0; n < 4; n++ {
			folders, files := len(l.folders), len(l.files)
			b := pageBuilder{}
			for i := range dice.IntN(20) {
				name := fmt.Sprintf("%d%c%02d.%c", n, 'A'+rune(dice.IntN(60)), i, 'a'+rune(dice.IntN(3)))
				b.add(name, []string{"STANDARD", "ARCHIVE"}[dice.IntN(2)], dice.IntN(4) == 0, dice.Int64N(5), dice.Int64N(5))
			}
			l.add(b.done())
			view = l.merge(a, view, folders, files)
		}
		require.Equal(t, l.arranged(a, 0, 0), view, "round %d, %+v", round, a)
		for _, r := range view {
			require.True(t, a.matcher()(l.name(l.entry(r))))
		}
		l.show(view)
		for i := range l.len() {
			require.Equal(t, i, l.indexOf(l.ref(i)))
		}
	}
}

func TestFilter_ShowsWhatIsTypedWhileItIsTyped(t *testing.T) {
	t.Parallel()
	d := drive(t, "Report.pdf", "notes.txt", "report.txt", "reports/1", "旅行.jpg")
	d.press("/")
	d.write("rep")
	assert.Equal(t, []string{"reports/", "Report.pdf", "report.txt"}, d.shown())
	assert.Contains(t, d.screen(), "filter / rep")
	assert.Contains(t, d.screen(), "3 of 5")
	d.press("backspace", "backspace", "backspace")
	d.write("R")
	assert.Equal(t, []string{"Report.pdf"}, d.shown(), "a capital letter means itself")
	d.press("backspace")
	d.write("旅")
	assert.Equal(t, []string{"旅行.jpg"}, d.shown())
	d.press("backspace", "r", "t", "x", "tab")
	assert.Equal(t, []string{"report.txt"}, d.shown(), "fuzzy: in this order")
	d.press("enter")
	assert.Contains(t, d.screen(), "1 of 5 with rtx")
	d.press("j", "space")
	d.press("esc")
	assert.Len(t, d.shown(), 5)
	assert.Equal(t, []string{"report.txt"}, d.pane().rows.markedIDs(), "the first Esc shows all, and keeps the marks")
	d.press("esc")
	assert.Zero(t, d.pane().rows.marked)
	d.press("/")
	d.write("q")
	assert.Empty(t, d.shown())
	assert.Contains(t, d.screen(), "no name with q")
	d.press("esc")
	assert.Len(t, d.shown(), 5, "Esc while typing gives the filter up")
}

func TestFilter_ListsOnUntilTheWindowIsFull(t *testing.T) {
	t.Parallel()
	d := drive(t, manyKeys(5000)...)
	d.press("/")
	d.write("4999")
	assert.Equal(t, 5, d.store.calls)
	assert.Equal(t, []string{"k004999"}, d.shown())
	d.press("enter", "ctrl+a")
	assert.Equal(t, []string{"k004999"}, d.pane().rows.markedIDs(), "all that is shown is marked, and nothing else")
}

func TestFilter_EndsWithThePlace(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/1", "a/2", "b/1")
	d.press("/")
	d.write("a")
	d.press("enter", "j", "enter")
	assert.Equal(t, []string{"1", "2"}, d.shown())
	assert.NotContains(t, d.screen(), "with a")
}

func TestMark_ByPattern(t *testing.T) {
	t.Parallel()
	d := drive(t, "a.jpg", "b.jpg", "b.txt", "jpg/1")
	d.press("+")
	d.write(".jpg")
	assert.Contains(t, d.screen(), "2 of 4")
	d.press("enter")
	assert.Equal(t, []string{"a.jpg", "b.jpg"}, d.pane().rows.markedIDs())
	d.press("-", "backspace")
	d.write("a*")
	d.press("enter")
	assert.Equal(t, []string{"b.jpg"}, d.pane().rows.markedIDs())
	d.press("+", "backspace")
	d.write("[a")
	d.press("enter")
	assert.Contains(t, d.m.status, "is no pattern")
	assert.Contains(t, d.screen(), "is no pattern")
	d.press("backspace", "backspace", "esc")
	assert.Equal(t, []string{"b.jpg"}, d.pane().rows.markedIDs())
}

func TestMark_ByPatternMarksWhatIsListedLater(t *testing.T) {
	t.Parallel()
	d := drive(t, manyKeys(2500)...)
	d.press("+", "backspace")
	d.write("*9")
	d.press("enter")
	assert.Equal(t, 250, d.pane().rows.marked)
	assert.Equal(t, 3, d.store.calls)
}

func TestMark_ARangeFollowsTheCursor(t *testing.T) {
	t.Parallel()
	d := drive(t, manyKeys(9)...)
	d.press("space") // k000000 is marked before
	d.press("v", "j", "j")
	assert.Len(t, d.pane().rows.markedIDs(), 4)
	d.press("k", "k", "k")
	assert.Equal(t, []string{"k000000", "k000001"}, d.pane().rows.markedIDs(), "what is left again gets its own mark back")
	assert.Contains(t, d.screen(), "range")
	d.press("v", "j", "j")
	assert.Equal(t, []string{"k000000", "k000001"}, d.pane().rows.markedIDs(), "the second v ends it")
	d.press("shift+down", "shift+down")
	assert.Equal(t, []string{"k000000", "k000001", "k000002", "k000003", "k000004"}, d.pane().rows.markedIDs())
	d.press("shift+up")
	assert.Equal(t, []string{"k000000", "k000001", "k000002", "k000003"}, d.pane().rows.markedIDs())
	d.press("j", "j")
	assert.Len(t, d.pane().rows.markedIDs(), 4, "another move ends it")
	d.press("v", "G", "esc")
	assert.Len(t, d.pane().rows.markedIDs(), 9-1, "Esc ends the range and keeps the marks")
}
