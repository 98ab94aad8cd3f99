package tui

import (
	"context"
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
}

var _ Linker = (*cos.Bucket)(nil)

// linksMsg brings addresses for the clipboard, or why there are none.
type linksMsg struct {
	links []string
	what  string
	err   error
}

// linkLives are how long signed links can be made to last.
var linkLives = []struct {
	name string
	life time.Duration
}{
	{"1 hour", time.Hour}, {"1 day", 24 * time.Hour}, {"7 days", 7 * 24 * time.Hour},
}

// askLinks offers the addresses of the chosen rows for the clipboard.
func (m *Model) askLinks() tea.Cmd {
	from, _ := m.choice()
	if from.at.Local() || from.at.buckets || m.deps.Link == nil {
		return m.copied(linksMsg{links: addresses(from), what: "addresses"})
	}
	menu := &views.Menu{Title: "Copy for the clipboard", Sentences: true, Hint: "Enter copies" + m.sep() + "Esc leaves"}
	menu.Items = []views.MenuItem{{Name: "cos:// address"}, {Name: "https URL", Key: "for those who may read it"}}
	folder := ""
	for _, id := range from.rows {
		if strings.HasSuffix(id, "/") {
			folder = "a folder has no URL"
		}
	}
	menu.Items[1].Why = folder
	for _, l := range linkLives {
		menu.Items = append(menu.Items, views.MenuItem{Name: "signed URL, good for " + l.name, Key: "for anyone", Why: folder})
	}
	m.push(modal{view: menu, act: func() tea.Cmd {
		i, _ := menu.Chosen()
		m.pop()
		if i == 0 {
			return m.copied(linksMsg{links: addresses(from), what: "addresses"})
		}
		return m.makeLinks(from, i-2)
	}})
	return nil
}

// makeLinks returns the command that makes URLs: signed ones that last as
// linkLives says, or with -1 bare ones.
func (m *Model) makeLinks(from chosen, lives int) tea.Cmd {
	ctx, linker := m.ctx, m.deps.Link(from.at.Bucket, from.at.Region)
	return guarded(func() tea.Msg {
		msg := linksMsg{what: "URLs"}
		if lives >= 0 {
			msg.what = "URLs, good for " + linkLives[lives].name
		}
		for _, id := range from.rows {
			link, err := "", error(nil)
			if lives < 0 {
				link, err = linker.URL(from.at.Key + id)
			} else {
				link, err = linker.PresignGet(ctx, from.at.Key+id, cos.PresignOptions{Lifetime: linkLives[lives].life})
			}
			if err != nil {
				return linksMsg{err: err}
			}
			msg.links = append(msg.links, link)
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
		m.say(views.Count(int64(len(msg.links)))+" are too many for the clipboard: it takes "+views.Count(clipboardRows), plain)
		return nil
	}
	m.say("to the clipboard: "+views.Count(int64(len(msg.links)))+" "+msg.what, plain)
	return m.clip(strings.Join(msg.links, "\n"))
}
