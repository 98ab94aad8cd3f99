package tui

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cosmander/jobs"
	"cosmander/views"
)

// surveyedMsg is what a survey has counted so far.
type surveyedMsg struct {
	id    uint64
	tally jobs.Tally
	feed  <-chan jobs.Tally
	ctx   context.Context // of the survey, to go on waiting with
}

// surveyFailedMsg says why a survey ended early.
type surveyFailedMsg struct {
	id  uint64
	err error
}

// queuedMsg says that specs are on disk as jobs.
type queuedMsg struct {
	ids  []jobs.ID
	spec jobs.Spec
	from chosen
}

// chosen are the rows of a pane that a job is made from.
type chosen struct {
	pane int
	at   place
	rows []string
}

// choice returns the rows that a command acts on, or why it cannot act yet:
// while rows are still being marked it would take a part for the whole.
func (m *Model) choice() (chosen, string) {
	p := m.panes[m.focus]
	if p.unsure() {
		return chosen{}, "still listing: " + views.Count(int64(p.rows.len())) + " so far" + m.sep() + "Esc stops"
	}
	return chosen{m.focus, p.at, p.chosen()}, ""
}

// planCopy opens the plan for copying, or moving, the chosen rows to the other
// pane.
func (m *Model) planCopy(move bool) tea.Cmd {
	from, _ := m.choice()
	return m.planTo(from, m.panes[1-m.focus].at, move)
}

// planTo opens the plan for copying, or moving, rows to a place.
func (m *Model) planTo(from chosen, to place, move bool) tea.Cmd {
	why := m.cannotCopy(from, to)
	if move && from.at.past() {
		why = "versions are copied, not moved"
	}
	if why != "" {
		m.say(why, plain)
		return nil
	}
	spec := jobs.Spec{
		Account: m.deps.AccountID, Sources: m.sources(from),
		Dest: to.Place, OnConflict: jobs.Overwrite, Move: move,
	}
	view := &views.Plan{From: m.from(from), To: m.tilde(to.address()), Policy: jobs.Overwrite, Move: move}
	spec.Kind, view.Title = transferKind(from.at, to)
	if spec.Kind == jobs.Download {
		view.Thaw = newThaw()
	}
	if move {
		view.Title = "Move"
	}
	view.Sources = int64(len(spec.Sources))
	if spec.Kind == jobs.Upload {
		view.Keys, view.Encrypt = m.deps.Encryption.offer(to)
	}
	view.Folder = func(name string) bool {
		return slices.ContainsFunc(spec.Sources, func(s jobs.Source) bool { return s.Folder && nameThere(s) == name })
	}
	md, cmd := m.survey(spec)
	md.view = view
	md.act = func() tea.Cmd {
		spec.OnConflict, spec.Encrypt = view.Policy, view.Encrypt
		if view.Thaws() && view.Thaw.Tier != "" {
			spec.Change = &jobs.Change{Tier: view.Thaw.Tier, Days: view.Thaw.Days}
		}
		m.pop()
		return m.add(spec, from)
	}
	m.push(md)
	return cmd
}

// transferKind tells what takes things from one place to the other, and the
// word for it.
func transferKind(from, to place) (jobs.Kind, string) {
	switch {
	case from.Local():
		return jobs.Upload, "Upload"
	case to.Local():
		return jobs.Download, "Download"
	}
	return jobs.Copy, "Copy"
}

// cannotCopy says why rows cannot be copied to a place, or "".
func (m *Model) cannotCopy(from chosen, to place) string {
	switch {
	case m.deps.Queue == nil:
		return "there is no queue"
	case len(from.rows) == 0:
		return "nothing to copy: no row is chosen"
	case m.deps.Encryption.Broken != nil && from.at.Local() && !to.Local():
		return "what is to be encrypted is not known: " + m.deps.Encryption.Broken.Error()
	case from.at.buckets, to.buckets:
		return "enter a bucket first"
	case from.at.Local() && to.Local():
		return "both ends are local: one of them has to be a bucket"
	case to.past():
		return pastIsReadOnly + m.sep() + "nothing is copied into it"
	case m.cannotTake(from) != "":
		return m.cannotTake(from)
	case from.at.whole() == to.whole():
		return "it is there already: " + m.tilde(to.address())
	}
	return ""
}

// sources turns rows into sources of a job. What a listing says of their sizes
// need not be asked again.
func (m *Model) sources(from chosen) []jobs.Source {
	p := m.panes[from.pane]
	ids := from.rows
	if from.at.find != "" {
		ids = outermost(ids)
	}
	out := make([]jobs.Source, 0, len(ids))
	for _, id := range ids {
		s := jobs.Source{Place: from.at.Place, Folder: strings.HasSuffix(id, "/")}
		if s.Local() {
			s.Path = filepath.Join(s.Path, strings.TrimSuffix(id, "/"))
		} else {
			name, version := cutVersionRow(id)
			s.Key, s.VersionID = s.Key+name, version
			if s.Folder {
				s.AsOf = from.at.asOfTime()
			}
		}
		if from.at.find != "" {
			s.Name = strings.TrimSuffix(nameOnly(id), "/") // two of one name get places of their own
		}
		if p.at == from.at && !s.Folder {
			if r, ok := p.rows.lookup(id); ok && p.rows.entry(r).size >= 0 {
				s.Size, s.Sized = p.rows.entry(r).size, true
				s.Class = p.unread(p.rows.entry(r), s.Key)
			}
		}
		out = append(out, s)
	}
	return out
}

// from names what is copied: the one thing, or the place of several.
func (m *Model) from(from chosen) string {
	if len(from.rows) != 1 {
		return m.tilde(from.at.address())
	}
	if from.at.Local() {
		return m.tilde(filepath.Join(from.at.Path, from.rows[0]))
	}
	return from.at.address() + nameOnly(from.rows[0])
}

// survey begins to count what spec would touch; the modal that is returned
// stops it when it is put away.
func (m *Model) survey(spec jobs.Spec) (modal, tea.Cmd) {
	ctx, cancel := context.WithCancel(m.ctx)
	m.surveys++
	id := m.surveys
	feed := make(chan jobs.Tally, 1)
	queue := m.deps.Queue
	count := guarded(func() tea.Msg {
		err := queue.Survey(ctx, spec, func(t jobs.Tally) { latest(feed, t) })
		if err != nil {
			return surveyFailedMsg{id, err}
		}
		return nil
	})
	return modal{stop: cancel, id: id}, tea.Batch(count, nextTally(ctx, id, feed, false))
}

// latest replaces what waits in feed by t. Only one goroutine sends.
func latest(feed chan jobs.Tally, t jobs.Tally) {
	select {
	case <-feed:
	default:
	}
	feed <- t
}

// nextTally waits for the next count, not oftener than the screen is drawn.
func nextTally(ctx context.Context, id uint64, feed <-chan jobs.Tally, pause bool) tea.Cmd {
	return guarded(func() tea.Msg {
		if pause && !rest(ctx, restBetween) {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case t := <-feed:
			return surveyedMsg{id, t, feed, ctx}
		}
	})
}

// surveyed shows a count in the modal that asked for it.
func (m *Model) surveyed(msg surveyedMsg) tea.Cmd {
	for _, md := range m.modals {
		if md.id != msg.id {
			continue
		}
		switch v := md.view.(type) {
		case *views.Plan:
			v.Tally, v.Looked = msg.tally, msg.tally.Looked
		case *views.Confirm:
			v.Tally = msg.tally
		case *views.Form:
			v.Tally = msg.tally
		}
		if !msg.tally.Done {
			return nextTally(msg.ctx, msg.id, msg.feed, true)
		}
	}
	return m.sized(msg)
}

func (m *Model) surveyFailed(msg surveyFailedMsg) {
	m.sizingFailed(msg)
	text := m.explain(msg.err)
	for _, md := range m.modals {
		if md.id != msg.id {
			continue
		}
		switch v := md.view.(type) {
		case *views.Plan:
			v.Failed = text
		case *views.Confirm:
			v.Failed = text
		case *views.Form:
			v.Failed = text
		}
	}
}

// add queues spec, made from the rows from.
func (m *Model) add(spec jobs.Spec, from chosen) tea.Cmd {
	ctx, queue := m.ctx, m.deps.Queue
	return guarded(func() tea.Msg {
		ids, err := queue.Add(ctx, spec)
		if err != nil {
			return failedMsg{fmt.Errorf("queue the %s: %w", spec.Kind, err)}
		}
		return queuedMsg{ids, spec, from}
	})
}

// queued notes what was queued and takes the marks off what it was made from:
// others may have been set meanwhile.
func (m *Model) queued(msg queuedMsg) tea.Cmd {
	for _, id := range msg.ids {
		m.own[id] = msg.spec
	}
	if p := m.panes[msg.from.pane]; p.at == msg.from.at {
		p.unmark(msg.from.rows)
	}
	m.say("queued: "+deed(msg.spec)+m.sep()+hint(m.deps.Keys.Global.Jobs, "").Key+" shows the jobs", plain)
	return nil
}

// deed is what a job does, for people.
func deed(spec jobs.Spec) string {
	switch {
	case spec.Kind == jobs.Append:
		return "append to " + spec.Sources[0].Name
	case spec.Move:
		return "move of " + described(spec)
	}
	return string(spec.Kind) + " of " + described(spec)
}

func described(spec jobs.Spec) string {
	if len(spec.Sources) != 1 {
		return views.Plural(int64(len(spec.Sources)), "item", "items")
	}
	s := spec.Sources[0]
	if s.Folder {
		return sourceName(s) + "/"
	}
	return sourceName(s)
}

// sourceName is the last part of a source's path or key.
func sourceName(s jobs.Source) string {
	if s.Local() {
		return filepath.Base(s.Path)
	}
	key := strings.TrimSuffix(s.Key, "/")
	return key[strings.LastIndexByte(key, '/')+1:]
}

// nameThere is what a source is called below its destination.
func nameThere(s jobs.Source) string {
	if s.Name != "" {
		return s.Name
	}
	return sourceName(s)
}

// namesShown is how many names a confirmation lists.
const namesShown = 6

// askDelete opens the confirmation for deleting the chosen rows.
func (m *Model) askDelete() tea.Cmd {
	p := m.panes[m.focus]
	if p.at.buckets {
		return m.lookBeforeDelete()
	}
	from, _ := m.choice()
	ids := from.rows
	spec := jobs.Spec{Kind: jobs.Delete, Account: m.deps.AccountID, Sources: m.sources(from)}
	if p.at.find != "" {
		ids = outermost(ids)
	}
	first := ids[:min(len(ids), namesShown)]
	view := &views.Confirm{
		Title: "Delete", Verb: "Delete", Harmful: true, Counted: true, Typed: true, Above: manyDeleted, Chosen: int64(len(ids)),
		What:  views.Plural(int64(len(ids)), "item", "items") + " in " + m.tilde(p.at.address()),
		Names: first, More: int64(len(ids) - len(first)),
	}
	if p.at.versions {
		if why := m.forGood(from, view); why != "" {
			m.say(why, plain)
			return nil
		}
	}
	md, cmd := m.survey(spec)
	md.view = view
	md.act = func() tea.Cmd {
		m.pop()
		return m.add(spec, from)
	}
	m.push(md)
	if p.at.versions {
		return cmd
	}
	return tea.Batch(cmd, m.undoable(p.at, view))
}
