package tui

import (
	"context"
	"strings"
	"time"

	"cosmander/views"
)

// pane is one side of the screen: a place, its rows, a cursor.
type pane struct {
	at     place
	rows   listing
	shown  bool // rows belong to at; false until the first answer
	listed time.Time

	cursor int // index of a row; the parent row, if there is one, is 0
	top    int // first row seen

	load     *load // the listing under way, nil if none
	gen      uint64
	err      trouble             // why nothing could be listed here
	said     string              // of the last failure, in the status line
	wantAll  bool                // list to the end
	wantMark bool                // mark what arrives, but for spare
	spare    map[string]struct{} // rows that stay without a mark while wantMark
	// wantMatch names those that wantMark is about; nil: those that are shown.
	wantMatch func(name string) bool
	wantFound bool                // search to the end
	outdated  bool                // a job has changed something below what was searched
	wantEnd   bool                // put the cursor on the last row when all is listed
	focusOn   string              // row to put the cursor on when it arrives; "" none
	remark    map[string]struct{} // rows to mark again when they are listed
	hide      bool                // leave out names with a dot
	order     arrangement
	epoch     uint64 // counts the orders, to tell their messages apart
	// arranging: the rows are shown in an older order, the new one is made.
	arranging bool
	badges    map[string]views.Badge // of rows that were asked for since they were listed
	known     *known                 // of objects, whenever that was; nil: nothing
	span      *span                  // a range is being marked
	watched   uint64                 // of the folder that is followed
	unwatch   func()                 // gives that up
	// back and forth are the places before and after this one; the nearest is
	// the last.
	back, forth []visit
	up          bool // there is a parent row
}

func newPane(at place) *pane { return &pane{at: at, unwatch: func() {}} }

// load is a listing under way.
type load struct {
	ctx    context.Context
	cancel context.CancelFunc
	gen    uint64
	to     place
	fresh  *listing  // replaces rows when it is good; nil when rows are extended
	focus  string    // row that must be in fresh before it is shown, if hold
	hold   bool      // keep the old rows until focus was listed
	slow   bool      // it takes long enough to be mentioned
	busy   bool      // a page is on its way
	watch  Watching  // of the local folder that was listed; nil if nothing is
	from   resume    // where the page begins that was asked for
	began  time.Time // when its first page was asked for
	tries  int       // how often it failed
	due    time.Time // when it is asked for again; zero while nothing waits for that
	why    string    // it failed
	// climbs: a path that is no folder means the folder that it is in.
	climbs bool
	// travels: the places before and after are known.
	travels bool
}

// count is how many rows there are, with the parent row.
func (p *pane) count() int { return p.rows.len() + p.offset() }

func (p *pane) offset() int {
	if p.up {
		return 1
	}
	return 0
}

// entryAt translates a row into an index of the listing; false for the parent
// row.
func (p *pane) entryAt(row int) (int, bool) {
	i := row - p.offset()
	return i, i >= 0 && i < p.rows.len()
}

// current returns the id of the row under the cursor.
func (p *pane) current() (string, bool) {
	i, ok := p.entryAt(p.cursor)
	if !ok {
		return "", false
	}
	return p.rows.id(i), true
}

// move puts the cursor on a row and scrolls so that it is seen.
func (p *pane) move(row, height int) {
	p.cursor = max(min(row, p.count()-1), 0)
	p.follow(height)
}

// follow scrolls by three quarters of the window when the cursor left it:
// one large repaint now and then costs fewer bytes than one at every step.
func (p *pane) follow(height int) {
	if height <= 0 {
		return
	}
	jump := max(height*3/4, 1)
	if p.cursor < p.top {
		p.top = p.cursor - jump + 1
	}
	if p.cursor >= p.top+height {
		p.top = p.cursor - height + jump
	}
	p.top = max(min(p.top, p.count()-height), 0)
}

// moved is called when a key has moved the cursor.
func (p *pane) moved() {
	p.focusOn, p.wantEnd = "", false
	if p.span != nil && !p.span.held {
		p.span = nil
	}
	p.stretch()
}

// page moves cursor and window together by rows.
func (p *pane) page(rows, height int) {
	p.top = max(min(p.top+rows, p.count()-height), 0)
	p.move(p.cursor+rows, height)
}

// put puts the cursor on the row called id, or on the folder of that name;
// false if it is not listed.
func (p *pane) put(id string, height int) bool {
	i := p.rows.find(id)
	if i < 0 && !strings.HasSuffix(id, "/") {
		i = p.rows.find(id + "/")
	}
	if i < 0 {
		return false
	}
	p.move(i+p.offset(), height)
	return true
}

// nearEnd reports that the rows below the window will soon be needed.
func (p *pane) nearEnd(height int) bool {
	return p.top+3*height >= p.count()
}

// extend appends a page and keeps what is seen where it is: folders that
// arrive late are put above the files.
func (p *pane) extend(pg page, height int) {
	at := p.stand()
	folders, files := len(p.rows.folders), len(p.rows.files)
	p.rows.add(pg)
	if p.rows.view != nil && !p.arranging {
		p.rows.show(p.rows.merge(p.order, p.rows.view, folders, files))
	}
	p.arrived(folders, files)
	p.regain(at, height)
}

// arrived marks those of the rows after so many folders and files that are to
// be marked.
func (p *pane) arrived(folders, files int) {
	if !p.wantMark && len(p.remark) == 0 {
		return
	}
	match := p.wantMatch
	if match == nil {
		match = p.order.matcher()
	}
	for r := range p.rows.since(folders, files) {
		id := p.rows.nameOf(r)
		_, again := p.remark[id]
		_, spared := p.spare[id]
		if again || p.wantMark && !spared && match(p.rows.name(p.rows.entry(r))) {
			p.rows.mark(r, true)
		}
		delete(p.remark, id)
		delete(p.spare, id)
	}
}

// remember notes which of the rows are marked, and while all are to be marked
// which are not, for the listing that takes their place.
func (p *pane) remember() {
	if p.remark == nil && p.rows.marked > 0 {
		p.remark = make(map[string]struct{}, p.rows.marked)
	}
	if p.spare == nil && p.wantMark {
		p.spare = map[string]struct{}{}
	}
	for r := range p.rows.rows() {
		switch {
		case p.rows.isMarked(r):
			p.remark[p.rows.nameOf(r)] = struct{}{}
		case p.wantMark:
			p.spare[p.rows.nameOf(r)] = struct{}{}
		}
	}
}

// unsure reports that rows which are not listed yet are marked or are to be:
// the marks that are seen are not all.
func (p *pane) unsure() bool { return p.rows.more && (p.wantMark || len(p.remark) > 0) }

// mark turns the mark of the current row round and goes down.
func (p *pane) mark(height int) {
	if i, ok := p.entryAt(p.cursor); ok {
		r := p.rows.ref(i)
		p.rows.mark(r, !p.rows.isMarked(r))
	}
	p.move(p.cursor+1, height)
}

func (p *pane) unmarkAll() {
	for r := range p.rows.rows() {
		p.rows.mark(r, false)
	}
}

// markEvery marks all rows that the filter lets through, and those that are
// not listed yet when they are.
func (p *pane) markEvery() {
	for i := range p.rows.len() {
		p.rows.mark(p.rows.ref(i), true)
	}
	p.wantMark, p.wantMatch, p.remark, p.spare = p.rows.more, nil, nil, nil
	p.wantAll = p.rows.more
}

// invert turns all marks round, those too of rows that are not listed yet.
func (p *pane) invert() {
	for i := range p.rows.len() {
		r := p.rows.ref(i)
		p.rows.mark(r, !p.rows.isMarked(r))
	}
	p.wantMark, p.wantMatch = p.rows.more && !p.wantMark, nil
	p.remark, p.spare = p.spare, p.remark
	p.wantAll = p.unsure() || p.wantEnd || p.focusOn != ""
}

// chosen returns the marked rows, else the one under the cursor.
func (p *pane) chosen() []string {
	if ids := p.rows.markedIDs(); ids != nil {
		return ids
	}
	if id, ok := p.current(); ok {
		return []string{id}
	}
	return nil
}

// window returns the rows that are seen, as values for the view.
func (p *pane) window(height int) []views.Row {
	n := min(height, p.count()-p.top)
	rows := make([]views.Row, 0, max(n, 0))
	for row := p.top; row < p.top+n; row++ {
		i, ok := p.entryAt(row)
		if !ok {
			rows = append(rows, views.Row{Parent: true, Size: -1})
			continue
		}
		e := p.rows.at(i)
		r := views.Row{
			Name: nameOnly(p.rows.name(e)), Past: e.flags&isOlder != 0, Folder: e.flags&isFolder != 0, Marked: e.flags&isMarked != 0,
			Size: e.size, Class: p.rows.class(e), Way: p.at.find != "",
		}
		if !r.Folder && !p.at.Local() {
			r.Badge = p.badge(e, r.Name)
		}
		if e.mtime != noTime {
			r.Modified = time.Unix(e.mtime, 0)
		}
		rows = append(rows, r)
	}
	return rows
}

// unmark takes the marks off the rows called ids, listed or not.
func (p *pane) unmark(ids []string) {
	for _, id := range ids {
		if r, ok := p.rows.lookup(id); ok {
			p.rows.mark(r, false)
		}
		delete(p.remark, id)
	}
}

// stop cancels the listing under way and what waited for it.
func (p *pane) stop() {
	p.cancel()
	p.forget()
}

func (p *pane) cancel() {
	if p.load != nil {
		p.load.cancel()
		p.load = nil
	}
}

// forget gives up what was to be done when more rows are listed.
func (p *pane) forget() {
	p.wantAll, p.wantMark, p.wantEnd, p.wantFound = false, false, false, false
	p.wantMatch, p.remark, p.spare, p.focusOn = nil, nil, nil, ""
}
