package views

import (
	"slices"
	"strings"

	"cosmander/jobs"
	"cosmander/theme"
)

// itemCursor is where a list of items stands.
type itemCursor struct {
	at, top int
	n       int64 // number of the item under the cursor; 0: the first one, whichever it is
}

func (c *itemCursor) move(by, n int) { c.at, c.n = max(min(c.at+by, n-1), 0), 0 }

// CurrentItem returns the item under the cursor of the details.
func (v *JobList) CurrentItem() (jobs.Item, bool) {
	if v.Details == 0 || v.items.at >= len(v.Items) {
		return jobs.Item{}, false
	}
	return v.Items[v.items.at], true
}

// ShowDetails begins to show the items of a job, which are to be set by
// SetItems.
func (v *JobList) ShowDetails(id jobs.ID) { v.Details, v.Items, v.items = id, nil, itemCursor{} }

// SetItems sets the items of the job Details. A cursor that was moved stays on
// its item; one that was not stays at the top, where failures appear.
func (v *JobList) SetItems(items []jobs.Item) {
	if it, ok := v.CurrentItem(); ok && v.items.at > 0 {
		v.items.n = it.N
	}
	v.Items = append([]jobs.Item{}, items...) // never nil: that means not read
	if i := slices.IndexFunc(v.Items, func(it jobs.Item) bool { return it.N == v.items.n }); v.items.n != 0 && i >= 0 {
		v.items.at = i
	}
	v.items.at = max(min(v.items.at, len(v.Items)-1), 0)
}

// Job returns the job whose details are shown; else the one under the cursor.
func (v *JobList) Job() (jobs.Job, bool) {
	if v.Details == 0 {
		return v.Current()
	}
	for _, j := range v.Snapshot.Jobs {
		if j.ID == v.Details {
			return j, true
		}
	}
	return jobs.Job{}, false
}

// roomy is from how many lines on the details show facts of the current item
// below the list.
const roomy = 18

// drawDetails shows one job and its items.
func (v *JobList) drawDetails(k *Look, width, height int) []string {
	j, _ := v.Job()
	inner, rows := width-2, height-2
	head := v.head(k, j, inner, rows)
	var facts []string
	if rows >= roomy {
		facts = v.itemFacts(k, inner)
	}
	v.page = max(rows-len(head)-len(facts), 1)
	body := append(head, fill(v.itemLines(k, j, inner), v.page)...)
	body = append(body, facts...)
	state, style := k.state(j)
	hints := v.ItemHints
	if j.ItemsAsking > 0 {
		hints = append([]Hint{v.Answer}, hints...)
	}
	return k.page(deed(j)+" "+Title(j), state, k.hintLine(hints, width-6), body[:min(len(body), max(rows, 0))], width, style)
}

// deed is what a job does, as a heading.
func deed(j jobs.Job) string {
	if j.Move {
		return "Move of"
	}
	kind := string(j.Kind)
	if kind == "" {
		return "Job"
	}
	return strings.ToUpper(kind[:1]) + kind[1:] + " of"
}

// tall is from how many lines on the details have their whole head.
const tall = 14

// head says of a job what its items do not.
func (v *JobList) head(k *Look, j jobs.Job, inner, rows int) []string {
	if rows < tall {
		return []string{k.progressLine(j, inner), k.itemCounts(j, inner)}
	}
	lines := []string{k.fact("from", j.From, factCells, inner)}
	if j.To != "" {
		lines = append(lines, k.fact("to", j.To, factCells, inner))
	}
	last := "  " + k.Dim.On(k.rateHistory(v.JobRates, min(inner-4, maxSpark)))
	if reason := k.reason(j, objectFirst(j.Reason)); reason != "" && !j.State.Final() {
		last = "  " + k.Odd.On(k.Wrap(reason, inner-4, 1)[0])
	}
	return append(lines, k.progressLine(j, inner), k.itemCounts(j, inner), last, "")
}

// factCells is how wide the labels of facts are.
const factCells = 10

// maxSpark is the room for a minute of samples and their scale.
const maxSpark = 60 + len(" peak ") + rateCells

// progressLine is the bar of a job with its numbers.
func (k *Look) progressLine(j jobs.Job, inner int) string {
	cells := detailBar
	if inner < 70 {
		cells /= 2
	}
	done, total := j.BytesDone, j.Bytes
	if total == 0 {
		done, total = j.ItemsDone, j.Items
	}
	l := line{look: k}
	l.blank("", 2)
	l.WriteString(k.bar(done, total, cells))
	l.cells += cells
	l.put(k.Text, " "+percent(done, total))
	if j.Bytes > 0 {
		size := Size(j.Bytes)
		if j.Counting {
			size += "+"
		}
		l.put(k.Text, pad(Size(j.BytesDone), sizeCells+2, true)+" of "+size)
	}
	if moves(j) {
		l.put(k.Text, pad(Rate(j.Rate), rateCells+2, true))
		if left := Remaining(j.Left); left != "" && l.cells+leftCells < inner {
			l.put(k.Dim, pad(left+" left", leftCells, true))
		}
	}
	return l.String()
}

// leftCells is the room for a time left.
const leftCells = 14

// detailBar is how wide the bar of the details is.
const detailBar = 20

// itemCounts says how many items there are of each kind, and when the job was
// queued and ended.
func (k *Look) itemCounts(j jobs.Job, inner int) string {
	l := line{look: k}
	l.blank("", 2)
	items := Plural(j.Items, "item", "items")
	if j.Counting {
		items = Count(j.Items) + "+ items"
	}
	l.put(k.Text, items)
	for _, c := range []struct {
		n     int64
		word  string
		style theme.Style
	}{
		{j.ItemsDone, "done", k.Text},
		{j.ItemsFailed, "failed", k.Danger},
		{j.ItemsAsking, "asking", k.Odd},
		{j.ItemsRestoring, "restoring", k.Odd},
		{j.ItemsSkipped, "skipped", k.Dim},
		{j.Unverified, "not verified", k.Odd},
	} {
		if c.n > 0 {
			l.put(k.Dim, k.sep())
			l.put(c.style, Count(c.n)+" "+c.word)
		}
	}
	when := "queued " + k.when(j.Created, false)
	if !j.Finished.IsZero() {
		when = "ended " + k.when(j.Finished, false)
	}
	if room := inner - 2 - l.cells; !j.Created.IsZero() && room > len(when)+1 {
		l.to(inner-2-len(when), "")
		l.put(k.Dim, when)
	}
	return l.String()
}

// itemLines are the items in sight.
func (v *JobList) itemLines(k *Look, j jobs.Job, inner int) []string {
	if v.Items == nil {
		return []string{k.remark("reading the items" + k.Marks.Ellipsis)}
	}
	room := v.page
	more := max(j.Items-int64(len(v.Items)), 0)
	if more > 0 {
		room = max(room-1, 1)
	}
	v.items.top = scrolled(v.items.top, v.items.at, room, len(v.Items))
	var body []string
	for i := v.items.top; i < min(v.items.top+room, len(v.Items)); i++ {
		body = append(body, k.item(v.Items[i], i == v.items.at, inner))
	}
	if more > 0 {
		body = append(body, k.remark("and "+Count(more)+" more"))
	}
	return body
}

// itemFacts are the lines below the items: what is known of the current one.
// Their number is always the same.
func (v *JobList) itemFacts(k *Look, inner int) []string {
	const lines = 5
	it, ok := v.CurrentItem()
	if !ok {
		return make([]string, lines)
	}
	facts := []string{"", k.itemEnds(it, inner)}
	what, advice := k.trouble(it)
	for _, text := range k.Wrap(what, inner-4, lines-3) {
		style := k.Danger
		if it.State != jobs.Failed {
			style = k.Odd
		}
		facts = append(facts, "  "+style.On(text))
	}
	if advice != "" {
		facts = append(facts[:min(len(facts), lines-1)], k.fact("", advice, 0, inner))
	}
	return fill(facts, lines)
}
