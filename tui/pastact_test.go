package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// daysAgo shows the bucket as it was.
func (k *keeper) daysAgo(days string) {
	k.press("alt+t")
	k.driver.write(days)
	k.press("enter")
}

func (k *keeper) foot() string {
	lines := strings.Split(k.screen(), "\n")
	return lines[len(lines)-1]
}

func TestPast_HintsOfferOnlyWhatCanBeDone(t *testing.T) {
	t.Parallel()
	k := pastBucket(t)
	k.send(sizeMsg([2]int{120, 40}))
	assert.Contains(t, k.foot(), "F6 move  F7 folder  F8 delete")
	k.daysAgo("2d")
	foot := k.foot()
	assert.Contains(t, foot, "F5 copy  Tab other pane")
	for _, not := range []string{"move", "folder", "delete"} {
		assert.NotContains(t, foot, not)
	}
	k.press("alt+v")
	foot = k.foot()
	assert.Contains(t, foot, "F5 copy  F8 delete", "of versions")
	assert.NotContains(t, foot, "move")
	k.press("tab")
	assert.Contains(t, k.foot(), "F6 move", "the other pane is no past")
}

func TestPast_PropertiesAreThoseOfTheVersion(t *testing.T) {
	t.Parallel()
	k := pastBucket(t)
	k.m.deps.Inspect = func(string, string) Inspector { return k.bucket }
	k.send(sizeMsg([2]int{120, 50}))
	k.daysAgo("2d")
	k.press("end", "i")
	screen := k.screen()
	old := k.history("notes.txt")[1]
	assert.Contains(t, screen, "cos://b-1/notes.txt")
	assert.Contains(t, screen, old.VersionID)
	assert.Contains(t, screen, "14 B", "three days ago, not yesterday's 9 bytes")
	assert.NotContains(t, screen, "M metadata", "nothing of it can be changed")
	k.press("esc", "alt+v", "home", "j", "j") // the delete marker of gone
	k.press("i")
	assert.Contains(t, k.screen(), "deleted")
	assert.Contains(t, k.screen(), k.history("gone")[0].VersionID)
	assert.NotContains(t, k.screen(), "Tags", "a delete marker has none, and is not asked for")
}

func TestPast_YanksAVersionAndPutsItWhereOneGoes(t *testing.T) {
	t.Parallel()
	k := pastBucket(t)
	k.daysAgo("2d")
	k.press("end", "y", "x")
	assert.Contains(t, k.screen(), "the past is read-only", "nothing can be cut there")
	assert.False(t, k.m.yanked.move)
	assert.Equal(t, []string{"cos://b-1/notes.txt"}, addresses(k.m.yanked.chosen))
	k.press("tab", "p", "enter")
	k.done()
	got, err := os.ReadFile(filepath.Join(k.dir, "notes.txt"))
	require.NoError(t, err)
	assert.Equal(t, "three days ago", string(got))
}

func TestPast_FindsWhatWasThere(t *testing.T) {
	t.Parallel()
	k := pastBucket(t)
	k.send(sizeMsg([2]int{120, 40}))
	k.daysAgo("2d")
	k.press("f")
	k.driver.write("*e*")
	k.press("enter")
	names := func() (out []string) {
		for i := range k.pane().rows.len() {
			out = append(out, nameOnly(k.pane().rows.id(i)))
		}
		return out
	}
	assert.Equal(t, []string{"dir/sub/deep", "gone", "notes.txt"}, names(), "not new.txt, late/new")
	assert.Contains(t, k.screen(), "as of 2026-11-20 12:00 › *e*")
	k.press("end", "f3")
	assert.Contains(t, k.screen(), "three days ago")
	k.press("esc", "ctrl+a", "c", "enter")
	k.done()
	for name, text := range map[string]string{"notes.txt": "three days ago", "dir/sub/deep": "deeper", "gone": "was there"} {
		got, err := os.ReadFile(filepath.Join(k.dir, name))
		require.NoError(t, err)
		assert.Equal(t, text, string(got))
	}
	k.press("h")
	assert.Contains(t, k.screen(), "as of 2026-11-20 12:00 ─", "all that was there")

	k.press("alt+v", "f")
	k.driver.write("n* size<12")
	k.press("enter")
	assert.Equal(t, []string{"late/new", "new.txt", "notes.txt"}, names(), "one version of notes.txt is larger")
	k.press("h", "f")
	k.driver.write("*.zip")
	k.press("enter")
	assert.Contains(t, k.screen(), "nothing found")
}

func TestPast_FoldersAmongVersionsSayHowTheyCanBeCopied(t *testing.T) {
	t.Parallel()
	k := pastBucket(t)
	k.send(sizeMsg([2]int{120, 40}))
	k.press("alt+v", "home")
	for _, key := range []string{"c", "y"} {
		k.press(key)
		assert.Contains(t, unwrapped(k.screen()), "versionsaremeantonebyone,notfolders·enterdir/·M-tshowsandcopiesfoldersastheywere", key)
	}
	assert.Nil(t, k.m.yanked)
}
