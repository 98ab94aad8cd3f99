package tui

import (
	"slices"

	"cosmander/cos"
	"cosmander/views"
)

// What follows says why an action would do nothing now, or "". A key that does
// nothing says the same as the list of all actions.

// firstOf is the first reason there is.
func firstOf(reasons ...func() string) func() string {
	return func() string {
		for _, reason := range reasons {
			if why := reason(); why != "" {
				return why
			}
		}
		return ""
	}
}

// when is a reason that holds if something is so.
func when(is bool, why string) string {
	if is {
		return why
	}
	return ""
}

func (m *Model) noQueue() string { return when(m.deps.Queue == nil, "there is no queue") }

func (m *Model) noBucket() string {
	return when(m.panes[m.focus].at.buckets, "enter a bucket first")
}

// noChoice: nothing is chosen, or it is not settled what.
func (m *Model) noChoice() string {
	from, why := m.choice()
	if why == "" && len(from.rows) == 0 {
		why = "no row is chosen"
	}
	return why
}

func (m *Model) noCopy() string {
	from, why := m.choice()
	if why == "" {
		why = m.cannotCopy(from, m.panes[1-m.focus].at)
	}
	return why
}

func (m *Model) noPut() string {
	if m.yanked == nil {
		return "nothing is yanked" + m.sep() + hint(m.deps.Keys.Pane.Yank, "").Key + " takes what is chosen"
	}
	return m.cannotCopy(m.yanked.chosen, m.panes[m.focus].at)
}

func (m *Model) noDelete() string {
	if m.panes[m.focus].at.buckets {
		return m.noDeleteBucket()
	}
	return m.noChoice()
}

func (m *Model) noFolder() string {
	if m.panes[m.focus].at.buckets {
		return m.noNewBucket()
	}
	return ""
}

// noRow: the cursor is on nothing, or on what leads up.
func (m *Model) noRow() string {
	_, ok := m.panes[m.focus].current()
	return when(!ok, "no row is under the cursor")
}

func (m *Model) noRename() string {
	p := m.panes[m.focus]
	if p.at.buckets {
		return "a bucket keeps its name"
	}
	return when(!p.at.Local() && m.deps.Queue == nil, m.noQueue())
}

func (m *Model) noCopyHere() string {
	return when(m.panes[m.focus].at.Local(), "both ends are local: one of them has to be a bucket")
}

func (m *Model) noEdit() string {
	p := m.panes[m.focus]
	i, ok := p.entryAt(p.cursor)
	switch {
	case !ok || p.rows.ref(i) < 0:
		return "only files are edited"
	case p.at.Local():
		return ""
	case m.deps.Edit == nil:
		return "objects are not edited here"
	case p.rows.at(i).size > editMost:
		return p.rows.id(i) + " has " + views.Size(p.rows.at(i).size) + ": only objects up to " + views.Size(editMost) + " are edited"
	}
	return ""
}

func (m *Model) noEnter() string {
	return when(m.panes[m.focus].count() == 0, "nothing is here to enter")
}

func (m *Model) noInto() string {
	_, ok := m.panes[m.focus].current()
	switch {
	case ok:
		return ""
	case m.noEnter() != "":
		return m.noEnter()
	}
	return "this row leads up" + m.sep() + hint(m.deps.Keys.Pane.Parent, "").Key + " goes there"
}

func (m *Model) noParent() string {
	_, _, ok := m.panes[m.focus].at.parent(m.deps.Buckets != nil)
	return when(!ok, "nothing is above this")
}

func (m *Model) noView() string {
	p := m.panes[m.focus]
	i, ok := p.entryAt(p.cursor)
	switch {
	case !ok:
		return "no file is under the cursor"
	case p.rows.ref(i) < 0:
		return "a folder has no contents to show" + m.sep() + hint(m.deps.Keys.Pane.Into, "").Key + " enters it"
	}
	return ""
}

func (m *Model) noAside() string {
	show := hint(m.deps.Keys.Pane.View, "").Key
	return when(m.width < pairWidth && !m.aside.on, "too narrow for that"+m.sep()+show+" shows the file")
}

func (m *Model) atTop() string {
	return when(m.panes[m.focus].cursor == 0, "this is the top")
}

func (m *Model) atBottom() string {
	p := m.panes[m.focus]
	return when(p.cursor >= p.count()-1 && !p.rows.more, "this is the end")
}

// noMark: the cursor is on no row that is marked, and cannot go down either.
func (m *Model) noMark() string {
	if m.atBottom() == "" {
		return ""
	}
	return m.noRow()
}

// nothing: no row is shown and none will be.
func (m *Model) nothing() string {
	p := m.panes[m.focus]
	return when(p.rows.len() == 0 && !p.rows.more, "no row is shown")
}

func (m *Model) unlisted() string {
	p := m.panes[m.focus]
	return when(p.rows.total() == 0 && !p.rows.more, "nothing is listed here")
}

func (m *Model) allMarked() string {
	p := m.panes[m.focus]
	if p.rows.more || p.rows.marked < p.rows.len() {
		return ""
	}
	for i := range p.rows.len() {
		if !p.rows.isMarked(p.rows.ref(i)) {
			return ""
		}
	}
	return "all are marked already"
}

func (m *Model) noMarks() string {
	p := m.panes[m.focus]
	if p.unsure() {
		_, why := m.choice()
		return why
	}
	return when(p.rows.marked == 0, "nothing is marked")
}

// noEscape: nothing is under way, shown in part, marked or said.
func (m *Model) noEscape() string {
	p := m.panes[m.focus]
	busy := m.hushed || m.status != "" || m.result.text != "" || m.drag != nil || m.sizing != nil || p.load != nil
	waits := p.wantAll || p.wantFound || p.wantEnd || p.unsure() || p.focusOn != ""
	if busy || waits || p.order.filter != "" || p.rows.marked > 0 {
		return ""
	}
	return "nothing is under way, filtered or marked"
}

// noSort: the rows are in that order already, or have nothing to be sorted by.
func (m *Model) noSort(by sortBy) func() string {
	return func() string {
		p := m.panes[m.focus]
		order := arrangement{by: by, reverse: falling(by)}
		switch {
		case by == byClass && p.at.Local() && !p.at.buckets:
			return "files here have no storage class"
		case by == bySize && p.at.buckets:
			return "a bucket's size is not known"
		case p.order.by == order.by && p.order.reverse == order.reverse && !(p.rows.more && order.sorted() && !p.wantAll):
			return "sorted by " + by.String() + " already" + m.sep() + hint(m.deps.Keys.Pane.Reverse, "").Key + " turns it round"
		}
		return ""
	}
}

func (m *Model) noBack() string {
	return when(len(m.panes[m.focus].back) == 0, "nothing is behind this")
}

func (m *Model) noForth() string {
	return when(len(m.panes[m.focus].forth) == 0, "nothing is ahead of this")
}

func (m *Model) noPlaces() string {
	return when(m.deps.PlacesFile == "", "places are not kept here")
}

func (m *Model) noChange() string {
	_, why := m.changeable()
	return why
}

// noRestore: none of what is chosen is archived, or can hold what is.
func (m *Model) noRestore() string {
	from, _ := m.choice()
	mix, folders := m.classMix(from)
	archived := slices.ContainsFunc(mix, func(c classCount) bool { return cos.Archived(c.class) })
	return when(!archived && folders == 0, "nothing to restore: only ARCHIVE and DEEP_ARCHIVE objects are archived")
}
