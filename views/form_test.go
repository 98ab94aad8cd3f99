package views

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"cosmander/jobs"
)

func sampleForm() *Form {
	tier := &Field{Label: "Tier", Options: []string{"Standard", "Expedited", "Bulk"}}
	days := (&Field{Label: "Days", Check: func(text string) string {
		if text == "" {
			return "say for how many days"
		}
		return ""
	}}).Set("7")
	return &Form{
		Title: "Restore", What: "3 items in cos://photos-1250000000/旅行/", Fields: []*Field{tier, days},
		Counted: true, Tally: jobs.Tally{Files: 3, Bytes: 4_200_000, Done: true},
		Notes: func() []Note { return []Note{{Text: tier.Text() + ": 3 to 5 hours"}, {"1 is not archived", true}} },
	}
}

// TestForm_ActsOnlyOnAButton gives rows of inputs; what is typed stands for
// itself.
func TestForm_ActsOnlyOnAButton(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		inputs []Input
		last   Action
		tier   string
		days   string
	}{
		"enter goes to the button":      {[]Input{Accept}, None, "Standard", "7"},
		"and then acts":                 {[]Input{Accept, Accept}, Go, "Standard", "7"},
		"arrows choose":                 {[]Input{Right, Right, Left}, None, "Expedited", "7"},
		"round the options":             {[]Input{Left}, None, "Bulk", "7"},
		"arrows never act":              {[]Input{Down, Down, Right, Left, Right, Up, Down, Down, Down}, None, "Standard", "7"},
		"tab ends on cancel":            {[]Input{Next, Next, Accept}, Close, "Standard", "7"},
		"tab goes round":                {[]Input{Next, Next, Next, Next, Right}, None, "Expedited", "7"},
		"back from the first to act":    {[]Input{Previous, Accept}, Go, "Standard", "7"},
		"rub deletes":                   {[]Input{Next, Rub}, None, "Standard", ""},
		"what is missing is not done":   {[]Input{Next, Rub, Previous, Previous, Accept}, None, "Standard", ""},
		"it leads back to what is":      {[]Input{Next, Rub, Previous, Previous, Accept, Accept}, None, "Standard", ""},
		"esc leaves what is untouched":  {[]Input{Next, Leave}, Close, "Standard", "7"},
		"esc asks first if it was not":  {[]Input{Right, Leave}, None, "Expedited", "7"},
		"and leaves when pressed again": {[]Input{Right, Leave, Leave}, Close, "Expedited", "7"},
		"another key calls it off":      {[]Input{Right, Leave, Next, Leave}, None, "Expedited", "7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := sampleForm()
			var last Action
			for _, in := range c.inputs {
				last = f.Do(in)
			}
			assert.Equal(t, c.last, last)
			assert.Equal(t, c.tier, f.Fields[0].Text())
			assert.Equal(t, c.days, f.Fields[1].Text())
		})
	}
}

func TestForm_ClickedButtonsActOnce(t *testing.T) {
	t.Parallel()
	f := sampleForm()
	assert.Equal(t, Go, f.Click("Restore"))
	assert.Equal(t, None, f.Click("Something else"))
	assert.Equal(t, Close, f.Click("Cancel"))
	f.Fields[1].Set("")
	assert.Equal(t, None, f.Click("Restore"), "an answer is missing")
	f.Type("9")
	assert.Equal(t, None, f.Click("Cancel"), "what was typed is not lost by one click")
}

func TestForm_ChecksTheAnswersTogether(t *testing.T) {
	t.Parallel()
	f := sampleForm()
	f.Check = func() string { return "these do not go together" }
	f.Do(Accept)
	assert.Equal(t, None, f.Do(Accept))
	assert.Contains(t, strings.Join(f.Draw(testLook(), 80, 24), "\n"), "these do not go together")
}

func TestForm_ScrollsToTheFieldThatIsTypedIn(t *testing.T) {
	t.Parallel()
	f := &Form{Title: "Tags", What: "one"}
	for range 20 {
		f.Fields = append(f.Fields, &Field{Label: "Tag"})
	}
	for range 15 {
		f.Do(Next)
	}
	f.Type("here=1")
	box := f.Draw(testLook(), 40, 12)
	assert.LessOrEqual(t, len(box), 12)
	text := strings.Join(box, "\n")
	assert.Contains(t, text, "here=1")
	assert.Contains(t, text, "[ Tags ]")
}

func TestForm_ManyNotesLeaveTheButtons(t *testing.T) {
	t.Parallel()
	f := sampleForm()
	f.Notes = func() []Note { return make([]Note, 40) }
	box := f.Draw(testLook(), 80, 14)
	assert.LessOrEqual(t, len(box), 14)
	assert.Contains(t, strings.Join(box, "\n"), "[ Restore ]")
	assert.Contains(t, strings.Join(box, "\n"), "Standard")
}

func TestForm_IsDrawn(t *testing.T) {
	t.Parallel()
	for _, size := range []struct {
		name          string
		width, height int
	}{{"form-80x24", 80, 24}, {"form-120x40", 120, 40}, {"form-40x12", 40, 12}} {
		f := sampleForm()
		f.Do(Right)
		golden(t, size.name, f.Draw(testLook(), size.width, size.height), min(size.width, 76))
	}
	f := sampleForm()
	f.Harmful, f.Reading, f.Unread = true, true, "AccessDenied: not allowed"
	f.Do(Next)
	f.Type("\x1b[31m\u202e旅")
	f.Do(Leave)
	golden(t, "form-states", f.Draw(testLook(), 80, 24), 76)
}

func sampleProperties() *Properties {
	p := &Properties{Title: "Properties of cos://photos-1250000000/旅行/evil\x1b[31m.jpg", Hints: []Hint{{"y", "copies this"}, {"Esc", "back"}}}
	p.Set(FactGroup{Title: "Object", Waiting: true})
	p.Set(FactGroup{Title: "Metadata", Facts: []Fact{{Label: "x-\u202eevil", Text: strings.Repeat("long value ", 20)}}})
	p.Set(FactGroup{Title: "Tags"})
	p.Set(FactGroup{Title: "Access", Failed: "AccessDenied: GetObjectACL is not allowed"})
	p.Set(FactGroup{Title: "Object", Facts: []Fact{{Label: "size", Text: "3.2 MB"}, {Label: "access", Text: "public-read", Alarm: true}}})
	return p
}

func TestProperties_AreDrawn(t *testing.T) {
	t.Parallel()
	for _, size := range []struct {
		name          string
		width, height int
	}{{"properties-80x24", 80, 24}, {"properties-120x40", 120, 40}, {"properties-40x12", 40, 12}} {
		p := sampleProperties()
		p.Do(Down)
		p.Do(Down)
		golden(t, size.name, p.Draw(testLook(), size.width, size.height), min(size.width, 100))
	}
}

func TestProperties_CursorStaysAmongTheFacts(t *testing.T) {
	t.Parallel()
	p := sampleProperties()
	for in, label := range map[Input]string{Bottom: "x-\u202eevil", Top: "size", Down: "access"} {
		p.Do(Top)
		p.Do(in)
		fact, ok := p.Current()
		assert.True(t, ok)
		assert.Equal(t, label, fact.Label)
	}
	assert.Equal(t, "size: 3.2 MB\naccess: public-read\n", p.Text()[:len("size: 3.2 MB\naccess: public-read\n")])
	_, ok := (&Properties{}).Current()
	assert.False(t, ok)
}
