package tui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCompare_ShowsWhatDiffersBetweenTwoVersions(t *testing.T) {
	t.Parallel()
	k := keeping(t, true)
	var lines []string
	for i := range 60 {
		lines = append(lines, fmt.Sprintf("line %d", i))
	}
	k.write("notes.txt", strings.Join(lines, "\n")+"\n", 3)
	lines[30] = "changed \x1b[31m here"
	k.write("notes.txt", strings.Join(lines, "\n")+"\n", 2)
	k.write("notes.txt", strings.Join(lines[:40], "\n")+"\n", 1)
	k.open()
	k.press("V", "=") // the current one: with the one before it
	assert.Contains(t, k.screen(), "-line 50")
	k.press("esc", "end", "=") // the oldest: with the current one
	assert.Contains(t, k.screen(), "-line 45")
	k.press("esc", "home", "j", "space", "space", "=")
	screen := k.screen()
	assert.Contains(t, screen, "-line 30")
	assert.Contains(t, screen, "+changed ␛[31m here")
	assert.NotContains(t, screen, "line 50")
	k.golden("diff-80x24")
	k.send(sizeMsg([2]int{120, 40}))
	k.golden("diff-120x40")
	k.press("right", "esc", "home", "space", "=")
	assert.Contains(t, k.screen(), "mark two versions")
}

func TestCompare_OfWhatIsNoTextOrTooLong(t *testing.T) {
	t.Parallel()
	k := keeping(t, true)
	k.write("b", "\x00\x01\x02\xff", 2)
	k.write("b", "\x00\x01\x02\xfe", 1)
	long := strings.Repeat("0123456789abcde\n", compared/16+1)
	k.write("l", "first\n"+long, 2)
	k.write("l", long, 1)
	k.write("one", "text", 1)
	k.open()
	k.press("home", "V", "=")
	assert.Contains(t, k.screen(), "not text")
	k.press("esc", "esc", "j", "V", "=")
	assert.Contains(t, k.screen(), "the first 256 kB of each")
	assert.Contains(t, k.screen(), "-first")
	k.press("esc", "esc", "j", "V", "=")
	assert.Contains(t, k.screen(), "no other version")
	require.NotNil(t, k.m.timeline)
}
