package views

import (
	"regexp"
	"strconv"
	"strings"

	"cosmander/cos"
	"cosmander/jobs"
	"cosmander/theme"
)

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
	l.put(text, mark+priority(j)+k.arrow(j.Kind)+" ")
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

// priority is the mark of a job that goes before or after the others: the key
// that made it so.
func priority(j jobs.Job) string {
	switch {
	case j.State.Final(), j.Priority == jobs.Normal:
		return " "
	case j.Priority > jobs.Normal:
		return "+"
	}
	return "-"
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
	if !ok || !several || cellsOf(k.glyphs(title)) <= cells {
		return cutMiddle(k.glyphs(title), cells, k.Marks.Ellipsis)
	}
	tail := k.glyphs(" +" + number)
	if cells-len(tail) < leastPrefix {
		return cutEnd(k.glyphs(name+k.Marks.Ellipsis), cells, k.Marks.Ellipsis)
	}
	return append(cutMiddle(k.glyphs(name), cells-len(tail), k.Marks.Ellipsis), tail...)
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
	if j.State == jobs.Restoring {
		l.glyphs(cutEnd(k.glyphs(k.restoring(j)), c.reasonCells(), k.Marks.Ellipsis), k.Dim, k.Odd)
		l.to(1+c.reasonCells(), "")
	} else if j.Reason != "" && (j.State == jobs.Failed || j.State == jobs.Retrying) {
		why, _ := cos.CutHint(Brief(j.Reason))
		gs := cutEnd(k.glyphs(k.reason(j, why)), c.reasonCells(), k.Marks.Ellipsis)
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

// request matches the name of a request and the address it was about at the
// beginning of an error or behind how many items failed. Without an address only
// the verb tells it from an error code.
var request = regexp.MustCompile(`^((?:\d+ of \d+ failed: )?)(?:([A-Z][a-z]+[A-Z][A-Za-z]*) (cos://.*?: )|` +
	`((?:Abort|Append|Complete|Copy|Delete|Get|Head|Initiate|List|Options|Post|Put|Select|Upload)[A-Z][A-Za-z]*): )`)

// objectFirst leaves out the name of the request, which says nothing to users.
func objectFirst(reason string) string { return request.ReplaceAllString(reason, "$1$3") }

// Brief leaves the address out of the reason of a job or an item too, where the
// name stands beside it.
func Brief(reason string) string { return request.ReplaceAllString(reason, "$1") }

// restoring says how many items of a job wait for the service, and since when.
func (k *Look) restoring(j jobs.Job) string {
	text := "waits since "
	if j.Items > 1 {
		text = Count(j.ItemsRestoring) + " of " + Count(j.Items) + " wait since "
	}
	return text + k.since(j.RestoringSince)
}

// operation is the name of the request that a reason is about; "" if it names
// none.
func operation(reason string) string {
	if found := request.FindStringSubmatch(reason); found != nil {
		return found[2] + found[4]
	}
	return ""
}

// reason says why a job waits or failed, in the words of why, and when it goes
// on.
func (k *Look) reason(j jobs.Job, why string) string {
	if j.State == jobs.Restoring {
		return k.restoring(j) + ": it goes on by itself once the service has restored them"
	}
	if j.State == jobs.Retrying && !j.RetryAt.IsZero() {
		if wait := j.RetryAt.Sub(k.Now); wait > 0 {
			return "again in " + Remaining(wait) + ": " + why
		}
	}
	if j.State == jobs.Failed && j.Bytes > 0 && j.BytesDone < j.Bytes {
		return "stopped at " + strings.TrimSpace(percent(j.BytesDone, j.Bytes)) + ": " + why
	}
	return why
}

// state is the word for where a job stands, and its style.
func (k *Look) state(j jobs.Job) (string, theme.Style) {
	if j.ItemsAsking > 0 && !j.State.Final() && j.State != jobs.Paused {
		return "? " + Count(j.ItemsAsking) + " ask", k.Odd
	}
	switch j.State {
	case jobs.Done:
		if j.Unverified > 0 {
			return k.Marks.Done + " unverified", k.Odd
		}
		if j.Kind == jobs.Delete {
			return k.Marks.Done + " done", k.Good
		}
		if j.Kind == jobs.Restore {
			return k.Marks.Done + " restored", k.Good
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
	case jobs.Asking:
		return "asks", k.Odd
	case jobs.Restoring:
		return string(jobs.Restoring), k.Odd
	case jobs.Running, jobs.Paused, jobs.Verifying:
	}
	return string(j.State), k.Dim
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
	from, to := k.glyphs(j.From), k.glyphs(j.To)
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

// itemState is the word for where an item stands, and its style.
func (k *Look) itemState(it jobs.Item) (string, theme.Style) {
	switch {
	case it.Skipped:
		return "skipped", k.Dim
	case it.State == jobs.Done && !it.Verified:
		return k.Marks.Done + " done", k.Good
	case it.State == jobs.Running && it.Size > 0:
		return "running " + strings.TrimSpace(percent(it.Done, it.Size)), k.Text
	}
	return k.state(jobs.Job{State: it.State})
}

// quoted is why an item failed or waits, in words that always have the code
// and the request that the service's people ask for.
func quoted(it jobs.Item, reason string) string {
	if it.Code != "" && !strings.Contains(reason, it.Code) {
		reason += " " + it.Code
	}
	if it.RequestID != "" && !strings.Contains(reason, it.RequestID) {
		reason += ", request " + it.RequestID
	}
	return reason
}

// item draws one item in one line.
func (k *Look) item(it jobs.Item, cursor bool, inner int) string {
	state, style := k.itemState(it)
	mark, text, dim, wrong, ground := " ", k.Text, k.Dim, k.Danger, theme.Style("")
	if it.State != jobs.Failed {
		wrong = k.Odd
	}
	if cursor {
		mark, ground = k.Marks.Cursor, k.Cursor
		text, dim, style, wrong = ground, ground, ground, ground
	}
	what, _ := cos.CutHint(Brief(it.Reason))
	reason := quoted(it, what)
	if it.State == jobs.Restoring {
		reason = "since " + k.since(it.RestoringSince)
	}
	l := line{look: k}
	l.put(text, mark+" ")
	l.put(style, pad(state, 13, false))
	l.put(dim, pad(Size(it.Size), 9, true)+"  ")
	room := inner - l.cells - 1
	if reason != "" {
		room = min(room/3, 40)
	}
	l.glyphs(cutMiddle(k.glyphs(it.Name), room, k.Marks.Ellipsis), text, k.Odd)
	if reason != "" {
		l.blank(ground, 2)
		l.glyphs(cutMiddle(k.glyphs(reason), inner-l.cells-1, k.Marks.Ellipsis), wrong, k.Odd)
	}
	l.to(inner, ground)
	return l.String()
}
