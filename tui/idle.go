package tui

// What follows says why an action would do nothing now, or "".

func (m *Model) noCopy() string {
	from, why := m.choice()
	if why == "" {
		why = m.cannotCopy(from, m.panes[1-m.focus].at)
	}
	return why
}

func (m *Model) noPut() string {
	if m.yanked == nil {
		return "nothing is yanked"
	}
	return m.cannotCopy(m.yanked.chosen, m.panes[m.focus].at)
}

func (m *Model) noBucket() string {
	if m.panes[m.focus].at.buckets {
		return "enter a bucket first"
	}
	return ""
}

func (m *Model) noChoice() string {
	if len(m.panes[m.focus].chosen()) == 0 {
		return "no row is chosen"
	}
	return ""
}

func (m *Model) noChoiceInside() string {
	if why := m.noBucket(); why != "" {
		return why
	}
	return m.noChoice()
}

func (m *Model) noRename() string {
	if why := m.noBucket(); why != "" {
		return why
	}
	if _, ok := m.panes[m.focus].current(); !ok {
		return "no row is chosen"
	}
	return ""
}

func (m *Model) noCopyHere() string {
	if why := m.noRename(); why != "" {
		return why
	}
	if m.panes[m.focus].at.Local() {
		return "both ends are local"
	}
	return ""
}

func (m *Model) noBack() string {
	if len(m.panes[m.focus].back) == 0 {
		return "nothing is behind this"
	}
	return ""
}

func (m *Model) noForth() string {
	if len(m.panes[m.focus].forth) == 0 {
		return "nothing is ahead of this"
	}
	return ""
}

func (m *Model) noPlaces() string {
	if m.deps.PlacesFile == "" {
		return "places are not kept here"
	}
	return ""
}
