package tui

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func TestCache_APlaceThatWasLeftIsShownAtOnceAndRefreshedBehind(t *testing.T) {
	t.Parallel()
	now := noon
	d := drive(t, "a/1", "a/2", "b/1", "c")
	d.m.deps.Now = func() time.Time { return now }
	d.press("j", "j", "space", "home", "enter") // c is marked, the cursor on a/
	require.Equal(t, "a/", d.pane().at.Key)
	calls := d.store.calls
	now = now.Add(2 * time.Minute)
	_, cmd := d.m.Update(press("backspace"))
	assert.Empty(t, d.pane().at.Key, "the answer is not waited for")
	assert.Equal(t, "a/", d.cursor())
	assert.Equal(t, []string{"c"}, d.pane().rows.markedIDs(), "marks survive moving about")
	d.screen() // reads the clock
	assert.Contains(t, d.m.footOf(d.pane()), "as of 12:00")
	d.store.keys = append(d.store.keys, "d")
	d.run(cmd)
	assert.Equal(t, calls+1, d.store.calls)
	assert.Equal(t, []string{"a/", "b/", "c", "d"}, d.shown())
	assert.Equal(t, []string{"c"}, d.pane().rows.markedIDs())
	assert.NotContains(t, d.m.footOf(d.pane()), "as of")
}

func TestCache_WhatCannotBeListedAgainKeepsItsRows(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/1", "b")
	d.press("enter")
	d.store.err = &cos.Error{Code: "AccessDenied", Status: 403, Op: "ListObjects"}
	d.press("backspace")
	assert.Equal(t, []string{"a/", "b"}, d.shown())
	assert.Contains(t, d.m.status, "AccessDenied")
}

func TestCache_HoldsABoundedNumberOfRowsButNeverLosesMarks(t *testing.T) {
	t.Parallel()
	c := cache{most: 10}
	large := func(key string, marked bool) *pane {
		p := newPane(place{})
		p.at.Key, p.shown = key, true
		b := pageBuilder{}
		for range 6 {
			b.add("x", "", false, 1, 1)
		}
		p.rows.add(b.done())
		p.rows.mark(0, marked)
		return p
	}
	c.keep(large("a/", true))
	c.keep(large("b/", false))
	c.keep(large("c/", false))
	_, a := c.take(place{Place: large("a/", false).at.Place}, false)
	_, b := c.take(place{Place: large("b/", false).at.Place}, false)
	_, last := c.take(place{Place: large("c/", false).at.Place}, false)
	assert.Equal(t, []bool{true, false, true}, []bool{a, b, last})
	_, again := c.take(place{Place: large("c/", false).at.Place}, false)
	assert.False(t, again, "what is shown is kept no longer")
}
