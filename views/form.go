package views

import (
	"cosmander/jobs"
	"cosmander/theme"
)

// Form asks for several answers at once and shows what they mean before they
// are acted on. It opens on its first field; Enter goes on to the button that
// acts, so that nothing is done by one key.
type Form struct {
	Title string // also on the button that acts, unless Verb is set
	Verb  string
	What  string // to what it is done
	// Counted asks for a line with Tally, which grows while it is counted.
	Counted bool
	Tally   jobs.Tally
	Failed  string // why counting stopped
	Fields  []*Field
	// Notes says what the present answers mean, with each drawing; may be nil.
	Notes func() []Note
	// Check returns what is wrong with the answers together, or ""; may be nil.
	Check   func() string
	Harmful bool // drawn in the danger colour
	Reading bool // what is there now is still being asked for
	// Unread says why what is there now is not known.
	Unread string

	focus   int // of Fields; then the button that leaves, the one that acts
	top     int
	wrong   string
	changed bool
	warned  bool // that leaving loses what was typed
}

// Note is a line of a form about what its answers mean.
type Note struct {
	Text  string
	Alarm bool
}

var (
	_ Typist   = (*Form)(nil)
	_ Buttoned = (*Form)(nil)
)

const leaves = "Cancel"

func (f *Form) verb() string {
	if f.Verb != "" {
		return f.Verb
	}
	return f.Title
}

func (f *Form) field() *Field {
	if f.focus < len(f.Fields) {
		return f.Fields[f.focus]
	}
	return nil
}

func (f *Form) onCancel() bool { return f.focus == len(f.Fields) }
func (f *Form) onVerb() bool   { return f.focus == len(f.Fields)+1 }

// Focused is the field that is filled in now; nil if a button has the focus.
func (f *Form) Focused() *Field { return f.field() }

// Changed reports that an answer is not the one that was set any more.
func (f *Form) Changed() bool { return f.changed }

// Type gives text to the field that has the focus.
func (f *Form) Type(text string) {
	f.wrong, f.warned = "", false
	if field := f.field(); field != nil && field.typed(text) {
		f.changed = true
	}
}

// Click does what the button of that name says.
func (f *Form) Click(name string) Action {
	switch name {
	case leaves:
		return f.leave()
	case f.verb():
		return f.accept()
	}
	return None
}

// Do takes one input.
func (f *Form) Do(in Input) Action {
	if in != Leave {
		f.warned = false
	}
	switch in {
	case Accept:
		return f.enter()
	case Leave:
		return f.leave()
	case Next:
		f.move(1)
	case Previous:
		f.move(-1)
	case Down, Up:
		f.vertical(in)
	default:
		f.horizontal(in)
	}
	return None
}

// enter acts only on a button; in a field it leads to the one that acts.
func (f *Form) enter() Action {
	switch {
	case f.onCancel():
		return f.leave()
	case f.onVerb():
		return f.accept()
	}
	if f.wrong = f.field().check(); f.wrong == "" {
		f.focus = len(f.Fields) + 1
	}
	return None
}

func (f *Form) accept() Action {
	f.wrong = ""
	for i, field := range f.Fields {
		if f.wrong = field.check(); f.wrong != "" {
			f.focus = i
			return None
		}
	}
	if f.Check != nil {
		f.wrong = f.Check()
	}
	if f.wrong != "" {
		return None
	}
	return Go
}

// leave puts the form away; what was typed is given up only when asked twice.
func (f *Form) leave() Action {
	if !f.changed || f.warned {
		return Close
	}
	f.warned = true
	return None
}

func (f *Form) move(by int) {
	stops := len(f.Fields) + 2
	f.focus = (f.focus + by + stops) % stops
}

func (f *Form) vertical(in Input) {
	switch {
	case in == Up && f.field() == nil:
		f.focus = max(len(f.Fields)-1, 0)
	case in == Up:
		f.focus = max(f.focus-1, 0)
	case f.field() != nil:
		f.move(1)
	}
}

func (f *Form) horizontal(in Input) {
	if field := f.field(); field != nil {
		if field.do(in) {
			f.changed, f.wrong = true, ""
		}
		return
	}
	switch in { //nolint:exhaustive // the others mean nothing on a button
	case Left:
		f.focus = len(f.Fields)
	case Right:
		f.focus = len(f.Fields) + 1
	}
}

// Draw returns the lines of the form.
func (f *Form) Draw(k *Look, width, height int) []string {
	width = min(width, 76)
	inner := width - 2
	head := []string{k.fact("", f.What, 0, inner)}
	if f.Counted {
		head = append(head, k.tally(f.Tally, f.Failed, inner)...)
	}
	foot := f.foot(k, inner)
	// The buttons and the field that is typed in are never pushed out.
	foot = foot[:max(min(len(foot), height-len(head)-4), 0)]
	roomy := height >= len(head)+len(f.Fields)+len(foot)+6
	fields := f.fields(k, inner, max(height-len(head)-len(foot)-4, 1))
	body := append([]string{}, head...)
	if roomy {
		body = append(append([]string{""}, head...), "")
	}
	body = append(body, fields...)
	body = append(body, foot...)
	if roomy {
		body = append(body, "")
	}
	chosen := -1
	switch {
	case f.onCancel():
		chosen = 0
	case f.onVerb():
		chosen = 1
	}
	body = append(body, k.buttons([]string{leaves, f.verb()}, chosen, inner, f.Harmful))
	return k.box(f.Title, f.hint(k), body, width, f.edge(k))
}

func (f *Form) edge(k *Look) theme.Style {
	if f.Harmful {
		return k.Danger
	}
	return k.Accent
}

func (f *Form) hint(k *Look) string {
	if f.warned {
		return "Esc again leaves and loses what you changed"
	}
	does := "Enter to the button"
	switch {
	case f.onCancel(), f.onVerb():
		does = "Enter acts"
	case f.field().Options != nil:
		does = "arrows choose" + k.sep() + does
	}
	return "Tab moves" + k.sep() + does + k.sep() + "Esc leaves"
}

// fields draws those around the focus for which there is room.
func (f *Form) fields(k *Look, inner, room int) []string {
	room = min(room, len(f.Fields))
	at := min(f.focus, len(f.Fields)-1)
	f.top = max(min(f.top, at, len(f.Fields)-room), at-room+1, 0)
	cells := 0
	for _, field := range f.Fields {
		cells = max(cells, k.Width.StringWidth(field.Label))
	}
	cells = min(cells, inner/3)
	var lines []string
	for i, field := range f.Fields[f.top : f.top+room] {
		lines = append(lines, field.draw(k, cells, inner, f.top+i == f.focus))
	}
	return lines
}

// foot is what is wrong, or else what the answers mean.
func (f *Form) foot(k *Look, inner int) []string {
	var notes []Note
	switch {
	case f.wrong != "":
		notes = []Note{{f.wrong, true}}
	case f.Reading:
		notes = []Note{{"asking what it has now" + k.Marks.Ellipsis, false}}
	case f.Notes != nil:
		notes = f.Notes()
	}
	if f.Unread != "" {
		notes = append(notes, Note{"what it has now is not known: " + f.Unread, true})
	}
	if len(notes) == 0 {
		return nil
	}
	lines := []string{""}
	for _, n := range notes {
		style := k.Dim
		if n.Alarm {
			style = k.Danger
		}
		for _, text := range k.Wrap(n.Text, inner-4, wrongLines) {
			lines = append(lines, "  "+style.On(text))
		}
	}
	return lines
}
