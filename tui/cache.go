package tui

import "time"

// cacheRows are kept at most of places that no pane shows, beside those with
// marks: some ten megabytes.
const cacheRows = 200_000

// kept is what a place looked like when it was left.
type kept struct {
	at     place
	rows   listing
	row    string // under the cursor
	top    int
	listed time.Time
	hide   bool
}

// cache holds places that were left, the latest last.
type cache struct {
	list []kept
	most int // rows
}

// keep takes what a pane shows.
func (c *cache) keep(p *pane) {
	if !p.shown || p.err != (trouble{}) {
		return
	}
	c.forget(p.at)
	row, _ := p.current()
	rows := p.rows
	rows.show(nil)
	rows.next.open = nil // it may hold the names of a large folder
	c.list = append(c.list, kept{p.at, rows, row, p.top, p.listed, p.hide})
	total := 0
	for i := len(c.list) - 1; i >= 0; i-- {
		total += c.list[i].rows.total()
		if total > c.most && c.list[i].rows.marked == 0 {
			c.list = append(c.list[:i], c.list[i+1:]...)
		}
	}
}

// take returns what was kept of a place, and keeps it no longer.
func (c *cache) take(at place, hide bool) (kept, bool) {
	for _, k := range c.list {
		if k.at == at && k.hide == hide {
			c.forget(at)
			return k, true
		}
	}
	return kept{}, false
}

func (c *cache) forget(at place) {
	for i, k := range c.list {
		if k.at == at {
			c.list = append(c.list[:i], c.list[i+1:]...)
			return
		}
	}
}
