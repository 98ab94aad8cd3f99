package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/views"
)

// linkKeysMsg says how long the keys that sign a link last.
type linkKeysMsg struct {
	form *linkForm
	keys cos.SigningKeys
	err  error
}

// linkForm asks about a link before it is made.
type linkForm struct {
	view    *views.Form
	life    lifeFields
	allows  func() string // "read 3 objects"
	more    string        // what else is to be known; may be empty
	keys    cos.SigningKeys
	unknown string // why the keys are not known
}

// askDownloadLink asks how long links to read objects are to last.
func (m *Model) askDownloadLink(l linking) tea.Cmd {
	read := "read this object"
	if n := len(l.targets); n > 1 {
		read = "read these " + views.Count(int64(n)) + " objects"
	}
	switch {
	case l.targets[0].version != "" && len(l.targets) == 1:
		read = "read this version"
	case l.targets[0].version != "":
		read = "read these " + views.Count(int64(len(l.targets))) + " versions"
	}
	f := &linkForm{life: newLifeFields(), allows: func() string { return read }}
	f.view = &views.Form{Title: "Link to download", Verb: "Make", What: l.what, Fields: []*views.Field{f.life.preset, f.life.free}}
	return m.askLink(f, l.at, func(says []views.Note, life time.Duration) tea.Cmd { return m.makeDownloadLinks(l, says, life) })
}

// askUploadLink asks for the name of an object that somebody else is to store.
func (m *Model) askUploadLink(at place) tea.Cmd {
	name := &views.Field{Label: "Name"}
	at = at.whole()
	key := func() string { return at.Key + name.Text() }
	name.Check = func(text string) string {
		if text == "" {
			return "a name is needed"
		}
		return wording(cos.CheckKey(key()))
	}
	f := &linkForm{life: newLifeFields(), more: "An object that has the name by then is replaced."}
	f.allows = func() string {
		return "store one object of at most 5 GB as " + cos.URI{Bucket: at.Bucket, Key: key()}.String()
	}
	f.view = &views.Form{Title: "Link to upload", Verb: "Make", What: at.address(), Fields: []*views.Field{name, f.life.preset, f.life.free}}
	return m.askLink(f, at, func(says []views.Note, life time.Duration) tea.Cmd { return m.makeUploadLink(at, key(), says, life) })
}

// askLink shows a form about links, and asks what their keys allow.
func (m *Model) askLink(f *linkForm, at place, build func([]views.Note, time.Duration) tea.Cmd) tea.Cmd {
	f.view.Notes = func() []views.Note { return m.linkNotes(f) }
	f.view.Reading = true
	m.push(modal{view: f.view, act: func() tea.Cmd {
		says, life := m.linkNotes(f), f.life.life()
		m.pop()
		return build(says, life)
	}})
	ctx, linker := m.ctx, m.deps.Link(at.Bucket, at.Region)
	return guarded(func() tea.Msg {
		keys, err := linker.SigningKeys(ctx)
		return linkKeysMsg{f, keys, err}
	})
}

func (m *Model) tookLinkKeys(msg linkKeysMsg) {
	msg.form.view.Reading = false
	msg.form.keys = msg.keys
	if msg.err != nil {
		msg.form.unknown = m.explain(msg.err)
	}
}

// linkNotes says what a link will allow, to whom, and until when.
func (m *Model) linkNotes(f *linkForm) []views.Note {
	life := f.life.life()
	if life == 0 {
		return []views.Note{{Text: "how long is a number and m, h, d or w: 90m, 36h, 10d, 2w"}}
	}
	now := m.deps.Now()
	until, ends := now.Add(life), m.keysEnd(f)
	early := f.keys.Temporary && !f.keys.Until.IsZero() && f.keys.Until.Before(until)
	if early {
		until = f.keys.Until
	}
	text := "Whoever has the link can " + f.allows() + " until " + stampZone(until) + ", " + fromNow(until.Sub(now)) + ", without an account."
	notes := []views.Note{{Text: text}}
	if f.more != "" {
		notes = append(notes, views.Note{Text: f.more})
	}
	ends.Alarm = ends.Alarm || early
	return append(notes, ends)
}

// keysEnd says what is known of the end of the keys that sign.
func (m *Model) keysEnd(f *linkForm) views.Note {
	switch {
	case f.unknown != "":
		return views.Note{Text: "nothing can sign it: " + f.unknown, Alarm: true}
	case !f.keys.Temporary:
		return views.Note{Text: "The service sets no longest time, and takes no link back: it ends at its time, or with the key pair that signed it."}
	case f.keys.Until.IsZero():
		return views.Note{Text: "The key pair is temporary: the link ends with it, perhaps before, and when that is was not said.", Alarm: true}
	}
	return views.Note{Text: "The key pair is temporary and ends " + stampZone(f.keys.Until) + ": no link lasts longer."}
}

func stampZone(t time.Time) string { return t.Format("2006-01-02 15:04 -0700") }

// fromNow is a time to come in one unit.
func fromNow(d time.Duration) string {
	const day = 24 * time.Hour
	switch d = d.Round(time.Minute); {
	case d >= 2*day || d == day:
		return "in " + views.Plural(int64(d/day), "day", "days")
	case d >= 2*time.Hour || d == time.Hour:
		return "in " + views.Plural(int64(d/time.Hour), "hour", "hours")
	}
	return "in " + views.Plural(int64(d.Minutes()), "minute", "minutes")
}
