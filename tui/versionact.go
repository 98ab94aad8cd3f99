package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"cosmander/jobs"
	"cosmander/views"
)

// gone is said of what a delete marker cannot do.
const gone = "a delete marker has no content"

// versionSource is a version of the object as the source of a job.
func (t *timeline) versionSource(r views.VersionRow) jobs.Source {
	s := jobs.Source{Place: t.at.Place, VersionID: r.ID, Size: r.Size, Sized: true}
	s.Key = t.key()
	return s
}

// rows is where a job about the object comes from; it has no marks to take off.
func (m *Model) rowsOf(t *timeline) chosen { return chosen{pane: t.pane, at: t.at} }

// lookAtVersion shows what is in the version under the cursor.
func (m *Model) lookAtVersion() tea.Cmd {
	t := m.timeline
	r, ok := t.view.Current()
	switch {
	case !ok:
		return nil
	case r.Gone:
		m.say(gone+m.sep()+hint(m.deps.Keys.Versions.Delete, "").Key+" takes it away, so that the version before it is back", plain)
		return nil
	}
	f := m.fileAt(t.at, t.name)
	f.version = r.ID
	name := t.name + m.sep() + r.Modified.Format("2006-01-02 15:04:05")
	return m.openPreview(&previewing{file: f, at: f.address(t.at.Place), view: views.NewPreview(name, r.Size)})
}

// copyVersion opens the plan that takes one version to the other pane.
func (m *Model) copyVersion() tea.Cmd {
	t, to := m.timeline, m.panes[1-m.timeline.pane].at
	rows := t.view.Chosen()
	why := m.cannotCopy(chosen{pane: t.pane, at: t.at, rows: []string{t.name}}, to)
	switch {
	case len(rows) == 0:
		return nil
	case len(rows) > 1:
		why = "one version at a time: they would have one name"
	case rows[0].Gone:
		why = gone
	case to.whole() == t.at.whole():
		why = "the other pane shows the same folder" + m.sep() + hint(m.deps.Keys.Versions.Restore, "").Key + " makes this version the current one"
	}
	if why != "" {
		m.say(why, plain)
		return nil
	}
	spec := jobs.Spec{
		Account: m.deps.AccountID, Sources: []jobs.Source{t.versionSource(rows[0])}, Dest: to.Place, OnConflict: jobs.Overwrite,
	}
	view := &views.Plan{Sources: 1, To: m.tilde(to.address()), Policy: jobs.Overwrite, Folder: func(string) bool { return false }}
	view.From = t.view.Title + ", " + rows[0].Modified.Format("2006-01-02 15:04:05")
	spec.Kind, view.Title = transferKind(t.at, to)
	md, cmd := m.survey(spec)
	md.view = view
	md.act = func() tea.Cmd {
		spec.OnConflict = view.Policy
		m.pop()
		return m.add(spec, m.rowsOf(t))
	}
	m.push(md)
	return cmd
}

// makeCurrent asks whether a version is to be the newest again.
func (m *Model) makeCurrent() tea.Cmd {
	t := m.timeline
	r, ok := t.view.Current()
	switch {
	case !ok || m.deps.Queue == nil:
		return nil
	case r.Gone:
		return m.deleteVersions()
	case r.Current:
		m.say("it is the current version", plain)
		return nil
	}
	dest := t.at.Place
	spec := jobs.Spec{Kind: jobs.Copy, Account: m.deps.AccountID, Sources: []jobs.Source{t.versionSource(r)}, Dest: dest}
	if cut := strings.LastIndexByte(t.key(), '/') + 1; cut >= 0 {
		spec.Dest.Key = t.key()[:cut]
	}
	view := &views.Confirm{
		Title: "Make current", Verb: "Make current",
		What:  t.view.Title,
		Names: []string{"the version of " + r.Modified.Format("2006-01-02 15:04:05") + ", " + views.Size(r.Size)},
		Note:  "It is copied on top of 1 object and becomes its newest version, with its metadata, tags and access. No version goes away.",
	}
	m.push(modal{view: view, act: func() tea.Cmd {
		m.pop()
		return m.add(spec, m.rowsOf(t))
	}})
	return nil
}

// deleteVersions asks before versions go for good. If only delete markers are
// chosen nothing is lost by it: that takes deletions back.
func (m *Model) deleteVersions() tea.Cmd {
	t := m.timeline
	rows := t.view.Chosen()
	spec := jobs.Spec{Kind: jobs.Delete, Account: m.deps.AccountID}
	var names []string
	markers, size := 0, int64(0)
	for _, r := range rows {
		spec.Sources = append(spec.Sources, t.versionSource(r))
		text := r.Modified.Format("2006-01-02 15:04:05") + "  " + r.ID
		if r.Gone {
			markers++
			text = r.Modified.Format("2006-01-02 15:04:05") + "  delete marker"
		}
		names, size = append(names, text), size+r.Size
	}
	switch {
	case len(rows) == 0 || m.deps.Queue == nil:
		return nil
	case rows[0].ID == "":
		m.say("the bucket keeps no versions: deleting this deletes the object"+m.sep()+hint(m.deps.Keys.Pane.Delete, "").Key+" in the pane does that", plain)
		return nil
	}
	first := names[:min(len(names), namesShown)]
	view := &views.Confirm{
		Title: "Delete for good", Verb: "Delete", Harmful: true, Typed: true, What: t.view.Title,
		Names: first, More: int64(len(names) - len(first)),
		Warning: "cannot be undone: " + views.Plural(int64(len(rows)), "version is", "versions are") + " gone for ever, " + views.Size(size),
	}
	view.Tally = jobs.Tally{Files: int64(len(rows)), Bytes: size, Done: true}
	if markers == len(rows) {
		view.Title, view.Verb, view.Harmful, view.Typed, view.Warning = "Undo the deletion", "Undo", false, false, ""
		view.Note = views.Plural(int64(markers), "delete marker goes", "delete markers go") + ": what is then the newest version is the object again"
	}
	m.push(modal{view: view, act: func() tea.Cmd {
		m.pop()
		return m.add(spec, m.rowsOf(t))
	}})
	return nil
}
