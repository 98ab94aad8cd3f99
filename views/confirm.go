package views

import (
	"cmp"

	"cosmander/jobs"
)

// Confirm asks before something that cannot be undone. It opens on the
// button that does nothing.
type Confirm struct {
	Title string   // "Delete"
	Verb  string   // on the button that acts
	What  string   // "3 marked in ~/photos"
	Names []string // the first of them
	More  int64    // how many further ones
	// Counted asks for a line with Tally, which grows while it is counted.
	Counted bool
	Tally   jobs.Tally
	Failed  string // why counting stopped
	Warning string // said in the danger colour
	Safe    string // the button that does nothing; "Cancel" if empty
	Harmful bool   // drawn in the danger colour

	act bool
}

var _ Buttoned = (*Confirm)(nil)

// Click does what the button of that name says.
func (c *Confirm) Click(name string) Action {
	switch name {
	case c.Verb:
		return Go
	case c.safe():
		return Close
	}
	return None
}

func (c *Confirm) safe() string { return cmp.Or(c.Safe, "Cancel") }

// Do takes one input.
func (c *Confirm) Do(in Input) Action {
	switch in {
	case Accept:
		if c.act {
			return Go
		}
		return Close
	case Leave:
		return Close
	case Next, Previous:
		c.act = !c.act
	case Left:
		c.act = false
	case Right:
		c.act = true
	case NoInput, Up, Down, PageUp, PageDown, Top, Bottom, Rub:
	}
	return None
}

// Draw returns the lines of the dialog.
func (c *Confirm) Draw(k *Look, width, height int) []string {
	width = min(width, 66)
	inner := width - 2
	body := []string{""}
	for _, text := range k.Wrap(c.What, inner-4, 2) {
		body = append(body, "  "+k.Text.On(text))
	}
	if c.Counted {
		body = append(body, k.tally(c.Tally, c.Failed, inner)...)
	}
	room := height - len(body) - 9
	if height < low {
		room = height - len(body) - 2 // empty lines go before names do
	}
	body = append(body, c.names(k, inner, room)...)
	body = append(body, "")
	if c.Warning != "" {
		body = append(body, "  "+k.Danger.On(c.Warning), "")
	}
	chosen := 0
	if c.act {
		chosen = 1
	}
	body = append(body, k.buttons([]string{c.safe(), c.Verb}, chosen, inner, c.Harmful))
	foot := 1
	if c.Warning != "" {
		foot = 2
	}
	body = squeeze(body, foot, height-2)
	edge := k.Accent
	if c.Harmful {
		edge = k.Danger
	}
	hint := "Tab moves" + k.sep() + "Enter acts" + k.sep() + "Esc leaves"
	return k.box(c.Title, hint, body, width, edge)
}

// low is a window in which a dialog gives up its empty lines.
const low = 16

// names lists what is meant in at most room lines, with the number of the
// rest.
func (c *Confirm) names(k *Look, inner, room int) []string {
	if len(c.Names) == 0 {
		return nil
	}
	shown := c.Names[:max(min(len(c.Names), room-2), 1)]
	lines := []string{""}
	for _, name := range shown {
		lines = append(lines, k.fact("", "  "+name, 0, inner))
	}
	if rest := c.More + int64(len(c.Names)-len(shown)); rest > 0 {
		lines = append(lines, k.remark("  and "+Count(rest)+" more"))
	}
	return lines
}
