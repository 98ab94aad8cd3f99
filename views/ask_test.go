package views

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"

	"cosmander/jobs"
)

func TestAsk_Frames(t *testing.T) {
	t.Parallel()
	v := &Ask{Job: jobs.Job{ItemsAsking: 12}}
	golden(t, "ask-reading", v.Draw(testLook(), 76, 22), 76)
	assert.Equal(t, None, v.Do(Accept), "nothing is answered before it is seen")
	v.Item = sampleItems()[1]
	v.Do(Down)
	v.Do(Down)
	v.Do(Next)
	golden(t, "ask", v.Draw(testLook(), 76, 22), 76)
	assert.Equal(t, Go, v.Do(Accept))
}

func TestAsk_OpensOnTheChoiceThatChangesNothing(t *testing.T) {
	t.Parallel()
	v := &Ask{}
	choice, all := v.Choice()
	assert.Equal(t, jobs.Skip, choice)
	assert.False(t, all)
	for range 20 {
		v.Do(Down)
	}
	last, _ := v.Choice()
	assert.Equal(t, jobs.Answers()[len(jobs.Answers())-1], last)
	for range 20 {
		v.Do(Up)
	}
	first, _ := v.Choice()
	assert.Equal(t, jobs.Answers()[0], first)
	assert.Equal(t, Close, v.Do(Leave))
}

func TestAsk_SaysWhatComesOfEachChoice(t *testing.T) {
	t.Parallel()
	v := &Ask{Item: sampleItems()[1]}
	text := ansi.Strip(strings.Join(v.Draw(testLook(), 76, 22), "\n"))
	assert.Regexp(t, `overwrite if newer +overwrites this one`, text)
	v.Item.Conflict.Size = v.Item.Conflict.ThereSize
	v.Item.Conflict.ThereModified = v.Item.Conflict.Modified
	text = ansi.Strip(strings.Join(v.Draw(testLook(), 76, 22), "\n"))
	assert.Regexp(t, `overwrite if newer +skips this one`, text)
	assert.Regexp(t, `overwrite if the size differs +skips this one`, text)
	assert.Regexp(t, `overwrite if the content differs +compares the content`, text)
	assert.NotContains(t, text, "larger")
}
