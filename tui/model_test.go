package tui

import (
	"errors"
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

func TestKeys_MoveTheCursor(t *testing.T) {
	t.Parallel()
	d := drive(t, manyKeys(100)...) // no parent row: there is no list of buckets
	for _, step := range []struct{ key, at string }{
		{"j", "k000001"},
		{"down", "k000002"},
		{"k", "k000001"},
		{"G", "k000099"},
		{"j", "k000099"},
		{"home", "k000000"},
		{"up", "k000000"},
		{"ctrl+d", "k000010"},
		{"ctrl+f", "k000031"},
		{"ctrl+b", "k000010"},
		{"ctrl+u", "k000000"},
		{"end", "k000099"},
		{"g", "k000099"},
		{"g", "k000000"},
	} {
		d.press(step.key)
		assert.Equal(t, step.at, d.cursor(), "after %s", step.key)
	}
}

func TestKeys_SequenceIsBrokenByAnotherKey(t *testing.T) {
	t.Parallel()
	d := drive(t, manyKeys(10)...)
	d.press("G", "g", "k", "g")
	assert.Equal(t, "k000009", d.cursor(), "g k is no sequence; neither is half of g g")
	d.press("g")
	assert.Equal(t, "k000000", d.cursor())
}

func TestKeys_WithoutAMeaningSaySo(t *testing.T) {
	t.Parallel()
	d := drive(t, "x")
	for _, c := range []struct {
		keys []string
		says string
	}{
		{[]string{"Z"}, "Z does nothing here · F1 help"},
		{[]string{"g", "z"}, "g z does nothing here · F1 help"},
		{[]string{"ctrl+t"}, "ctrl+t does nothing here · F1 help"},
		{[]string{"é"}, "é does nothing here · F1 help"},
		{[]string{"Z", "j"}, ""},
		{[]string{"g"}, ""},
	} {
		d.press("j")
		d.press(c.keys...)
		assert.Equal(t, c.says, d.m.status, "%v", c.keys)
	}
	d.press("g", "j")
	for _, code := range []rune{tea.KeyF11, tea.KeyLeftShift, tea.KeyMediaPlay, tea.KeyCapsLock} {
		d.send(tea.KeyPressMsg{Code: code})
		assert.Equal(t, code == tea.KeyF11, d.m.status != "", "%x", code)
		d.press("j")
	}
}

func TestErrors_AreSaidAndTheProgramGoesOn(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/1")
	d.store.err = &cos.Error{Op: "ListObjects", Status: 403, Code: "AccessDenied", RequestID: "5f3a", Message: "no"}
	d.press("enter")
	assert.Contains(t, d.m.status, "AccessDenied")
	assert.Contains(t, d.m.status, "5f3a")
	assert.Equal(t, "a/", d.cursor(), "the old rows stay")
	assert.NotContains(t, d.m.status, "ListObjects")
	d.press("j")
	assert.NotEmpty(t, d.m.status, "an error outlives a move of the cursor")
	d.press("esc")
	assert.Empty(t, d.m.status)
}

func TestErrors_OfTheFirstListingStandInThePane(t *testing.T) {
	t.Parallel()
	d := start(t)
	d.store.err = errors.New("no such host\x1b[2J")
	d.run(d.m.Init())
	assert.Contains(t, d.screen(), "no such host␛[2J")
	assert.Contains(t, d.screen(), "C-r tries again")
	d.store.err, d.store.keys = nil, []string{"x"}
	d.press("tab", "ctrl+r")
	assert.Equal(t, "x", d.cursor())
}

func TestErrors_KeepTheHint(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{80, 24}, {60, 12}, {200, 50}} {
		for _, key := range []string{"", strings.Repeat("long-name-", 80), strings.Repeat("many/short/words ", 40)} {
			d := start(t)
			d.store.err = &cos.Error{
				Op: "ListObjects", Bucket: "photos-1250000000", Key: key, Status: 403, Code: "InvalidAccessKeyId",
				RequestID: "NjM3YzVkZmFfOTBmYTAxXzFiZmVfMTA0YjMw", Message: "The access key id you provided does not exist",
			}
			d.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			d.run(d.m.Init())
			seen := unwrapped(d.screen())
			assert.Contains(t, seen, "cos://photos")
			assert.Contains(t, seen, "checkthesecretid,thesecretkeyandthetoken,andthattheybelongtogether")
			assert.Contains(t, seen, "C-rtriesagain")
			d.m.sayError(d.store.err)
			lines := strings.Split(d.screen(), "\n")
			foot := unwrapped(strings.Join(lines[len(lines)-d.m.errorLines():], ""))
			assert.Contains(t, foot, "andthattheybelongtogether")
			if size[0] > pairWidth {
				assert.Contains(t, seen, "InvalidAccessKeyId,requestNjM3YzVkZmFfOTBmYTAxXzFiZmVfMTA0YjMw")
				assert.Contains(t, foot, "requestNjM3YzVkZmFfOTBmYTAxXzFiZmVfMTA0YjMw")
			}
		}
	}
}

// unwrapped is the text of a frame's right half, joined as if it had one line.
func unwrapped(screen string) string {
	var b strings.Builder
	for line := range strings.Lines(screen) {
		parts := strings.Split(strings.TrimRight(line, "│ \n"), "││")
		b.WriteString(strings.ReplaceAll(parts[len(parts)-1], " ", ""))
	}
	return b.String()
}

func TestObjectFirst(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"ListObjects cos://b/k: timed out": "cos://b/k: timed out", "ListBuckets: no route": "no route",
		"Photos are gone": "Photos are gone", "open /x: no": "open /x: no", "": "", "OneWord": "OneWord", "TLS is not spoken": "TLS is not spoken",
	} {
		assert.Equal(t, want, objectFirst(text))
	}
}

func TestErrors_LocalFolderThatIsGoneLeadsUp(t *testing.T) {
	t.Parallel()
	d := drive(t)
	d.press("tab", "j", "enter")
	require.Equal(t, filepath.Join(d.dir, "sub"), d.pane().at.Path)
	require.NoError(t, os.Remove(d.pane().at.Path))
	d.press("ctrl+r")
	assert.Equal(t, d.dir, d.pane().at.Path)
	assert.Contains(t, d.m.status, "sub does not exist: this is "+d.dir)
}

func TestErrors_LocalFolderThatNeverWasLeadsToTheNearest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ below, cursor, says string }{
		{"sub/no/such/folder", "..", "folder does not exist: this is "},
		{"b.txt", "b.txt", "b.txt is a file: this is its folder"},
		{"b.txt/x/y", "b.txt", "y does not exist: this is "},
	} {
		d := start(t)
		d.m.panes[0].at.Path = filepath.Join(d.dir, c.below)
		d.run(d.m.Init())
		want := d.dir
		if c.cursor == ".." {
			want = filepath.Join(d.dir, "sub")
		}
		assert.Equal(t, want, d.pane().at.Path)
		assert.Equal(t, c.cursor, d.cursor())
		assert.Contains(t, d.m.status, c.says)
		assert.True(t, d.pane().shown)
	}
}

func TestASCIILocale(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		environ []string
		ascii   bool
	}{
		{nil, false},
		{[]string{"LANG=zh_CN.UTF-8"}, false},
		{[]string{"LANG=C"}, true},
		{[]string{"LANG=C", "LC_ALL=C.utf8"}, false},
		{[]string{"LANG=en_US.UTF-8", "LC_CTYPE=de_DE.ISO-8859-1"}, true},
	} {
		assert.Equal(t, c.ascii, asciiLocale(c.environ), "%v", c.environ)
	}
}

func TestQuit_AsksWhenJobsRun(t *testing.T) {
	t.Parallel()
	d := drive(t, "x")
	_, cmd := d.m.Update(press("q"))
	require.NotNil(t, cmd)
	assert.Equal(t, tea.QuitMsg{}, cmd())
	d.m.Update(queueMsg{jobs.Snapshot{Runner: true, Jobs: []jobs.Job{
		{ID: 1, State: jobs.Running, Left: -1},
		{ID: 2, State: jobs.Paused, Left: -1},
		{ID: 3, State: jobs.Queued, Left: -1},
		{ID: 4, State: jobs.Running, Left: -1, Account: "another"},
	}}})
	d.press("q")
	assert.Contains(t, d.screen(), "2 jobs run; they go on at the next start · 1 stays paused")
	d.press("enter")
	require.Empty(t, d.m.modals, "it opens on Stay")
	d.press("q", "tab")
	_, cmd = d.m.Update(press("enter"))
	assert.Equal(t, tea.QuitMsg{}, cmd())
}

func TestQuit_DoesNotAskForWhatItDoesNotStop(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]jobs.Snapshot{
		"paused":                {Runner: true, Jobs: []jobs.Job{{ID: 1, State: jobs.Paused}}},
		"run by someone else":   {Jobs: []jobs.Job{{ID: 1, State: jobs.Running}}},
		"of another account":    {Runner: true, Jobs: []jobs.Job{{ID: 1, State: jobs.Running, Account: "another"}}},
		"over, whatever became": {Runner: true, Jobs: []jobs.Job{{ID: 1, State: jobs.Failed}, {ID: 2, State: jobs.Done}}},
	} {
		d := drive(t, "x")
		d.m.Update(queueMsg{s})
		_, cmd := d.m.Update(press("q"))
		require.NotNil(t, cmd, name)
		assert.Equal(t, tea.QuitMsg{}, cmd(), name)
		d.m.Update(press("ctrl+c"))
		assert.Equal(t, "C-c again quits", d.m.status, name)
	}
}

func TestForce_TakesTwoPresses(t *testing.T) {
	t.Parallel()
	d := drive(t, "x")
	_, cmd := d.m.Update(press("ctrl+c"))
	require.Nil(t, cmd)
	d.press("j")
	_, cmd = d.m.Update(press("ctrl+c"))
	require.Nil(t, cmd, "another key came between")
	_, cmd = d.m.Update(press("ctrl+c"))
	assert.Equal(t, tea.QuitMsg{}, cmd())
}

func TestHelp_IsMadeFromTheLiveKeys(t *testing.T) {
	t.Parallel()
	d := drive(t, "x")
	d.m.deps.Keys.Pane.Copy.SetHelp("F5 c", "a help text of its own")
	d.press("?")
	assert.Contains(t, d.screen(), "a help text of its own")
	d.press("end")
	assert.Contains(t, d.screen(), "Backspace")
	d.press("esc")
	assert.Empty(t, d.m.modals)
}

func TestFrame_FitsEverySize(t *testing.T) {
	t.Parallel()
	d := drive(t, demoKeys()...)
	d.m.queue = jobs.Snapshot{Jobs: []jobs.Job{{ID: 1, State: jobs.Running, Left: -1, Title: "旅行"}}}
	for _, open := range []string{"", "?", "c", "d", "n", "w", "q"} {
		if open != "" {
			d.press(open)
		}
		for width := 1; width < 210; width += 7 {
			for height := 1; height < 60; height += 6 {
				d.m.Update(tea.WindowSizeMsg{Width: width, Height: height})
				require.Len(t, d.m.lines(), height, "%q at %dx%d", open, width, height)
			}
		}
		d.m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
		if open != "" {
			d.press("esc")
			require.Empty(t, d.m.modals, open)
		}
	}
	d.m.Update(tea.WindowSizeMsg{Width: 39, Height: 24})
	assert.Contains(t, d.screen(), "window too small")
}

func TestGuarded_TurnsAPanicIntoAMessage(t *testing.T) {
	t.Parallel()
	msg := guarded(func() tea.Msg { panic("boom") })()
	require.IsType(t, panickedMsg(""), msg)
	d := start(t)
	_, cmd := d.m.Update(msg)
	assert.Equal(t, tea.QuitMsg{}, cmd())
	assert.ErrorIs(t, outcome(t.Context(), d.m, nil), ErrPanic)
}
