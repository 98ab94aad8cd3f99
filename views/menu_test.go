package views

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
)

// What an action is called is read from its beginning, so that it stays where
// its key or the reason against it has no room.
func TestMenu_SentencesAreNeverCutInTheMiddle(t *testing.T) {
	t.Parallel()
	menu := &Menu{Title: "Actions", Sentences: true, Items: []MenuItem{
		{Name: "go up", Key: "h Left Backspace", Brief: "h"},
		{Name: "list only what begins with a text; the service leaves out the rest", Key: "J", Brief: "J"},
		{Name: "enter the folder, show the file", Key: "Enter", Brief: "Enter"},
		{Name: "show the file under the cursor beside, or not", Key: "P", Brief: "P"},
		{Name: "sort by storage class; lists all", Key: "s c", Brief: "s c"},
		{Name: "go to a path or an address", Key: "C-g M-c g Space", Brief: "C-g"},
		{Name: "copy to the other pane", Key: "F5 c", Why: "nothing to copy: no row is chosen"},
		{Name: "copy under another name of mine", Key: "S-F5", Why: "no row is under the cursor"},
	}}
	want := []string{
		"go up            h Left Backspace",
		"list only what begins with a …  J",
		"enter the folder, show th…  Enter",
		"show the file under the curso…  P",
		"sort by storage class         s c",
		"go to a path or an address    C-g",
		"copy to the other pane  nothing …",
		"copy under another name of mine",
	}
	lines := menu.Draw(testLook(), 40, 30)
	for i, text := range want {
		got := strings.TrimRight(strings.Trim(ansi.Strip(lines[i+3]), "│"), " ")
		assert.Equal(t, text, strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(got), "▌")))
	}
}

// An address says most at its two ends.
func TestMenu_OtherNamesAreCutInTheMiddle(t *testing.T) {
	t.Parallel()
	menu := &Menu{Items: []MenuItem{{Name: "cos://photos-1250000000/2026/a/long/way/raw/", Key: "here before"}}}
	assert.Contains(t, ansi.Strip(menu.Draw(testLook(), 40, 12)[3]), "cos://photos-1…y/raw/ here before")
}

func TestWrap_KeepsKeysInOnePiece(t *testing.T) {
	t.Parallel()
	k := testLook()
	assert.Equal(t, []string{"one two", "C-r tries"}, k.Wrap("one two C-r tries", 9, 4))
	assert.Equal(t, []string{"cos://photos-", "1250000000/"}, k.Wrap("cos://photos-1250000000/", 14, 4))
}
