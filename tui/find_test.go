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
	"cosmander/jobs"
)

// find searches below the focused pane for what text says.
func (d *driver) find(text string) {
	d.press("f")
	d.m.typing.edit.Set(text)
	d.press("enter")
}

// asked is how many listings a store was asked for.
func (s *fakeStore) asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

func TestFind_ListsWhatIsFoundBelowThePlace(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/x.jpg", "a/y.txt", "b/deep/x.jpg", "p/x.jpg", "p/raw/x.jpg", "p/raw.jpg/1", "p/t.txt", "x.jpg")
	d.press("G", "k", "enter") // p/
	require.Equal(t, "p/", d.pane().at.Key)
	d.press("j")
	row := d.cursor()
	d.find("*.jpg")
	assert.Equal(t, []string{"raw.jpg/", "raw/x.jpg", "x.jpg"}, d.shown())
	assert.Contains(t, d.m.footOf(d.pane()), "3 found of 6")
	assert.Contains(t, d.screen(), "b-1 › p/ › *.jpg")
	d.press("s", "s")
	assert.Equal(t, "x.jpg", lastPart(d.shown()[1]))
	d.press("/")
	d.write("raw/")
	d.press("enter")
	assert.Equal(t, []string{"raw/x.jpg"}, d.shown(), "it filters as any listing")
	d.press("esc")
	d.press("h")
	assert.Equal(t, "cos://b-1/p/", d.pane().at.address())
	assert.Empty(t, d.pane().at.find)
	assert.Equal(t, row, d.cursor(), "the cursor is where it was")
	calls := d.store.asked()
	d.press("H")
	assert.Equal(t, "*.jpg", d.pane().at.find)
	assert.Len(t, d.shown(), 3)
	assert.Equal(t, calls, d.store.asked(), "what was found is not searched for again unasked")
	d.store.keys = newFakeStore(append(d.store.keys, "p/zz.jpg")...).keys
	d.press("ctrl+r")
	assert.Len(t, d.shown(), 4)
}

func TestFind_ABadQueryKeepsItsTextAndSaysWhy(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/x")
	d.press("f")
	d.write("*.jpg size>x")
	assert.Contains(t, d.screen(), "a size is a number", "while it is typed")
	d.press("enter")
	assert.Contains(t, d.m.status, "size>x: a size is a number")
	require.NotNil(t, d.m.typing)
	assert.Equal(t, "*.jpg size>x", d.m.typing.edit.Text())
	d.press("backspace")
	d.write("0")
	d.press("enter")
	assert.Equal(t, "*.jpg size>0", d.pane().at.find)
	assert.Contains(t, d.screen(), "nothing found")
	d.press("f")
	assert.Equal(t, "*.jpg size>0", d.m.typing.edit.Text(), "it is there to be changed")
	d.press("esc", "h")
	d.press("tab")
	d.find("class=IA")
	assert.Contains(t, d.m.status, "no storage class")
	assert.NotNil(t, d.m.typing)
	d.press("esc")
	d.find("nothing-of-the-kind")
	assert.Empty(t, d.shown())
}

func TestFind_OfAFolderOnThisMachine(t *testing.T) {
	t.Parallel()
	d := drive(t, "a")
	for _, name := range []string{"sub/deep/a.txt", "sub/.git/a.txt"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(d.dir, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(d.dir, name), []byte("text"), 0o600))
	}
	d.press("tab")
	d.find("a.txt size<10")
	assert.Equal(t, []string{"a.txt", "sub/.git/a.txt", "sub/deep/a.txt"}, d.shown())
	d.press(".")
	assert.Equal(t, []string{"a.txt", "sub/deep/a.txt"}, d.shown())
	d.press("G", "l")
	assert.Equal(t, filepath.Join(d.dir, "sub/deep"), d.pane().at.Path)
	assert.Equal(t, "a.txt", d.cursor())
	d.press("H")
	assert.Equal(t, "sub/deep/a.txt", d.cursor())
	d.press("r", "backspace")
	d.write("X")
	d.press("enter")
	assert.FileExists(t, filepath.Join(d.dir, "sub/deep/a.txX"), "it stays in its folder")
	assert.Equal(t, []string{"a.txt"}, d.shown(), "and is not what was searched for any more")
}

func TestFind_SaysWhatItCouldNotRead(t *testing.T) {
	t.Parallel()
	d := drive(t, "a")
	d.press("tab")
	p := d.pane()
	p.at.find = "x"
	p.rows.unread.add(unread{2, &os.PathError{Op: "open", Path: "/x", Err: os.ErrPermission}})
	d.run(d.m.settle(0))
	assert.Contains(t, d.m.status, "2 folders could not be read")
	assert.Contains(t, d.m.status, "/x")
	assert.Equal(t, warning, d.m.tone)
}

func TestFind_IntoAResultLeadsToItAndEnterShowsIt(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/b/c/x.jpg", "a/b/x.jpg/1", "z")
	d.find("x.jpg")
	require.Equal(t, []string{"a/b/x.jpg/", "a/b/c/x.jpg"}, d.shown())
	d.press("j", "enter")
	assert.Equal(t, "a/b/x.jpg/", d.pane().at.Key, "a folder is entered")
	d.press("H", "j", "l")
	assert.Equal(t, "a/b/c/", d.pane().at.Key)
	assert.Equal(t, "x.jpg", d.cursor())
	d.press("H", "enter")
	assert.NotNil(t, d.m.preview)
}

func TestFind_ResultsAreActedOnUnderTheirPaths(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/x.jpg", "b/x.jpg", "b/x.jpg.d/x.jpg", "t")
	d.find("x.jpg")
	require.Equal(t, []string{"b/x.jpg.d/", "a/x.jpg", "b/x.jpg", "b/x.jpg.d/x.jpg"}, d.shown())
	d.press("ctrl+a", "c")
	require.NotNil(t, d.plan())
	assert.Equal(t, int64(3), d.plan().Sources, "what lies in a folder that is taken is not taken twice")
	d.press("enter")
	require.Len(t, d.queue.added, 1)
	spec := d.queue.added[0]
	assert.Equal(t, jobs.Download, spec.Kind)
	names := map[string]string{}
	for _, s := range spec.Sources {
		names[s.Key] = s.Name
	}
	assert.Equal(t, map[string]string{"b/x.jpg.d/": "b/x.jpg.d", "a/x.jpg": "a/x.jpg", "b/x.jpg": "b/x.jpg"}, names)
	assert.Zero(t, d.pane().rows.marked, "the marks are off")
	assert.True(t, spec.Sources[1].Sized)

	d.press("G", "r")
	assert.Contains(t, d.screen(), "x.jpg")
	d.write("2")
	d.press("enter")
	require.Len(t, d.queue.added, 2)
	spec = d.queue.added[1]
	assert.Equal(t, "b/x.jpg.d/", spec.Dest.Key, "a renamed file stays in its folder")
	assert.Equal(t, "x.jpg2", spec.Sources[0].Name)

	d.press("ctrl+a", "d")
	require.NotNil(t, d.m.top())
	assert.Contains(t, d.screen(), "3 items")
	d.press("esc", "y", "h", "p")
	assert.Contains(t, d.m.status, "it is there already")
	d.press("+", "backspace")
	d.write("x*")
	d.press("enter")
	assert.Zero(t, d.pane().rows.marked)
	d.press("H", "esc", "+", "backspace")
	d.write("x.jpg")
	d.press("enter")
	assert.Equal(t, 3, d.pane().rows.marked, "a pattern is about what things are called in their folders")
}

func TestFind_EscStopsAtOnceAndGGoesOn(t *testing.T) {
	t.Parallel()
	d := drive(t, manyKeys(3500)...)
	d.store.gate = make(chan struct{})
	calls := d.store.asked()
	d.find("7")
	assert.Equal(t, calls+1, d.store.asked())
	assert.Empty(t, d.pane().at.find, "the old rows stay until the first answer")
	close(d.store.gate)
	d.press("esc")
	assert.Nil(t, d.pane().load)

	// A search that has begun to show rows, with a page under way.
	d.pane().gen++
	gen := d.pane().gen
	l := &load{gen: gen, to: d.pane().at, fresh: &listing{}, busy: true, cancel: func() {}}
	l.to.find = "7"
	d.pane().load = l
	b := pageBuilder{}
	b.add("k000007", "STANDARD", false, 7, 7)
	b.more, b.looked, b.next = true, 1000, resume{marker: manyKeys(3500)[999]}
	_, cmd := d.m.Update(listedMsg{pane: 1, gen: gen, page: b.done()})
	require.NotNil(t, cmd)
	require.NotNil(t, d.pane().load, "it goes on by itself")
	assert.Contains(t, d.m.footOf(d.pane()), "1 found of 1 000 · searching…")
	d.press("esc")
	assert.Contains(t, d.m.status, "stopped searching")
	assert.Contains(t, d.m.footOf(d.pane()), "1 found of 1 000 · stopped")
	calls = d.store.asked()
	d.press("j", "k", "j")
	d.send(tea.WindowSizeMsg{Width: 100, Height: 30})
	assert.Equal(t, calls, d.store.asked(), "it stays stopped")
	d.press("G")
	assert.False(t, d.pane().rows.more)
	assert.Contains(t, d.m.footOf(d.pane()), "found of 3 500 looked at")
	assert.Greater(t, d.store.asked(), calls)
}

func TestFind_AFailureKeepsWhatWasFound(t *testing.T) {
	t.Parallel()
	d := drive(t, manyKeys(10)...)
	d.find("1")
	found := len(d.shown())
	require.Positive(t, found)
	d.store.err = &cos.Error{Code: "AccessDenied", Status: 403, Op: "ListObjects"}
	d.press("ctrl+r")
	assert.Len(t, d.shown(), found)
	assert.Contains(t, d.m.status, "AccessDenied")
}

func TestFind_ALongSearchIsNotRepeatedWhenAJobEnds(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/x", "b")
	d.find("x")
	done := func(id jobs.ID) {
		d.m.own[id] = jobs.Spec{Kind: jobs.Delete, Sources: []jobs.Source{{Place: jobs.Place{Bucket: "b-1", Key: "a/x"}}}}
		d.send(queueMsg{jobs.Snapshot{Jobs: []jobs.Job{{ID: id, Kind: jobs.Delete, State: jobs.Done}}}})
	}
	calls := d.store.asked()
	done(1)
	assert.Equal(t, calls+1, d.store.asked())
	d.pane().rows.looked = findAgain + 1
	done(2)
	assert.Equal(t, calls+1, d.store.asked())
	assert.Contains(t, d.m.footOf(d.pane()), "changed since")
	d.press("ctrl+r")
	assert.NotContains(t, d.m.footOf(d.pane()), "changed since")
}

func TestFind_IsNotForAListOfBuckets(t *testing.T) {
	t.Parallel()
	d := start(t, "a")
	d.m.deps.Buckets = bucketsOf{{Name: "b-1"}, {Name: "c-1"}}
	d.m.panes[1].at = place{buckets: true}
	d.run(d.m.Init())
	d.press("tab", "f")
	assert.Contains(t, d.m.status, "enter a bucket first")
	assert.Nil(t, d.m.typing)
	d.press("J")
	d.write("c")
	d.press("enter")
	assert.Equal(t, []string{"c-1/"}, d.shown())
	d.press("h")
	assert.Equal(t, []string{"b-1/", "c-1/"}, d.shown())
}

func TestOutermost_LeavesOutWhatAFolderHolds(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"a/", "b"}, outermost([]string{"a/", "a/b/", "a/c", "a/b/d", "b"}))
	assert.Equal(t, []string{"a", "a/b"}, outermost([]string{"a", "a/b"}))
	assert.Equal(t, []string{"/", "x"}, outermost([]string{"/", "//", "x"}))
}

func TestJump_ListsOnlyWhatBeginsWithTheText(t *testing.T) {
	t.Parallel()
	d := drive(t, append(manyKeys(3000), "p/ab/1", "p/abc", "p/b", "p/q/ab1")...)
	d.press("J")
	d.write("k0029")
	d.press("enter")
	want := 0
	for _, k := range manyKeys(3000) {
		if strings.HasPrefix(k, "k0029") {
			want++
		}
	}
	require.Equal(t, 100, want)
	assert.Len(t, d.shown(), want)
	d.press("h")
	assert.Empty(t, d.pane().at.begin)

	d.press("J")
	d.write("p/ab")
	d.press("enter")
	assert.Equal(t, []string{"ab/", "abc"}, d.shown())
	assert.Contains(t, d.screen(), "b-1 › p/ab*")
	assert.Equal(t, "cos://b-1/p/", d.pane().at.address())
	d.press("j", "enter", "h")
	assert.Equal(t, []string{"ab/", "abc", "b", "q/"}[:1], d.shown()[:1])
	assert.Equal(t, "p/", d.pane().at.Key, "above a folder is the whole place")
	assert.Empty(t, d.pane().at.begin)

	d.press("J")
	d.write("ab")
	d.press("enter")
	d.find("1")
	assert.Equal(t, []string{"ab/1"}, d.shown(), "a search goes no further than the part")
	assert.Contains(t, d.screen(), "p/ab* › 1")
	d.press("h", "h", "J")
	d.write("nothing")
	d.press("enter")
	assert.Contains(t, d.screen(), "nothing begins with")
	d.press("J")
	assert.Equal(t, "nothing", d.m.typing.edit.Text())
	d.press("esc", "n")
	d.write("new")
	d.press("enter")
	assert.Equal(t, []string{"p/new/"}, d.store.put)
}

func TestJump_CostsOneRequestBehindAMillionOthers(t *testing.T) {
	t.Parallel()
	d := drive(t, manyKeys(3000)...)
	calls := d.store.asked()
	d.press("J")
	d.write(manyKeys(3000)[2999])
	d.press("enter")
	assert.Equal(t, calls+1, d.store.asked())
}

func TestJump_FiltersAFolderOnThisMachine(t *testing.T) {
	t.Parallel()
	d := drive(t, "a")
	d.press("tab", "J")
	d.write("a")
	d.press("enter")
	assert.Equal(t, []string{"a.txt"}, d.shown())
	d.press("J")
	d.m.typing.edit.Set("sub/")
	d.press("enter")
	assert.Equal(t, filepath.Join(d.dir, "sub"), d.pane().at.Path)
	assert.Equal(t, place{Place: jobs.Place{Path: filepath.Join(d.dir, "sub")}}, d.pane().at)
}

func TestMouse_APathLeadsOutOfAPartAndASearch(t *testing.T) {
	t.Parallel()
	d := drive(t, "p/q/abc", "p/x")
	d.press("enter", "J")
	d.m.typing.edit.Set("q/ab")
	d.press("enter")
	d.find("c")
	require.Contains(t, d.screen(), "b-1 › p/q/ab* › c")
	line := strings.SplitN(d.screen(), "\n", 2)[0]
	at := func(text string) int { return len([]rune(line[:strings.Index(line, text)])) }
	d.click(at("ab* › c"), 0)
	assert.Equal(t, "c", d.pane().at.find, "its own part leads nowhere")
	d.click(at("q/ab"), 0)
	assert.Equal(t, "p/q/", d.pane().at.Key)
	assert.Empty(t, d.pane().at.begin)
	d.press("H")
	d.click(at("p/q/"), 0)
	assert.Equal(t, "p/", d.pane().at.Key)
}

func TestPalette_SaysWhyThereIsNothingToFind(t *testing.T) {
	t.Parallel()
	d := drive(t, "a")
	d.m.panes[1].at = place{buckets: true}
	assert.Equal(t, "enter a bucket first", d.why("f"))
}
