package tui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cosmander/views"
)

const (
	// useFor is how long is counted before that is shown, useEntries how much
	// at most.
	useFor     = 100 * time.Millisecond
	useEntries = 10_000
)

// usedMsg is what a part of a scan has counted.
type usedMsg struct {
	id     uint64
	found  []used
	next   resume
	more   bool
	unread unread
	err    error
}

// scan counts what is below a place while its modal is open.
type scan struct {
	id     uint64
	place  place
	ctx    context.Context // ends with the modal
	deep   deepSource
	tree   *usage
	at     *folderUse // that is shown
	view   *views.Usage
	unread unread
}

// showUsage counts what is below the place of the focused pane and shows how
// the bytes are shared.
func (m *Model) showUsage() tea.Cmd {
	p := m.panes[m.focus]
	at := p.at
	at.find = ""
	m.surveys++
	s := &scan{id: m.surveys, place: at, deep: m.deep(at), tree: newUsage(), view: &views.Usage{Counting: true}}
	s.at = s.tree.root
	ctx, cancel := context.WithCancel(m.ctx)
	s.ctx, m.scan = ctx, s
	m.push(modal{view: s.view, id: s.id, act: m.usageAct, stop: func() {
		cancel()
		m.scan = nil
	}})
	m.showUse()
	return s.count(resume{})
}

// count returns the command that counts on for a moment.
func (s *scan) count(from resume) tea.Cmd {
	ctx, deep, id := s.ctx, s.deep, s.id
	return guarded(func() tea.Msg {
		var t useTally
		msg := usedMsg{id: id, next: from, more: true}
		looked := 0
		for begun := time.Now(); msg.more && looked < useEntries && time.Since(begun) < useFor; {
			pg, err := deep(ctx, msg.next)
			if err != nil {
				if looked == 0 {
					msg.err = err
				}
				break // the next page says it
			}
			for _, e := range pg.entries {
				t.add(e)
			}
			msg.next, msg.more = pg.next, pg.more
			msg.unread.add(pg.unread)
			looked += len(pg.entries) + 1
		}
		msg.found = t.list
		return msg
	})
}

// counted takes what was counted and counts on.
func (m *Model) counted(msg usedMsg) tea.Cmd {
	s := m.scan
	if s == nil || s.id != msg.id {
		return nil
	}
	shown := s.at.path()
	for _, n := range msg.found {
		s.tree.add(n)
	}
	s.unread.add(msg.unread)
	s.view.Counting = msg.more && msg.err == nil
	if msg.err != nil {
		s.view.Failed = m.explain(msg.err)
		m.sayError(msg.err) // there is room for all of it
	}
	s.at = s.tree.known(shown)
	m.showUse()
	if !s.view.Counting {
		return nil
	}
	return s.count(msg.next)
}

// known is the folder called path, or the one above that is held.
func (u *usage) known(path string) *folderUse {
	at := u.root
	for path != "" {
		name, rest, _ := strings.Cut(path, "/")
		below := at.below(name)
		if below == nil {
			return at
		}
		at, path = below, rest
	}
	return at
}

func (f *folderUse) below(name string) *folderUse {
	for _, below := range f.folders {
		if below.name == name {
			return below
		}
	}
	return nil
}

// showUse gives the view what is known of the folder that it shows.
func (m *Model) showUse() {
	s := m.scan
	s.view.Path = m.tilde(s.place.address())
	if s.place.begin != "" {
		s.view.Path += m.part(s.place)
	}
	if below := s.at.path(); below != "" {
		s.view.Path = m.tilde(strings.TrimSuffix(s.place.address(), "/")) + "/" + below
	}
	s.view.Bytes, s.view.Files, s.view.Classes = s.at.bytes, s.at.files, s.tree.mix(s.at)
	s.view.Notes = nil
	if s.tree.folded() {
		s.view.Notes = append(s.view.Notes, "more than "+views.Plural(int64(s.tree.limit), "folder", "folders")+": the deepest are counted with those above")
	}
	if s.unread.folders > 0 {
		s.view.Notes = append(s.view.Notes, views.Plural(int64(s.unread.folders), "folder", "folders")+" could not be read"+m.sep()+m.explain(s.unread.why))
	}
	s.view.Show(s.at.rows())
}

// usageAct does what the view asks for.
func (m *Model) usageAct() tea.Cmd {
	s := m.scan
	row, ok := s.view.Current()
	switch s.view.Asked {
	case views.UsageInto:
		if below := s.at.below(row.Name); below != nil {
			s.at = below
			s.view.Enter(nil, "")
			m.showUse()
		}
	case views.UsageUp:
		if s.at.up == nil {
			return nil
		}
		name := s.at.name
		s.at = s.at.up
		s.view.Enter(s.at.rows(), name)
		m.showUse()
	case views.UsageThere:
		id := s.at.path()
		if ok && !row.Rest {
			id += row.Name
		}
		to, focus := s.place.locate(id)
		if ok && row.Folder {
			to, focus = s.place.child(id, ""), ""
		}
		m.pop()
		return m.open(m.focus, to, focus)
	}
	return nil
}
