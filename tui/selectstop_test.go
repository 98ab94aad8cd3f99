package tui

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// heldSelector answers nothing before its context ends.
type heldSelector struct{ asked, ended chan struct{} }

func (h heldSelector) Select(ctx context.Context, _ string, _ cos.SelectQuery) (*cos.SelectStream, error) {
	close(h.asked)
	<-ctx.Done()
	close(h.ended)
	return nil, ctx.Err()
}

func await(t *testing.T, c chan struct{}, what string) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(10 * time.Second):
		require.Fail(t, what)
	}
}

func TestSelect_EscStopsThenLeaves(t *testing.T) {
	t.Parallel()
	d := asking(t, map[string]string{"a.csv": cities})
	held := heldSelector{make(chan struct{}), make(chan struct{})}
	d.m.deps.Select = func(string, string) Selector { return held }
	d.press("Q")
	d.patience = 50 * time.Millisecond
	d.press("enter")
	await(t, held.asked, "it is asked")
	assert.Contains(t, d.screen(), "no row yet")
	assert.Contains(t, d.screen(), "Esc stops")
	d.press("esc")
	await(t, held.ended, "the request is not sent on")
	assert.Contains(t, d.screen(), "stopped")
	assert.Equal(t, firstQuery, d.m.querying.view.Text())
	d.press("esc")
	assert.Nil(t, d.m.querying)
}

func TestSelect_LeavingEndsWhatRuns(t *testing.T) {
	t.Parallel()
	d := asking(t, map[string]string{"a.csv": cities})
	held := heldSelector{make(chan struct{}), make(chan struct{})}
	d.m.deps.Select = func(string, string) Selector { return held }
	d.press("Q")
	d.patience = 50 * time.Millisecond
	d.press("enter")
	await(t, held.asked, "it is asked")
	d.m.pop()
	await(t, held.ended, "it is asked no more")
}

func TestSelect_TheMouseFocusesTurnsAndScrolls(t *testing.T) {
	t.Parallel()
	d := asking(t, map[string]string{"a.csv": cities})
	d.press("Q", "enter")
	require.Contains(t, d.screen(), "3 rows") // what is clicked on was drawn
	assert.False(t, d.m.querying.view.Typing())
	d.send(tea.MouseClickMsg{X: 10, Y: 1, Button: tea.MouseLeft})
	assert.True(t, d.m.querying.view.Typing())
	d.send(tea.MouseClickMsg{X: 14, Y: 2, Button: tea.MouseLeft})
	assert.Equal(t, ";", d.m.querying.view.Query().Input.CSV.FieldDelimiter)
	d.send(tea.MouseWheelMsg{X: 10, Y: 8, Button: tea.MouseWheelDown})
	d.send(tea.MouseClickMsg{X: 10, Y: 8, Button: tea.MouseLeft})
	assert.Contains(t, d.screen(), "arrows scroll")
}

func TestSelect_ADroppedSaveLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	wrong := errors.New("the line is cut")
	into := saveInto{folder: dir, name: "a.csv"}
	err := into.write(t.Context(), func(out *countedFile) error {
		_, _ = out.WriteString("half")
		return wrong
	})
	require.ErrorIs(t, err, wrong)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, into.write(ctx, func(*countedFile) error { return nil }), context.Canceled)
	f, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, f)
}

func TestResultFile_IsANameAlone(t *testing.T) {
	t.Parallel()
	for name, good := range map[string]bool{"a.csv": true, "a b": true, "": false, "..": false, "../a": false, "a/b": false, `a\b`: false} {
		assert.Equal(t, good, resultFile(name) == "", name)
	}
}
