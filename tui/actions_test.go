package tui

import (
	"testing"

	"github.com/stretchr/testify/assert"
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
