package views

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"

	"cosmander/jobs"
)

// drawn is a view as text.
func drawn(v Modal) string { return ansi.Strip(strings.Join(v.Draw(testLook(), 80, 24), "\n")) }

func TestConfirm_OpensOnTheButtonThatDoesNothing(t *testing.T) {
	t.Parallel()
	c := &Confirm{Title: "Delete", Verb: "Delete", What: "3 items"}
	assert.False(t, c.Types())
	assert.Equal(t, Close, c.Do(Accept))
	c.Do(Next)
	assert.Equal(t, Go, c.Do(Accept))
	c.Do(Previous)
	assert.Equal(t, Close, c.Do(Accept))
	c.Do(Right)
	assert.Equal(t, Go, c.Do(Accept))
	c.Do(Left)
	assert.Equal(t, Close, c.Do(Accept))
	assert.Equal(t, Close, c.Do(Leave))
	assert.Equal(t, Go, c.Click("Delete"))
	assert.Equal(t, Close, c.Click("Cancel"))
	assert.Equal(t, None, c.Click("Remove"))
}

func TestConfirm_AsksForTheNumberOfWhatGoes(t *testing.T) {
	t.Parallel()
	c := &Confirm{Title: "Delete", Verb: "Delete", What: "all", Counted: true, Typed: true, Above: 100, Chosen: 2}
	assert.False(t, c.Types(), "two are chosen, and what is in them is not counted yet")
	c.Do(Next)
	assert.Equal(t, None, c.Do(Accept), "they may be a million")
	assert.Contains(t, drawn(c), "still counting what goes")
	c.Tally = jobs.Tally{Files: 101}
	assert.True(t, c.Types(), "it is so many already")
	c.Type("101")
	assert.Equal(t, None, c.Do(Accept), "but not yet all")
	c.Tally = jobs.Tally{Files: 1234, Done: true}
	assert.Equal(t, None, c.Do(Accept))
	assert.Contains(t, drawn(c), "type 1234 first")
	assert.Equal(t, None, c.Click("Delete"), "nor by a click")
	for range "101" {
		c.Do(Rub)
	}
	c.Type("a1 2,3\n4x")
	assert.NotContains(t, drawn(c), "first", "the remark is over when something is typed")
	assert.Equal(t, Go, c.Do(Accept), "only digits count")
}

func TestConfirm_AsksForNoNumberUpToWhatIsUsual(t *testing.T) {
	t.Parallel()
	c := &Confirm{Verb: "Delete", Counted: true, Typed: true, Above: 100, Chosen: 500, Tally: jobs.Tally{Files: 100, Done: true}}
	assert.False(t, c.Types(), "what was counted is what goes, not what was chosen")
	c.Do(Next)
	assert.Equal(t, Go, c.Do(Accept))
	c = &Confirm{Verb: "Delete", Counted: true, Typed: true, Above: 100, Chosen: 500, Failed: "no network"}
	c.Do(Next)
	assert.Equal(t, None, c.Do(Accept), "where counting failed, what was chosen is known")
	c.Type("500")
	assert.Equal(t, Go, c.Do(Accept))
}

func TestConfirm_AsksForAWord(t *testing.T) {
	t.Parallel()
	c := &Confirm{Title: "Delete bucket", Verb: "Delete", Word: "photos-1250000000", Counted: true}
	assert.True(t, c.Types())
	c.Do(Next)
	assert.Equal(t, None, c.Do(Accept))
	assert.Contains(t, drawn(c), "type photos-1250000000 first")
	c.Type("photos-125000000")
	assert.Equal(t, None, c.Do(Accept), "a part is not the word")
	c.Type("0")
	assert.Equal(t, Go, c.Do(Accept), "it does not wait for the count")
	c.Type("0")
	assert.Equal(t, None, c.Do(Accept))
	assert.Equal(t, Close, c.Do(Leave), "Esc always leaves")
}

// TestConfirm_KeepsWhatMattersInAnySize draws the word, the warning and the
// buttons where there is hardly room.
func TestConfirm_KeepsWhatMattersInAnySize(t *testing.T) {
	t.Parallel()
	c := &Confirm{
		Title: "Delete", Verb: "Empty and delete", Harmful: true, Word: "b-1", What: strings.Repeat("long ", 40),
		Names: []string{"a", "b", "c", "d", "e", "f"}, More: 1000, Warning: "cannot be undone",
	}
	for _, size := range [][2]int{{36, 10}, {76, 22}, {116, 38}} {
		lines := c.Draw(testLook(), size[0], size[1])
		assert.LessOrEqual(t, len(lines), size[1])
		text := ansi.Strip(strings.Join(lines, "\n"))
		for _, want := range []string{"cannot be undone", "type b-1 to go on", "Empty and delete", "Cancel"} {
			assert.Contains(t, text, want, "%v", size)
		}
	}
}
