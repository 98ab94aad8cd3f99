package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// TestVersions_StoryOfALifeInVersions turns versioning on, overwrites a file,
// looks into its history, makes the old version current, deletes everything
// and takes that back, and finds the bytes as they were.
func TestVersions_StoryOfALifeInVersions(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	svc.put(t, "v/notes 旅行.txt", "before there were versions")
	s := startTerminal(t, program(t.Context(), t.TempDir(), svc.env(), t.TempDir(), bucketURI+"v/"), 100, 30)
	s.untilText("notes 旅行.txt")
	s.press(keyTab)
	s.press("\x1bv")
	s.untilText("This bucket keeps no versions", "Turn on")
	s.press(keyTab + keyEnter)
	s.untilText("keeps versions from now on")
	b := svc.client(t)
	state, err := b.Versioning(t.Context())
	require.NoError(t, err)
	assert.Equal(t, cos.VersioningEnabled, state)

	svc.put(t, "v/notes 旅行.txt", "written by mistake")
	svc.put(t, "v/other", "x")
	s.press("\x12") // C-r
	s.untilText("other")
	s.press("gg")
	s.press("jV")
	s.untilText("2 versions", "current", "null")
	s.press("j=")
	s.untilText("-before there were versions", "+written by mistake")
	s.press(keyEsc)
	s.untilText("make current")
	s.press("R")
	s.untilText("No version goes")
	s.press(keyTab + keyEnter)
	s.untilText("3 versions")
	text := func() string { return cli(t, svc, t.TempDir(), "cat", bucketURI+"v/notes 旅行.txt").stdout }
	assert.Equal(t, "before there were versions", text())

	s.press(keyEsc)
	s.untilText("F6 move")
	s.press("\x01") // all
	s.untilText("2 of 2 marked")
	s.press(keyF8)
	s.untilText("can be undone: the bucket keeps versions", "2 files", " B  ")
	s.press(keyTab + keyEnter)
	s.untilText("deleted 2 items")
	s.press("u")
	s.untilText("2 objects come back")
	s.press(keyTab + keyEnter)
	s.untilText("other")
	require.Eventually(t, func() bool {
		page, err := b.List(t.Context(), cos.ListOptions{Prefix: "v/"})
		return err == nil && len(page.Objects) == 2
	}, 20*time.Second, 10*time.Millisecond)
	assert.Equal(t, "before there were versions", text())
}
