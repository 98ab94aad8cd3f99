package tui

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/jobs"
)

func TestUndo_TakesBackWhatTheLastDeletionMadeAndNobodyWroteOver(t *testing.T) {
	t.Parallel()
	k := keeping(t, true)
	for _, key := range []string{"a", "b", "c", "d/x", "keep"} {
		k.write(key, "text of "+key, 1)
	}
	require.NoError(t, k.server.Remove("b-1", "keep")) // by somebody else
	k.write("e", "e", 1)
	k.open()
	k.press("ctrl+a", "d")
	assert.Contains(t, k.screen(), "can be undone: the bucket keeps versions")
	k.press("tab", "enter")
	k.done()
	require.NoError(t, k.server.Remove("b-1", "c")) // another marker over ours
	k.write("b", "written since", 0)
	k.press("u")
	screen := k.screen()
	assert.Contains(t, screen, "3 objects come back")
	assert.Contains(t, screen, "2 written again or taken back since")
	k.press("enter") // the safe button
	require.Len(t, k.jobs.Snapshot().Jobs, 1)
	k.press("u", "tab", "enter")
	k.done()
	assert.Equal(t, "text of a", k.text("a"))
	assert.Equal(t, "text of d/x", k.text("d/x"))
	assert.Equal(t, "written since", k.text("b"))
	for _, key := range []string{"c", "keep"} {
		assert.True(t, k.history(key)[0].DeleteMarker, key)
	}
	k.press("u")
	assert.Contains(t, k.screen(), "there is no deletion in this bucket to take back")
}

func TestUndo_FindsTheMarkersOfManyByListing(t *testing.T) {
	t.Parallel()
	made, f := map[string]string{}, &fakeVersions{size: 100}
	for i := range 1000 {
		key := fmt.Sprintf("p/%04d", i)
		v := cos.Version{VersionID: "m" + key, DeleteMarker: true, Latest: i != 7}
		v.Key = key
		f.all = append(f.all, v)
		made[key] = v.VersionID
	}
	var found []string
	require.NoError(t, newestByScan(t.Context(), f, made, func(v cos.Version) { found = append(found, v.Key) }))
	assert.Len(t, found, 1000)
}

func TestDelete_OfManyAsksForTheirNumber(t *testing.T) {
	t.Parallel()
	d := scene(t, 80, 24)
	d.queue.tally = jobs.Tally{Files: 1234}
	d.press("j", "d")
	assert.Contains(t, d.screen(), "type 1234 to go on")
	d.press("tab", "enter")
	assert.Empty(t, d.queue.added)
	d.press("1", "2", "x", "3", "enter")
	assert.Contains(t, d.screen(), "type 1234 first")
	d.golden("delete-many-80x24")
	d.press("4", "enter")
	assert.Len(t, d.queue.added, 1)

	d.queue.tally, d.queue.hold = jobs.Tally{Files: 1}, true
	d.press("d", "tab", "enter")
	assert.Contains(t, d.screen(), "still counting")
	assert.Len(t, d.queue.added, 1)
	d.send(surveyedMsg{id: d.m.surveys, tally: jobs.Tally{Files: 1, Done: true}})
	assert.NotContains(t, d.screen(), "still counting", "it has been counted")
}

func TestDelete_SaysWhetherItCanBeUndoneAndAsksOncePerBucket(t *testing.T) {
	t.Parallel()
	for state, says := range map[cos.Versioning]string{
		cos.VersioningEnabled: "can be undone", cos.Unversioned: "cannot be undone", cos.VersioningSuspended: "cannot be undone for what was written since",
	} {
		f := &fakeVersions{state: state}
		d := drive(t, "a", "b")
		d.m.deps.Versions = func(string, string) Versioned { return f }
		d.press("d")
		assert.Contains(t, d.screen(), says)
		d.press("esc", "j", "d", "esc", "tab", "j", "d")
		assert.Contains(t, d.screen(), "cannot be undone", "files of this machine")
		assert.Equal(t, 1, f.asked)
	}
}
