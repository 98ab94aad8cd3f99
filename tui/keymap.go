package tui

import (
	"reflect"
	"strings"

	"charm.land/bubbles/v2/key"

	"cosmander/views"
)

// KeyMap is every key of the program, by where it acts. A key may be a
// sequence: "g g". The fields of each part are in the order of the help.
type KeyMap struct {
	Global  GlobalKeys
	Pane    PaneKeys
	Jobs    JobKeys
	Preview PreviewKeys
	Select  SelectKeys
	// Versions act in the history of an object.
	Versions VersionKeys
	// Uploads act in the list of unfinished uploads.
	Uploads UploadKeys
	Links   LinkKeys
	Dialog  DialogKeys
}

// GlobalKeys act wherever no text is typed.
type GlobalKeys struct {
	Help    key.Binding
	Jobs    key.Binding
	Quit    key.Binding
	Force   key.Binding // pressed twice it quits without asking
	Suspend key.Binding
	Mouse   key.Binding
	Low     key.Binding
}

// PaneKeys act in the focused pane.
type PaneKeys struct {
	Copy, Move, MakeFolder, Delete    key.Binding
	Edit, Links                       key.Binding
	Yank, Cut, Put, Rename, CopyHere  key.Binding
	Enter, Into, Parent, Other        key.Binding
	View, Aside                       key.Binding
	Down, Up, Top, Bottom             key.Binding
	HalfDown, HalfUp, PageDown, PgUp  key.Binding
	Mark, Invert, MarkAll, ClearMarks key.Binding
	Range, RangeDown, RangeUp         key.Binding
	MarkGlob, UnmarkGlob              key.Binding
	Filter, Find, Jump                key.Binding
	Usage, Size                       key.Binding
	SortName, SortSize, SortTime      key.Binding
	SortClass, SortType, Reverse      key.Binding
	Goto, Back, Forth                 key.Binding
	Places, Bookmark                  key.Binding
	Refresh, Hidden                   key.Binding
	Palette                           key.Binding
	Properties, Metadata              key.Binding
	Class, Restore                    key.Binding
	Tags, Access, Query               key.Binding
	Append, Uploads                   key.Binding
	Versions, AllVersions, Past, Undo key.Binding
}

// VersionKeys act in the history of an object.
type VersionKeys struct {
	Look, Copy, Restore, Compare, Delete, Links, Mark, TurnOn, Again key.Binding
}

// LinkKeys act where links are shown.
type LinkKeys struct {
	Copy, CopyOne, Code, Save key.Binding
}

// UploadKeys act in the list of unfinished uploads.
type UploadKeys struct {
	Abort, Adopt, Mark, MarkAll, Sort, Reverse, Filter, Again key.Binding
}

// JobKeys act in the list of jobs.
type JobKeys struct {
	Pause, Details, Answer, Retry, Cancel, Clear key.Binding
	Sooner, Later, Next, Raise, Lower, Limit     key.Binding
}

// PreviewKeys act where a file is looked at. The keys of dialogs scroll there.
type PreviewKeys struct {
	Search, NextHit, LastHit, Hex, Plain, Wrap key.Binding
	Encoding, EncodingBack, Fold, FoldAll      key.Binding
	Follow, Stored, Again                      key.Binding
}

// SelectKeys act in the result of a query. The keys of dialogs scroll there.
type SelectKeys struct {
	Save key.Binding
}

// DialogKeys act in dialogs, in the help and in the list of jobs.
type DialogKeys struct {
	Accept, Leave, Next, Previous, Left, Right key.Binding
	Down, Up, PageDown, PageUp, Top, Bottom    key.Binding
	Rub                                        key.Binding
}

// Mode is a part of the key map in which a key must be unique.
type Mode struct {
	Title    string
	Bindings []key.Binding
}

// Modes lists the parts of k with their bindings in order.
func (k KeyMap) Modes() []Mode {
	return []Mode{
		{"Panes", bindings(k.Pane)},
		{"Jobs", bindings(k.Jobs)},
		{"Preview", bindings(k.Preview)},
		{"Select", bindings(k.Select)},
		{"Versions", bindings(k.Versions)},
		{"Uploads", bindings(k.Uploads)},
		{"Links", bindings(k.Links)},
		{"Everywhere", bindings(k.Global)},
		{"Dialogs", bindings(k.Dialog)},
	}
}

// bindings returns the fields of a struct of bindings.
func bindings(part any) []key.Binding {
	v := reflect.ValueOf(part)
	out := make([]key.Binding, 0, v.NumField())
	for i := range v.NumField() {
		out = append(out, v.Field(i).Interface().(key.Binding))
	}
	return out
}

// help turns the live key table into the sections of the help; the one that
// is called first, if there is one, comes first.
func (k KeyMap) help(first string) []views.Section {
	var out []views.Section
	for _, mode := range k.Modes() {
		s := views.Section{Title: mode.Title}
		for _, b := range mode.Bindings {
			if b.Enabled() {
				s.Hints = append(s.Hints, views.Hint{Key: b.Help().Key, Does: b.Help().Desc})
			}
		}
		if mode.Title == first {
			out = append([]views.Section{s}, out...)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// hint is a binding for the hint line: its first help key and one word.
func hint(b key.Binding, does string) views.Hint {
	first, _, _ := strings.Cut(b.Help().Key, " ")
	return views.Hint{Key: first, Does: does}
}

// matches reports that b holds the key or sequence pressed.
func matches(pressed string, b key.Binding) bool {
	if !b.Enabled() {
		return false
	}
	for _, k := range b.Keys() {
		if k == pressed {
			return true
		}
	}
	return false
}

// begins reports that some binding of the panes goes on after pressed.
func (k KeyMap) begins(pressed string) bool {
	for _, b := range bindings(k.Pane) {
		for _, seq := range b.Keys() {
			if b.Enabled() && strings.HasPrefix(seq, pressed+" ") {
				return true
			}
		}
	}
	return false
}

// after lists what can follow the first keys of a sequence.
func (k KeyMap) after(prefix string) []views.Hint {
	var out []views.Hint
	for _, b := range bindings(k.Pane) {
		for _, seq := range b.Keys() {
			if rest, ok := strings.CutPrefix(seq, prefix+" "); ok && b.Enabled() {
				does, _, _ := strings.Cut(b.Help().Desc, ";")
				out = append(out, views.Hint{Key: rest, Does: does})
			}
		}
	}
	return withoutShared(out)
}

// withoutShared leaves out the words that all hints begin with: "sort by" is
// known from the key that was pressed.
func withoutShared(hints []views.Hint) []views.Hint {
	for len(hints) > 1 {
		word, _, more := strings.Cut(hints[0].Does, " ")
		for _, h := range hints {
			more = more && strings.HasPrefix(h.Does, word+" ") && len(h.Does) > len(word)+1
		}
		if !more {
			break
		}
		for i := range hints {
			hints[i].Does = hints[i].Does[len(word)+1:]
		}
	}
	return hints
}

// input translates a key for a view.
func (k DialogKeys) input(pressed string) views.Input {
	table := []struct {
		binding key.Binding
		input   views.Input
	}{
		{k.Accept, views.Accept},
		{k.Leave, views.Leave},
		{k.Next, views.Next},
		{k.Previous, views.Previous},
		{k.Left, views.Left},
		{k.Right, views.Right},
		{k.Down, views.Down},
		{k.Up, views.Up},
		{k.PageDown, views.PageDown},
		{k.PageUp, views.PageUp},
		{k.Top, views.Top},
		{k.Bottom, views.Bottom},
		{k.Rub, views.Rub},
	}
	for _, row := range table {
		if matches(pressed, row.binding) {
			return row.input
		}
	}
	return views.NoInput
}
