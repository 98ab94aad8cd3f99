package views

import (
	"slices"
	"strings"

	"cosmander/cos"
)

// Thaw is how a [Plan] offers to restore what is archived before it is read.
type Thaw struct {
	// Tier is what the present answer is; empty: it is not restored, and fails.
	Tier cos.Tier
	Days int // how long the copy can be read
	// Times says how long a tier takes, of a deep archive in deep: "" if it cannot
	// be had there.
	Times func(tier cos.Tier) (archive, deep string)
}

// thawDays are the days that a plan offers.
var thawDays = []int{1, 3, 7, 14, 30, 90, 180, cos.MaxRestoreDays}

// asks reports that something is to be restored.
func (t *Thaw) asks() bool { return t.Tier != "" }

// turn goes to the next tier or the one before, and to none.
func (t *Thaw) turn(in Input) {
	t.Tier = turned([]cos.Tier{cos.Standard, cos.Expedited, cos.Bulk, ""}, t.Tier, in)
}

func (t *Thaw) turnDays(in Input) { t.Days = turned(thawDays, t.Days, in) }

// turned is what stands beside at in a ring.
func turned[T comparable](all []T, at T, in Input) T {
	step := 1
	if in == Left {
		step = len(all) - 1
	}
	return all[(slices.Index(all, at)+step)%len(all)]
}

// Thaws reports that the plan restores something, or could.
func (p *Plan) Thaws() bool { return p.Thaw != nil && p.Tally.Archived > 0 }

// verb is the button that starts.
func (p *Plan) verb() string {
	if p.Thaws() && p.Thaw.asks() {
		return "Restore, then " + strings.ToLower(p.Title)
	}
	return p.Title
}

// thaw are the lines about what is archived: how much, and what is done.
func (p *Plan) thaw(k *Look, inner int) []string {
	t, n := p.Thaw, p.Tally.Archived
	what := "1 is archived: it cannot be read before it is restored"
	if n > 1 {
		what = Count(n) + " are archived: they cannot be read before they are restored"
	}
	if p.Tally.Files == n && n == 1 {
		what = "it is archived, and cannot be read before it is restored"
	}
	lines := []string{k.remark(k.Shorten(what, inner-4)), p.choice(k, "Restore", t.label(), onTier)}
	if !t.asks() {
		return append(lines, "  "+k.Odd.On(k.Shorten("what is archived will fail", inner-4)), "")
	}
	lines = append(lines, p.choice(k, "Copy kept for", Plural(int64(t.Days), "day", "days"), onDays))
	archive, deep := t.Times(t.Tier)
	switch {
	case p.Tally.Deep > 0 && deep == "":
		lines = append(lines, "  "+k.Danger.On(k.Shorten(Count(p.Tally.Deep)+" DEEP_ARCHIVE: not to be had like that, and will fail", inner-4)))
	case p.Tally.Deep == n:
		lines = append(lines, k.remark("takes "+deep+", then it goes on by itself"))
	case p.Tally.Deep > 0:
		lines = append(lines, k.remark(k.Shorten("takes "+archive+", DEEP_ARCHIVE "+deep+"; then goes on", inner-4)))
	default:
		lines = append(lines, k.remark("takes "+archive+", then it goes on by itself"))
	}
	return append(lines, "")
}

func (t *Thaw) label() string {
	if !t.asks() {
		return "nothing"
	}
	return string(t.Tier)
}
