package tui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
)

// slowAfter is how long a listing may take before the screen mentions it.
const slowAfter = 150 * time.Millisecond

// listedMsg is one page of a listing. It is dropped unless gen is the pane's
// current one.
type listedMsg struct {
	pane int
	gen  uint64
	page page
	err  error
	// at is the folder that page is of, if that is not the one asked for.
	at string
	// watch follows a local folder since before page was read; nil if nothing
	// does.
	watch Watching
}

// slowMsg says that the listing gen has been under way for a while.
type slowMsg struct {
	pane int
	gen  uint64
}

// open lists another place in pane i. The old rows stay until the first page
// arrives; focus is the row the cursor goes to when it is there.
func (m *Model) open(i int, to place, focus string) tea.Cmd {
	return m.start(i, &load{to: to, focus: focus, fresh: &listing{}})
}

// refresh lists the place again and keeps cursor, window and marks.
func (m *Model) refresh(i int) tea.Cmd {
	p := m.panes[i]
	if !p.shown {
		return m.open(i, p.at, "")
	}
	l := &load{to: p.at, fresh: &listing{}, hold: true}
	l.focus, _ = p.current()
	return m.start(i, l)
}

// start cancels what pane i was loading and begins l. What waits for more rows
// of the old place waits on until l has shown its own.
func (m *Model) start(i int, l *load) tea.Cmd {
	p := m.panes[i]
	p.cancel()
	if !l.hold && (!p.shown || l.to != p.at) {
		if k, ok := m.cache.take(l.to, p.hide); ok {
			cmd := m.recall(i, l, k)
			if l.to.find != "" {
				return cmd // a search may take a thousand requests: not again unasked
			}
			return tea.Batch(cmd, m.refresh(i))
		}
	}
	p.gen++
	l.gen = p.gen
	l.ctx, l.cancel = context.WithCancel(m.ctx)
	l.busy, l.began = true, m.deps.Now()
	p.load = l
	return tea.Batch(m.loadPage(i, resume{}), m.after(slowAfter, slowMsg{i, l.gen}))
}

// recall shows what was kept of the place that l is to list; it is listed again
// behind that.
func (m *Model) recall(i int, l *load, k kept) tea.Cmd {
	p := m.panes[i]
	if l.focus == "" {
		l.focus = k.row
	}
	l.fresh, l.cancel = &k.rows, func() {}
	p.load = l
	cmd := m.swap(i, l)
	p.listed, p.focusOn, p.wantAll, p.wantFound = k.listed, "", false, false
	p.top = k.top
	p.follow(m.listHeight())
	return cmd
}

// more asks for the next page of pane i if it is needed and none is coming.
func (m *Model) more(i int) tea.Cmd {
	p := m.panes[i]
	if p.load != nil || !p.shown || !p.rows.more {
		return nil
	}
	if !p.wantAll && !p.wantFound && (p.at.find != "" || !p.nearEnd(m.listHeight())) {
		return nil // a search that was stopped stays so
	}
	p.gen++
	l := &load{gen: p.gen, to: p.at, busy: true}
	l.ctx, l.cancel = context.WithCancel(m.ctx)
	p.load = l
	return tea.Batch(m.loadPage(i, p.rows.next), m.after(slowAfter, slowMsg{i, l.gen}))
}

// loadPage returns the command that lists one page of what pane i loads.
func (m *Model) loadPage(i int, from resume) tea.Cmd {
	p := m.panes[i]
	p.load.from = from
	ctx, gen, to, hide := p.load.ctx, p.load.gen, p.load.to, p.hide
	source, climb := m.source(to), to.Local() && !to.buckets && to.find == "" && (to == p.at || p.load.climbs)
	var follow func(string) (Watching, error)
	if to.Local() && !to.buckets && to.find == "" {
		follow = m.deps.Watch
	}
	return guarded(func() tea.Msg {
		pg, w, err := watched(follow, to.Path, func() (page, error) { return source(ctx, from, hide) })
		if climb && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)) {
			at := nearestFolder(to.Path)
			pg, w, err = watched(follow, at, func() (page, error) { return readFolder(at, "", hide) })
			return listedMsg{i, gen, pg, err, at, w}
		}
		return listedMsg{i, gen, pg, err, "", w}
	})
}

// nearestFolder is the folder that path lies in, as far as there is one.
func nearestFolder(path string) string {
	for {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return path
		}
		up := filepath.Dir(path)
		if up == path {
			return path
		}
		path = up
	}
}

// moved takes note that a listing shows the folder at, since there is none
// where l looked. The cursor goes to what is there instead.
func (m *Model) moved(l *load, at string) {
	rest := strings.TrimPrefix(strings.TrimPrefix(l.to.Path, at), string(filepath.Separator))
	name, deeper, _ := strings.Cut(rest, string(filepath.Separator))
	l.to.begin = ""
	text := m.tilde(l.to.Path) + " does not exist: this is " + m.tilde(at)
	switch there := deeper == "" && l.fresh.find(name) >= 0; {
	case there && l.climbs:
		l.to.Path, l.focus = at, name // that is what was asked for
		return
	case there:
		text = m.tilde(l.to.Path) + " is a file: this is its folder"
	}
	m.say(text, failure)
	l.to.Path, l.focus = at, name
}

// source lists a place, a page at a time.
type source func(ctx context.Context, from resume, hide bool) (page, error)

// source returns what lists a place.
func (m *Model) source(to place) source {
	switch {
	case to.find != "" && to.past():
		return m.pastFinder(to)
	case to.find != "":
		return m.finder(to)
	case to.past():
		return m.pastSource(to)
	case to.buckets:
		buckets := m.deps.Buckets
		return func(ctx context.Context, _ resume, _ bool) (page, error) { return listBuckets(ctx, buckets, to.begin) }
	case to.Local():
		return func(_ context.Context, _ resume, hide bool) (page, error) { return readFolder(to.Path, to.begin, hide) }
	}
	store := m.deps.Bucket(to.Bucket, to.Region)
	return func(ctx context.Context, from resume, hide bool) (page, error) {
		answer, err := store.List(ctx, cos.ListOptions{Prefix: to.Key + to.begin, Delimiter: "/", Marker: from.marker})
		if err != nil {
			return page{}, err // it says what was asked of which bucket
		}
		return bucketPage(answer, to.Key, hide), nil
	}
}

func listBuckets(ctx context.Context, buckets BucketLister, begin string) (page, error) {
	all, err := buckets.ListBuckets(ctx)
	if err != nil {
		return page{}, err // it says what was asked
	}
	slices.SortFunc(all, func(a, b cos.BucketInfo) int { return cmp.Compare(a.Name+"/", b.Name+"/") })
	b := pageBuilder{}
	b.regions = make(map[string]string, len(all))
	for _, info := range all {
		if strings.HasPrefix(info.Name, begin) {
			b.add(info.Name, info.Region, true, -1, unix(info.Created))
		}
		b.regions[info.Name] = info.Region
	}
	return b.done(), nil
}

// readFolder lists what begins with a text in a local folder. What cannot be
// looked at is a row all the same.
func readFolder(path, begin string, hide bool) (page, error) {
	dir, err := os.ReadDir(path)
	if err != nil {
		return page{}, fmt.Errorf("list %s: %w", path, err)
	}
	b := pageBuilder{hide: hide}
	files := make([]localRow, 0, len(dir))
	for _, d := range dir {
		if !strings.HasPrefix(d.Name(), begin) {
			continue
		}
		files = append(files, look(path, d))
	}
	slices.SortFunc(files, func(a, b localRow) int { return cmp.Compare(a.key, b.key) })
	for _, f := range files {
		b.add(f.name, "", f.folder, f.size, f.mtime)
	}
	return b.done(), nil
}

type localRow struct {
	name, key   string
	folder      bool
	size, mtime int64
}

func look(path string, d fs.DirEntry) localRow {
	row := localRow{name: d.Name(), key: d.Name(), folder: d.IsDir(), size: -1, mtime: noTime}
	info, err := d.Info()
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if target, statErr := os.Stat(filepath.Join(path, d.Name())); statErr == nil {
			info = target
		}
	}
	if err == nil {
		row.folder, row.mtime = info.IsDir(), unix(info.ModTime())
		if info.Mode().IsRegular() {
			row.size = info.Size()
		}
	}
	if row.folder {
		row.key += "/"
		row.size = -1
	}
	return row
}

// listed takes a page. This is the one place where generations are checked.
func (m *Model) listed(msg listedMsg) tea.Cmd {
	p := m.panes[msg.pane]
	if p.load == nil || p.load.gen != msg.gen {
		return unheeded(msg.watch)
	}
	l := p.load
	if msg.err != nil {
		if cmd, again := m.tryAgain(msg.pane, msg.err); again {
			return cmd
		}
		m.listFailed(p, msg.err)
		return nil
	}
	l.tries = 0
	m.recovered(p)
	if l.fresh == nil {
		m.finish(p)
		p.extend(msg.page, m.listHeight())
		return m.settle(msg.pane)
	}
	l.fresh.add(msg.page)
	if msg.at != "" && msg.at != l.to.Path {
		m.moved(l, msg.at)
	}
	if l.hold && l.focus != "" && l.fresh.find(l.focus) < 0 && !l.fresh.passed(l.to.Key, l.focus) {
		return m.loadPage(msg.pane, l.fresh.next)
	}
	l.watch = msg.watch
	return tea.Batch(m.swap(msg.pane, l), m.settle(msg.pane))
}

// finish ends the load of p, which has answered.
func (m *Model) finish(p *pane) {
	p.load.cancel()
	p.load = nil
}

// swap shows the rows that l has listed in pane i.
func (m *Model) swap(i int, l *load) tea.Cmd {
	p := m.panes[i]
	m.finish(p)
	same := p.shown && p.at == l.to
	cursor, top := p.cursor, p.top
	if p.shown && !same {
		m.cache.keep(p)
		if !l.travels {
			p.left()
		}
	}
	if same {
		p.remember()
		p.wantAll = p.wantAll || !p.rows.more && p.order.sorted()
	} else {
		p.forget()
		p.order.filter = ""
	}
	p.at, p.rows, p.shown, p.err, p.outdated = l.to, *l.fresh, true, trouble{}, false
	p.wantFound = p.at.find != "" && p.rows.more
	p.badges, m.badging.id = nil, ""
	p.listed = m.deps.Now()
	_, _, p.up = p.at.parent(m.deps.Buckets != nil)
	p.cursor, p.top, p.span = 0, 0, nil
	cmd := tea.Batch(m.rearrange(i), m.watch(i, l.watch))
	if same {
		p.arrived(0, 0)
		p.wantAll = p.wantAll || p.unsure()
		p.top = top
		p.move(cursor, m.listHeight())
	}
	if l.focus != "" && !p.put(l.focus, m.listHeight()) && !same {
		p.focusOn = l.focus
		p.wantAll = !p.rows.passed(p.at.Key, l.focus)
	}
	return cmd
}

// settle does what waits for rows, and asks for more of them if needed.
func (m *Model) settle(i int) tea.Cmd {
	p := m.panes[i]
	if p.focusOn != "" {
		found := p.put(p.focusOn, m.listHeight())
		if found || p.rows.passed(p.at.Key, p.focusOn) {
			p.focusOn, p.wantAll = "", p.unsure()
		}
	}
	if p.wantEnd && !p.rows.more {
		p.move(p.count()-1, m.listHeight())
	}
	if !p.rows.more {
		p.forget()
		m.sayUnread(p)
	}
	return m.more(i)
}

func after(d time.Duration, msg tea.Msg) tea.Cmd {
	return tea.Tick(d, func(time.Time) tea.Msg { return msg })
}
