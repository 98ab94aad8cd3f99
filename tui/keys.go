package tui

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"cosmander/views"
)

// forceWithin is how soon the second C-c must follow the first.
const forceWithin = 2 * time.Second

// key routes a key: text input, then modals, then the program, then the pane.
func (m *Model) key(msg tea.KeyPressMsg) tea.Cmd {
	pressed := msg.String()
	if matches(pressed, m.deps.Keys.Global.Force) {
		return m.forceQuit()
	}
	m.force = time.Time{}
	m.hushed = m.status != ""
	if !m.sticky {
		m.status = ""
	}
	if top := m.top(); top != nil {
		return m.modalKey(top, pressed, msg)
	}
	if m.typing != nil {
		return m.typingKey(pressed, msg)
	}
	return m.paneKey(m.sequence(pressed))
}

// sequence joins keys that are pressed one after the other: "g g".
func (m *Model) sequence(pressed string) string {
	if m.prefix != "" {
		pressed = m.prefix + " " + pressed
		m.prefix = ""
	}
	if m.deps.Keys.begins(pressed) {
		m.prefix = pressed
	}
	return pressed
}

func (m *Model) forceQuit() tea.Cmd {
	now := m.deps.Now()
	if !m.force.IsZero() && now.Sub(m.force) < forceWithin {
		return tea.Quit
	}
	m.force = now
	text := "C-c again quits"
	if fate := m.fate(); fate != "" {
		text += m.sep() + fate
	}
	m.say(text, plain)
	return nil
}

// modalKey gives a key to the top modal.
func (m *Model) modalKey(top *modal, pressed string, msg tea.KeyPressMsg) tea.Cmd {
	if s := m.querying; s != nil && top.view == views.Modal(s.view) {
		return m.selectInput(s, top, pressed, msg.Text)
	}
	if typist := top.typist(); typist != nil {
		return m.typed(top, typist, pressed, msg)
	}
	if view, ok := top.view.(*views.Versions); ok {
		if cmd, done := m.versionKey(view, pressed); done {
			return cmd
		}
	}
	if view, ok := top.view.(*views.Uploads); ok {
		if cmd, done := m.uploadKey(view, pressed); done {
			return cmd
		}
	}
	if view, ok := top.view.(*views.Links); ok {
		if cmd, done := m.linksKey(view, pressed); done {
			return cmd
		}
	}
	if list, ok := top.view.(*views.JobList); ok {
		if cmd, done := m.jobKey(list, pressed); done {
			return cmd
		}
	}
	if view, ok := top.view.(*views.Properties); ok {
		if cmd, done := m.propertiesKey(view, pressed); done {
			return cmd
		}
	}
	if pv := m.preview; pv != nil && top.view == views.Modal(pv.view) {
		return m.previewInput(pv, top, pressed)
	}
	if matches(pressed, m.deps.Keys.Global.Suspend) {
		return tea.Suspend
	}
	return m.act(top, m.deps.Keys.Dialog.input(pressed))
}

// typed gives a key to a modal that takes text: whatever prints is text, so
// letters are never commands there.
func (m *Model) typed(top *modal, typist views.Typist, pressed string, msg tea.KeyPressMsg) tea.Cmd {
	if msg.Text != "" {
		typist.Type(msg.Text)
		return nil
	}
	return m.act(top, m.deps.Keys.Dialog.input(pressed))
}

func (m *Model) act(top *modal, in views.Input) tea.Cmd {
	switch top.view.Do(in) {
	case views.Close:
		left := top.left
		m.pop()
		if left != nil {
			left()
		}
	case views.Go:
		return top.act()
	case views.None:
	}
	return nil
}

// paste gives pasted text to a modal that takes text; elsewhere a paste is
// not a row of commands.
func (m *Model) paste(text string) tea.Cmd {
	if top := m.top(); top != nil {
		if typist := top.typist(); typist != nil {
			typist.Type(text)
		}
		return nil
	}
	if m.typing != nil {
		return m.pasted(text)
	}
	return nil
}

// paneKey does what a key means when no modal is open.
func (m *Model) paneKey(pressed string) tea.Cmd {
	if a, ok := find(m.globalActions(), pressed); ok {
		return m.perform(a)
	}
	a, ok := find(m.paneActions(), pressed)
	if !a.motion {
		m.panes[m.focus].span = nil
	}
	switch {
	case ok && m.notInPast(pressed) != "":
		m.say(m.notInPast(pressed), plain)
	case ok:
		return m.perform(a)
	case m.prefix == "":
		m.unbound(pressed)
	}
	return nil
}

// perform does a, or says why it would do nothing.
func (m *Model) perform(a action) tea.Cmd {
	if why := a.why(); why != "" {
		m.say(why, plain)
		return nil
	}
	return a.do()
}

func (m *Model) showHelp() tea.Cmd {
	m.push(modal{view: &views.Help{Sections: append(m.deps.Keys.help("Panes"), views.Badges())}, act: func() tea.Cmd { return nil }})
	return nil
}

// unbound says that a key means nothing, unless no finger can have meant it:
// what a terminal sends by itself passes in silence.
func (m *Model) unbound(pressed string) {
	last := pressed[strings.LastIndexByte(pressed, ' ')+1:]
	last = strings.TrimPrefix(last, "ctrl+")
	_, err := strconv.Atoi(strings.TrimPrefix(last, "f"))
	function := strings.HasPrefix(last, "f") && err == nil
	if function || utf8.RuneCountInString(last) == 1 {
		m.say(pressed+" does nothing here"+m.sep()+hint(m.deps.Keys.Global.Help, "").Key+" help", plain)
	}
}
