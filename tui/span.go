package tui

// span is a range of rows that is marked while the cursor moves: from the row
// where it began to the one under the cursor.
type span struct {
	from ref
	was  map[ref]bool // the marks that its rows had before
	held bool         // by a key; any move stretches it
}

// begin starts a range at the cursor, unless one is there.
func (p *pane) begin(held bool) {
	i, ok := p.entryAt(p.cursor)
	if p.span != nil || !ok {
		return
	}
	p.span = &span{from: p.rows.ref(i), was: map[ref]bool{}, held: held}
	p.stretch()
}

// stretch marks the range as the cursor is now. Rows that are in it no longer
// get their marks back.
func (p *pane) stretch() {
	if p.span == nil {
		return
	}
	from, to := p.rows.indexOf(p.span.from), p.cursor-p.offset()
	if from < 0 {
		p.span = nil // it is not shown any more
		return
	}
	lo, hi := max(min(from, to), 0), max(from, to)
	inside := make(map[ref]bool, hi-lo+1)
	for i := lo; i <= hi && i < p.rows.len(); i++ {
		r := p.rows.ref(i)
		inside[r] = true
		if _, known := p.span.was[r]; !known {
			p.span.was[r] = p.rows.isMarked(r)
		}
		p.rows.mark(r, true)
	}
	for r, was := range p.span.was {
		if !inside[r] {
			p.rows.mark(r, was)
			delete(p.span.was, r)
		}
	}
}
