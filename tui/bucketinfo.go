package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/views"
)

// The groups of a bucket's properties.
const (
	bucketTitle   = "Bucket"
	versionsTitle = "Versions"
	contentsTitle = "In it"
)

// showBucket shows what is known of the chosen bucket.
func (m *Model) showBucket(from chosen) tea.Cmd {
	at, why := m.chosenBucket()
	if why != "" {
		m.say(why, plain)
		return nil
	}
	keys := m.deps.Keys
	view := &views.Properties{Title: "Properties of " + at.address(), Hints: []views.Hint{
		hint(keys.Pane.Yank, "copies this"), hint(keys.Pane.Links, "copies all"), hint(keys.Pane.Versions, "versioning"),
		hint(keys.Pane.Delete, "delete"),
		{Key: "Esc", Does: "back"},
	}}
	view.Set(m.bucketFacts(from, at))
	ctx, cancel := context.WithCancel(m.ctx)
	m.surveys++
	id := m.surveys
	m.push(modal{view: view, id: id, stop: cancel, act: func() tea.Cmd { return nil }})
	var cmds []tea.Cmd
	if m.deps.Versions != nil {
		view.Set(views.FactGroup{Title: versionsTitle, Waiting: true})
		cmds = append(cmds, m.askKeeps(at, func(state cos.Versioning, err error) tea.Cmd {
			m.factsCame(id, m.versionFacts(state, err))
			return nil
		}))
	}
	if m.deps.Contents != nil {
		b := m.deps.Contents(at.Bucket, at.Region)
		view.Set(views.FactGroup{Title: contentsTitle, Waiting: true})
		cmds = append(cmds, guarded(func() tea.Msg { return contentFacts(ctx, id, b) }))
	}
	return tea.Batch(cmds...)
}

// bucketFacts is what the list of buckets says of one.
func (m *Model) bucketFacts(from chosen, at place) views.FactGroup {
	g := views.FactGroup{Title: bucketTitle}
	add := func(label, text string) {
		if text != "" {
			g.Facts = append(g.Facts, views.Fact{Label: label, Text: text})
		}
	}
	short, id, _ := cutAppID(at.Bucket)
	add("address", at.address())
	add("name", short)
	add("APPID", id)
	add("region", at.Region)
	p := m.panes[from.pane]
	if r, ok := p.rows.lookup(from.rows[0]); ok && p.rows.entry(r).mtime != noTime {
		add("created", stamp(time.Unix(p.rows.entry(r).mtime, 0)))
	}
	if m.deps.Link != nil {
		// Where a bucket answers is where its objects do.
		if url, err := m.deps.Link(at.Bucket, at.Region).URL("x"); err == nil {
			add("endpoint", url[:len(url)-1])
		}
	}
	return g
}

func (m *Model) versionFacts(state cos.Versioning, err error) views.FactGroup {
	g := views.FactGroup{Title: versionsTitle}
	text := "none are kept, and none ever were"
	switch {
	case err != nil:
		g.Failed = m.explain(err)
		return g
	case state == cos.VersioningEnabled:
		text = "kept: what is overwritten or deleted can be taken back"
	case state == cos.VersioningSuspended:
		text = "suspended: no new ones are made, those that exist stay"
	}
	g.Facts = []views.Fact{{Label: "versioning", Text: text}}
	return g
}

// contentFacts asks what is in a bucket, and where the bucket says that it is.
func contentFacts(ctx context.Context, id uint64, b Contents) tea.Msg {
	has, err := lookInto(ctx, b)
	if err != nil {
		return unknownMsg{id, []string{contentsTitle}, err}
	}
	g := views.FactGroup{Title: contentsTitle, Facts: []views.Fact{{Label: "content", Text: has.String()}}}
	region, err := b.FindRegion(ctx)
	if err != nil {
		return unknownMsg{id, []string{contentsTitle}, err}
	}
	g.Facts = append(g.Facts, views.Fact{Label: "answers in", Text: region})
	return factsMsg{id: id, groups: []views.FactGroup{g}}
}
