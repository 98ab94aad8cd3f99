package views

import (
	"slices"

	"cosmander/jobs"
)

// Plan is the dialog before a copy: what would move, from where to where,
// and what happens to what exists. It opens on the button that starts.
type Plan struct {
	Title string // "Upload"
	From  string
	To    string
	Tally jobs.Tally
	// Sources is how many things are copied. If Looked is set, only so many of
	// them were looked up at the destination.
	Sources, Looked int64
	Policy          jobs.OnConflict
	Move            bool   // the sources go
	Failed          string // why counting stopped
	// Thaw is offered if some of what is read is archived; nil: it is not.
	Thaw *Thaw
	// Keys are the names of the keys that an upload can be encrypted with, and
	// Encrypt the one that is chosen; empty: it goes in the clear.
	Keys    []string
	Encrypt string
	// Folder reports that the source called name is a folder; it may be nil.
	Folder func(name string) bool

	focus planFocus
}

type planFocus int

const (
	onStart planFocus = iota
	onPolicy
	onTier
	onDays
	onEncrypt
	onCancel
	planStops
)

var _ Buttoned = (*Plan)(nil)

// Click does what the button of that name says.
func (p *Plan) Click(name string) Action {
	switch name {
	case p.verb():
		return Go
	case "Cancel":
		return Close
	}
	return None
}

// Do takes one input.
func (p *Plan) Do(in Input) Action {
	switch in {
	case Accept:
		if p.focus == onCancel {
			return Close
		}
		return Go
	case Leave:
		return Close
	case Next, Down:
		p.step(1)
	case Previous, Up:
		p.step(planStops - 1)
	case Left, Right:
		p.turn(in)
	case NoInput, PageUp, PageDown, Top, Bottom, Rub:
	}
	return None
}

// step goes on by so many stops, and over those that are not there.
func (p *Plan) step(by planFocus) {
	p.focus = (p.focus + by) % planStops
	for !p.has(p.focus) {
		p.focus = (p.focus + by) % planStops
	}
}

// has reports that a stop is there.
func (p *Plan) has(stop planFocus) bool {
	switch stop {
	case onTier:
		return p.Thaws()
	case onDays:
		return p.Thaws() && p.Thaw.asks()
	case onEncrypt:
		return len(p.Keys) > 0
	case onStart, onPolicy, onCancel, planStops:
	}
	return true
}

// turn moves between the buttons, or changes an answer.
func (p *Plan) turn(in Input) {
	switch {
	case p.focus == onTier:
		p.Thaw.turn(in)
	case p.focus == onDays:
		p.Thaw.turnDays(in)
	case p.focus == onPolicy:
		all := jobs.Conflicts()
		step := 1
		if in == Left {
			step = len(all) - 1
		}
		p.Policy = all[(slices.Index(all, p.Policy)+step)%len(all)]
	case p.focus == onEncrypt:
		p.turnKey(in)
	case in == Left:
		p.focus = onCancel
	default:
		p.focus = onStart
	}
}

// Draw returns the lines of the dialog.
func (p *Plan) Draw(k *Look, width, height int) []string {
	width = min(width, 72)
	inner := width - 2
	body := append([]string{""}, k.tally(p.Tally, p.Failed, inner)...)
	body = append(body, k.fact("from", p.From, 6, inner), k.fact("to", p.To, 6, inner), "")
	room := height - len(body) - 7
	if height < low {
		room = height - len(body) // empty lines go before names do
	}
	body = append(body, p.existing(k, inner, room)...)
	if p.Move {
		body = append(body, k.remark("a source goes once its copy is verified"), "")
	}
	if p.Thaws() {
		body = append(body, p.thaw(k, inner)...)
	}
	body = append(body, p.policy(k))
	foot := 2 // the policy and the buttons
	if len(p.Keys) > 0 {
		body = append(body, p.encryption(k))
		foot++
	}
	body = append(body, "")
	chosen := -1
	switch p.focus {
	case onStart:
		chosen = 1
	case onCancel:
		chosen = 0
	case onPolicy, onTier, onDays, onEncrypt, planStops:
	}
	body = append(body, k.buttons([]string{"Cancel", p.verb()}, chosen, inner, false))
	body = squeeze(body, foot, height-2)
	hint := "Tab moves" + k.sep() + "arrows choose" + k.sep() + "Enter acts" + k.sep() + "Esc leaves"
	return k.box(p.Title, hint, body, width, k.Accent)
}

// failureLines is how many lines a dialog gives to why counting stopped.
const failureLines = 3

// tally is the line of counts, and why there is no more of them.
func (k *Look) tally(t jobs.Tally, failed string, inner int) []string {
	text, unknown := Plural(t.Files, "file", "files"), !t.Done && t.Files == 0
	if t.Folders > 0 {
		text += " in " + Plural(t.Folders, "folder", "folders")
	}
	if t.Files > 0 {
		text += k.sep() + Size(t.Bytes)
	}
	switch {
	case failed != "" && unknown:
		return k.failure("not counted: "+failed, inner)
	case failed != "":
		return append([]string{"  " + k.Text.On(text+" at least")}, k.failure(failed, inner)...)
	case unknown:
		return []string{"  " + k.Text.On("counting"+k.Marks.Ellipsis)} // unknown is not zero
	case !t.Done:
		return []string{"  " + k.Text.On(text) + k.Dim.On(k.sep()+"counting"+k.Marks.Ellipsis)}
	}
	return []string{"  " + k.Text.On(text)}
}

func (k *Look) failure(text string, inner int) []string {
	lines := k.Wrap(text, inner-4, failureLines)
	for i := range lines {
		lines[i] = "  " + k.Danger.On(lines[i])
	}
	return lines
}

// existing lists what the copy would meet, in at most room lines.
func (p *Plan) existing(k *Look, inner, room int) []string {
	among := ""
	if p.Looked > 0 && p.Looked < p.Sources {
		among = " of the first " + Count(p.Looked)
	}
	switch {
	case p.Tally.Existing == 0 && among != "" && p.Tally.Done:
		return []string{k.remark("none" + among + " exists there"), ""}
	case p.Tally.Existing == 0:
		return nil
	}
	if name := p.Tally.Names; p.Tally.Existing == 1 && len(name) == 1 && among == "" && p.isFolder(name[0]) {
		return []string{p.merge(k, name[0], inner), ""}
	}
	verb := "exist"
	if p.Tally.Existing == 1 {
		verb = "exists"
	}
	lines := []string{k.remark(Count(p.Tally.Existing) + among + " " + verb + " there:")}
	names := p.Tally.Names[:max(min(len(p.Tally.Names), room-4, 6), 0)]
	merged := 0
	for _, name := range names {
		if p.isFolder(name) {
			name += "/"
			merged++
		}
		lines = append(lines, k.fact("", "  "+name, 0, inner))
	}
	if rest := p.Tally.Existing - int64(len(names)); rest > 0 {
		lines = append(lines, k.remark("  and "+Count(rest)+" more"))
	}
	if merged > 0 {
		lines = append(lines, p.merge(k, "", inner))
	}
	return append(lines, "")
}

func (p *Plan) isFolder(name string) bool { return p.Folder != nil && p.Folder(name) }

// merge says what happens in folders that exist.
func (p *Plan) merge(k *Look, name string, inner int) string {
	if name != "" {
		return k.fact("", name+"/ exists: files of the same name are "+answers[p.Policy].done, 0, inner)
	}
	return k.remark("in folders that exist files of the same name are " + answers[p.Policy].done)
}

// answers words what happens to a destination that exists, as a choice and as
// what is done.
var answers = map[jobs.OnConflict]struct{ choice, done string }{
	jobs.Overwrite:  {"overwrite", "overwritten"},
	jobs.Skip:       {"skip", "skipped"},
	jobs.IfNewer:    {"overwrite if newer", "overwritten if newer"},
	jobs.IfSize:     {"overwrite if the size differs", "overwritten if the size differs"},
	jobs.IfChecksum: {"overwrite if the content differs", "overwritten if the content differs"},
	jobs.KeepBoth:   {"keep both, as name (2)", "kept beside, as name (2)"},
	jobs.Ask:        {"ask about each", "asked about"},
}

// remark is a dim line of a dialog.
func (k *Look) remark(text string) string { return "  " + k.Dim.On(text) }

func (p *Plan) policy(k *Look) string {
	return p.choice(k, "If one exists", answers[p.Policy].choice, onPolicy)
}

// choice is an answer that Left and Right change.
func (p *Plan) choice(k *Look, label, text string, stop planFocus) string {
	style := k.Text
	if p.focus == stop {
		style = k.Button
	}
	return "  " + k.Dim.On(pad(label, 16, false)) + style.On(k.Marks.Open+" "+text+" "+k.Marks.Shut)
}
