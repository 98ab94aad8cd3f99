package tui

import (
	"context"
	"slices"
	"strings"
	"sync"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/sync/errgroup"

	"cosmander/cos"
	"cosmander/jobs"
	"cosmander/views"
)

const (
	// manyDeleted is up to how many objects are deleted by a button alone.
	manyDeleted = 100
	// undoSingly is up to how many delete markers are looked up one by one.
	undoSingly   = 200
	undoRequests = 8
	// undoBatch markers are taken away by one job.
	undoBatch = 5000
)

// undoable says in a confirmation whether a deletion can be taken back, as soon
// as that is known. The dialog does not wait for it.
func (m *Model) undoable(at place, c *views.Confirm) tea.Cmd {
	c.Warning = "cannot be undone"
	if at.Local() || m.deps.Versions == nil {
		return nil
	}
	c.Warning, c.Note = "", "asking whether it can be undone"+m.look.Marks.Ellipsis
	return m.askKeeps(at, func(state cos.Versioning, err error) tea.Cmd {
		c.Note = ""
		switch {
		case err != nil:
			c.Warning = "whether it can be undone is not known: " + m.explain(err)
		case state == cos.VersioningEnabled:
			c.Note = "can be undone: the bucket keeps versions" + m.sep() + hint(m.deps.Keys.Pane.Undo, "").Key + " takes it back"
		case state == cos.VersioningSuspended:
			c.Warning = "cannot be undone for what was written since versioning was suspended"
		default:
			c.Warning = "cannot be undone"
		}
		return nil
	})
}

// undoMsg brings the delete markers of a job that can be taken away.
type undoMsg struct {
	id      uint64
	job     jobs.Job
	markers []cos.ObjectVersion
	others  int64 // markers that are not the newest version any more
	err     error
}

// undoing is a deletion that is about to be taken back.
type undoing struct {
	view    *views.Confirm
	at      place
	job     jobs.Job
	markers []cos.ObjectVersion
}

// undo takes the last deletion in this bucket back, after asking.
func (m *Model) undo() tea.Cmd {
	at := m.panes[m.focus].at
	j, ok := m.lastDeletion(at)
	why := m.noVersions(at)
	switch {
	case why != "":
	case m.deps.Queue == nil:
		why = "there is no queue"
	case !ok:
		why = "there is no deletion in this bucket to take back"
	case !j.State.Final():
		why = "the last deletion still runs" + m.sep() + hint(m.deps.Keys.Global.Jobs, "").Key + " jobs"
	}
	if why != "" {
		m.say(why, plain)
		return nil
	}
	u := &undoing{at: at, job: j, view: &views.Confirm{
		Title: "Undo the last deletion", Verb: "Undo", What: views.Title(j) + " in " + place{Place: jobs.Place{Bucket: at.Bucket}}.address(),
		Note: "looking for its delete markers" + m.look.Marks.Ellipsis,
	}}
	ctx, cancel := context.WithCancel(m.ctx)
	m.surveys++
	id := m.surveys
	m.undoing = u
	m.push(modal{view: u.view, id: id, stop: cancel, act: func() tea.Cmd { return m.takeBack(u) }})
	queue, b := m.deps.Queue, m.deps.Versions(at.Bucket, at.Region)
	return guarded(func() tea.Msg {
		msg := undoMsg{id: id, job: j}
		msg.markers, msg.others, msg.err = markersOf(ctx, queue, b, j.ID)
		return msg
	})
}

// lastDeletion is the youngest job that deleted objects of the bucket and was
// not taken back.
func (m *Model) lastDeletion(at place) (last jobs.Job, ok bool) {
	bucket := place{Place: jobs.Place{Bucket: at.Bucket}}.address()
	for _, j := range m.queue.Jobs {
		spec, own := m.own[j.ID]
		forGood := spec.Versions || spec.Whole || slices.ContainsFunc(spec.Sources, func(s jobs.Source) bool { return s.VersionID != "" })
		if !own { // of an earlier run; what its title says is only a first look
			forGood = strings.Contains(j.Title, ", version ") || strings.Contains(j.Title, ", every version") || strings.HasPrefix(j.Title, "the bucket ")
		}
		if j.Kind == jobs.Delete && !forGood && within(j.From, bucket) && !m.undone[j.ID] && j.ID > last.ID {
			last, ok = j, true
		}
	}
	return last, ok
}

// markersOf returns the delete markers that a job has made and that are the
// newest versions of their keys still, and counts the others.
func markersOf(ctx context.Context, queue Queue, b Versioned, id jobs.ID) (still []cos.ObjectVersion, others int64, err error) {
	made := map[string]string{}
	for r, err := range queue.Receipts(ctx, id) {
		if err != nil {
			return nil, 0, err // it says which job
		}
		if r.VersionID != "" {
			made[r.Key] = r.VersionID
		}
	}
	newest := newestByScan
	if len(made) <= undoSingly {
		newest = newestSingly
	}
	err = newest(ctx, b, made, func(v cos.Version) {
		if v.DeleteMarker && v.Latest && made[v.Key] == v.VersionID {
			still = append(still, cos.ObjectVersion{Key: v.Key, VersionID: v.VersionID})
		}
	})
	slices.SortFunc(still, func(a, b cos.ObjectVersion) int { return strings.Compare(a.Key, b.Key) })
	return still, int64(len(made) - len(still)), err
}

// newestSingly asks for the newest version of each key.
func newestSingly(ctx context.Context, b Versioned, keys map[string]string, found func(cos.Version)) error {
	var mu sync.Mutex // guards what found does
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(undoRequests)
	for key := range keys {
		g.Go(func() error {
			page, err := b.ListVersions(ctx, cos.VersionsOptions{Prefix: key, MaxKeys: 1})
			if err != nil {
				return err // it says what was asked of which bucket
			}
			mu.Lock()
			defer mu.Unlock()
			for _, v := range page.Versions {
				found(v)
			}
			return nil
		})
	}
	return g.Wait()
}

// newestByScan lists the versions of all that begins as the keys do.
func newestByScan(ctx context.Context, b Versioned, keys map[string]string, found func(cos.Version)) error {
	var o cos.VersionsOptions
	last, first := "", true
	for key := range keys {
		if first {
			o.Prefix, first = key, false
		}
		for !strings.HasPrefix(key, o.Prefix) {
			o.Prefix = o.Prefix[:len(o.Prefix)-1]
		}
		last = max(last, key)
	}
	for {
		page, err := b.ListVersions(ctx, o)
		if err != nil {
			return err // it says what was asked of which bucket
		}
		for _, v := range page.Versions {
			found(v)
		}
		if !page.Truncated || page.NextKeyMarker > last {
			return nil
		}
		o.KeyMarker, o.VersionMarker = page.NextKeyMarker, page.NextVersionMarker
	}
}

// foundMarkers says in the open dialog what undoing will do.
func (m *Model) foundMarkers(msg undoMsg) tea.Cmd {
	u, top := m.undoing, m.top()
	if u == nil || top == nil || top.id != msg.id || top.view != views.Modal(u.view) {
		return nil // it was put away
	}
	u.markers = msg.markers
	n := int64(len(msg.markers))
	for _, v := range msg.markers[:min(len(msg.markers), namesShown)] {
		u.view.Names = append(u.view.Names, v.Key)
	}
	u.view.More = n - int64(len(u.view.Names))
	switch {
	case msg.err != nil:
		u.view.Note, u.view.Warning = "", m.explain(msg.err)
		u.markers = nil
	case n == 0 && msg.others == 0:
		u.view.Note = "nothing comes back: that deletion left no delete markers"
	default:
		u.view.Note = views.Plural(n, "object comes", "objects come") + " back"
		if msg.others > 0 {
			u.view.Note += m.sep() + views.Count(msg.others) + " written again or taken back since: left alone"
		}
	}
	return nil
}

// takeBack queues the removal of exactly the markers that were found.
func (m *Model) takeBack(u *undoing) tea.Cmd {
	if len(u.markers) == 0 {
		return nil
	}
	m.pop()
	if m.undone == nil {
		m.undone = map[jobs.ID]bool{}
	}
	m.undone[u.job.ID] = true
	var cmds []tea.Cmd
	for batch := range slices.Chunk(u.markers, undoBatch) {
		spec := jobs.Spec{Kind: jobs.Delete, Account: m.deps.AccountID}
		for _, v := range batch {
			s := jobs.Source{Place: u.at.Place, VersionID: v.VersionID, Sized: true}
			s.Key = v.Key
			spec.Sources = append(spec.Sources, s)
		}
		cmds = append(cmds, m.add(spec, chosen{pane: m.focus, at: u.at}))
	}
	return tea.Batch(cmds...)
}
