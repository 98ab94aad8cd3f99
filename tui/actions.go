package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// action is what a key means when no modal is open and nothing is typed. One
// table serves the keys, the lines that are typed and the list of all actions.
type action struct {
	key key.Binding
	do  func() tea.Cmd
	// idle says why the action would do nothing now, or ""; nil if it always
	// does something.
	idle func() string
	// motion: it moves the cursor, so that a range which is being marked goes
	// on behind it.
	motion bool
	// unlisted: nobody looks for it in a list.
	unlisted bool
}

// why says why a would do nothing now, or "".
func (a action) why() string {
	if a.idle == nil {
		return ""
	}
	return a.idle()
}

// silent is what an action does that needs no command.
func silent(do func()) func() tea.Cmd {
	return func() tea.Cmd {
		do()
		return nil
	}
}

// find returns the action of a key.
func find(actions []action, pressed string) (action, bool) {
	i := slices.IndexFunc(actions, func(a action) bool { return matches(pressed, a.key) })
	if i < 0 {
		return action{}, false
	}
	return actions[i], true
}

// globalActions are those of GlobalKeys. Force is none: it is taken before
// anything else.
func (m *Model) globalActions() []action {
	k := m.deps.Keys.Global
	return []action{
		{key: k.Help, do: m.showHelp},
		{key: k.Jobs, do: m.showJobs, idle: m.noQueue},
		{key: k.Quit, do: m.quit},
		{key: k.Suspend, do: func() tea.Cmd { return tea.Suspend }},
		{key: k.Mouse, do: silent(m.toggleMouse)},
		{key: k.Low, do: silent(m.toggleLow)},
	}
}

// paneActions are those of PaneKeys, in the order of the help.
func (m *Model) paneActions() []action {
	return slices.Concat(m.changes(), m.motions(), m.marking(), m.selecting(), m.sorting(), m.going(), m.objects(), m.times())
}

// changes are the actions on what is chosen, and those that open it.
func (m *Model) changes() []action {
	k := m.deps.Keys.Pane
	return []action{
		{key: k.Copy, do: func() tea.Cmd { return m.planCopy(false) }, idle: m.noCopy},
		{key: k.Move, do: func() tea.Cmd { return m.planCopy(true) }, idle: m.noCopy},
		{key: k.MakeFolder, do: m.askNew, idle: m.noFolder},
		{key: k.Delete, do: m.askDelete, idle: firstOf(m.noQueue, m.noDelete)},
		{key: k.Edit, do: m.edit, idle: m.noEdit},
		{key: k.Links, do: m.askLinks, idle: m.noLinks},
		{key: k.Yank, do: func() tea.Cmd { return m.yank(false) }, idle: m.noChoice},
		{key: k.Cut, do: func() tea.Cmd { return m.yank(true) }, idle: m.noChoice},
		{key: k.Put, do: m.put, idle: m.noPut},
		{key: k.Rename, do: func() tea.Cmd { return m.askRename(false) }, idle: firstOf(m.noRename, m.noRow)},
		{key: k.CopyHere, do: func() tea.Cmd { return m.askRename(true) }, idle: firstOf(m.noRename, m.noRow, m.noCopyHere)},
		{key: k.Enter, do: m.enterOrLeave, idle: m.noEnter},
		{key: k.Into, do: m.into, idle: m.noInto},
		{key: k.Parent, do: m.parent, idle: m.noParent},
		{key: k.Other, do: silent(func() { m.focus = 1 - m.focus })},
		{key: k.View, do: m.showFile, idle: m.noView},
		{key: k.Aside, do: m.toggleAside, idle: m.noAside},
	}
}

// motions move the cursor.
func (m *Model) motions() []action {
	k := m.deps.Keys.Pane
	return []action{
		{key: k.Down, do: m.step(1), motion: true, unlisted: true},
		{key: k.Up, do: m.step(-1), motion: true, unlisted: true},
		{key: k.Top, do: m.toTop, motion: true, idle: m.atTop},
		{key: k.Bottom, do: m.toBottom, motion: true, idle: m.atBottom},
		{key: k.HalfDown, do: m.leaf(1), motion: true, unlisted: true},
		{key: k.HalfUp, do: m.leaf(-1), motion: true, unlisted: true},
		{key: k.PageDown, do: m.leaf(2), motion: true, unlisted: true},
		{key: k.PgUp, do: m.leaf(-2), motion: true, unlisted: true},
	}
}

// marking are the actions that mark rows and take marks off.
func (m *Model) marking() []action {
	k, p := m.deps.Keys.Pane, m.panes[m.focus]
	ranging := p.span != nil && p.span.held
	return []action{
		{key: k.Mark, do: m.markOne, motion: true, idle: m.noMark},
		{key: k.Invert, do: func() tea.Cmd { return m.markEvery(p.invert) }, idle: m.nothing},
		{key: k.MarkAll, do: func() tea.Cmd { return m.markEvery(p.markEvery) }, idle: firstOf(m.nothing, m.allMarked)},
		{key: k.ClearMarks, do: func() tea.Cmd {
			if ranging {
				return nil // that ends the range
			}
			return m.escape(p)
		}, idle: func() string { return when(!ranging, m.noEscape()) }},
		{key: k.Range, do: silent(func() {
			if !ranging {
				p.begin(true)
			}
		}), idle: func() string { return when(!ranging, m.noRow()) }},
		{key: k.RangeDown, do: m.drawRange(1), motion: true, unlisted: true},
		{key: k.RangeUp, do: m.drawRange(-1), motion: true, unlisted: true},
		{key: k.MarkGlob, do: func() tea.Cmd { return m.askGlob(true) }, idle: m.nothing},
		{key: k.UnmarkGlob, do: func() tea.Cmd { return m.askGlob(false) }, idle: m.noMarks},
	}
}

// selecting are the actions that show a part of what there is, or its size.
func (m *Model) selecting() []action {
	k := m.deps.Keys.Pane
	return []action{
		{key: k.Filter, do: m.askFilter, idle: m.unlisted},
		{key: k.Find, do: m.askFind, idle: m.noBucket},
		{key: k.Jump, do: m.askJump},
		{key: k.Usage, do: m.showUsage, idle: m.noBucket},
		{key: k.Size, do: m.showSize, idle: firstOf(m.noQueue, m.noBucket, m.noChoice)},
	}
}

// sorting are the actions that change the order of the rows.
func (m *Model) sorting() []action {
	k := m.deps.Keys.Pane
	var out []action
	for by, b := range []key.Binding{byName: k.SortName, bySize: k.SortSize, byTime: k.SortTime, byClass: k.SortClass, byType: k.SortType} {
		out = append(out, action{key: b, do: func() tea.Cmd { return m.sort(sortBy(by)) }, idle: m.noSort(sortBy(by))})
	}
	return append(out, action{key: k.Reverse, do: m.reverse})
}

// going are the actions that lead to other places, and what else a pane can do.
func (m *Model) going() []action {
	k, p := m.deps.Keys.Pane, m.panes[m.focus]
	return []action{
		{key: k.Goto, do: m.askGoto},
		{key: k.Back, do: func() tea.Cmd { return m.travel(-1) }, idle: m.noBack},
		{key: k.Forth, do: func() tea.Cmd { return m.travel(1) }, idle: m.noForth},
		{key: k.Places, do: m.showPlaces, idle: m.noPlaces},
		{key: k.Bookmark, do: m.toggleBookmark, idle: firstOf(m.noPlaces, m.noBucket)},
		{key: k.Refresh, do: m.relist},
		{key: k.Hidden, do: func() tea.Cmd { return m.toggleHidden(p) }},
		{key: k.Palette, do: m.showPalette, unlisted: true},
	}
}

// objects are the actions on what objects have beside their content.
func (m *Model) objects() []action {
	k := m.deps.Keys.Pane
	return []action{
		{key: k.Properties, do: m.showProperties, idle: m.noChoice},
		{key: k.Metadata, do: m.askMetadata, idle: m.noChange},
		{key: k.Class, do: m.askClass, idle: m.noChange},
		{key: k.Restore, do: m.askRestore, idle: firstOf(m.noChange, m.noRestore)},
		{key: k.Tags, do: m.askTags, idle: m.noChange},
		{key: k.Access, do: m.askAccess, idle: m.noChange},
		{key: k.Query, do: m.showSelect, idle: m.noSelect},
		{key: k.Append, do: m.askAppend, idle: m.noAppend},
		{key: k.Uploads, do: m.showUploads, idle: m.noUploads},
	}
}
