package views

import (
	"slices"
	"strings"

	"cosmander/cos"
)

// Select is a query on objects, its options and the table of what it gave. It
// takes text only in its query line, see Typing.
type Select struct {
	Title string
	// Keys are the objects, the part of their keys that tells them apart. Of
	// several the table's first column is the key.
	Keys []string
	// History is what was asked before, the latest first.
	History []string
	SaveKey string // what saves the result
	// Guessing says that the layout of the object is being guessed.
	Guessing bool

	Running, Saving bool
	Counts          cos.SelectCounts // of the query so far
	State           string           // said behind the counts: how it ended, what is saved
	Failed          []string         // why it ended, the most important line first
	FailedAt        int              // the column of the query that is at fault, from 1; 0 if none is
	Full            bool             // the table has only the first rows

	// Asked is what the view wants when it says [Go].
	Asked SelectAsked

	query    Edit
	initial  string         // the query that was filled in
	ran      string         // the query that was run last
	at       int            // of History; -1 is what is being written
	edits    map[int]string // what was made of lines of the history
	options  selectOptions
	focus    int // 0 the query, then the options that are shown, then the table
	warned   bool
	table    selectTable
	hitQuery int // line of the view where the query is, for clicks
	hitRows  int
	spans    []optionSpan
}

// SelectAsked is what a user wants of a query.
type SelectAsked int

// What can be asked for.
const (
	SelectRun  SelectAsked = iota
	SelectStop             // what runs, be it the query or its saving
)

var _ Typist = (*Select)(nil)

// NewSelect returns a query on objects with a query filled in.
func NewSelect(title string, keys []string, query string) *Select {
	s := &Select{Title: title, Keys: keys, at: -1, edits: map[int]string{}, options: newSelectOptions()}
	s.query.Set(query)
	s.initial = query
	return s
}

// Guessed sets the layout and the first query, unless the user was faster.
func (s *Select) Guessed(query string, q cos.SelectQuery, columns []string) {
	s.Guessing = false
	if s.options.touched {
		return
	}
	s.options.set(q)
	s.options.columns = columns
	if s.query.Text() == s.initial {
		s.query.Set(query)
		s.initial = query
	}
}

// Text returns the query as it is written.
func (s *Select) Text() string { return s.query.Text() }

// Query returns what is to be asked.
func (s *Select) Query() cos.SelectQuery { return s.options.query(s.query.Text()) }

// Columns are the names of the object's columns, if they are known.
func (s *Select) Columns() []string {
	if s.options.header.Text() != headerNames {
		return nil
	}
	return s.options.columns
}

// Began clears the table for the answer to the query as it is now.
func (s *Select) Began(names []string) {
	q := s.Query()
	s.ran, s.warned = s.Text(), false
	s.at, s.edits = -1, map[int]string{}
	s.Failed, s.FailedAt, s.Full, s.State = nil, 0, false, ""
	s.Counts = cos.SelectCounts{}
	s.table = selectTable{keyed: len(s.Keys) > 1, names: names, json: q.Output.JSON != nil, method: s.table.method, ascii: s.table.ascii}
	if q.Output.CSV != nil {
		s.table.comma = q.Output.CSV.FieldDelimiter[0]
	}
	s.Running = true
	s.focus = s.onTable()
}

// FailedIn says why the query ended and puts the cursor there.
func (s *Select) FailedIn(lines []string, column int) {
	s.Failed, s.FailedAt = lines, column
	if s.table.len() == 0 {
		s.focus = 0
	}
	if column > 0 && s.focus == 0 {
		s.query.cursor = min(column-1, len(s.query.text))
	}
}

// Rows is the number of rows in the table.
func (s *Select) Rows() int { return s.table.len() }

// Add adds rows to the table, which keeps b.
func (s *Select) Add(b SelectBatch) { s.table.add(b, s.Keys) }

// Batches returns the rows of the table as they came.
func (s *Select) Batches() []SelectBatch { return s.table.batches }

// Typing reports that keys which print are text.
func (s *Select) Typing() bool { return s.focus == 0 }

func (s *Select) onTable() int { return len(s.options.shown()) + 1 }

// Type gives text to the query line; a space elsewhere turns an option.
func (s *Select) Type(text string) {
	s.warned = false
	switch f := s.option(); {
	case s.focus == 0:
		s.query.Type(text)
	case f != nil && text == " ":
		s.turn(f, Right)
	}
}

func (s *Select) option() *Field {
	if all := s.options.shown(); s.focus > 0 && s.focus <= len(all) {
		return all[s.focus-1]
	}
	return nil
}

func (s *Select) turn(f *Field, in Input) {
	if f.do(in) {
		s.options.touched = true
	}
}

// Do takes one input.
func (s *Select) Do(in Input) Action {
	if in == Leave {
		return s.leave()
	}
	s.warned = false
	stops := s.onTable() + 1
	switch {
	case in == Next:
		s.focus = (s.focus + 1) % stops
	case in == Previous:
		s.focus = (s.focus + stops - 1) % stops
	case s.focus == s.onTable() && in == Accept:
		s.focus = 0
	case s.focus == s.onTable(), in == PageUp, in == PageDown:
		s.table.scroll(in)
	case in == Accept:
		s.Asked = SelectRun
		return Go
	case s.focus == 0 && (in == Up || in == Down):
		s.recall(in)
	case s.focus == 0:
		s.query.Do(in)
	case in == Up:
		s.focus = 0
	case in == Down:
		s.focus = s.onTable()
	default:
		s.turn(s.option(), in)
	}
	return None
}

// leave stops what runs; a query that was written and never run is given up
// only when asked twice.
func (s *Select) leave() Action {
	if s.Running || s.Saving {
		s.Asked = SelectStop
		return Go
	}
	if s.unrun() && !s.warned {
		s.warned = true
		return None
	}
	return Close
}

func (s *Select) unrun() bool {
	kept := func(text string) bool {
		return text == s.initial || text == s.ran || strings.TrimSpace(text) == "" || slices.Contains(s.History, text)
	}
	for _, text := range s.edits {
		if !kept(text) {
			return true
		}
	}
	return !kept(s.query.Text())
}

// recall goes through the history; what was made of a line of it is kept.
func (s *Select) recall(in Input) {
	to := s.at + 1
	if in == Down {
		to = s.at - 1
	}
	if to < -1 || to >= len(s.History) {
		return
	}
	s.edits[s.at] = s.query.Text()
	s.at = to
	text, edited := s.edits[to]
	if !edited {
		text = s.History[to]
	}
	s.query.Set(text)
}

// Click does what a click on a cell of the view does.
func (s *Select) Click(x, y int) {
	s.warned = false
	switch {
	case y <= s.hitQuery:
		s.focus = 0
	case y >= s.hitRows:
		s.focus = s.onTable()
	default:
		for _, at := range s.spans {
			if x >= at.from && x < at.to {
				s.focus = at.stop
				s.turn(s.option(), Right)
				s.focus = min(at.stop, s.onTable())
				return
			}
		}
	}
}

// Remember replaces the history, unless somebody is in the middle of it.
func (s *Select) Remember(history []string) {
	if s.at < 0 {
		s.History = history
	}
}

// Wheel scrolls the table, wherever the focus is.
func (s *Select) Wheel(in Input) {
	for range wheelRows {
		s.table.scroll(in)
	}
}

const wheelRows = 3
