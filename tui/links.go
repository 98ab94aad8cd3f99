package tui

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/views"
)

// Linker makes addresses of objects; *cos.Bucket is one.
type Linker interface {
	URL(key string) (string, error)
	PresignGet(ctx context.Context, key string, o cos.PresignOptions) (string, error)
	PresignPut(ctx context.Context, key string, o cos.PresignOptions) (string, error)
	SigningKeys(ctx context.Context) (cos.SigningKeys, error)
}

var _ Linker = (*cos.Bucket)(nil)

// linkTarget is an object, or one version of it.
type linkTarget struct{ key, name, version string }

// linking is what links are made of.
type linking struct {
	at      place
	what    string // for people
	targets []linkTarget
	why     string // why none of them has a link; "" if they have
}

// linksMsg brings addresses for the clipboard, or why there are none.
type linksMsg struct {
	links []string
	what  string
	err   error
}

// askLinks offers the addresses of the chosen rows, and links to them.
func (m *Model) askLinks() tea.Cmd {
	from, _ := m.choice()
	if from.at.Local() || from.at.buckets || m.deps.Link == nil {
		return m.copied(linksMsg{links: addresses(from), what: "addresses"})
	}
	l := linking{at: from.at, what: m.from(from)}
	if len(from.rows) == 0 {
		l.why = "no row is chosen"
	}
	if len(from.rows) > 1 {
		l.what = views.Plural(int64(len(from.rows)), "object", "objects") + " in " + l.what
	}
	p := m.panes[from.pane]
	for _, id := range from.rows {
		name, version := cutVersionRow(id)
		r, ok := p.rows.lookup(id)
		switch {
		case strings.HasSuffix(id, "/"):
			l.why = "a folder has no URL"
		case ok && p.rows.entry(r).flags&isGone != 0:
			l.why = gone
		}
		l.targets = append(l.targets, linkTarget{from.at.Key + name, name, version})
	}
	return m.offerLinks(l)
}

// noLinks: there is nothing to have an address; a bucket can always take an
// upload.
func (m *Model) noLinks() string {
	from, why := m.choice()
	at := m.panes[m.focus].at
	if why == "" && len(from.rows) == 0 && (at.Local() || at.buckets || at.past() || m.deps.Link == nil) {
		why = "no row is chosen"
	}
	return why
}

// linkVersions offers links to the versions that are chosen in a history.
func (m *Model) linkVersions() tea.Cmd {
	t := m.timeline
	if m.deps.Link == nil || len(t.view.Chosen()) == 0 {
		return nil
	}
	l := linking{at: t.at, what: t.view.Title}
	for _, r := range t.view.Chosen() {
		name := t.name
		if r.ID != "" {
			name += m.sep() + r.Modified.Format("2006-01-02 15:04:05")
		}
		if r.Gone {
			l.why = gone
		}
		l.targets = append(l.targets, linkTarget{t.key(), name, r.ID})
	}
	return m.offerLinks(l)
}

// offerLinks asks which kind of address is wanted.
func (m *Model) offerLinks(l linking) tea.Cmd {
	menu := &views.Menu{Title: "Addresses and links", Sentences: true, Hint: "Enter takes it" + m.sep() + "Esc leaves"}
	versions := len(l.targets) > 0 && l.targets[0].version != ""
	menu.Items = []views.MenuItem{
		{Name: "cos:// address", Key: "to the clipboard", Why: when(versions, "an address names no version")},
		{Name: "https URL, not signed", Key: "for those who may read it", Why: firstWhy(l.why, when(versions, "only a signed link names a version"))},
		{Name: "link to download" + m.look.Marks.Ellipsis, Key: "for anyone, until a time", Why: l.why},
		{Name: "link to upload a new object" + m.look.Marks.Ellipsis, Key: "for anyone, until a time", Why: when(l.at.past() || versions, pastIsReadOnly)},
	}
	m.push(modal{view: menu, act: func() tea.Cmd {
		i, _ := menu.Chosen()
		m.pop()
		switch i {
		case 0:
			return m.copied(linksMsg{links: l.addresses(), what: "addresses"})
		case 1:
			return m.plainURLs(l)
		case 2:
			return m.askDownloadLink(l)
		}
		return m.askUploadLink(l.at)
	}})
	return nil
}

func firstWhy(all ...string) string {
	for _, why := range all {
		if why != "" {
			return why
		}
	}
	return ""
}

// addresses are those of the objects, or of the place if none is chosen.
func (l linking) addresses() (out []string) {
	if len(l.targets) == 0 {
		return []string{l.at.address()}
	}
	for _, t := range l.targets {
		out = append(out, cos.URI{Bucket: l.at.Bucket, Key: t.key}.String())
	}
	return out
}

// plainURLs returns the command that makes URLs without signatures.
func (m *Model) plainURLs(l linking) tea.Cmd {
	linker := m.deps.Link(l.at.Bucket, l.at.Region)
	return guarded(func() tea.Msg {
		msg := linksMsg{what: "URLs"}
		for _, t := range l.targets {
			url, err := linker.URL(t.key)
			if err != nil {
				return linksMsg{err: err}
			}
			msg.links = append(msg.links, url)
		}
		return msg
	})
}

// copied sends addresses to the terminal's clipboard.
func (m *Model) copied(msg linksMsg) tea.Cmd {
	switch {
	case msg.err != nil:
		m.sayError(msg.err)
		return nil
	case len(msg.links) > clipboardRows:
		m.say(tooManyToCopy(len(msg.links)), plain)
		return nil
	}
	m.say("to the clipboard: "+views.Count(int64(len(msg.links)))+" "+msg.what, plain)
	return m.clip(strings.Join(msg.links, "\n"))
}

func tooManyToCopy(n int) string {
	return views.Count(int64(n)) + " are too many for the clipboard: it takes " + views.Count(clipboardRows)
}

// linkLives are how long links are usually made to last.
var linkLives = []struct {
	name string
	life time.Duration
}{
	{"1 hour", time.Hour},
	{"15 minutes", 15 * time.Minute},
	{"12 hours", 12 * time.Hour},
	{"1 day", 24 * time.Hour},
	{"7 days", 7 * 24 * time.Hour},
	{"30 days", 30 * 24 * time.Hour},
}

// longestLife is how long a link may be made to last here. The service sets no
// end, and nothing that is secret stays so for longer.
const longestLife = 3650 * 24 * time.Hour

// lifeFields ask how long a link lasts.
type lifeFields struct{ preset, free *views.Field }

func newLifeFields() lifeFields {
	f := lifeFields{preset: &views.Field{Label: "Good for"}, free: &views.Field{Label: "or type"}}
	for _, l := range linkLives {
		f.preset.Options = append(f.preset.Options, l.name)
	}
	f.free.Check = func(text string) string {
		if strings.TrimSpace(text) == "" {
			return ""
		}
		_, err := readLife(text)
		return wording(err)
	}
	return f
}

// life is what was chosen; 0 while what is typed is none.
func (f lifeFields) life() time.Duration {
	if text := strings.TrimSpace(f.free.Text()); text != "" {
		life, err := readLife(text)
		if err != nil {
			return 0
		}
		return life
	}
	return linkLives[f.preset.Chosen()].life
}

// readLife reads how long a link is to last.
func readLife(text string) (time.Duration, error) {
	life, ok := readAgo(text)
	switch {
	case !ok:
		return 0, fmt.Errorf("how long is a number and m, h, d or w: 90m, 36h, 10d, 2w")
	case life > longestLife:
		return 0, fmt.Errorf("longer than %d days", longestLife/(24*time.Hour))
	}
	return life, nil
}
