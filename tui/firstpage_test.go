package tui

import (
	"net/http/httptest"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos/emulator"
)

// A connection that breaks once, or twice, is nothing that a user should hear
// of, also where nothing is shown yet.
func TestFirstPage_ALostPacketIsNoErrorScreen(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]emulator.Fault{
		"reset": {Reset: true, Times: 1}, "reset twice": {Reset: true, Times: 2}, "cut": {CutBody: 2000, Times: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, url := threePages(t)
			fault.Op = "ListObjects"
			server.Faults().Add(fault)
			d := overServer(t, url)
			d.send(tea.WindowSizeMsg{Width: 120, Height: 24})
			assert.Contains(t, unwrapped(d.screen()), "retryingin1s:")
			d.pass(firstCap)
			d.pass(firstCap)
			d.each(1000)
			assert.NotContains(t, d.screen(), "retrying")
			assert.Empty(t, d.m.status)
			assert.EqualValues(t, fault.Times+1, server.Requests("ListObjects"))
		})
	}
}

func TestFirstPage_WhatWasShownStaysWhileAndAfterItIsTried(t *testing.T) {
	t.Parallel()
	server, url := threePages(t)
	d := overServer(t, url)
	d.send(tea.WindowSizeMsg{Width: 120, Height: 24})
	d.press("space", "space")
	mend := server.Faults().Add(emulator.Fault{Op: "ListObjects", Reset: true})
	d.press("ctrl+r")
	assert.Contains(t, d.screen(), "2 of 1 000+ marked · retrying in 1 s: no connection")
	for range firstTries {
		d.pass(firstCap)
	}
	// One that found an idle connection gone was repeated by net/http itself.
	assert.EqualValues(t, 1+firstTries+1, server.Requests("ListObjects"))
	d.each(1000)
	assert.Nil(t, d.pane().load)
	assert.Contains(t, unwrapped(d.screen()), "C-rtriesagain", "which key goes on")
	mend()
	d.press("ctrl+r")
	assert.Empty(t, d.m.status)
	d.each(1000)
}

func TestFirstPage_NobodyThereIsToldWhileTheUserStillWaits(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(nil)
	web.Close()
	d := overServer(t, web.URL)
	began := d.m.deps.Now()
	for range 20 {
		if d.pane().load == nil {
			break
		}
		d.pass(100 * time.Millisecond)
	}
	require.Nil(t, d.pane().load)
	assert.Less(t, d.m.deps.Now().Sub(began), firstTries*firstCap)
	assert.Contains(t, unwrapped(d.screen()), "C-rtriesagain")
}

// A request that hung is not made again: the patience of who waits is over.
func TestFirstPage_ALongWaitIsNotDoubled(t *testing.T) {
	t.Parallel()
	server, url := threePages(t)
	d := overServer(t, url)
	server.Faults().Add(emulator.Fault{Op: "ListObjects", Reset: true})
	d.press("ctrl+r")
	d.pass(firstFor)
	assert.Nil(t, d.pane().load)
	assert.EqualValues(t, 1+2+1, server.Requests("ListObjects"))
}

func TestFirstPage_AFailureHalfWaySaysWhichKeyGoesOn(t *testing.T) {
	t.Parallel()
	server, url := threePages(t)
	d := overServer(t, url)
	d.send(tea.WindowSizeMsg{Width: 120, Height: 24})
	server.Faults().Add(emulator.Fault{Op: "ListObjects", Status: 403, Code: "AccessDenied"})
	d.press("G")
	assert.Contains(t, unwrapped(d.screen()), "Ggoeson")
	d.each(1000)
}
