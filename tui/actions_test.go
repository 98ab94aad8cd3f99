package tui

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"cosmander/jobs"
	"cosmander/views"
)

func TestActions_EveryKeyOfThePanesHasOneInTheOrderOfTheHelp(t *testing.T) {
	t.Parallel()
	m := drive(t, "a").m
	var pane, global []string
	for _, a := range m.paneActions() {
		pane = append(pane, a.key.Help().Key)
	}
	for _, a := range m.globalActions() {
		global = append(global, a.key.Help().Key)
	}
	var wantPane, wantGlobal []string
	for _, b := range bindings(m.deps.Keys.Pane) {
		wantPane = append(wantPane, b.Help().Key)
	}
	for _, b := range bindings(m.deps.Keys.Global) {
		if b.Help() != m.deps.Keys.Global.Force.Help() {
			wantGlobal = append(wantGlobal, b.Help().Key)
		}
	}
	assert.Equal(t, wantPane, pane)
	assert.Equal(t, wantGlobal, global)
}

// walk puts a model into each of several states, without waiting for anything.
func walk(t *testing.T) map[string]func() *driver {
	t.Helper()
	at := func(focus int, keys ...string) *driver {
		d := start(t, "p/a.txt", "p/b.txt", "p/sub/c.txt", "q.txt")
		d.patience = time.Minute // every command ends: none of them watches the queue
		d.m.deps.Buckets = bucketsOf{{Name: "b-1", Region: "ap-guangzhou"}, {Name: "c-1", Region: "ap-nanjing"}}
		d.m.deps.PlacesFile = filepath.Join(t.TempDir(), "places.toml")
		d.run(d.m.open(0, d.m.panes[0].at, ""))
		d.run(d.m.open(1, d.m.panes[1].at, ""))
		d.m.focus = focus
		d.press(keys...)
		return d
	}
	empty := func() *driver {
		d := at(0)
		d.run(d.m.open(0, place{Place: jobs.Place{Path: t.TempDir()}}, ""))
		return d
	}
	return map[string]func() *driver{
		"local, on what leads up": func() *driver { return at(0) },
		"local, on a folder":      func() *driver { return at(0, "down") },
		"local, on the last file": func() *driver { return at(0, "end") },
		"an empty folder":         empty,
		"a bucket":                func() *driver { return at(1, "down", "down") },
		"a prefix":                func() *driver { return at(1, "down", "enter") },
		"a file in a prefix":      func() *driver { return at(1, "down", "enter", "end") },
		"all is marked":           func() *driver { return at(1, "down", "enter", "ctrl+a") },
		"filtered":                func() *driver { d := at(1, "/"); d.write("q"); d.press("enter"); return d },
		"filtered to nothing":     func() *driver { d := at(1, "/"); d.write("zz"); d.press("enter"); return d },
		"the buckets":             func() *driver { return at(1, "h") },
		"what was found":          func() *driver { d := at(1, "f"); d.write("*.txt"); d.press("enter"); return d },
		"nothing was found":       func() *driver { d := at(1, "f"); d.write("*.zip"); d.press("enter"); return d },
		"what begins so":          func() *driver { d := at(1, "J"); d.write("q"); d.press("enter"); return d },
		"yanked here":             func() *driver { return at(1, "end", "y", "down") },
		"yanked there":            func() *driver { d := at(1, "end", "y"); d.m.focus = 0; return d },
		"not to be listed": func() *driver {
			d := at(0)
			d.store.err = errors.New("no")
			d.m.panes[1] = newPane(d.m.panes[1].at)
			d.run(d.m.open(1, d.m.panes[1].at, ""))
			d.m.focus = 1
			return d
		},
	}
}

// looks is everything that an action can change on the screen.
func looks(d *driver) string { return strings.Join(d.m.lines(), "\n") }

func TestActions_WhatTheListOffersDoesSomethingAndTheRestSaysWhyNot(t *testing.T) {
	t.Parallel()
	for name, state := range walk(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := state()
			d.press(":")
			menu := d.m.top().view.(*views.Menu)
			d.press("esc")
			d.m.hushed, d.m.status, d.m.sticky = false, "", false
			for _, item := range menu.Items {
				if item.Why == "" {
					acts(t, state(), item)
					continue
				}
				before := looks(d)
				d.run(d.m.paneKey(keyOf(d, item)))
				assert.Equal(t, item.Why, d.m.status, item.Name)
				d.m.status = ""
				assert.Equal(t, before, looks(d), item.Name)
			}
		})
	}
}

// acts asserts that an action changes something that one sees.
func acts(t *testing.T, d *driver, item views.MenuItem) {
	t.Helper()
	d.m.hushed, d.m.status, d.m.sticky = false, "", false
	before, calls := looks(d), d.m.panes[d.m.focus].gen
	pressed := keyOf(d, item)
	cmd := d.m.paneKey(pressed)
	switch pressed {
	case "q", "ctrl+z": // the program ends or is put aside
		assert.NotNil(t, cmd, item.Name)
		return
	case "f4": // the editor has the terminal
		assert.NotNil(t, cmd, item.Name)
		return
	case "ctrl+r":
		assert.NotEqual(t, calls, d.m.panes[d.m.focus].gen, "it is listed again")
		return
	}
	if before == looks(d) {
		d.run(cmd)
	}
	assert.NotEqual(t, before, looks(d), item.Name)
}

func keyOf(d *driver, item views.MenuItem) string {
	for _, a := range append(d.m.paneActions(), d.m.globalActions()...) {
		if a.key.Help().Key == item.Key {
			return a.key.Keys()[0]
		}
	}
	return ""
}

func TestPalette_WhatWouldDoNothingComesLast(t *testing.T) {
	t.Parallel()
	d := drive(t)
	d.press(":")
	menu := d.m.top().view.(*views.Menu)
	idle := 0
	for _, item := range menu.Items {
		if item.Why != "" {
			idle++
			continue
		}
		assert.Zero(t, idle, item.Name)
	}
	assert.Positive(t, idle)
}
