package tui

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/jobs"
)

func TestSize_CountsWhatIsBelowTheMarkedRows(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/1", "b/1", "c", "d")
	d.queue.tally = jobs.Tally{Files: 12_041, Folders: 30, Bytes: 8_100_000_000}
	d.press("space", "space", "space", "=")
	assert.Equal(t, "2 folders, 1 file · 12 041 files · 8.1 GB", d.m.status)
	assert.Nil(t, d.m.sizing)
	assert.Equal(t, 3, d.pane().rows.marked)
	d.press("j")
	assert.Empty(t, d.m.status)
	d.press("esc", "=")
	assert.Contains(t, d.m.status, "1 file · ", "without marks it is the row under the cursor")
}

func TestSize_StreamsAndEscStopsIt(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/1", "b")
	d.queue.hold = true
	d.queue.tally = jobs.Tally{Files: 7, Bytes: 70}
	d.press("=")
	ctx := <-d.queue.surveys
	assert.Equal(t, "1 folder · 7 files · 70 B · counting… · Esc stops", d.m.status)
	require.NotNil(t, d.m.sizing)
	d.press("j", "space")
	assert.NoError(t, ctx.Err(), "one may go about meanwhile")
	d.press("esc")
	assert.Error(t, ctx.Err())
	assert.Equal(t, "stopped counting", d.m.status)
	assert.Equal(t, 1, d.pane().rows.marked, "the marks stay")
	d.send(surveyedMsg{id: d.m.surveys, tally: jobs.Tally{Files: 9}})
	assert.Equal(t, "stopped counting", d.m.status, "a late count says nothing")
	d.press("=")
	first := <-d.queue.surveys
	d.press("=")
	assert.Error(t, first.Err(), "another count ends the one before")
}

func TestSize_SaysWhyItCannot(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/1")
	d.queue.err = errors.New("the line is down")
	d.press("=")
	assert.Contains(t, d.m.status, "the line is down")
	assert.Nil(t, d.m.sizing)
	d.press("esc", "k", "g", "g", "=")
	d.m.panes[1].at = place{buckets: true}
	d.press("=")
	assert.Contains(t, d.m.status, "enter a bucket first")
	assert.Equal(t, "enter a bucket first", d.why("="))
	empty := drive(t)
	empty.press("=")
	assert.Contains(t, empty.m.status, "no row is chosen")
}
