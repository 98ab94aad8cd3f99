package views

import (
	"fmt"

	"cosmander/cos"
	"cosmander/jobs"
	"cosmander/theme"
)

// ItemInfo shows everything that is known of one item of a job.
type ItemInfo struct {
	Job  jobs.Job
	Item jobs.Item
	// Retry and Answer are the keys that do that.
	Retry, Answer string

	top, page, lines int
}

var _ Modal = (*ItemInfo)(nil)

// Do takes one input.
func (v *ItemInfo) Do(in Input) Action {
	switch in {
	case Accept, Leave:
		return Close
	case Down, Next:
		v.top++
	case Up, Previous:
		v.top--
	case PageDown:
		v.top += v.page
	case PageUp:
		v.top -= v.page
	case Top:
		v.top = 0
	case Bottom:
		v.top = v.lines
	case NoInput, Left, Right, Rub:
	}
	v.top = max(min(v.top, v.lines-v.page), 0)
	return None
}

// Draw returns the lines of the dialog.
func (v *ItemInfo) Draw(k *Look, width, height int) []string {
	width = min(width, 100)
	body := v.facts(k, width-2)
	v.lines, v.page = len(body), max(height-2, 1)
	v.top = max(min(v.top, v.lines-v.page), 0)
	body = body[v.top:min(v.top+v.page, len(body))]
	hint := "Esc back"
	if v.lines > v.page {
		hint = "j k scroll" + k.sep() + hint
	}
	return k.box("Item "+Count(v.Item.N), hint, body, width, k.Accent)
}

// facts are the lines of the dialog: what failed and what to do come first.
func (v *ItemInfo) facts(k *Look, inner int) []string {
	it := v.Item
	state, style := k.itemState(it)
	what, advice := k.trouble(it)
	switch {
	case it.State == jobs.Asking:
		advice = v.Answer + " answers"
	case it.State == jobs.Restoring:
		advice = "nothing: it is looked at now and then, and goes on by itself"
	case it.State == jobs.Failed && advice == "":
		advice = v.Retry + " tries again what failed"
	case it.State == jobs.Failed:
		advice += "; then " + v.Retry + " tries again"
	case it.State == jobs.Retrying && advice == "":
		advice = "nothing: it is tried again by itself"
	}
	wrong := k.Danger
	if it.State != jobs.Failed {
		wrong = k.Odd
	}
	bytes := ""
	if it.Size >= 0 {
		bytes = Size(it.Size)
		if it.Size >= 1000 {
			bytes += " (" + Count(it.Size) + " bytes)"
		}
	}
	var lines []string
	for _, f := range []struct {
		label, text string
		style       theme.Style
	}{
		{"name", it.Name, k.Text},
		{"from", it.From, k.Text},
		{"to", it.To, k.Text},
		{"", " ", k.Text},
		{"state", state + v.when(k), style},
		{"why", what, wrong},
		{"to do", advice, k.Text},
		{"error", it.Code, k.Text},
		{"during", operation(it.Reason), k.Text},
		{"request", it.RequestID, k.Text},
		{"tries", tries(it), k.Text},
		{"", " ", k.Text},
		{"size", bytes, k.Text},
		{"moved", v.moved(), k.Text},
		{"CRC64", checksum(it), k.Text},
		{"ETag", it.ETag, k.Text},
		{"version", it.VersionID, k.Text},
		{"verified", v.verified(), k.Text},
	} {
		lines = append(lines, k.wrappedFact(f.label, f.text, f.style, inner)...)
	}
	return append([]string{""}, append(lines, "")...)
}

// wrappedFact is a fact of as many lines as its text takes; none without text.
func (k *Look) wrappedFact(label, text string, style theme.Style, inner int) []string {
	if text == "" {
		return nil
	}
	const most = 12 // a key is 850 bytes at most
	lines := k.Wrap(text, inner-4-factCells, most)
	for i := range lines {
		lines[i] = "  " + k.Dim.On(pad(label, factCells, false)) + style.On(lines[i])
		label = ""
	}
	return lines
}

func (v *ItemInfo) when(k *Look) string {
	if v.Item.Finished.IsZero() {
		return ""
	}
	return ", " + v.Item.Finished.Format("2006-01-02 15:04:05")
}

// moved is how far an item is that is under way.
func (v *ItemInfo) moved() string {
	if v.Item.State.Final() || v.Item.Size <= 0 || v.Item.Done == 0 {
		return ""
	}
	return Size(v.Item.Done) + " of " + Size(v.Item.Size)
}

func tries(it jobs.Item) string {
	if it.Attempts < 2 && it.State != jobs.Failed {
		return ""
	}
	return Count(int64(it.Attempts))
}

func checksum(it jobs.Item) string {
	if it.CRC64 == 0 && !it.Verified {
		return ""
	}
	return fmt.Sprintf("%016x (%d)", it.CRC64, it.CRC64)
}

// verified says what the item's being done is worth.
func (v *ItemInfo) verified() string {
	switch it := v.Item; {
	case it.State != jobs.Done, v.Job.Kind == jobs.Delete:
		return ""
	case it.Skipped && it.Reason != "": // which is shown
		return "nothing was transferred"
	case it.Skipped:
		return "nothing was transferred: it was there"
	case it.Verified:
		return "yes, by CRC64"
	}
	return "no: the service gave no checksum"
}

// trouble takes the reason of an item apart: what happened, and what to do.
func (k *Look) trouble(it jobs.Item) (what, advice string) {
	if it.State == jobs.Asking {
		return "it exists at the destination: what is to be done with it?", ""
	}
	if it.State == jobs.Restoring {
		return "the service restores it from its archive, asked for " + k.when(it.RestoringSince, false), ""
	}
	what, advice = cos.CutHint(objectFirst(it.Reason))
	return quoted(it, what), advice
}

// itemEnds is the line of an item's two ends.
func (k *Look) itemEnds(it jobs.Item, inner int) string {
	l := line{look: k}
	l.blank("", 2)
	k.where(&l, jobs.Job{From: it.From, To: it.To}, inner-4, k.Dim)
	return l.String()
}
