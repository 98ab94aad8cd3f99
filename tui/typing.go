package tui

import (
	"path"

	tea "charm.land/bubbletea/v2"

	"cosmander/views"
)

// typing is a line of text at the foot of the screen, while the panes stay in
// sight.
type typing struct {
	label string
	edit  views.Edit
	// note says what there is to know about the text; may be nil.
	note func(text string) string
	// changed is called after each change of the text; may be nil.
	changed func(text string) tea.Cmd
	accept  func(text string) tea.Cmd
	leave   func() tea.Cmd
	// turn is called for Tab; may be nil.
	turn func() tea.Cmd
}

// typingKey gives a key to the line that is typed. Keys that move the cursor
// of a list move that of the pane.
func (m *Model) typingKey(pressed string, msg tea.KeyPressMsg) tea.Cmd {
	t, before := m.typing, m.typing.edit.Text()
	if msg.Text != "" {
		t.edit.Type(msg.Text)
		return t.edited(before)
	}
	in := m.deps.Keys.Dialog.input(pressed)
	switch in {
	case views.Accept:
		m.typing = nil
		return t.accept(before)
	case views.Leave:
		m.typing = nil
		return t.leave()
	case views.Rub:
		if before == "" {
			m.typing = nil
			return t.leave()
		}
	case views.Up, views.Down, views.PageUp, views.PageDown:
		if a, ok := find(m.motions(), pressed); ok {
			return a.do()
		}
		return nil
	case views.Next:
		if t.turn != nil {
			return t.turn()
		}
	case views.NoInput, views.Previous, views.Left, views.Right, views.Top, views.Bottom:
	}
	t.edit.Do(in)
	return t.edited(before)
}

func (t *typing) edited(before string) tea.Cmd {
	if text := t.edit.Text(); text != before && t.changed != nil {
		return t.changed(text)
	}
	return nil
}

// typed puts pasted text into the line.
func (m *Model) pasted(text string) tea.Cmd {
	before := m.typing.edit.Text()
	m.typing.edit.Type(text)
	return m.typing.edited(before)
}

// askFilter begins to filter the rows of the focused pane by what is typed.
// What is left of the filter when Enter is pressed stays until Esc.
func (m *Model) askFilter() tea.Cmd {
	i := m.focus
	p := m.panes[i]
	set := func(change func(*arrangement)) tea.Cmd {
		order := p.order
		change(&order)
		return m.arrange(i, order)
	}
	t := &typing{
		label:   m.filterLabel(p),
		changed: func(text string) tea.Cmd { return set(func(a *arrangement) { a.filter = text }) },
		accept:  func(string) tea.Cmd { return nil },
		leave:   func() tea.Cmd { return set(func(a *arrangement) { a.filter = "" }) },
	}
	t.note = func(string) string {
		return views.Count(int64(p.rows.len())) + " of " + m.total(p) + m.sep() + m.filterNote(p)
	}
	t.turn = func() tea.Cmd {
		cmd := set(func(a *arrangement) { a.fuzzy = !a.fuzzy })
		t.label = m.filterLabel(p)
		return cmd
	}
	t.edit.Set(p.order.filter)
	m.typing = t
	return nil
}

func (m *Model) filterLabel(p *pane) string {
	if p.order.fuzzy {
		return "fuzzy /"
	}
	return "filter /"
}

func (m *Model) filterNote(p *pane) string {
	if p.order.fuzzy {
		return "Tab plain"
	}
	return "Tab fuzzy"
}

// askGlob asks for a pattern and marks what it names, or takes the marks off.
// Rows that are not listed yet are marked when they are.
func (m *Model) askGlob(on bool) tea.Cmd {
	p := m.panes[m.focus]
	t := &typing{label: "mark +", leave: func() tea.Cmd { return nil }}
	if !on {
		t.label = "unmark -"
	}
	t.note = func(text string) string { return m.globNote(p, text) }
	t.accept = func(text string) tea.Cmd {
		if _, err := path.Match(text, ""); err != nil {
			m.say(text+" is no pattern: * any text, ? one character, [a-z] one of these", failure)
			m.typing = t
			return nil
		}
		return m.markEvery(func() { p.markGlob(text, on) })
	}
	t.edit.Set("*")
	m.typing = t
	return nil
}

// globNote counts what a pattern names, where that is quick.
func (m *Model) globNote(p *pane, text string) string {
	if p.rows.total() > arrangeAtOnce {
		return "* ? [a-z]"
	}
	n, called := 0, p.globbed(text)
	for i := range p.rows.len() {
		if ok, _ := path.Match(text, called(p.rows.name(p.rows.at(i)))); ok {
			n++
		}
	}
	return views.Count(int64(n)) + " of " + views.Count(int64(p.rows.len()))
}

// markGlob sets or clears the marks of the shown rows that a pattern names.
func (p *pane) markGlob(pattern string, on bool) {
	called := p.globbed(pattern)
	match := func(name string) bool {
		ok, err := path.Match(pattern, called(name))
		return ok && err == nil
	}
	for i := range p.rows.len() {
		if r := p.rows.ref(i); match(p.rows.name(p.rows.entry(r))) {
			p.rows.mark(r, on)
		}
	}
	if on && p.rows.more {
		p.wantMark, p.wantMatch, p.wantAll = true, match, true
	}
}
