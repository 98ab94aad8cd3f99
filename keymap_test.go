package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDefaultKeys_EveryBindingHasKeysAndHelp(t *testing.T) {
	t.Parallel()
	for _, mode := range defaultKeys().Modes() {
		assert.NotEmpty(t, mode.Bindings, mode.Title)
		for i, b := range mode.Bindings {
			assert.NotEmpty(t, b.Keys(), "binding %d of %s", i, mode.Title)
			assert.NotEmpty(t, b.Help().Key, "binding %d of %s", i, mode.Title)
			assert.NotEmpty(t, b.Help().Desc, "binding %d of %s", i, mode.Title)
		}
	}
}

func TestDefaultKeys_NoKeyTwiceWhereItActs(t *testing.T) {
	t.Parallel()
	for name, titles := range map[string][]string{
		"panes":   {"Panes", "Everywhere"},
		"jobs":    {"Jobs", "Everywhere"},
		"dialogs": {"Dialogs"},
		"preview": {"Preview", "Dialogs"},
		"select":  {"Select", "Dialogs"},
		"links":   {"Links", "Dialogs"},
	} {
		seen := map[string]string{}
		for _, mode := range defaultKeys().Modes() {
			if !slices.Contains(titles, mode.Title) {
				continue
			}
			for _, b := range mode.Bindings {
				for _, k := range b.Keys() {
					assert.Empty(t, seen[k], "%s: %q is both %q and %q", name, k, seen[k], b.Help().Desc)
					seen[k] = b.Help().Desc
				}
			}
		}
	}
}

// A single key that also begins a sequence would wait for the next one.
func TestDefaultKeys_NoKeyBeginsASequence(t *testing.T) {
	t.Parallel()
	all := map[string]bool{}
	var begins []string
	for _, mode := range defaultKeys().Modes()[:1] {
		for _, b := range mode.Bindings {
			for _, k := range b.Keys() {
				all[k] = true
				if first, _, ok := strings.Cut(k, " "); ok {
					begins = append(begins, first)
				}
			}
		}
	}
	for _, k := range begins {
		assert.False(t, all[k], k)
	}
}

func TestDefaultKeys_EveryFKeyHasATwin(t *testing.T) {
	t.Parallel()
	for _, mode := range defaultKeys().Modes() {
		for _, b := range mode.Bindings {
			for _, k := range b.Keys() {
				if len(k) == 2 && k[0] == 'f' {
					assert.Contains(t, b.Keys(), "alt+"+k[1:], k)
				}
			}
		}
	}
	assert.Contains(t, defaultKeys().Global.Quit.Keys(), "alt+0")
}
