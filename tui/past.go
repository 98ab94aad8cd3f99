package tui

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"golang.org/x/sync/errgroup"

	"cosmander/cos"
	"cosmander/jobs"
	"cosmander/views"
)

const (
	pastIsReadOnly = "the past is read-only"
	oneByOne       = "versions are meant one by one, not folders"
	// pastPages are looked through for whether a folder was there; one that is
	// not decided by then is shown.
	pastPages = 5
	// pastRequests of these are under way at once.
	pastRequests = 8
)

// past reports that what p shows are versions, not what is there now.
func (p place) past() bool { return p.versions || p.asOf != 0 }

// present is p as it is now.
func (p place) present() place {
	p.versions, p.asOf = false, 0
	return p
}

func (p place) asOfTime() time.Time {
	if p.asOf == 0 {
		return time.Time{}
	}
	return time.Unix(p.asOf, 0)
}

// versionRowID names a version among the rows of a place, so that rows are in
// the order of their names and, of a name, the newest first. No key has a NUL.
func versionRowID(name string, v cos.Version) string {
	return fmt.Sprintf("%s\x00%016x%s", name, math.MaxInt64-v.LastModified.Unix(), v.VersionID)
}

// cutVersionRow is the opposite of versionRowID; of other rows it is their name.
func cutVersionRow(id string) (name, version string) {
	name, rest, ok := strings.Cut(id, "\x00")
	if !ok || len(rest) < 16 {
		return name, ""
	}
	return name, rest[16:]
}

// nameOnly is what a row is called.
func nameOnly(id string) string {
	name, _ := cutVersionRow(id)
	return name
}

// pastSource lists versions: all of them, or those that were the newest at a
// time.
func (m *Model) pastSource(to place) source {
	b := m.deps.Versions(to.Bucket, to.Region)
	return func(ctx context.Context, from resume, hide bool) (page, error) {
		o := cos.VersionsOptions{Prefix: to.Key + to.begin, Delimiter: "/", KeyMarker: from.marker, VersionMarker: from.version}
		answer, err := b.ListVersions(ctx, o)
		if err != nil {
			return page{}, err // it says what was asked of which bucket
		}
		was := from.was
		was.AsOf = to.asOfTime()
		rows, prefixes := answer.Versions, answer.Prefixes
		if to.asOf != 0 {
			rows = slices.DeleteFunc(rows, func(v cos.Version) bool { return !was.Was(v) })
			if prefixes, err = thenThere(ctx, b, prefixes, was.AsOf); err != nil {
				return page{}, err
			}
		}
		pg := versionsOnPage(rows, prefixes, to, hide)
		pg.more, pg.next = answer.Truncated, resume{marker: answer.NextKeyMarker, version: answer.NextVersionMarker, was: was}
		return pg, nil
	}
}

func versionsOnPage(rows []cos.Version, prefixes []string, to place, hide bool) page {
	b := pageBuilder{hide: hide}
	for _, p := range prefixes {
		b.add(strings.TrimSuffix(strings.TrimPrefix(p, to.Key), "/"), "", true, -1, noTime)
	}
	slices.SortStableFunc(rows, func(x, y cos.Version) int { // moments are not exact enough to keep the service's order
		return cmp.Or(strings.Compare(x.Key, y.Key), y.LastModified.Compare(x.LastModified), strings.Compare(x.VersionID, y.VersionID))
	})
	for _, v := range rows {
		name := strings.TrimPrefix(v.Key, to.Key)
		if name == "" { // the object that makes the folder itself
			continue
		}
		b.addVersion(name, v, to)
	}
	return b.done()
}

// thenThere returns the prefixes below which something was there at a time.
func thenThere(ctx context.Context, b Versioned, prefixes []string, at time.Time) ([]string, error) {
	there := make([]bool, len(prefixes))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(pastRequests)
	for i, prefix := range prefixes {
		g.Go(func() (err error) {
			there[i], err = wasThere(ctx, b, prefix, at)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var out []string
	for i, prefix := range prefixes {
		if there[i] {
			out = append(out, prefix)
		}
	}
	return out, nil
}

func wasThere(ctx context.Context, b Versioned, prefix string, at time.Time) (bool, error) {
	was, o := jobs.Past{AsOf: at}, cos.VersionsOptions{Prefix: prefix}
	for range pastPages {
		page, err := b.ListVersions(ctx, o)
		if err != nil {
			return false, err // it says what was asked of which bucket
		}
		if slices.ContainsFunc(page.Versions, was.Was) {
			return true, nil
		}
		if !page.Truncated {
			return false, nil
		}
		o.KeyMarker, o.VersionMarker = page.NextKeyMarker, page.NextVersionMarker
	}
	return true, nil
}

// toggleVersions shows all versions in the focused pane, or what is there now.
func (m *Model) toggleVersions() tea.Cmd {
	i, to := m.focus, m.panes[m.focus].at.whole()
	if to.versions {
		return m.open(i, to.present(), "")
	}
	if why := m.noVersions(to); why != "" {
		m.say(why, plain)
		return nil
	}
	return m.withVersions(to, func() tea.Cmd {
		to = to.present()
		to.versions = true
		return m.open(i, to, "")
	})
}

// askPast asks as of which time the focused pane is to be shown.
func (m *Model) askPast() tea.Cmd {
	i, at := m.focus, m.panes[m.focus].at.whole()
	if why := m.noVersions(at); why != "" {
		m.say(why, plain)
		return nil
	}
	return m.withVersions(at, func() tea.Cmd {
		prompt := &views.Prompt{
			Title: "As it was at a time", Where: at.address(), Does: "shows it, read-only", Steps: []string{"1d", "7d", "30d"},
		}
		if at.asOf != 0 {
			prompt.Set(at.asOfTime().Format("2006-01-02 15:04:05"))
			prompt.Does += "; empty: as it is now"
		}
		prompt.Check = func(text string) string {
			_, err := readMoment(text, m.deps.Now())
			if text == "" && at.asOf != 0 {
				err = nil
			}
			return wording(err)
		}
		m.push(modal{view: prompt, act: func() tea.Cmd {
			m.pop()
			to := at.present()
			if t, err := readMoment(prompt.Text(), m.deps.Now()); err == nil {
				to.asOf = t.Unix()
			}
			return m.open(i, to, "")
		}})
		return nil
	})
}

// readMoment reads a time as people write it: a day, of which the end is
// meant, a day and a time, or how long ago.
func readMoment(text string, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	var t time.Time
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if at, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			if t = at; layout == time.DateOnly {
				t = at.AddDate(0, 0, 1).Add(-time.Second)
				if t.After(now) && !at.After(now) {
					t = now
				}
			}
			break
		}
	}
	if t.IsZero() {
		ago, ok := readAgo(text)
		if !ok {
			return t, fmt.Errorf("a time is 2026-11-20, 2026-11-20 15:04, or how long ago: 3d, 12h, 30m, 2w")
		}
		t = now.Add(-ago)
	}
	if t.After(now) {
		return t, fmt.Errorf("%s is still to come", t.Format("2006-01-02 15:04"))
	}
	return t, nil
}

func readAgo(text string) (time.Duration, bool) {
	text = strings.TrimSpace(strings.TrimSuffix(text, "ago"))
	units := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	if text == "" {
		return 0, false
	}
	unit := units[text[len(text)-1]]
	n, err := strconv.ParseUint(strings.TrimSpace(text[:len(text)-1]), 10, 16)
	return time.Duration(n) * unit, err == nil && unit > 0 && n > 0
}

// pastPart is what is said of a place behind its path.
func (p place) pastPart() string {
	switch {
	case p.versions:
		return "all versions"
	case p.asOf != 0:
		return "as of " + p.asOfTime().Format("2006-01-02 15:04")
	}
	return ""
}

// notInPast says why a command cannot be done where versions are shown, or "".
func (m *Model) notInPast(pressed string) string {
	at, k := m.panes[m.focus].at, m.deps.Keys.Pane
	if !at.past() {
		return ""
	}
	can := []key.Binding{
		k.Other, k.Enter, k.Aside, k.View, k.Into, k.Parent, k.Copy, k.Filter, k.ClearMarks, k.Refresh, k.Hidden, k.Palette,
		k.Range, k.RangeDown, k.RangeUp, k.MarkGlob, k.UnmarkGlob, k.Invert, k.MarkAll, k.Mark, k.Down, k.Up, k.Top, k.Bottom,
		k.HalfDown, k.HalfUp, k.PageDown, k.PgUp, k.SortName, k.SortSize, k.SortTime, k.SortClass, k.SortType, k.Reverse,
		k.Goto, k.Back, k.Forth, k.Places, k.Links, k.Versions, k.AllVersions, k.Past, k.Undo, k.Properties, k.Yank, k.Find,
	}
	if at.versions {
		can = append(can, k.Delete)
	}
	is := func(b key.Binding) bool { return matches(pressed, b) }
	if slices.ContainsFunc(can, is) || !slices.ContainsFunc(bindings(k), is) {
		return ""
	}
	if at.versions {
		return "not among versions" + m.sep() + hint(k.AllVersions, "").Key + " shows what is there now"
	}
	return pastIsReadOnly + m.sep() + hint(k.Past, "").Key + " and an empty line show what is there now"
}

// cannotTake says why rows of the past cannot be the sources of a job, or "".
func (m *Model) cannotTake(from chosen) string {
	seen := map[string]bool{}
	for _, id := range from.rows {
		name := nameOnly(id)
		r, ok := m.panes[from.pane].rows.lookup(id)
		switch {
		case !from.at.past():
			return ""
		case strings.HasSuffix(id, "/") && from.at.versions:
			return oneByOne + m.sep() + "enter " + name + m.sep() + hint(m.deps.Keys.Pane.Past, "").Key + " shows and copies folders as they were"
		case ok && m.panes[from.pane].rows.entry(r).flags&isGone != 0:
			return gone
		case seen[name]:
			return "one version of " + name + " at a time: they would have one name"
		}
		seen[name] = true
	}
	return ""
}

// forGood makes a confirmation one of the deletion of versions; it says why
// that cannot be, or "".
func (m *Model) forGood(from chosen, view *views.Confirm) string {
	p, markers := m.panes[from.pane], 0
	view.Names = nil
	for _, id := range from.rows {
		r, ok := p.rows.lookup(id)
		if strings.HasSuffix(id, "/") || !ok {
			return oneByOne
		}
		e, text := p.rows.entry(r), "version"
		if e.flags&isGone != 0 {
			markers++
			text = "delete marker"
		}
		if len(view.Names) < namesShown {
			view.Names = append(view.Names, nameOnly(id)+", "+text+" of "+time.Unix(e.mtime, 0).Format("2006-01-02 15:04:05"))
		}
	}
	n := int64(len(from.rows))
	view.Title, view.Above, view.Note = "Delete for good", 0, ""
	view.Warning = "cannot be undone: " + views.Plural(n, "version is", "versions are") + " gone for ever"
	if markers == len(from.rows) {
		view.Title, view.Verb, view.Harmful, view.Typed, view.Warning = "Undo deletions", "Undo", false, false, ""
		view.Note = views.Plural(n, "delete marker goes", "delete markers go") + ": what is then the newest version is the object again"
	}
	return ""
}
