package tui

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/jobs"
	"cosmander/views"
)

// factsMsg brings groups of facts for an open view.
type factsMsg struct {
	id     uint64
	groups []views.FactGroup
	of     learned
}

// showProperties shows what the object under the cursor has, or sums up what is
// marked.
func (m *Model) showProperties() tea.Cmd {
	from, why := m.choice()
	switch {
	case why != "":
		m.say(why, plain)
		return nil
	case len(from.rows) == 0:
		m.say("no row is chosen", plain)
		return nil
	}
	if from.at.buckets && len(from.rows) == 1 {
		return m.showBucket(from)
	}
	view := &views.Properties{Title: "Properties of " + m.from(from)}
	ctx, cancel := context.WithCancel(m.ctx)
	m.surveys++
	id := m.surveys
	keys := m.deps.Keys
	view.Hints = []views.Hint{hint(keys.Pane.Yank, "copies this"), hint(keys.Pane.Links, "copies all")}
	if !from.at.Local() && !from.at.buckets && !from.at.past() {
		view.Hints = append(view.Hints, hint(keys.Pane.Metadata, "metadata"), hint(keys.Pane.Class, "class"), hint(keys.Pane.Tags, "tags"), hint(keys.Pane.Access, "access"))
	}
	view.Hints = append(view.Hints, views.Hint{Key: "Esc", Does: "back"})
	m.push(modal{view: view, id: id, stop: cancel, act: func() tea.Cmd { return nil }})
	if len(from.rows) > 1 || strings.HasSuffix(from.rows[0], "/") {
		view.Set(m.summary(from))
		return nil
	}
	view.Set(m.rowFacts(from))
	if from.at.Local() || from.at.buckets || m.deps.Inspect == nil || m.marksDeletion(from) {
		return nil
	}
	for _, title := range []string{objectTitle, metaTitle, accessTitle, tagsTitle, headersTitle} {
		view.Set(views.FactGroup{Title: title, Waiting: true})
	}
	key, version := cutVersionRow(from.rows[0])
	return m.inspect(ctx, id, m.deps.Inspect(from.at.Bucket, from.at.Region), objectName{from.at.Bucket, from.at.Key + key}, version)
}

// The groups of an object's properties.
const (
	objectTitle  = "Object"
	metaTitle    = "Metadata"
	accessTitle  = "Access"
	tagsTitle    = "Tags"
	headersTitle = "All headers"
)

// marksDeletion reports that the one row of from is a delete marker, of which
// the service tells no more than its listing.
func (m *Model) marksDeletion(from chosen) bool {
	r, ok := m.panes[from.pane].rows.lookup(from.rows[0])
	return ok && from.at.past() && m.panes[from.pane].rows.entry(r).flags&isGone != 0
}

// inspect asks for all that an object has, in three requests at once.
func (m *Model) inspect(ctx context.Context, id uint64, o Inspector, name objectName, version string) tea.Cmd {
	key := name.key
	head := guarded(func() tea.Msg {
		h, err := o.Head(ctx, key, cos.GetOptions{VersionID: version})
		if err != nil {
			return unknownMsg{id, []string{objectTitle, metaTitle, headersTitle}, err}
		}
		msg := factsMsg{id: id, groups: []views.FactGroup{objectFacts(h), metaFacts(h), headerFacts(h)}}
		if version == "" { // what is known of an object is known of the newest
			msg.of = learned{name, factOf(h)}
		}
		return msg
	})
	acl := guarded(func() tea.Msg {
		a, err := o.ObjectACL(ctx, key, version)
		if err != nil {
			return unknownMsg{id, []string{accessTitle}, err}
		}
		return factsMsg{id: id, groups: []views.FactGroup{accessFacts(a)}}
	})
	tags := guarded(func() tea.Msg {
		list, err := o.ObjectTags(ctx, key, version)
		if err != nil {
			return unknownMsg{id, []string{tagsTitle}, err}
		}
		g := views.FactGroup{Title: tagsTitle}
		for _, t := range list {
			g.Facts = append(g.Facts, views.Fact{Label: t.Key, Text: t.Value})
		}
		return factsMsg{id: id, groups: []views.FactGroup{g}}
	})
	return tea.Batch(head, acl, tags)
}

// unknownMsg says why some groups of facts are not known.
type unknownMsg struct {
	id     uint64
	titles []string
	err    error
}

// factsCame puts facts into the view that asked for them.
func (m *Model) factsCame(id uint64, groups ...views.FactGroup) {
	for _, md := range m.modals {
		if view, ok := md.view.(*views.Properties); ok && md.id == id {
			for _, g := range groups {
				view.Set(g)
			}
		}
	}
}

func (m *Model) factsFailed(msg unknownMsg) {
	for _, title := range msg.titles {
		m.factsCame(msg.id, views.FactGroup{Title: title, Failed: cmp.Or(m.explain(msg.err), "stopped")})
	}
}

// propertiesKey does what a key means over properties; false if nothing.
func (m *Model) propertiesKey(view *views.Properties, pressed string) (tea.Cmd, bool) {
	k := m.deps.Keys.Pane
	switch {
	case matches(pressed, k.Yank):
		fact, ok := view.Current()
		if !ok {
			return nil, true
		}
		m.say("to the clipboard: "+fact.Label, plain)
		return m.clip(fact.Text), true
	case matches(pressed, k.Links):
		m.say("to the clipboard: all of it", plain)
		return m.clip(view.Text()), true
	case matches(pressed, k.Class), matches(pressed, k.Tags), matches(pressed, k.Access), matches(pressed, k.Metadata), matches(pressed, k.Restore),
		m.panes[m.focus].at.buckets && (matches(pressed, k.Versions) || matches(pressed, k.Delete)):
		m.pop()
		return m.paneKey(pressed), true
	}
	return nil, false
}

// rowFacts is what the listing says of one row.
func (m *Model) rowFacts(from chosen) views.FactGroup {
	g := views.FactGroup{Title: "Address"}
	add := func(label, text string) {
		if text != "" {
			g.Facts = append(g.Facts, views.Fact{Label: label, Text: text})
		}
	}
	add("address", m.from(from))
	p := m.panes[from.pane]
	if _, version := cutVersionRow(from.rows[0]); version != "" {
		add("version", version)
	}
	if m.marksDeletion(from) {
		r, _ := p.rows.lookup(from.rows[0])
		add("deleted", moment(p.rows.entry(r).mtime))
	}
	if from.at.Local() {
		if r, ok := p.rows.lookup(from.rows[0]); ok {
			add("size", byteSize(p.rows.entry(r).size))
			add("modified", moment(p.rows.entry(r).mtime))
		}
	}
	return g
}

func byteSize(n int64) string {
	if n < 1000 {
		return views.Size(n)
	}
	return views.Size(n) + " (" + views.Count(n) + " bytes)"
}

func moment(unix int64) string {
	if unix == noTime {
		return ""
	}
	return stamp(time.Unix(unix, 0))
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02 15:04:05 -0700")
}

// objectFacts is what HEAD says of an object, in words.
func objectFacts(h *cos.Head) views.FactGroup {
	g := views.FactGroup{Title: objectTitle}
	add := func(label, text string) {
		if text != "" {
			g.Facts = append(g.Facts, views.Fact{Label: label, Text: text})
		}
	}
	add("size", byteSize(h.Size))
	add("modified", stamp(h.LastModified))
	add("class", strings.TrimSpace(h.StorageClass+" "+strings.ToLower(h.StorageTier)))
	add("restore", restoreFact(h))
	add("type", h.ObjectType)
	add("parts", partsOf(h.ETag))
	add("version", h.VersionID)
	add("ETag", h.ETag)
	if h.HasCRC64 {
		add("CRC64", fmt.Sprintf("%d (%016x)", h.CRC64, h.CRC64))
	}
	add("encryption", encryptionFact(h))
	return g
}

// partsOf reads of how many parts an object was put together.
func partsOf(etag string) string {
	if _, n, ok := strings.Cut(etag, "-"); ok {
		return n
	}
	return ""
}

func restoreFact(h *cos.Head) string {
	switch r := h.Restore; {
	case r == nil && cos.Archived(h.StorageClass):
		return "archived: restore it before it is read"
	case r == nil:
		return ""
	case r.Ongoing:
		return strings.TrimSpace("under way " + strings.ToLower(string(r.Tier)) + asked(r.Requested))
	default:
		return "can be read until " + stamp(r.Expires)
	}
}

func asked(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return ", asked for " + stamp(t)
}

// encryptionFact says who encrypts, if somebody does.
func encryptionFact(h *cos.Head) string {
	if kid, yes := jobs.Encrypted(h); yes {
		text := "by the one who wrote it, before it was sent"
		if kid != "" {
			text += ", key " + kid
		}
		return text
	}
	return string(h.Encryption.Algorithm)
}

func metaFacts(h *cos.Head) views.FactGroup {
	g := views.FactGroup{Title: metaTitle}
	for _, name := range slices.Sorted(maps.Keys(h.Headers.Meta)) {
		g.Facts = append(g.Facts, views.Fact{Label: name, Text: h.Headers.Meta[name]})
	}
	return g
}

func headerFacts(h *cos.Head) views.FactGroup {
	g := views.FactGroup{Title: headersTitle}
	for _, name := range slices.Sorted(maps.Keys(h.Raw)) {
		for _, value := range h.Raw[name] {
			g.Facts = append(g.Facts, views.Fact{Label: name, Text: value})
		}
	}
	return g
}

func accessFacts(a *cos.ACL) views.FactGroup {
	g := views.FactGroup{Title: accessTitle}
	canned := cmp.Or(a.Preset, a.Canned(), "as listed")
	g.Facts = append(g.Facts,
		views.Fact{Label: "access", Text: canned, Alarm: a.Canned() == "public-read"},
		views.Fact{Label: "owner", Text: cmp.Or(a.Owner.DisplayName, a.Owner.ID)})
	for _, grant := range a.Grants {
		g.Facts = append(g.Facts, views.Fact{Label: grant.Permission, Text: cmp.Or(grant.ID, grant.URI)})
	}
	return g
}

// summary is what the listing says of several rows together.
func (m *Model) summary(from chosen) views.FactGroup {
	mix, folders := m.classMix(from)
	g := views.FactGroup{Title: "Selection"}
	add := func(label, text string) { g.Facts = append(g.Facts, views.Fact{Label: label, Text: text}) }
	var objects, size int64
	oldest, newest := int64(0), noTime
	for _, c := range mix {
		objects += c.objects
		size += c.bytes
		for _, at := range c.modified {
			if at == noTime {
				continue
			}
			newest = max(newest, at)
			if oldest == 0 || at < oldest {
				oldest = at
			}
		}
	}
	add("where", m.tilde(from.at.address()))
	add("files", views.Count(objects))
	add("size", byteSize(size))
	if folders > 0 {
		add("folders", views.Count(int64(folders))+": "+hint(m.deps.Keys.Pane.Size, "").Key+" counts what is below")
	}
	if newest != noTime {
		add("oldest", moment(oldest))
		add("newest", moment(newest))
	}
	for _, c := range mix {
		if c.class != "" {
			add(c.class, views.Count(c.objects)+", "+byteSize(c.bytes))
		}
	}
	return g
}
