package tui

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/jobs"
)

// completeMost names are looked at for a completion.
const completeMost = 1000

// completedMsg brings what a path that is typed could go on with.
type completedMsg struct {
	text  string // that was completed
	names []string
	err   error
}

// askGoto asks for a path or an address to open in the focused pane.
func (m *Model) askGoto() tea.Cmd {
	i, p := m.focus, m.panes[m.focus]
	t := &typing{label: "go to", leave: func() tea.Cmd { return nil }}
	t.accept = func(text string) tea.Cmd { return m.goTo(i, text) }
	t.turn = func() tea.Cmd { return m.complete(t.edit.Text()) }
	t.note = func(string) string {
		if len(m.offers) > 0 {
			return strings.Join(m.offers[:min(len(m.offers), 6)], "  ")
		}
		return "Tab completes"
	}
	t.changed = func(string) tea.Cmd { m.offers = nil; return nil }
	m.offers = nil
	if !p.at.buckets {
		t.edit.Set(m.tilde(p.at.address()))
		if p.at.Local() && !strings.HasSuffix(p.at.Path, "/") {
			t.edit.Type("/")
		}
	}
	m.typing = t
	return nil
}

// goTo opens what text names in pane i: a local path, absolute, from the home
// folder or from the pane's place, or a cos:// address.
func (m *Model) goTo(i int, text string) tea.Cmd {
	to, row, err := m.read(m.panes[i].at, text)
	if err != nil {
		m.sayError(err)
		return nil
	}
	return m.start(i, &load{to: to, focus: row, fresh: &listing{}, climbs: true})
}

// read turns what was typed into a place and the row to go to in it.
func (m *Model) read(from place, text string) (to place, row string, err error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return place{}, "", errors.New("nothing was typed")
	case cos.IsURI(text):
		return m.readAddress(text)
	case strings.HasPrefix(text, "~/") || text == "~":
		text = filepath.Join(m.deps.Home, strings.TrimPrefix(text, "~"))
	case !filepath.IsAbs(text) && from.Local() && !from.buckets:
		text = filepath.Join(from.Path, text)
	case !filepath.IsAbs(text) && !from.buckets:
		return m.readAddress(from.address() + text)
	case !filepath.IsAbs(text):
		return m.readAddress("cos://" + text)
	}
	return place{Place: jobs.Place{Path: filepath.Clean(text)}}, "", nil
}

func (m *Model) readAddress(text string) (to place, row string, err error) {
	if strings.TrimRight(text, "/") == "cos:" {
		if m.deps.Buckets == nil {
			return place{}, "", errors.New("this account's buckets cannot be listed")
		}
		return place{buckets: true}, "", nil
	}
	u, err := cos.ParseURI(text)
	if err != nil {
		return place{}, "", err
	}
	cut := strings.LastIndexByte(u.Key, '/') + 1
	to = place{Place: jobs.Place{Bucket: u.Bucket, Region: m.region(u.Bucket), Key: u.Key[:cut]}}
	return to, u.Key[cut:], nil
}

// region is that of a bucket, as far as it is known.
func (m *Model) region(bucket string) string {
	for _, p := range m.panes {
		if region, ok := p.rows.regions[bucket]; ok {
			return region
		}
		if p.at.Bucket == bucket {
			return p.at.Region
		}
	}
	return m.deps.Region
}

// complete asks what the last part of a path can be.
func (m *Model) complete(text string) tea.Cmd {
	cut := strings.LastIndexByte(text, '/') + 1
	at, _, err := m.read(m.panes[m.focus].at, text[:cut])
	if err != nil {
		m.sayError(err)
		return nil
	}
	list, ctx, begin := m.lister(at), m.ctx, text[cut:]
	return guarded(func() tea.Msg {
		names, err := list(ctx, begin)
		return completedMsg{text, names, err}
	})
}

// lister returns what lists the names of at that begin with a text.
func (m *Model) lister(at place) func(ctx context.Context, begin string) ([]string, error) {
	if at.Local() && !at.buckets {
		return func(_ context.Context, begin string) ([]string, error) { return localNames(at.Path, begin) }
	}
	if at.buckets {
		buckets := m.deps.Buckets
		return func(ctx context.Context, begin string) (names []string, err error) {
			all, err := buckets.ListBuckets(ctx)
			for _, b := range all {
				names = append(names, b.Name+"/")
			}
			return beginning(names, begin), err
		}
	}
	store := m.deps.Bucket(at.Bucket, at.Region)
	return func(ctx context.Context, begin string) (names []string, err error) {
		page, err := store.List(ctx, cos.ListOptions{Prefix: at.Key + begin, Delimiter: "/", MaxKeys: completeMost})
		if err != nil {
			return nil, err // it says what was asked of which bucket
		}
		for _, p := range page.Prefixes {
			names = append(names, strings.TrimPrefix(p, at.Key))
		}
		for _, o := range page.Objects {
			names = append(names, strings.TrimPrefix(o.Key, at.Key))
		}
		return names, nil
	}
}

func localNames(path, begin string) (names []string, err error) {
	entries, err := os.ReadDir(path)
	for _, e := range entries {
		name := e.Name()
		if info, err := os.Stat(filepath.Join(path, name)); err == nil && info.IsDir() {
			name += "/"
		}
		names = append(names, name)
	}
	return beginning(names, begin), err
}

// beginning keeps the names that begin with a text; those with a dot only if
// it has one.
func beginning(names []string, begin string) []string {
	return slices.DeleteFunc(names, func(n string) bool {
		return !strings.HasPrefix(n, begin) || begin == "" && strings.HasPrefix(n, ".")
	})
}

// completed types on what all offers have in common, if nothing else was typed
// meanwhile.
func (m *Model) completed(msg completedMsg) {
	if m.typing == nil || m.typing.edit.Text() != msg.text {
		return
	}
	if msg.err != nil {
		m.offers = []string{m.reason(msg.err)}
		return
	}
	m.offers = msg.names
	if len(msg.names) == 0 {
		m.offers = []string{"nothing is called that"}
		return
	}
	common := msg.names[0]
	for _, n := range msg.names[1:] {
		for !strings.HasPrefix(n, common) {
			common = common[:len(common)-1]
		}
	}
	common = strings.ToValidUTF8(common, "")
	begin := msg.text[strings.LastIndexByte(msg.text, '/')+1:]
	m.typing.edit.Type(strings.TrimPrefix(common, begin))
	if len(msg.names) == 1 {
		m.offers = nil
	}
}

// reason is why something failed without what it was about, which is typed
// beside it.
func (m *Model) reason(err error) string {
	var file *fs.PathError
	if errors.As(err, &file) {
		return file.Err.Error()
	}
	return m.explain(err)
}

// travel goes back (by -1) or on (by 1) among the places that the focused pane
// has shown.
func (m *Model) travel(by int) tea.Cmd {
	p := m.panes[m.focus]
	from, onto := &p.back, &p.forth
	if by > 0 {
		from, onto = &p.forth, &p.back
	}
	n := len(*from)
	to := (*from)[n-1]
	*from = (*from)[:n-1]
	row, _ := p.current()
	*onto = append(*onto, visit{p.at, row})
	return m.start(m.focus, &load{to: to.at, focus: to.row, fresh: &listing{}, travels: true})
}

// visit is a place that was shown, and the row that the cursor was on.
type visit struct {
	at  place
	row string
}

// visitsKept are remembered of each pane.
const visitsKept = 100

// left notes the place that a pane leaves.
func (p *pane) left() {
	row, _ := p.current()
	p.back = append(p.back, visit{p.at, row})
	if len(p.back) > visitsKept {
		p.back = p.back[1:]
	}
	p.forth = nil
}
