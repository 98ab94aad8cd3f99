package tui

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cosmander/views"
)

const (
	// findFor is how long a search goes on before it shows what it has: more
	// often is no use to the eye, and costs bytes.
	findFor = 100 * time.Millisecond
	// findMost rows are shown at once.
	findMost = 5000
	// roomy is from which width on there is room for more than the figures.
	roomy = 100
	// findAgain is up to how many names a search looks at again by itself when
	// a job has changed something below: more is a lot of requests.
	findAgain = 20_000
)

// askFind asks what is to be found below the place of the focused pane.
func (m *Model) askFind() tea.Cmd {
	i, p := m.focus, m.panes[m.focus]
	t := &typing{label: "find", leave: func() tea.Cmd { return nil }}
	t.note = func(text string) string {
		if _, err := readQuery(text, m.deps.Now()); err != nil && text != "" {
			return err.Error()
		}
		return queryHelp
	}
	t.accept = func(text string) tea.Cmd {
		q, err := readQuery(text, m.deps.Now())
		switch {
		case err != nil:
			m.say(err.Error(), failure)
		case len(q.classes) > 0 && p.at.Local():
			m.say("files here have no storage class", failure)
		default:
			to := p.at
			to.find = canonicalQuery(text)
			return m.search(i, to)
		}
		m.typing = t
		return nil
	}
	t.edit.Set(p.at.find)
	m.typing = t
	return nil
}

// search shows what to finds; what it found before is not shown instead.
func (m *Model) search(i int, to place) tea.Cmd {
	m.cache.forget(to)
	return m.open(i, to, "")
}

// finder is the source of what to searches for: pages of what was found after
// a moment, be that nothing.
func (m *Model) finder(to place) source {
	query, wrong := readQuery(to.find, m.deps.Now())
	deep := m.deep(to)
	return func(ctx context.Context, from resume, hide bool) (page, error) {
		if wrong != nil {
			return page{}, wrong
		}
		b := pageBuilder{}
		b.next = from
		for begun := time.Now(); ; {
			pg, err := deep(ctx, b.next)
			switch {
			case err != nil && b.looked > 0 && ctx.Err() == nil:
				return b.done(), nil // the next page says it
			case err != nil:
				return page{}, err // it says what was asked of which place
			}
			for _, e := range pg.entries {
				b.found(e, &query, hide)
			}
			b.next, b.more = pg.next, pg.more
			b.looked += len(pg.entries)
			b.unread.add(pg.unread)
			if !pg.more || time.Since(begun) >= findFor || len(b.folders)+len(b.files) >= findMost {
				return b.done(), nil
			}
		}
	}
}

// found adds e if it is what is searched for.
func (b *pageBuilder) found(e deepEntry, q *query, hide bool) {
	switch {
	case !q.matches(e):
	case hide && (strings.HasPrefix(e.name, ".") || strings.Contains(e.name, "/.")):
		b.hidden++
	default:
		b.add(e.name, e.class, e.folder, e.size, e.mtime)
	}
}

// renew lists pane i again after something in it has changed. A long search is
// not begun again unasked.
func (m *Model) renew(i int) tea.Cmd {
	p := m.panes[i]
	if p.at.find != "" && p.rows.looked > findAgain {
		p.outdated = true
		return nil
	}
	return m.refresh(i)
}

// searching reports that p searches, or goes on to by itself.
func (p *pane) searching() bool {
	return p.at.find != "" && (p.rows.more && (p.wantFound || p.wantAll) || p.load != nil && p.load.slow)
}

// foundOf says how much the search of p has found.
func (m *Model) foundOf(p *pane) string {
	text := views.Count(int64(p.rows.total())) + " found of " + views.Count(int64(p.rows.looked))
	if !p.rows.more && m.width >= roomy {
		text += " looked at"
	}
	return text
}

// searchState says what the search of p does; nothing if p shows none.
func (m *Model) searchState(p *pane) (words []string) {
	switch {
	case p.at.find == "":
	case p.searching():
		words = append(words, "searching"+m.look.Marks.Ellipsis)
	case p.rows.more:
		words = append(words, "stopped")
	}
	if p.outdated {
		words = append(words, "changed since")
	}
	return words
}

// nothingFound fills a pane whose search has no rows.
func (m *Model) nothingFound(p *pane) []string {
	k := m.deps.Keys.Pane
	switch {
	case p.searching():
		return []string{"nothing so far" + m.sep() + hint(k.ClearMarks, "").Key + " stops"}
	case p.rows.more:
		return []string{"nothing so far, and stopped" + m.sep() + hint(k.Bottom, "").Key + " searches on"}
	case p.rows.hidden > 0:
		return []string{"nothing but hidden names" + m.sep() + hint(k.Hidden, "").Key + " shows them"}
	}
	return []string{"nothing found", hint(k.Find, "").Key + " searches for something else"}
}

// part is what p shows of its place, behind the path; "" if that is all.
func (m *Model) part(p place) string {
	text, gap := p.begin, " "+m.look.Marks.Shut+" "
	if past := p.pastPart(); past != "" && text == "" {
		if p.find != "" {
			past += gap + p.find
		}
		return gap + past
	}
	switch {
	case text == "":
	case p.Local():
		text = "/" + text + "*"
		if p.buckets {
			text = gap + text[1:]
		}
	case p.Key == "":
		text = gap + text + "*"
	default:
		text += "*"
	}
	if p.find != "" {
		text += gap + p.find
	}
	return text
}

// sayUnread warns of what the search of p could not look into.
func (m *Model) sayUnread(p *pane) {
	if u := p.rows.unread; u.folders > 0 && !p.rows.more {
		m.say(views.Plural(int64(u.folders), "folder", "folders")+" could not be read"+m.sep()+m.explain(u.why), warning)
	}
}

// toFolder opens the folder that a found row lies in, the cursor on it.
func (m *Model) toFolder(i int, id string) tea.Cmd {
	to, row := m.panes[i].at.locate(id)
	return m.open(i, to, row)
}

// locate splits the name of a row into the place that it lies in and its row
// there.
func (p place) locate(id string) (place, string) {
	cut := strings.LastIndexByte(strings.TrimSuffix(id, "/"), '/') + 1
	dir := id[:cut]
	p = p.whole()
	if p.Local() {
		p.Path = filepath.Join(p.Path, dir)
	} else {
		p.Key += dir
	}
	return p, id[cut:]
}

// globbed reports which names a pattern is about: of found rows what they are
// called in their folders, unless the pattern has a slash.
func (p *pane) globbed(pattern string) func(name string) string {
	if p.at.find == "" || strings.Contains(pattern, "/") {
		return nameOnly
	}
	return lastPart
}

// outermost leaves out what lies in a folder that is there too.
func outermost(ids []string) []string {
	folders := map[string]bool{}
	for _, id := range ids {
		if strings.HasSuffix(id, "/") {
			folders[id] = true
		}
	}
	if len(folders) == 0 {
		return ids
	}
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		if !inside(folders, id) {
			out = append(out, id)
		}
	}
	return out
}

func inside(folders map[string]bool, id string) bool {
	for i := range len(id) - 1 {
		if id[i] == '/' && folders[id[:i+1]] {
			return true
		}
	}
	return false
}
