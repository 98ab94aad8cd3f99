package tui

import (
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"cosmander/jobs"
	"cosmander/views"
)

// listHeight is how many rows of a pane are seen.
func (m *Model) listHeight() int {
	h := m.height - 2 - 1 // borders, hints
	if m.stripShown() {
		h--
	}
	return max(h, 1)
}

// View hands the frame to the screen. What Bubble Tea gets is an empty page,
// so that it does no more than open and close the alternate screen.
func (m *Model) View() tea.View {
	if m.screen != nil && m.width > 0 {
		m.screen.show(frame{m.lines(), m.width, m.look.Width, m.sync})
	}
	v := tea.NewView(" ")
	v.AltScreen = true
	if !m.noMouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	return v
}

// lines draws the program: height lines of width cells.
func (m *Model) lines() []string {
	m.look.Now = m.deps.Now()
	if m.width < minWidth || m.height < minHeight {
		return m.look.TooSmall(m.width, m.height, minWidth, minHeight)
	}
	lines, over := m.ground()
	if m.drag != nil {
		lines = m.look.Label(lines, m.dragLabel(), m.drag.x, m.drag.y, m.width, m.drag.ok)
	}
	for _, md := range over {
		lines = m.look.Overlay(lines, m.box(md.view), m.width)
	}
	return lines
}

// box draws a modal that lies over something. A narrow window is all its own:
// what would be left at its sides is no use to anybody.
func (m *Model) box(v views.Modal) []string {
	width := m.width - 4
	if m.width < pairWidth {
		width = m.width
	}
	return v.Draw(&m.look, width, m.height-2)
}

// ground is what the modals returned with it lie over: the last one that takes
// the whole screen, else the panes.
func (m *Model) ground() (lines []string, over []modal) {
	for i := len(m.modals) - 1; i >= 0; i-- {
		if v := m.modals[i].view; fills(v) {
			return m.withStatus(append(v.Draw(&m.look, m.width, m.height-1), m.foot())), m.modals[i+1:]
		}
	}
	return m.body(), m.modals
}

// fills reports that a view takes the whole screen.
func fills(v views.Modal) bool {
	switch v.(type) {
	case *views.JobList, *views.Preview, *views.Usage, *views.Select, *views.Versions, *views.Diff, *views.Uploads, *views.Links:
		return true
	}
	return false
}

// body is the screen without modals.
func (m *Model) body() []string {
	height := m.listHeight() + 2
	left, right, third := m.layout()
	lines := make([]string, height, m.height)
	beside := func(column []string) {
		for i, text := range column {
			lines[i] += text
		}
	}
	switch {
	case left > 0:
		beside(m.look.Pane(m.paneView(0), left, height))
	case third > 0:
		beside(m.drawAside(third, height))
	}
	if right > 0 {
		beside(m.look.Pane(m.paneView(1), right, height))
	}
	if third > 0 && left > 0 {
		beside(m.drawAside(third, height))
	}
	if m.stripShown() {
		lines = append(lines, m.look.Strip(m.strip(), m.width))
	}
	return m.withStatus(append(lines, m.foot()))
}

// errorLines is how many lines a long error may cover.
func (m *Model) errorLines() int {
	if m.width < pairWidth {
		return 5
	}
	return 3
}

// withStatus lays what is said and is longer than a line over the last lines.
func (m *Model) withStatus(lines []string) []string {
	if m.status == "" || m.tone == plain && m.look.Width.StringWidth(m.status) <= m.width-2 {
		return lines
	}
	parts := m.look.Wrap(m.status, m.width-2, m.errorLines())
	for i, part := range parts {
		lines[len(lines)-len(parts)+i] = m.look.Status(part, m.tone, m.width)
	}
	return lines
}

// foot is the last line: what happened, else what can be done.
func (m *Model) foot() string {
	if t := m.typing; t != nil && len(m.modals) == 0 {
		note := ""
		if t.note != nil {
			note = t.note(t.edit.Text())
		}
		return m.look.EditLine(t.label, &t.edit, note, m.width)
	}
	if m.status != "" {
		return m.look.Status(m.status, m.tone, m.width)
	}
	if m.prefix != "" {
		return m.look.Hints(m.deps.Keys.after(m.prefix), m.width)
	}
	if len(m.modals) > 0 {
		return m.look.Hints(nil, m.width)
	}
	k := m.deps.Keys
	var hints []views.Hint
	for _, h := range []struct {
		key  key.Binding
		does string
	}{
		{k.Pane.Copy, "copy"},
		{k.Pane.Move, "move"},
		{k.Pane.MakeFolder, "folder"},
		{k.Pane.Delete, "delete"},
		{k.Pane.Other, "other pane"},
		{k.Global.Jobs, "jobs"},
		{k.Pane.Mark, "mark"},
		{k.Global.Quit, "quit"},
		{k.Global.Help, "help"},
	} {
		if m.notInPast(h.key.Keys()[0]) == "" {
			hints = append(hints, hint(h.key, h.does))
		}
	}
	return m.look.Hints(hints, m.width)
}

// paneView turns pane i into values for the view.
func (m *Model) paneView(i int) views.Pane {
	p := m.panes[i]
	v := views.Pane{
		Path:    m.shown(p.at),
		Part:    m.part(p.at),
		Focused: m.focus == i && len(m.modals) == 0,
		Classes: !p.at.Local() || p.at.buckets,
		Cursor:  p.cursor - p.top,
		Foot:    m.footOf(p),
		Order:   m.orderOf(p),
		Low:     m.look.Low,
		Rows:    p.window(m.listHeight()),
	}
	if p.at.buckets || !p.at.Local() {
		v.Account, v.Note = m.deps.Account, p.at.Region
	}
	if p.at.buckets {
		v.Classes, v.Regions = false, true
		for i, r := range v.Rows {
			v.Rows[i].Versioning = m.keepsInWords(r.Name)
		}
	}
	if d := m.drag; d != nil && d.ok && d.pane == i && d.zone != onStrip {
		v.Drop = d.row < 0
		v.DropRow = max(d.row-p.top+1, 0)
	}
	if p.rows.len() == 0 {
		v.Empty = m.emptyState(i)
	}
	return v
}

// oldAfter is from when on the age of a listing is said. It is told by the
// clock's time, which stands still, as everything does on an idle screen.
const oldAfter = time.Minute

// footOf is what the bottom border says of p. It does not change when the
// cursor moves: that would cost bytes at every key.
func (m *Model) footOf(p *pane) string {
	again := m.retrying(p)
	if !p.shown {
		if again != "" {
			return again
		}
		if p.load != nil && p.load.slow {
			return "listing" + m.look.Marks.Ellipsis + m.sep() + "Esc stops"
		}
		return ""
	}
	n := int64(p.rows.total())
	var words []string
	size := p.rows.size
	switch {
	case p.order.filter != "" && p.rows.marked == 0:
		words = append(words, views.Count(int64(p.rows.len()))+" of "+m.total(p)+" with "+p.order.filter)
		size = p.rows.seen
	case p.rows.marked > 0:
		words = append(words, views.Count(int64(p.rows.marked))+" of "+m.total(p)+" marked")
		size = p.rows.picked
	case p.at.find != "":
		words = append(words, m.foundOf(p))
	case p.rows.more:
		words = append(words, views.Count(n)+" of "+m.total(p))
	default:
		words = append(words, views.Plural(n, "item", "items"))
	}
	if again != "" {
		return m.footWith(words, again)
	}
	words = append(words, m.searchState(p)...)
	if size > 0 { // what folders hold is not known
		words = append(words, views.Size(size))
	}
	if p.rows.hidden > 0 {
		words = append(words, views.Count(int64(p.rows.hidden))+" hidden")
	}
	if age := m.look.Now.Sub(p.listed); age >= oldAfter && !p.listed.IsZero() {
		words = append(words, "as of "+p.listed.Format("15:04"))
	}
	if p.arranging {
		words = append(words, "sorting"+m.look.Marks.Ellipsis)
	}
	if p.span != nil && p.span.held {
		words = append(words, "range")
	}
	if p.at.find == "" && (p.load != nil && p.load.slow || p.wantAll) {
		words = append(words, "listing"+m.look.Marks.Ellipsis)
	}
	return strings.Join(words, m.sep())
}

// footWith is words and then what matters more, which is left alone where both
// have no room.
func (m *Model) footWith(words []string, more string) string {
	all := strings.Join(append(words, more), m.sep())
	if m.look.Width.StringWidth(all) > m.width/2-footEdges {
		return more
	}
	return all
}

// footEdges are the cells of the bottom border that are no text.
const footEdges = 6

// orderOf is what the rows are sorted by.
func (m *Model) orderOf(p *pane) string {
	if p.order.reverse {
		return p.order.by.String() + " " + m.look.Marks.Down
	}
	return p.order.by.String() + " " + m.look.Marks.Ascending
}

// sep stands between facts in one line.
func (m *Model) sep() string { return " " + m.look.Marks.Dot + " " }

func (m *Model) total(p *pane) string {
	total := views.Count(int64(p.rows.total()))
	if p.rows.more {
		total += "+"
	}
	return total
}

// emptyState says why there are no rows and what can be done.
func (m *Model) emptyState(i int) []string {
	p, other := m.panes[i], m.panes[1-i]
	k := m.deps.Keys.Pane
	switch {
	case p.err != (trouble{}):
		return m.troubleLines(i)
	case !p.shown && m.retrying(p) != "":
		return []string{"listing " + p.load.to.address(), m.retrying(p), hint(k.ClearMarks, "").Key + " stops"}
	case !p.shown && p.load != nil && p.load.slow:
		return []string{"listing " + p.load.to.address()}
	case !p.shown && p.load != nil:
		return nil
	case !p.shown:
		return []string{"not listed" + m.sep() + "C-r lists"}
	case p.at.past() && p.at.find == "" && p.rows.total() == 0 && p.rows.hidden == 0:
		return []string{"nothing was here then", hint(k.Past, "").Key + " shows another time"}
	case p.at.buckets:
		return []string{"no buckets in this account"}
	case p.at.find != "" && p.rows.total() == 0:
		return m.nothingFound(p)
	case p.at.begin != "" && p.rows.total() == 0:
		return []string{"nothing begins with " + p.at.begin, hint(k.Parent, "").Key + " shows all"}
	case p.rows.total() > 0:
		return []string{"no name with " + p.order.filter + m.sep() + "Esc shows all"}
	case p.rows.hidden > 0:
		return []string{"nothing but hidden names" + m.sep() + ". shows them"}
	}
	what := "no objects under " + p.at.Key
	if p.at.Local() {
		what = "an empty folder"
	} else if p.at.Key == "" {
		what = "no objects in this bucket"
	}
	lines := []string{what, hint(k.MakeFolder, "").Key + " makes a folder"}
	if !other.at.buckets {
		lines = append(lines, hint(k.Copy, "").Key+" in the other pane copies here")
	}
	return lines
}

// troubleLines fills a pane that could not be listed. What happened gives way
// where there is no room for all of it; what to do about it is never cut.
func (m *Model) troubleLines(i int) []string {
	p := m.panes[i]
	width, room := m.paneWidth(i)-5, m.listHeight()-1-p.offset()
	var tail []string
	if p.err.hint != "" {
		tail = append(tail, m.look.Wrap(p.err.hint, width, room)...)
	}
	if left := room - len(tail) - 2; p.err.quote != "" && left > 0 {
		tail = append(tail, m.look.Wrap(p.err.quote, width, left)...)
	}
	tail = append(tail, hint(m.deps.Keys.Pane.Refresh, "").Key+" tries again")
	most := max(room-len(tail), 1)
	what := m.look.Wrap(m.look.Shorten(p.err.what, max(most*width*3/4, width)), width, most)
	if len(what) < most {
		what = append(what, "")
	}
	return append(what, tail...)
}

// stripShown reports that the queue has something to say.
func (m *Model) stripShown() bool { return m.result.text != "" || len(m.live()) > 0 }

// live are the jobs that are not final.
func (m *Model) live() []jobs.Job {
	var out []jobs.Job
	for _, j := range m.queue.Jobs {
		if !j.State.Final() {
			out = append(out, j)
		}
	}
	return out
}
