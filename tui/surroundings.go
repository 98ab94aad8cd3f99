package tui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"cosmander/theme"
)

func (m *Model) resize(width, height int) tea.Cmd {
	m.width, m.height = width, height
	m.fitPreview()
	m.fitAside()
	return tea.Batch(m.refit(), m.feedPreview(m.preview), m.feedPreview(m.aside.pv))
}

// refit keeps the cursors in sight after the panes changed their height, and
// lists on where there is room now.
func (m *Model) refit() tea.Cmd {
	for _, p := range m.panes {
		p.follow(m.listHeight())
	}
	return tea.Batch(m.more(0), m.more(1))
}

// colours picks a theme for what the terminal can show.
func (m *Model) colours(msg tea.ColorProfileMsg) {
	if m.deps.Theme.Name != "" {
		return
	}
	switch msg.String() {
	case "NoTTY", "Ascii":
		m.look.Theme = theme.Mono()
	case "ANSI":
		m.look.Theme = theme.Basic()
	}
}

func (m *Model) background(msg tea.BackgroundColorMsg) {
	if m.deps.Theme.Name == "" && m.look.Name == "dark" && !msg.IsDark() {
		m.look.Theme = theme.Light()
	}
}

// slowLine is from how long a round trip to the terminal on drawing less is
// offered.
const slowLine = 250 * time.Millisecond

// roundTrip is called when the terminal first answers what it was asked at the
// start.
func (m *Model) roundTrip() {
	if m.questioned.IsZero() {
		return
	}
	took := m.deps.Now().Sub(m.questioned)
	m.questioned = time.Time{}
	if took >= slowLine && !m.look.Low && m.status == "" {
		m.say(fmt.Sprintf("a slow line: %d ms to the terminal and back%s%s draws less",
			took.Milliseconds(), m.sep(), hint(m.deps.Keys.Global.Low, "").Key), plain)
	}
}

// toggleLow draws less, or as usual again.
func (m *Model) toggleLow() {
	m.look.Low = !m.look.Low
	if m.look.Low {
		m.say("less is drawn, and less often", plain)
		return
	}
	m.say("everything is drawn", plain)
}

// modeReport learns what the terminal can do. Cells are counted by grapheme
// as soon as Bubble Tea switches that on (mode 2027).
func (m *Model) modeReport(msg tea.ModeReportMsg) {
	m.roundTrip()
	switch msg.Mode {
	case ansi.ModeSynchronizedOutput:
		m.sync = msg.Value == ansi.ModeReset
	case ansi.ModeUnicodeCore:
		if msg.Value == ansi.ModeReset || msg.Value == ansi.ModeSet || msg.Value == ansi.ModePermanentlySet {
			m.look.Width = ansi.GraphemeWidth
		}
	}
}
