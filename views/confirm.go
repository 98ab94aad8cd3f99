package views

import (
	"cmp"
	"strconv"

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
	Note    string // said plainly, where Warning is empty
	// Typed asks for the number of what goes to be typed, where that is more
	// than Above. Chosen is what is known of it before anything is counted.
	Typed  bool
	Above  int64
	Chosen int64
	// Word asks for this word to be typed instead.
	Word    string
	Safe    string // the button that does nothing; "Cancel" if empty
	Harmful bool   // drawn in the danger colour

	act  bool
	edit Edit
	said string // what the button waits for
	soon bool   // it was pressed before everything was counted
}

var (
	_ Buttoned = (*Confirm)(nil)
	_ Typist   = (*Confirm)(nil)
)

// number is what has to be typed; 0 if nothing.
func (c *Confirm) number() int64 {
	n := c.Tally.Files
	if !c.Tally.Done {
		n = max(n, c.Chosen)
	}
	if !c.Typed || n <= c.Above {
		return 0
	}
	return n
}

// wanted is the text that has to be typed; empty if none.
func (c *Confirm) wanted() string {
	if n := c.number(); n > 0 {
		return strconv.FormatInt(n, 10)
	}
	return c.Word
}

// Types reports that the number of what goes, or a word, has to be typed.
func (c *Confirm) Types() bool { return c.wanted() != "" }

// Type takes text, where a number is wanted its digits.
func (c *Confirm) Type(text string) {
	c.said, c.soon = "", false
	for _, r := range text {
		if c.Word != "" || r >= '0' && r <= '9' {
			c.edit.Type(string(r))
		}
	}
}

// counting reports that the button waits for the count.
func (c *Confirm) counting() bool {
	return c.Typed && c.Counted && !c.Tally.Done && c.Failed == ""
}

// accept acts, if it is known how many go and that was typed where it has to.
func (c *Confirm) accept() Action {
	switch want := c.wanted(); {
	case c.counting():
		c.soon = true
	case c.edit.Text() != want && want != "":
		c.said = "type " + want + " first"
	default:
		return Go
	}
	return None
}

// Click does what the button of that name says.
func (c *Confirm) Click(name string) Action {
	switch name {
	case c.Verb:
		return c.accept()
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
			return c.accept()
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
	case Rub:
		c.edit.Do(in)
	case NoInput, Up, Down, PageUp, PageDown, Top, Bottom:
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
	room := height - len(body) - 9 - c.extra()
	if height < low {
		room = height - len(body) - 2 // empty lines go before names do
	}
	body = append(body, c.names(k, inner, room)...)
	body = append(body, "")
	body = append(body, c.remarks(k, inner)...)
	chosen := 0
	if c.act {
		chosen = 1
	}
	body = append(body, k.buttons([]string{c.safe(), c.Verb}, chosen, inner, c.Harmful))
	body = squeeze(body, c.foot(k, inner), height-2)
	edge := k.Accent
	if c.Harmful {
		edge = k.Danger
	}
	hint := "Tab moves" + k.sep() + "Enter acts" + k.sep() + "Esc leaves"
	return k.box(c.Title, hint, body, width, edge)
}

// low is a window in which a dialog gives up its empty lines.
const low = 16

// foot is how many lines stay whatever happens: what is said and the buttons.
func (c *Confirm) foot(k *Look, inner int) int {
	n := 1
	for _, text := range c.remarks(k, inner) {
		if text != "" {
			n++
		}
	}
	return n
}

// extra is how many lines the remarks have beyond one.
func (c *Confirm) extra() (n int) {
	if c.Types() {
		n += 2
	}
	if c.remark() != "" {
		n += 2
	}
	return n
}

// remark is why the button did nothing, as long as that is so.
func (c *Confirm) remark() string {
	if c.soon && c.counting() {
		return "still counting what goes"
	}
	return c.said
}

// remarks are what is said of it, and the line for the number.
func (c *Confirm) remarks(k *Look, inner int) []string {
	var lines []string
	text, style := c.Warning, k.Danger
	if text == "" {
		text, style = c.Note, k.Text
	}
	if text != "" {
		for _, part := range k.Wrap(text, inner-4, wrongLines) {
			lines = append(lines, "  "+style.On(part))
		}
		lines = append(lines, "")
	}
	if want := c.wanted(); want != "" {
		l := line{look: k}
		l.put(k.Dim, "  type "+want+" to go on ")
		l.put(k.Accent, k.Marks.Shut+" ")
		c.edit.draw(k, &l, inner-l.cells-1)
		lines = append(lines, l.String(), "")
	}
	if said := c.remark(); said != "" {
		lines = append(lines, "  "+k.Odd.On(k.Shorten(said, inner-4)), "")
	}
	return lines
}

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
