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
		if class := p.rows.class(p.rows.entry(r)); cos.Archived(class) {
			return from, name + " is archived (" + class + ")" + m.sep() + hint(m.deps.Keys.Pane.Restore, "").Key + " restores it; a copy of it can be queried then"
		}
	}
	return from, ""
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
