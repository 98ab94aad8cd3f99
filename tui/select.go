package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/views"
	"cosmander/views/preview"
)

// Selector runs queries on objects; *cos.Bucket is one.
type Selector interface {
	Select(ctx context.Context, key string, q cos.SelectQuery) (*cos.SelectStream, error)
}

var _ Selector = (*cos.Bucket)(nil)

// selecting is the query that is on the screen.
type selecting struct {
	id     uint64
	view   *views.Select
	from   chosen
	object Selector
	ctx    context.Context // ends with the screen
	run    *selectRun      // nil if no query runs
	saving *selectSaving   // nil if nothing is saved

	asked cos.SelectQuery // what the table is the answer to
	whole bool            // the table has all of it
}

// guessedMsg brings how an object is laid out.
type guessedMsg struct {
	id     uint64
	layout preview.Layout
	note   string
	err    error
}

// guessBytes are read of an object to guess its layout: a row of many columns
// is longer than a kilobyte.
const guessBytes = 4 << 10

const firstQuery = "SELECT * FROM COSObject LIMIT 100"

// selectable returns the objects that a query would be run on, or why it
// cannot be.
func (m *Model) selectable() (chosen, string) {
	from, why := m.choice()
	switch {
	case why != "":
	case m.deps.Select == nil:
		why = "queries are not possible here"
	case from.at.buckets:
		why = "enter a bucket first"
	case from.at.Local():
		why = "the service queries objects, not files of this machine" + m.sep() + hint(m.deps.Keys.Pane.Copy, "").Key + " copies it there"
	case len(from.rows) == 0:
		why = "no row is chosen"
	}
	if why != "" {
		return from, why
	}
	p := m.panes[from.pane]
	for _, id := range from.rows {
		name := m.look.Shorten(id, 30)
		r, ok := p.rows.lookup(id)
		if strings.HasSuffix(id, "/") || !ok || p.rows.entry(r).flags&isFolder != 0 {
			return from, name + " is a folder" + m.sep() + "mark the objects in it"
		}
	}
	return from, ""
}

// coldAsked is of how many archived objects it is asked before a query whether
// they were restored.
const coldAsked = 50

// thawedMsg says which of the chosen objects can be queried.
type thawedMsg struct {
	from  chosen
	facts []learned
	err   error
}

// cold are the names of chosen objects that are archived, as the listing has it.
func (m *Model) cold(from chosen) (names []string) {
	p := m.panes[from.pane]
	for _, id := range from.rows {
		if r, ok := p.rows.lookup(id); ok && cos.Archived(p.rows.class(p.rows.entry(r))) {
			names = append(names, id)
		}
	}
	return names
}

// askThawed asks whether archived objects can be read by now.
func (m *Model) askThawed(from chosen, cold []string) tea.Cmd {
	if len(cold) > coldAsked {
		m.say(views.Count(int64(len(cold)))+" of them are archived: mark at most "+views.Count(coldAsked)+" of those", plain)
		return nil
	}
	ctx, store, at := m.ctx, m.deps.Bucket(from.at.Bucket, from.at.Region), from.at
	m.say("asking whether what is archived was restored"+m.look.Marks.Ellipsis, plain)
	return guarded(func() tea.Msg {
		msg := thawedMsg{from: from}
		for _, name := range cold {
			head, err := store.Head(ctx, at.Key+name, cos.GetOptions{})
			if err != nil {
				return thawedMsg{from: from, err: err}
			}
			msg.facts = append(msg.facts, learned{objectName{at.Bucket, at.Key + name}, factOf(head)})
		}
		return msg
	})
}

// thawed opens the query if all can be read, or says what cannot.
func (m *Model) thawed(msg thawedMsg) tea.Cmd {
	if msg.err != nil {
		m.sayError(msg.err)
		return nil
	}
	for _, l := range msg.facts {
		m.known.learn(l)
	}
	for _, l := range msg.facts {
		name := m.look.Shorten(strings.TrimPrefix(l.key, msg.from.at.Key), 30)
		switch l.badge { //nolint:exhaustive // the others can be read
		case views.Restoring:
			m.say(name+" is being restored"+m.sep()+"it can be queried then", plain)
			return nil
		case views.Archived:
			m.say(name+" is archived: it has not been restored"+m.sep()+hint(m.deps.Keys.Pane.Restore, "").Key+" restores it; it can be queried then", plain)
			return nil
		}
	}
	m.say("", plain)
	if p := m.panes[msg.from.pane]; p.at != msg.from.at || len(m.modals) > 0 {
		return nil // the user went on
	}
	return m.openSelect(msg.from)
}

func (m *Model) noSelect() string {
	_, why := m.selectable()
	return why
}

// showSelect opens a query on the chosen objects.
func (m *Model) showSelect() tea.Cmd {
	from, why := m.selectable()
	if why != "" {
		m.say(why, plain)
		return nil
	}
	if cold := m.cold(from); len(cold) > 0 {
		return m.askThawed(from, cold)
	}
	return m.openSelect(from)
}

// openSelect opens a query on objects that can be read.
func (m *Model) openSelect(from chosen) tea.Cmd {
	title := m.from(from)
	if len(from.rows) > 1 {
		title = views.Plural(int64(len(from.rows)), "object", "objects") + " in " + from.at.address()
	}
	ctx, cancel := context.WithCancel(m.ctx)
	m.surveys++
	s := &selecting{
		id: m.surveys, from: from, ctx: ctx, object: m.deps.Select(from.at.Bucket, from.at.Region),
		view: views.NewSelect(title, from.rows, firstQuery),
	}
	s.view.Guessing, s.view.SaveKey = true, hint(m.deps.Keys.Select.Save, "").Key
	m.querying = s
	m.push(modal{view: s.view, id: s.id, act: m.selectAct, stop: func() {
		cancel()
		m.querying = nil
	}})
	return tea.Batch(s.guess(m.fileAt(from.at, from.rows[0])), m.loadQueries())
}

// guess reads the beginning of an object.
func (s *selecting) guess(f file) tea.Cmd {
	ctx, id := s.ctx, s.id
	return guarded(func() tea.Msg {
		head, err := f.read(ctx, nil, 0, guessBytes)
		if err != nil {
			return guessedMsg{id: id, err: err}
		}
		return guessedMsg{id: id, layout: preview.GuessLayout(f.key, head.data), note: head.seen.note}
	})
}

func (m *Model) guessed(msg guessedMsg) {
	s := m.querying
	if s == nil || s.id != msg.id {
		return
	}
	s.view.Guessing = false
	switch {
	case msg.err != nil:
		m.sayError(msg.err)
		return
	case msg.note != "":
		m.say(msg.note+": the service sees no rows in it", warning)
	}
	query, l := firstQuery, msg.layout
	if l.Array {
		query = strings.Replace(query, "COSObject", "COSObject[*]", 1)
	}
	s.view.Guessed(query, queryOf(l), l.Columns)
}

// queryOf turns a layout into what a query says of it.
func queryOf(l preview.Layout) cos.SelectQuery {
	q := cos.SelectQuery{Input: cos.SelectInput{Compression: l.Packed}}
	if l.JSON != "" {
		q.Input.JSON = &cos.JSONInput{Type: l.JSON}
		return q
	}
	q.Input.CSV = &cos.CSVInput{FieldDelimiter: string(l.Comma), QuoteCharacter: string(l.Quote), FileHeaderInfo: "NONE"}
	if l.Header {
		q.Input.CSV.FileHeaderInfo = "USE"
	}
	return q
}

// selectInput gives a key to the query on top: text where text is taken, else
// what it means there.
func (m *Model) selectInput(s *selecting, top *modal, pressed string, text string) tea.Cmd {
	keys := m.deps.Keys
	switch {
	case text != "" && (s.view.Typing() || text == " "):
		s.view.Type(text)
	case matches(pressed, keys.Global.Suspend):
		return tea.Suspend
	case s.view.Typing():
		return m.act(top, keys.Dialog.input(pressed))
	case matches(pressed, keys.Global.Help):
		m.push(modal{view: &views.Help{Sections: keys.help("Select")}, act: func() tea.Cmd { return nil }})
	case matches(pressed, keys.Select.Save):
		return m.askSaveResult(s)
	default:
		return m.act(top, keys.Dialog.input(pressed))
	}
	return nil
}

// selectAct does what the view asks for.
func (m *Model) selectAct() tea.Cmd {
	s := m.querying
	if s.view.Asked == views.SelectRun {
		return m.runSelect(s)
	}
	switch {
	case s.run != nil:
		s.run.cancel()
		s.run = nil
		s.view.Running, s.view.State = false, "stopped"
	case s.saving != nil:
		s.saving.cancel()
		s.saving = nil
		s.view.Saving, s.view.State = false, "not saved: stopped"
	}
	return nil
}

// receivedSelect takes what a command of a query brought.
func (m *Model) receivedSelect(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case thawedMsg:
		return m.thawed(msg)
	case guessedMsg:
		m.guessed(msg)
	case queriesMsg:
		m.tookQueries(msg)
	case selectedMsg:
		return m.selected(msg)
	case savingMsg:
		return m.savingOn(msg)
	case savedMsg:
		return m.saved(msg)
	}
	return nil
}
