package views

import (
	"slices"

	"cosmander/jobs"
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
	if reason := k.reason(j, objectFirst(j.Reason)); reason != "" {
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
