package tui

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
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
	if typist, ok := top.view.(views.Typist); ok {
		return m.typed(top, typist, pressed, msg)
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
		if typist, ok := top.view.(views.Typist); ok {
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
	keys := m.deps.Keys
	g := keys.Global
	switch {
	case matches(pressed, g.Help):
		m.push(modal{view: &views.Help{Sections: append(keys.help("Panes"), views.Badges())}, act: func() tea.Cmd { return nil }})
	case matches(pressed, g.Jobs):
		return m.showJobs()
	case matches(pressed, g.Quit):
		return m.quit()
	case matches(pressed, g.Suspend):
		return tea.Suspend
	case matches(pressed, g.Low):
		m.toggleLow()
	case matches(pressed, g.Mouse):
		m.toggleMouse()
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
		p.move(p.count()-1, h)
		p.moved()
		p.wantAll, p.wantEnd = p.rows.more, p.rows.more
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
		p.span = nil
		p.mark(h)
	case matches(pressed, k.RangeDown):
		p.begin(false)
		p.move(p.cursor+1, h)
		p.stretch()
		return m.more(m.focus), true
	case matches(pressed, k.RangeUp):
		p.begin(false)
		p.move(p.cursor-1, h)
		p.stretch()
		return m.more(m.focus), true
	default:
		return nil, false
	}
	p.moved()
	return m.more(m.focus), true
}

// command does what changes more than the cursor.
func (m *Model) command(pressed string) tea.Cmd {
	k, p := m.deps.Keys.Pane, m.panes[m.focus]
	ranging := p.span != nil && p.span.held
	p.span = nil
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
		return m.into()
	case matches(pressed, k.Parent):
		return m.parent()
	case matches(pressed, k.Copy):
		return m.planCopy(false)
	case matches(pressed, k.Move):
		return m.planCopy(true)
	case matches(pressed, k.Delete):
		return m.askDelete()
	case matches(pressed, k.Edit):
		return m.edit()
	case matches(pressed, k.Links):
		return m.askLinks()
	case matches(pressed, k.Yank):
		return m.yank(false)
	case matches(pressed, k.Cut):
		return m.yank(true)
	case matches(pressed, k.Put):
		return m.put()
	case matches(pressed, k.Rename):
		return m.askRename(false)
	case matches(pressed, k.CopyHere):
		return m.askRename(true)
	case matches(pressed, k.Palette):
		return m.showPalette()
	case matches(pressed, k.MakeFolder):
		m.askFolder()
	case matches(pressed, k.Range):
		if !ranging {
			p.begin(true)
		}
	case matches(pressed, k.MarkGlob):
		return m.askGlob(true)
	case matches(pressed, k.UnmarkGlob):
		return m.askGlob(false)
	case matches(pressed, k.Filter):
		return m.askFilter()
	case matches(pressed, k.Invert):
		return m.markEvery(p.invert)
	case matches(pressed, k.MarkAll):
		return m.markEvery(p.markEvery)
	case matches(pressed, k.ClearMarks):
		if ranging {
			return nil // that ends the range
		}
		return m.escape(p)
	case matches(pressed, k.Refresh):
		return m.relist()
	case matches(pressed, k.Hidden):
		return m.toggleHidden(p)
	default:
		if cmd, done := m.goKey(pressed); done {
			return cmd
		}
		if cmd, done := m.objectKey(pressed); done {
			return cmd
		}
		return m.sortKey(pressed)
	}
	return nil
}

// goKey leads to other places; false if the key does not.
func (m *Model) goKey(pressed string) (tea.Cmd, bool) {
	k := m.deps.Keys.Pane
	switch {
	case matches(pressed, k.Goto):
		return m.askGoto(), true
	case matches(pressed, k.Back):
		return m.travel(-1), true
	case matches(pressed, k.Forth):
		return m.travel(1), true
	case matches(pressed, k.Places):
		return m.showPlaces(), true
	case matches(pressed, k.Bookmark):
		return m.toggleBookmark(), true
	case matches(pressed, k.Find):
		return m.askFind(), true
	case matches(pressed, k.Jump):
		return m.askJump(), true
	case matches(pressed, k.Usage):
		return m.showUsage(), true
	case matches(pressed, k.Size):
		return m.showSize(), true
	}
	return nil, false
}

// objectKey shows or changes what objects have beside their content; false if
// the key does not.
func (m *Model) objectKey(pressed string) (tea.Cmd, bool) {
	k := m.deps.Keys.Pane
	switch {
	case matches(pressed, k.Properties):
		return m.showProperties(), true
	case matches(pressed, k.Class):
		return m.askClass(), true
	case matches(pressed, k.Restore):
		return m.askRestore(), true
	case matches(pressed, k.Tags):
		return m.askTags(), true
	case matches(pressed, k.Access):
		return m.askAccess(), true
	}
	return nil, false
}

// sortKey changes the order of the rows, or says that a key means nothing.
func (m *Model) sortKey(pressed string) tea.Cmd {
	k, order := m.deps.Keys.Pane, m.panes[m.focus].order
	for by, b := range map[sortBy]key.Binding{
		byName: k.SortName, bySize: k.SortSize, byTime: k.SortTime, byClass: k.SortClass, byType: k.SortType,
	} {
		if matches(pressed, b) {
			// The largest and the latest are what one looks for.
			order.by, order.reverse = by, by == bySize || by == byTime
			return m.arrange(m.focus, order)
		}
	}
	switch {
	case matches(pressed, k.Reverse):
		order.reverse = !order.reverse
		return m.arrange(m.focus, order)
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

// escape stops what lists, else gives up the filter, else the marks.
func (m *Model) escape(p *pane) tea.Cmd {
	m.status, m.sticky = "", false
	if m.drag != nil {
		m.drag, m.press = nil, nil
		return nil
	}
	m.result = resultLine{}
	if m.stopSizing() {
		m.say("stopped counting", plain)
		return nil
	}
	if p.load != nil {
		searching := p.searching()
		if p.stop(); searching {
			m.say("stopped searching"+m.sep()+hint(m.deps.Keys.Pane.Bottom, "").Key+" goes on", plain)
			return nil
		}
		m.say("stopped listing", plain)
		return nil
	}
	p.forget()
	if p.order.filter != "" {
		order := p.order
		order.filter = ""
		return m.arrange(m.focus, order)
	}
	p.unmarkAll()
	return nil
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

// into is enter, but leads to the folder of what was found.
func (m *Model) into() tea.Cmd {
	p := m.panes[m.focus]
	if i, ok := p.entryAt(p.cursor); ok && p.at.find != "" && p.rows.at(i).flags&isFolder == 0 {
		return m.toFolder(m.focus, p.rows.name(p.rows.at(i)))
	}
	return m.enter()
}

// parent opens the place above, the cursor on the one just left.
func (m *Model) parent() tea.Cmd {
	p := m.panes[m.focus]
	up, row, ok := p.at.parent(m.deps.Buckets != nil)
	if !ok {
		m.say("nothing is above this", plain)
		return nil
	}
	if last := len(p.back) - 1; p.at != p.at.whole() && last >= 0 && p.back[last].at == up {
		row = p.back[last].row
	}
	return m.open(m.focus, up, row)
}
