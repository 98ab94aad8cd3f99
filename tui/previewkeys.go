package tui

import (
	tea "charm.land/bubbletea/v2"

	"cosmander/views"
)

// previewKey does what a key means in a preview; false if nothing.
func (m *Model) previewKey(pv *previewing, pressed string) (tea.Cmd, bool) {
	k, v := m.deps.Keys.Preview, pv.view
	switch {
	case matches(pressed, m.deps.Keys.Global.Help):
		m.push(modal{view: &views.Help{Sections: m.deps.Keys.help("Preview")}, act: func() tea.Cmd { return nil }})
		return nil, true
	case matches(pressed, k.Wrap):
		v.ToggleWrap()
	case matches(pressed, k.Hex):
		v.ToggleHex()
	case matches(pressed, k.Plain):
		v.ToggleText()
	case matches(pressed, k.Encoding):
		v.TurnEncoding(1)
	case matches(pressed, k.EncodingBack):
		v.TurnEncoding(-1)
	case matches(pressed, k.Follow):
		return m.toggleFollow(pv), true
	case matches(pressed, k.Fold) && v.CanFold():
		v.ToggleFold()
	case matches(pressed, k.Fold):
		v.Do(views.PageDown)
	case matches(pressed, k.FoldAll) && v.CanFold():
		v.FoldAll()
	case matches(pressed, k.Stored):
		return m.toggleStored(pv), true
	case matches(pressed, k.Again):
		return m.rereadPreview(pv), true
	case matches(pressed, k.Search):
		return m.askSearch(pv), true
	case matches(pressed, k.NextHit):
		return m.findOn(pv, false), true
	case matches(pressed, k.LastHit):
		return m.findOn(pv, true), true
	default:
		return nil, false
	}
	return m.feedPreview(pv), true
}

// leaveOrStop ends a search that runs, else puts the preview away.
func (m *Model) leaveOrStop(pv *previewing) bool {
	if pv.looking == nil {
		return false
	}
	pv.stop()
	m.say("stopped searching", plain)
	return true
}

// previewInput gives a key to the preview on top: one of its own, else one
// that scrolls. A key is taken at once, whatever is under way.
func (m *Model) previewInput(pv *previewing, top *modal, pressed string) tea.Cmd {
	if matches(pressed, m.deps.Keys.Global.Suspend) {
		return tea.Suspend
	}
	if cmd, done := m.previewKey(pv, pressed); done {
		return cmd
	}
	in := m.deps.Keys.Dialog.input(pressed)
	if in == views.Leave && m.leaveOrStop(pv) {
		return nil
	}
	if in == views.Up || in == views.PageUp || in == views.Top {
		m.unfollow(pv) // who looks back wants to stay there
	}
	cmd := m.act(top, in)
	if m.preview == nil { // it was left
		return cmd
	}
	return tea.Batch(cmd, m.feedPreview(pv))
}

// fitPreview tells the preview how much of it is seen, before it says what it
// wants.
func (m *Model) fitPreview() {
	if pv := m.preview; pv != nil && m.width >= minWidth && m.height >= minHeight {
		pv.view.Fit(&m.look, m.width, m.height-1)
	}
}
