package views

import (
	"slices"
	"time"

	"cosmander/jobs"
)

// Ask is the dialog about one conflict: what exists at the destination, and
// what is to be done with it. It opens on the choice that changes nothing.
type Ask struct {
	Job jobs.Job // how many of its items ask is kept up to date by the owner
	// Item is the one that asks; its number is 0 while it is read, and then
	// nothing can be answered.
	Item jobs.Item

	choice jobs.OnConflict
	all    bool
}

var _ Modal = (*Ask)(nil)

// Choice returns what was chosen, and whether it is for all conflicts of the
// job.
func (v *Ask) Choice() (choice jobs.OnConflict, all bool) {
	if v.choice == "" {
		return jobs.Skip, v.all
	}
	return v.choice, v.all
}

// Do takes one input.
func (v *Ask) Do(in Input) Action {
	switch in {
	case Accept:
		if v.Item.N != 0 {
			return Go
		}
	case Leave:
		return Close
	case Up:
		v.step(-1)
	case Down:
		v.step(1)
	case Next, Previous, Left, Right:
		v.all = !v.all
	case NoInput, PageUp, PageDown, Top, Bottom, Rub:
	}
	return None
}

func (v *Ask) step(by int) {
	all := jobs.Answers()
	now, _ := v.Choice()
	v.choice = all[max(min(slices.Index(all, now)+by, len(all)-1), 0)]
}

// Draw returns the lines of the dialog.
func (v *Ask) Draw(k *Look, width, height int) []string {
	width = min(width, 78)
	inner := width - 2
	body := []string{""}
	if v.Item.N == 0 {
		body = append(body, k.remark("reading the next one"+k.Marks.Ellipsis), "", "", "")
	} else {
		met := v.Item.Conflict
		body = append(body, k.fact("from", v.Item.From, sideCells, inner), k.side(met.Size, met.ThereSize, met.Modified, met.ThereModified))
		body = append(body, k.fact("to", v.Item.To, sideCells, inner), k.side(met.ThereSize, met.Size, met.ThereModified, met.Modified))
	}
	body = append(body, "")
	now, all := v.Choice()
	for _, c := range jobs.Answers() {
		body = append(body, v.line(k, c, c == now, inner))
	}
	scope := "this one"
	if all {
		scope = "all of this job, met or still to come"
	}
	body = append(body, "", "  "+k.Dim.On("For   ")+k.Text.On(k.Marks.Open+" "+scope+" "+k.Marks.Shut), "")
	body = squeeze(body, len(jobs.Answers())+1, height-2)
	hint := "j k choose" + k.sep() + "Tab one or all" + k.sep() + "Enter answers" + k.sep() + "Esc later"
	title := "It exists"
	if n := v.Job.ItemsAsking; n > 1 {
		title += k.sep() + Count(n) + " ask"
	}
	return k.box(title, hint, body, width, k.Odd)
}

// line is one choice and, where that is known, what comes of it.
func (v *Ask) line(k *Look, c jobs.OnConflict, chosen bool, inner int) string {
	l := line{look: k}
	mark, style := " ", k.Text
	if chosen {
		mark, style = k.Marks.Cursor, k.Cursor
	}
	l.put(style, mark+" "+pad(answers[c].choice, min(answerCells, inner-2), false))
	if comes := v.comes(c); comes != "" && v.Item.N != 0 && l.cells+2+len(comes) <= inner {
		l.put(k.Dim, "  "+comes)
	}
	return l.String()
}

const answerCells = 34

// comes says what a choice that compares would do.
func (v *Ask) comes(c jobs.OnConflict) string {
	met, yes := v.Item.Conflict, false
	switch c {
	case jobs.IfNewer:
		yes = later(met.Modified, met.ThereModified)
	case jobs.IfSize:
		yes = met.Size != met.ThereSize
	case jobs.IfChecksum:
		if yes = met.Size != met.ThereSize; !yes {
			return "compares the content"
		}
	case jobs.Overwrite, jobs.Skip, jobs.KeepBoth, jobs.Ask:
		return ""
	}
	if yes {
		return "overwrites this one"
	}
	return "skips this one"
}

// later compares in whole seconds, as the queue does.
func later(a, b time.Time) bool { return a.Truncate(time.Second).After(b.Truncate(time.Second)) }

const sideCells = 6

// side says of one of two that are in conflict what tells it from the other.
func (k *Look) side(size, other int64, modified, otherModified time.Time) string {
	l := line{look: k}
	l.blank("", 2+sideCells)
	l.put(k.Text, pad(Size(size), sizeCells, true)+"   "+pad(k.when(modified, false), longTime, false))
	if later(modified, otherModified) {
		l.put(k.Good, "   newer")
	}
	if size > other {
		l.put(k.Good, "   larger")
	}
	return l.String()
}
