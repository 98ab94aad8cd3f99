package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"

	"cosmander/cos"
	"cosmander/jobs"
)

func dressedObject() fakeInspector {
	return fakeInspector{head: cos.Head{Headers: cos.Headers{
		ContentType: "text/plain", CacheControl: "no-cache", Meta: map[string]string{"who": "me", "year": "2026"},
	}}}
}

// typeOver replaces what is in the field that has the focus.
func (d *driver) typeOver(had, text string) {
	d.press("end")
	for range had {
		d.press("backspace")
	}
	for _, r := range text {
		d.press(string(r))
	}
}

func TestMetadata_OfOneObjectIsEditedAsADifference(t *testing.T) {
	t.Parallel()
	d := shelf(t, dressedObject())
	d.send(tea.WindowSizeMsg{Width: 100, Height: 40})
	d.press("M")
	assert.Contains(t, d.screen(), "nothing is changed yet")
	assert.Contains(t, d.screen(), "metadata: 13 of 2048 bytes")
	d.press("tab")
	d.typeOver("no-cache", "")
	d.press("tab", "tab", "tab", "tab", "tab") // to the first row of metadata
	d.typeOver("who: me", "who: you")
	d.press("tab")
	d.typeOver("year: 2026", "")
	d.press("tab")
	d.typeOver("", "Team: red")
	for _, text := range []string{"- Cache-Control: no-cache", "who: me -> you", "- year: 2026", "+ team: red", "metadata: 13 of 2048 bytes"} {
		assert.Contains(t, d.screen(), text)
	}
	d.press("enter", "enter")
	assert.Equal(t, jobs.Change{
		Set: map[string]string{}, Remove: []string{"Cache-Control"},
		SetMeta: map[string]string{"who": "you", "team": "red"}, RemoveMeta: []string{"year"},
	}, *d.onlyJob().Change)
}

func TestMetadata_NothingChangedIsNoJob(t *testing.T) {
	t.Parallel()
	d := shelf(t, dressedObject())
	d.press("M", "enter", "enter")
	assert.Contains(t, d.screen(), "no change at all")
	assert.Empty(t, d.queue.added)
}

func TestMetadata_TypesAreCompleted(t *testing.T) {
	t.Parallel()
	d := shelf(t, dressedObject())
	d.press("M")
	d.typeOver("text/plain", "image/j")
	assert.Contains(t, d.screen(), "image/jpeg")
	d.press("right", "enter", "enter")
	assert.Equal(t, map[string]string{"Content-Type": "image/jpeg"}, d.onlyJob().Change.Set)
}

// TestMetadata_WhatCannotBeIsSaidBeforeAnythingIsSent types rows that the
// service would refuse.
func TestMetadata_WhatCannotBeIsSaidBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"no-colon":                           "NAME: VALUE",
		": value alone":                      "NAME: VALUE",
		"who: again":                         "there twice",
		"a_b: 1":                             "underscore",
		"big: " + strings.Repeat("x", 2100):  "more than 2048",
		"client-side-encryption-key: stolen": "key of an encrypted object",
	} {
		d := shelf(t, dressedObject())
		d.send(tea.WindowSizeMsg{Width: 100, Height: 40})
		d.press("M", "tab", "tab", "tab", "tab", "tab", "tab", "tab", "tab")
		for _, r := range text {
			d.m.top().view.(interface{ Type(text string) }).Type(string(r))
		}
		d.press("enter", "enter")
		assert.Contains(t, strings.Join(strings.Fields(strings.ReplaceAll(d.screen(), "│", "")), " "), says, text)
		assert.Empty(t, d.queue.added, text)
	}
}

func TestMetadata_OfManyChangesWhatIsNamed(t *testing.T) {
	t.Parallel()
	d := shelf(t, dressedObject())
	d.send(tea.WindowSizeMsg{Width: 100, Height: 40})
	d.press("ctrl+a", "M")
	assert.Contains(t, d.screen(), "what is empty stays as it is")
	d.press("tab")
	d.typeOver("", "max-age=60")
	d.press("tab")
	d.typeOver("", "-")
	d.press("tab", "tab", "tab", "tab")
	d.typeOver("", "who: -")
	d.press("enter", "enter")
	spec := d.onlyJob()
	assert.Len(t, spec.Sources, 4)
	assert.Equal(t, jobs.Change{
		Set: map[string]string{"Cache-Control": "max-age=60"}, Remove: []string{"Content-Disposition"},
		SetMeta: map[string]string{}, RemoveMeta: []string{"who"},
	}, *spec.Change)
}
