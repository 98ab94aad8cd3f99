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
	if !m.sticky {
		m.status = ""
	}
	if top := m.top(); top != nil {
		return m.modalKey(top, pressed, msg)
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
	if typist, ok := top.view.(views.Typist); ok {
		return m.typed(top, typist, pressed, msg)
	}
	if list, ok := top.view.(*views.JobList); ok {
		if cmd, done := m.jobKey(list, pressed); done {
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
		m.pop()
	case views.Go:
		return top.act()
	case views.None:
	}
	return nil
}

// paste gives pasted text to a modal that takes text; elsewhere a paste is
// not a row of commands.
func (m *Model) paste(text string) {
	if top := m.top(); top != nil {
		if typist, ok := top.view.(views.Typist); ok {
			typist.Type(text)
		}
	}
}

// paneKey does what a key means when no modal is open.
func (m *Model) paneKey(pressed string) tea.Cmd {
	keys := m.deps.Keys
	g := keys.Global
	switch {
	case matches(pressed, g.Help):
		m.push(modal{view: &views.Help{Sections: keys.help()}, act: func() tea.Cmd { return nil }})
	case matches(pressed, g.Jobs):
		return m.showJobs()
	case matches(pressed, g.Quit):
		return m.quit()
	case matches(pressed, g.Suspend):
		return tea.Suspend
	default:
		if cmd, done := m.motion(pressed); done {
			return cmd
		}
		return m.command(pressed)
	}
	return nil
}

// motion moves the cursor; false if the key is no motion.
func (m *Model) motion(pressed string) (tea.Cmd, bool) {
	k, p, h := m.deps.Keys.Pane, m.panes[m.focus], m.listHeight()
	switch {
	case matches(pressed, k.Down):
		p.move(p.cursor+1, h)
	case matches(pressed, k.Up):
		p.move(p.cursor-1, h)
	case matches(pressed, k.Top):
		p.move(0, h)
	case matches(pressed, k.Bottom):
		p.wantAll, p.wantEnd = p.rows.more, p.rows.more
		p.move(p.count()-1, h)
		return m.more(m.focus), true
	case matches(pressed, k.HalfDown):
		p.page(h/2, h)
	case matches(pressed, k.HalfUp):
		p.page(-h/2, h)
	case matches(pressed, k.PageDown):
		p.page(h, h)
	case matches(pressed, k.PgUp):
		p.page(-h, h)
	case matches(pressed, k.Mark):
		p.mark(h)
	default:
		return nil, false
	}
	p.focusOn, p.wantEnd = "", false
	return m.more(m.focus), true
}

// command does what changes more than the cursor.
func (m *Model) command(pressed string) tea.Cmd {
	k, p := m.deps.Keys.Pane, m.panes[m.focus]
	switch {
	case matches(pressed, k.Other):
		m.focus = 1 - m.focus
	case matches(pressed, k.Enter):
		if p.up && p.cursor == 0 {
			return m.parent()
		}
		return m.enter()
	case matches(pressed, k.Aside):
		return m.toggleAside()
	case matches(pressed, k.View):
		return m.showFile()
	case matches(pressed, k.Into):
		return m.enter()
	case matches(pressed, k.Parent):
		return m.parent()
	case matches(pressed, k.Copy):
		return m.planCopy(false)
	case matches(pressed, k.Move):
		return m.planCopy(true)
	case matches(pressed, k.Delete):
		return m.askDelete()
	case matches(pressed, k.MakeFolder):
		m.askFolder()
	case matches(pressed, k.Invert):
		return m.markEvery(p.invert)
	case matches(pressed, k.MarkAll):
		return m.markEvery(p.markEvery)
	case matches(pressed, k.ClearMarks):
		m.escape(p)
	case matches(pressed, k.Refresh):
		return m.refresh(m.focus)
	case matches(pressed, k.Hidden):
		return m.toggleHidden(p)
	case m.prefix == "":
		m.unbound(pressed)
	}
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

// escape stops what lists, else clears marks and messages.
func (m *Model) escape(p *pane) {
	m.status, m.sticky = "", false
	m.result = resultLine{}
	if p.load != nil {
		p.stop()
		m.say("stopped listing", plain)
		return
	}
	p.forget()
	p.unmarkAll()
}

// markEvery marks what is listed, and lists on for the rest.
func (m *Model) markEvery(mark func()) tea.Cmd {
	mark()
	return m.more(m.focus)
}

func (m *Model) toggleHidden(p *pane) tea.Cmd {
	p.hide = !p.hide
	if p.hide {
		m.say("names with a dot are hidden", plain)
	} else {
		m.say("names with a dot are shown", plain)
	}
	return m.refresh(m.focus)
}

// enter opens the folder under the cursor; the parent row is none.
func (m *Model) enter() tea.Cmd {
	p := m.panes[m.focus]
	i, ok := p.entryAt(p.cursor)
	if !ok {
		return nil
	}
	name := p.rows.name(p.rows.at(i))
	if p.rows.at(i).flags&isFolder == 0 {
		return m.showFile()
	}
	return m.open(m.focus, p.at.child(name, p.rows.regions[name]), "")
}

// parent opens the place above, the cursor on the one just left.
func (m *Model) parent() tea.Cmd {
	p := m.panes[m.focus]
	up, row, ok := p.at.parent(m.deps.Buckets != nil)
	if !ok {
		m.say("nothing is above this", plain)
		return nil
	}
	return m.open(m.focus, up, row)
}
