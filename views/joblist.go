package views

import (
	"slices"

	"cosmander/cos"
	"cosmander/jobs"
)

// JobList is the full view of the queue. Its owner sets what is exported
// whenever it changes.
type JobList struct {
	Snapshot jobs.Snapshot
	// Rates are samples of the rate of the whole queue, one a second, the last
	// one at the end.
	Rates []float64
	Limit int64 // bytes a second; 0: none

	// Items of the job Details, those that failed first; nil while they load.
	Items   []jobs.Item
	Details jobs.ID // 0: the list is shown
	// JobRates are samples of the rate of the job Details.
	JobRates []float64

	Hints     []Hint // of the list; as many as fit, the last one always
	ItemHints []Hint // of the details
	Answer    Hint   // added where an item asks

	cursor, top, page int
	opened            bool
	items             itemCursor
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
	if i := slices.IndexFunc(s.Jobs, func(j jobs.Job) bool { return j.ID == current.ID }); i >= 0 {
		v.cursor = i
		return
	}
	v.cursor = max(min(v.cursor, len(s.Jobs)-1), 0)
}

// Do takes one input. Accept asks for the details of the current job and, in
// these, for those of the current item.
func (v *JobList) Do(in Input) Action {
	switch in {
	case Leave:
		if v.Details != 0 {
			v.Details, v.Items, v.JobRates = 0, nil, nil
			return None
		}
		return Close
	case Accept:
		if v.Details == 0 && len(v.Snapshot.Jobs) > 0 || v.Details != 0 && len(v.Items) > 0 {
			return Go
		}
	case Down, Next:
		v.move(1)
	case Up, Previous:
		v.move(-1)
	case PageDown:
		v.move(v.page)
	case PageUp:
		v.move(-v.page)
	case Top:
		v.move(-len(v.Snapshot.Jobs) - len(v.Items))
	case Bottom:
		v.move(len(v.Snapshot.Jobs) + len(v.Items))
	case NoInput, Left, Right, Rub:
	}
	return None
}

// move shifts the cursor of the list, or that of the items.
func (v *JobList) move(by int) {
	if v.Details != 0 {
		v.items.move(by, len(v.Items))
		return
	}
	v.cursor = max(min(v.cursor+by, len(v.Snapshot.Jobs)-1), 0)
}

// Draw fills width by height.
func (v *JobList) Draw(k *Look, width, height int) []string {
	v.page = max(height-2, 1)
	if v.Details != 0 {
		return v.drawDetails(k, width, height)
	}
	facts := v.facts(k, width-2, v.page)
	v.page -= len(facts)
	v.top = scrolled(v.top, v.cursor, v.page, len(v.Snapshot.Jobs))
	var body []string
	for i := v.top; i < min(v.top+v.page, len(v.Snapshot.Jobs)); i++ {
		body = append(body, k.job(v.Snapshot.Jobs[i], i == v.cursor, width-2))
	}
	if len(v.Snapshot.Jobs) == 0 {
		body = append(body, "", k.remark("no jobs"), k.remark("F5 in a pane copies to the other one"))
	}
	body = append(fill(body, v.page), facts...)
	title, note := v.title(k), ""
	if v.moving() {
		note = k.rateHistory(v.Rates, k.noteRoom(title, width-2))
	}
	hints := v.Hints
	if j, ok := v.Current(); ok && j.ItemsAsking > 0 {
		hints = append([]Hint{v.Answer}, hints...)
	}
	return k.page(title, note, k.hintLine(hints, width-6), body, width, k.Dim)
}

// scrolled is the first of n rows that page lines show, so that the cursor is
// among them and no line stays empty.
func scrolled(top, cursor, page, n int) int {
	top = max(min(top, cursor), cursor-page+1)
	return max(min(top, n-page), 0)
}

// title says what all jobs have in common.
func (v *JobList) title(k *Look) string {
	title := "Jobs"
	if rate := Rate(v.Snapshot.Rate); rate != "" && v.moving() {
		title += k.sep() + rate
	}
	if v.Limit > 0 {
		title += k.sep() + "limit " + Rate(float64(v.Limit))
	}
	if !v.Snapshot.Runner && len(v.Snapshot.Jobs) > 0 {
		title += k.sep() + "run by another cosmander"
	}
	return title
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
	what, advice := cos.CutHint(k.reason(j, objectFirst(j.Reason)))
	if most == 1 {
		advice = ""
	}
	if what != "" {
		style, room := k.Odd, most
		if j.State == jobs.Failed {
			style = k.Danger
		}
		if advice != "" {
			room--
		}
		for _, text := range k.Wrap(what, inner-4, room) {
			lines = append(lines, "  "+style.On(text))
		}
	}
	if advice != "" {
		lines = append(lines, k.fact("", advice, 0, inner))
	}
	lines = fill(lines, 1+most)
	if most == 1 {
		return lines
	}
	return append([]string{""}, lines...)
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
