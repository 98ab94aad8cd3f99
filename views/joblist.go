package views

import (
	"slices"
	"strconv"
	"strings"

	"cosmander/jobs"
	"cosmander/theme"
)

// JobList is the full view of the queue. Its owner sets Snapshot and Items
// whenever they change.
type JobList struct {
	Snapshot jobs.Snapshot
	// Items of the job Details, those that failed first; nil while they load.
	Items   []jobs.Item
	Details jobs.ID // 0: the list is shown
	Hints   []Hint  // of the list; as many as fit, the last one always

	cursor, top, page int
	opened            bool
}

var _ Modal = (*JobList)(nil)

// Current returns the job under the cursor.
func (v *JobList) Current() (jobs.Job, bool) {
	if v.cursor < 0 || v.cursor >= len(v.Snapshot.Jobs) {
		return jobs.Job{}, false
	}
	return v.Snapshot.Jobs[v.cursor], true
}

// Show sets the snapshot and keeps the cursor on its job. At first that is the
// first one which is not over.
func (v *JobList) Show(s jobs.Snapshot) {
	current, ok := v.Current()
	v.Snapshot = s
	if !v.opened {
		v.opened = true
		v.cursor = max(slices.IndexFunc(s.Jobs, func(j jobs.Job) bool { return !j.State.Final() }), 0)
		return
	}
	if !ok {
		return
	}
	for i, j := range s.Jobs {
		if j.ID == current.ID {
			v.cursor = i
			return
		}
	}
	v.cursor = max(min(v.cursor, len(s.Jobs)-1), 0)
}

// Do takes one input. Accept asks for the details of the current job.
func (v *JobList) Do(in Input) Action {
	n := v.rows()
	switch in {
	case Leave:
		if v.Details != 0 {
			v.Details, v.Items, v.top = 0, nil, 0
			return None
		}
		return Close
	case Accept:
		if v.Details == 0 && n > 0 {
			return Go
		}
	case Down, Next:
		v.move(1, n)
	case Up, Previous:
		v.move(-1, n)
	case PageDown:
		v.move(v.page, n)
	case PageUp:
		v.move(-v.page, n)
	case Top:
		v.move(-n, n)
	case Bottom:
		v.move(n, n)
	case NoInput, Left, Right, Rub:
	}
	return None
}

func (v *JobList) rows() int {
	if v.Details != 0 {
		if v.more() > 0 {
			return len(v.Items) + 1
		}
		return len(v.Items)
	}
	return len(v.Snapshot.Jobs)
}

// more is how many items of the job are not listed.
func (v *JobList) more() int64 {
	for _, j := range v.Snapshot.Jobs {
		if j.ID == v.Details && v.Items != nil {
			return max(j.Items-int64(len(v.Items)), 0)
		}
	}
	return 0
}

// move shifts the cursor of the list, or scrolls the details.
func (v *JobList) move(by, n int) {
	if v.Details != 0 {
		v.top = max(min(v.top+by, n-v.page), 0)
		return
	}
	v.cursor = max(min(v.cursor+by, n-1), 0)
}

// Draw fills width by height.
func (v *JobList) Draw(k *Look, width, height int) []string {
	v.page = max(height-2, 1)
	if v.Details != 0 {
		return v.drawItems(k, width, height)
	}
	facts := v.facts(k, width-2, v.page)
	v.page -= len(facts)
	title := "Jobs"
	if rate := Rate(v.Snapshot.Rate); rate != "" && v.moving() {
		title += k.sep() + rate
	}
	if !v.Snapshot.Runner && len(v.Snapshot.Jobs) > 0 {
		title += k.sep() + "run by another cosmander"
	}
	if v.cursor < v.top {
		v.top = v.cursor
	}
	v.top = max(v.top, v.cursor-v.page+1)
	v.top = max(min(v.top, len(v.Snapshot.Jobs)-1), 0)
	var body []string
	for i := v.top; i < min(v.top+v.page, len(v.Snapshot.Jobs)); i++ {
		body = append(body, k.job(v.Snapshot.Jobs[i], i == v.cursor, width-2))
	}
	if len(v.Snapshot.Jobs) == 0 {
		body = append(body, "", k.remark("no jobs"+k.sep()+"F5 in a pane copies to the other one"))
	}
	body = append(fill(body, v.page), facts...)
	return k.box(title, k.hintLine(v.Hints, width-6), body, width, k.Accent)
}

// moving reports that some job transfers.
func (v *JobList) moving() bool {
	return slices.ContainsFunc(v.Snapshot.Jobs, func(j jobs.Job) bool { return moves(j) })
}

// moves reports that a job's rate means something.
func moves(j jobs.Job) bool { return j.State == jobs.Running || j.State == jobs.Verifying }

// reasonLines is the room for the reason of the current job.
const reasonLines = 3

// facts are the lines below the list: the current job's two ends, and why it
// waits or failed. Their number depends on the window only, so that the list
// stands still when the cursor moves.
func (v *JobList) facts(k *Look, inner, room int) []string {
	j, ok := v.Current()
	if !ok || room < 2*reasonLines {
		return nil
	}
	most := reasonLines
	if room < 3*reasonLines {
		most = 1
	}
	lines := []string{k.ends(j, inner)}
	if reason := k.reason(j); reason != "" {
		style := k.Odd
		if j.State == jobs.Failed {
			style = k.Danger
		}
		for _, text := range k.Wrap(reason, inner-4, most) {
			lines = append(lines, "  "+style.On(text))
		}
	}
	lines = fill(lines, 1+most)
	if most == 1 {
		return lines
	}
	return append([]string{""}, lines...)
}

// ends is where a job reads and writes; each end is shortened by itself, so
// that both can be told.
func (k *Look) ends(j jobs.Job, inner int) string {
	l := line{look: k}
	l.blank("", 2)
	k.where(&l, j, inner-4, k.Dim)
	return l.String()
}

// where writes both ends of j in room cells.
func (k *Look) where(l *line, j jobs.Job, room int, style theme.Style) {
	from, to := glyphs(j.From, k.Width), glyphs(j.To, k.Width)
	if len(to) == 0 {
		l.glyphs(cutMiddle(from, room, k.Marks.Ellipsis), style, k.Odd)
		return
	}
	room -= 3
	half := room / 2
	if cellsOf(to) < half {
		half = room - cellsOf(to)
	}
	from = cutMiddle(from, half, k.Marks.Ellipsis)
	l.glyphs(from, style, k.Odd)
	l.put(style, " "+k.Marks.To+" ")
	l.glyphs(cutMiddle(to, room-cellsOf(from), k.Marks.Ellipsis), style, k.Odd)
}

// hintLine joins as many hints as fit: the first ones, and always the last.
func (k *Look) hintLine(hints []Hint, room int) string {
	if len(hints) == 0 {
		return ""
	}
	last := hints[len(hints)-1]
	end := last.Key + " " + last.Does
	text := ""
	for _, h := range hints[:len(hints)-1] {
		next := h.Key + " " + h.Does + k.sep()
		if k.Width.StringWidth(text+next+end) > room {
			break
		}
		text += next
	}
	return text + end
}

func fill(body []string, n int) []string {
	for len(body) < n {
		body = append(body, "")
	}
	return body
}

// job draws one job in one line.
func (k *Look) job(j jobs.Job, cursor bool, inner int) string {
	right := line{look: k}
	k.jobProgress(&right, j, inner)
	l := line{look: k}
	mark, ground := " ", theme.Style("")
	if cursor {
		mark, ground = k.Marks.Cursor, k.Cursor
	}
	text, dim := k.Text, k.Dim
	if cursor {
		text, dim = ground, ground
	}
	l.put(text, mark+" "+k.arrow(j.Kind)+" ")
	room := inner - right.cells - l.cells - 1
	share := room
	if room > 40 {
		share = room * 2 / 5
	}
	l.glyphs(k.cutTitle(Title(j), max(share, minName)), text, k.Odd)
	if room > 40 {
		l.to(4+share+1, ground)
		k.where(&l, j, inner-right.cells-l.cells-1, dim)
	}
	l.to(inner-right.cells, ground)
	return l.String() + right.String()
}

// Title is a job's title, the number of its further sources written as other
// numbers are.
func Title(j jobs.Job) string {
	name, number, ok := cutLast(strings.TrimSuffix(j.Title, " more"), " and ")
	n, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil || j.Items == 1 || !strings.HasSuffix(j.Title, " more") {
		return j.Title
	}
	return name + " and " + Count(n) + " more"
}

// cutTitle shortens a title. The number of further sources stays: "a.jpg +41"
// for "a.jpg and 41 more".
func (k *Look) cutTitle(title string, cells int) []glyph {
	name, more, ok := cutLast(title, " and ")
	number, several := strings.CutSuffix(more, " more")
	if !ok || !several || cellsOf(glyphs(title, k.Width)) <= cells {
		return cutMiddle(glyphs(title, k.Width), cells, k.Marks.Ellipsis)
	}
	tail := glyphs(" +"+number, k.Width)
	if cells-len(tail) < leastPrefix {
		return cutEnd(glyphs(name+k.Marks.Ellipsis, k.Width), cells, k.Marks.Ellipsis)
	}
	return append(cutMiddle(glyphs(name, k.Width), cells-len(tail), k.Marks.Ellipsis), tail...)
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// jobColumns are the widths of the right part of a job's line; 0: not shown.
// Without a column for items their number stands where the bar would be.
type jobColumns struct{ bar, items, rate, left int }

const stateCells = 12

func columnsOfJob(inner int) jobColumns {
	switch {
	case inner >= 130:
		return jobColumns{min(inner/8, 20), 20, 12, 13}
	case inner >= 76:
		return jobColumns{max(min(inner/8, 20), itemsCells), 0, 10, 9}
	case inner >= 56:
		return jobColumns{itemsCells, 0, 0, 0}
	}
	return jobColumns{}
}

// itemsCells is the room for "1 203 of 5 193".
const itemsCells = 15

// progress is "1 203 of 5 193" for what has many items, or "".
func progress(done, items int64) string {
	if items < 2 {
		return ""
	}
	return Count(done) + " of " + Count(items)
}

// reasonCells is the room for words instead of a bar and numbers.
func (c jobColumns) reasonCells() int { return c.bar + len(" 100 %") + c.items + c.rate + c.left }

// jobProgress writes the right part: bar, numbers and state, or the reason.
func (k *Look) jobProgress(l *line, j jobs.Job, inner int) {
	c := columnsOfJob(inner)
	state, style := k.state(j)
	l.blank("", 1)
	if j.Reason != "" && (j.State == jobs.Failed || j.State == jobs.Retrying) {
		gs := cutMiddle(glyphs(k.reason(j), k.Width), c.reasonCells(), k.Marks.Ellipsis)
		l.glyphs(gs, k.Dim, k.Odd)
		l.to(1+c.reasonCells(), "")
	} else {
		k.jobNumbers(l, j, c)
	}
	l.blank("", 2)
	l.put(style, pad(state, stateCells, false))
}

func (k *Look) jobNumbers(l *line, j jobs.Job, c jobColumns) {
	done, total := j.BytesDone, j.Bytes
	if total == 0 {
		done, total = j.ItemsDone, j.Items
	}
	items := progress(j.ItemsDone, j.Items)
	if j.State.Final() && j.ItemsDone == j.Items {
		items = ""
	}
	if c.items == 0 && items != "" && len(items) <= c.bar {
		l.put(k.Text, pad(items, c.bar, true))
		items = ""
	} else {
		l.WriteString(k.bar(done, total, c.bar))
		l.cells += c.bar
	}
	l.put(k.Text, " "+percent(done, total))
	if c.items > 0 {
		l.put(k.Text, pad(items, c.items, true))
	}
	switch {
	case c.rate == 0:
	case j.State.Final():
		l.put(k.Dim, pad(Plural(j.Items, "item", "items"), c.rate+c.left, true))
	case !moves(j):
		l.blank("", c.rate+c.left)
	default:
		l.put(k.Text, pad(Rate(j.Rate), c.rate, true))
		l.put(k.Dim, pad(Remaining(j.Left), c.left, true))
	}
}

// reason says why a job waits or failed, and when it goes on.
func (k *Look) reason(j jobs.Job) string {
	if j.State == jobs.Retrying && !j.RetryAt.IsZero() {
		if wait := j.RetryAt.Sub(k.Now); wait > 0 {
			return "again in " + Remaining(wait) + ": " + j.Reason
		}
	}
	if j.State == jobs.Failed && j.Bytes > 0 && j.BytesDone < j.Bytes {
		return "stopped at " + strings.TrimSpace(percent(j.BytesDone, j.Bytes)) + ": " + j.Reason
	}
	return j.Reason
}

// state is the word for where a job stands, and its style.
func (k *Look) state(j jobs.Job) (string, theme.Style) {
	switch j.State {
	case jobs.Done:
		if j.Unverified > 0 {
			return k.Marks.Done + " unverified", k.Odd
		}
		if j.Kind == jobs.Delete {
			return k.Marks.Done + " done", k.Good
		}
		return k.Marks.Done + " verified", k.Good
	case jobs.Failed:
		return k.Marks.Failed + " failed", k.Danger
	case jobs.Cancelled:
		return "cancelled", k.Dim
	case jobs.Retrying:
		return "retrying", k.Odd
	case jobs.Queued:
		return "waiting", k.Dim
	case jobs.Running, jobs.Paused, jobs.Verifying:
	}
	return string(j.State), k.Dim
}

// drawItems shows the items of one job.
func (v *JobList) drawItems(k *Look, width, height int) []string {
	var body []string
	if v.Items == nil {
		body = append(body, "", k.remark("reading the items"+k.Marks.Ellipsis))
	}
	v.move(0, v.rows())
	for i := v.top; i < min(v.top+height-2, len(v.Items)); i++ {
		body = append(body, k.item(v.Items[i], width-2))
	}
	if more := v.more(); more > 0 && len(body) < height-2 {
		body = append(body, k.remark("and "+Count(more)+" more"))
	}
	title := "Items"
	for _, j := range v.Snapshot.Jobs {
		if j.ID == v.Details {
			title += " of " + Title(j) + k.sep() + Count(j.ItemsDone) + " of " + Count(j.Items) + " done"
			if j.ItemsFailed > 0 {
				title += k.sep() + Count(j.ItemsFailed) + " failed"
			}
		}
	}
	return k.box(title, "r retries what failed"+k.sep()+"Esc back", fill(body, height-2), width, k.Accent)
}

// item draws one item in one line.
func (k *Look) item(it jobs.Item, inner int) string {
	state, style := k.state(jobs.Job{State: it.State})
	switch {
	case it.Skipped:
		state, style = "skipped", k.Dim
	case it.State == jobs.Done && !it.Verified:
		state, style = k.Marks.Done+" done", k.Good
	}
	reason := it.Reason
	if it.Code != "" && !strings.Contains(reason, it.Code) {
		reason += " " + it.Code
	}
	if it.RequestID != "" && !strings.Contains(reason, it.RequestID) {
		reason += ", request " + it.RequestID
	}
	l := line{look: k}
	l.blank("", 2)
	l.put(style, pad(state, 13, false))
	l.put(k.Dim, pad(Size(it.Size), 9, true)+"  ")
	room := inner - l.cells - 1
	if reason != "" {
		room = min(room/3, 40)
	}
	l.glyphs(cutMiddle(glyphs(it.Name, k.Width), room, k.Marks.Ellipsis), k.Text, k.Odd)
	if reason != "" {
		l.blank("", 2)
		l.glyphs(cutMiddle(glyphs(reason, k.Width), inner-l.cells-1, k.Marks.Ellipsis), k.Danger, k.Odd)
	}
	return l.String()
}
