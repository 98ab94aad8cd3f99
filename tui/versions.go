package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/jobs"
	"cosmander/views"
)

// timeline is the history of an object while it is shown.
type timeline struct {
	view  *views.Versions
	at    place // the folder that the object lies in
	name  string
	pane  int
	id    uint64          // of the listing under way; late pages have another
	ctx   context.Context // ends with the view
	fresh []views.VersionRow
	again bool // fresh replaces the rows when it is complete
}

// key is the key of the object.
func (t *timeline) key() string { return t.at.Key + t.name }

// versionsMsg is a page of the versions of one key.
type versionsMsg struct {
	id   uint64
	rows []views.VersionRow
	next cos.VersionsOptions
	more bool
	err  error
}

// showVersions opens the history of the object under the cursor.
func (m *Model) showVersions() tea.Cmd {
	p := m.panes[m.focus]
	id, ok := p.current()
	why := m.noVersions(p.at)
	switch {
	case why != "":
	case !ok:
		why = "no row is chosen"
	case strings.HasSuffix(id, "/"):
		why = "a folder has no versions of its own" + m.sep() + hint(m.deps.Keys.Pane.AllVersions, "").Key + " shows those of all that is in it"
	}
	if why != "" {
		m.say(why, plain)
		return nil
	}
	at, row := p.at.present().locate(nameOnly(id))
	t := &timeline{view: &views.Versions{Hints: m.versionHints()}, at: at, name: row, pane: m.focus}
	t.view.Title = cos.URI{Bucket: at.Bucket, Key: t.key()}.String()
	ctx, cancel := context.WithCancel(m.ctx)
	t.ctx, m.timeline = ctx, t
	height := m.listHeight()
	m.push(modal{view: t.view, act: m.lookAtVersion, stop: func() {
		cancel()
		m.timeline = nil
	}})
	cmds := []tea.Cmd{m.listVersions(false), m.askKeeps(at, func(state cos.Versioning, err error) tea.Cmd {
		t.view.Notes = m.keepingNotes(state, err)
		return nil
	})}
	if height != m.listHeight() {
		cmds = append(cmds, m.refit())
	}
	return tea.Batch(cmds...)
}

func (m *Model) versionHints() []views.Hint {
	k := m.deps.Keys.Versions
	return []views.Hint{
		hint(k.Look, "look"), hint(k.Copy, "copy out"), hint(k.Restore, "make current"),
		hint(k.Compare, "compare"), hint(k.Delete, "delete"), hint(k.Links, "link"), hint(k.Mark, "mark"), hint(m.deps.Keys.Dialog.Leave, "back"),
	}
}

// keepingNotes says what a bucket's state means for its versions.
func (m *Model) keepingNotes(state cos.Versioning, err error) []string {
	switch {
	case err != nil:
		return []string{"whether new versions are kept is not known: " + m.explain(err)}
	case state == cos.Unversioned:
		return []string{"the bucket keeps no versions" + m.sep() + hint(m.deps.Keys.Versions.TurnOn, "").Key + " turns that on"}
	case state == cos.VersioningSuspended:
		return []string{"versioning is suspended: what is written now replaces the version called null" + m.sep() + hint(m.deps.Keys.Versions.TurnOn, "").Key + " turns it on"}
	}
	return nil
}

// listVersions lists the history from its newest end; again keeps the old rows
// until the new ones are there.
func (m *Model) listVersions(again bool) tea.Cmd {
	t := m.timeline
	m.surveys++
	t.id, t.again, t.fresh = m.surveys, again, nil
	t.view.Listing, t.view.Failed = true, ""
	return m.versionsPage(t, cos.VersionsOptions{Prefix: t.key()})
}

func (m *Model) versionsPage(t *timeline, o cos.VersionsOptions) tea.Cmd {
	ctx, b, key, id := t.ctx, m.deps.Versions(t.at.Bucket, t.at.Region), t.key(), t.id
	return guarded(func() tea.Msg {
		page, err := b.ListVersions(ctx, o)
		if err != nil {
			return versionsMsg{id: id, err: err}
		}
		msg := versionsMsg{id: id, next: o, more: page.Truncated}
		msg.next.KeyMarker, msg.next.VersionMarker = page.NextKeyMarker, page.NextVersionMarker
		for _, v := range page.Versions {
			if v.Key != key { // keys come in order, and this one first
				msg.more = false
				break
			}
			msg.rows = append(msg.rows, versionRow(v))
		}
		return msg
	})
}

func versionRow(v cos.Version) views.VersionRow {
	return views.VersionRow{
		ID: v.VersionID, Modified: v.LastModified.Local(), Size: v.Size, Class: v.StorageClass, Gone: v.DeleteMarker, Current: v.Latest,
	}
}

func (m *Model) tookVersions(msg versionsMsg) tea.Cmd {
	t := m.timeline
	if t == nil || t.id != msg.id {
		return nil
	}
	if t.view.Listing = msg.more; msg.err != nil {
		t.view.Failed = m.explain(msg.err)
		return nil
	}
	if t.again {
		t.fresh = append(t.fresh, msg.rows...)
	} else {
		t.view.Add(msg.rows...)
	}
	if msg.more {
		return m.versionsPage(t, msg.next)
	}
	if t.again {
		t.view.Show(t.fresh)
	}
	return nil
}

// versionsEnded lists the history again after a job has changed its object.
func (m *Model) versionsEnded(j jobs.Job) tea.Cmd {
	t := m.timeline
	if t == nil || !m.touches(j, t.at) {
		return nil
	}
	return m.listVersions(true)
}

// versionKey does what a key means over a history; false if nothing.
func (m *Model) versionKey(view *views.Versions, pressed string) (tea.Cmd, bool) {
	k := m.deps.Keys.Versions
	switch {
	case matches(pressed, m.deps.Keys.Global.Help):
		m.push(modal{view: &views.Help{Sections: m.deps.Keys.help("Versions")}, act: func() tea.Cmd { return nil }})
	case matches(pressed, m.deps.Keys.Global.Jobs):
		return m.showJobs(), true
	case matches(pressed, k.Mark):
		view.Mark()
	case matches(pressed, k.Look):
		return m.lookAtVersion(), true
	case matches(pressed, k.Copy):
		return m.copyVersion(), true
	case matches(pressed, k.Restore):
		return m.makeCurrent(), true
	case matches(pressed, k.Compare):
		return m.compareVersions(), true
	case matches(pressed, k.Delete):
		return m.deleteVersions(), true
	case matches(pressed, k.Links):
		return m.linkVersions(), true
	case matches(pressed, k.TurnOn):
		if m.keeps[m.timeline.at.Bucket] == cos.VersioningEnabled {
			m.say("the bucket keeps versions already", plain)
			return nil, true
		}
		m.offerVersions(m.timeline.at, m.keeps[m.timeline.at.Bucket])
	case matches(pressed, k.Again):
		return m.listVersions(true), true
	default:
		return nil, false
	}
	return nil, true
}
