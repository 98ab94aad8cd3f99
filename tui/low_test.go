package tui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
)

func TestLow_DrawsAMarkInsteadOfABarAndFewerColumns(t *testing.T) {
	t.Parallel()
	d := drive(t, "a.txt", "b.txt")
	usual := strings.Join(d.m.lines(), "\n")
	d.press("alt+l")
	low := strings.Join(d.m.lines(), "\n")
	assert.Contains(t, usual, "STD")
	assert.NotContains(t, low, "STD")
	assert.Contains(t, ansi.Strip(low), "▌ a.txt")
	assert.NotContains(t, low, string(d.m.look.Cursor))
	assert.Less(t, len(low), len(usual))
	d.press("alt+l", "esc")
	assert.Equal(t, usual, strings.Join(d.m.lines(), "\n"))
}

func TestLow_IsOfferedWhereTheTerminalAnswersSlowly(t *testing.T) {
	t.Parallel()
	for took, offered := range map[time.Duration]bool{100 * time.Millisecond: false, 300 * time.Millisecond: true} {
		d := drive(t, "a")
		d.m.deps.Now = func() time.Time { return noon.Add(took) }
		d.send(tea.ModeReportMsg{Mode: ansi.ModeSynchronizedOutput, Value: ansi.ModeReset})
		assert.Equal(t, offered, strings.Contains(d.screen(), "a slow line"), took)
		d.m.deps.Now = func() time.Time { return noon.Add(time.Hour) }
		d.press("esc")
		d.send(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeReset})
		assert.NotContains(t, d.screen(), "a slow line", "only the first answer tells")
	}
}
