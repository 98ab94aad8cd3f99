package tui

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cosmander/jobs"
	"cosmander/views"
)

// restBetween bounds how often the queue is drawn: eight times a second, which
// keeps the strip below 600 bytes a second.
const restBetween = 125 * time.Millisecond

// restLow is the same on a slow line.
const restLow = time.Second

// restInList is the same for the list of jobs, where more moves.
const restInList = 250 * time.Millisecond

// resultStays is how long the strip shows a job that ended well.
const resultStays = 5 * time.Second

// queueMsg is the queue as it is now.
type queueMsg struct{ snapshot jobs.Snapshot }

// tickMsg comes once a second while a job waits to try again.
type tickMsg struct{}

// resultOverMsg takes result n off the strip.
type resultOverMsg struct{ n uint64 }

// resultLine is what the strip says of a job that ended.
type resultLine struct {
	text   string
	failed bool
	n      uint64
}

// watchQueue waits until the queue changed, rests, and brings a snapshot. One
// such command runs at a time, so that one message is in flight at most and
// the last state is never lost.
func (m *Model) watchQueue() tea.Cmd {
	if m.deps.Queue == nil {
		return nil
	}
	ctx, queue, pause := m.ctx, m.deps.Queue, restBetween
	switch {
	case m.look.Low:
		pause = restLow
	case m.jobList() != nil:
		pause = restInList
	}
	return guarded(func() tea.Msg {
		select {
		case <-ctx.Done():
			return nil
		case <-queue.Changed():
		}
		if !rest(ctx, pause) {
			return nil
		}
		return queueMsg{queue.Snapshot()}
	})
}

// rest waits for d; false if ctx ended before.
func rest(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// queueChanged takes a snapshot, and lists again what ended jobs wrote to.
func (m *Model) queueChanged(msg queueMsg) tea.Cmd {
	cmds := []tea.Cmd{m.watchQueue()}
	height := m.listHeight()
	m.pace(msg.snapshot)
	before := m.queue
	if !reflect.DeepEqual(m.queue, msg.snapshot) {
		cmds = append(cmds, m.ended(m.queue, msg.snapshot), m.askRestoring(m.queue, msg.snapshot))
		m.queue = msg.snapshot
	}
	if list := m.jobList(); list != nil {
		m.feed(list)
		m.asked()
		cmds = append(cmds, m.itemsChanged(list, before, m.queue))
	}
	if height != m.listHeight() {
		cmds = append(cmds, m.refit())
	}
	return tea.Batch(append(cmds, m.clock())...)
}

// rateStays is how long a rate and a remaining time stand still: digits that
// change ten times a second cannot be read, and cost bytes.
const rateStays = 500 * time.Millisecond

// listStays is the same for the list of jobs, which has many of them.
const listStays = time.Second

// pace takes over rates and remaining times for the screen now and then.
func (m *Model) pace(s jobs.Snapshot) {
	now, idle := m.deps.Now(), len(m.live()) == 0
	m.rates.take(s, now)
	if now.Sub(m.pacedAt).Abs() >= rateStays || idle {
		m.rate, m.left, m.pacedAt = s.Rate, s.Left, now
	}
	if now.Sub(m.listPacedAt).Abs() >= listStays || idle {
		m.paced, m.listPacedAt = s, now
		return
	}
	m.paced = steady(m.paced, s)
}

// steady is a snapshot with the rates and remaining times of the one before,
// but for jobs that moved to another state.
func steady(before, now jobs.Snapshot) jobs.Snapshot {
	now.Rate, now.Jobs = before.Rate, slices.Clone(now.Jobs)
	for i, j := range now.Jobs {
		if j.Rate == 0 {
			continue // few jobs move at a time
		}
		if old, ok := jobOf(before, j.ID); ok && old.State == j.State {
			now.Jobs[i].Rate, now.Jobs[i].Left = old.Rate, old.Left
		}
	}
	return now
}

// ended compares two snapshots and acts on the jobs that became final.
func (m *Model) ended(before, now jobs.Snapshot) tea.Cmd {
	was := make(map[jobs.ID]jobs.State, len(before.Jobs))
	for _, j := range before.Jobs {
		was[j.ID] = j.State
	}
	var cmds []tea.Cmd
	stale := [2]bool{}
	var over []jobs.Job
	for _, j := range now.Jobs {
		state, known := was[j.ID]
		if !j.State.Final() || known && state.Final() || !known && m.own[j.ID].Kind == "" {
			continue
		}
		for i, p := range m.panes {
			stale[i] = stale[i] || m.touches(j, p.at)
		}
		cmds = append(cmds, m.announce(j), m.versionsEnded(j), m.uploadsEnded(j), m.appendEnded(j))
		over = append(over, j)
	}
	for i := range stale {
		if stale[i] {
			cmds = append(cmds, m.renew(i))
		}
	}
	for _, j := range over { // last: a pane in a bucket that is gone is not listed again
		cmds = append(cmds, m.bucketEnded(j))
	}
	return tea.Batch(cmds...)
}

// touches reports that job j may have changed what is seen in p: that is so
// where p lies in what was written or removed, and where that lies in p, since
// a prefix comes and goes with its first and last object.
func (m *Model) touches(j jobs.Job, p place) bool {
	if p.buckets {
		return false
	}
	at := p.address()
	spec, ok := m.own[j.ID]
	switch {
	case !ok && (j.Kind.InPlace() || j.Move) && (within(j.From, at) || within(at, j.From)):
		return true
	case !ok:
		return !j.Kind.InPlace() && (within(j.To, at) || within(at, j.To))
	case (j.Kind.InPlace() || j.Move) && removesIn(spec.Sources, at):
		return true
	case j.Kind.InPlace():
		return false
	}
	dest := place{Place: spec.Dest}
	if !within(at, dest.address()) {
		return within(dest.address(), at)
	}
	return at == dest.address() || slices.ContainsFunc(spec.Sources, func(s jobs.Source) bool {
		return s.Folder && within(at, dest.child(nameThere(s), "").address())
	})
}

// removesIn reports that removing or changing the sources changes what is seen
// at an address.
func removesIn(sources []jobs.Source, at string) bool {
	return slices.ContainsFunc(sources, func(s jobs.Source) bool {
		source := place{Place: s.Place}.address()
		return within(source, at) || s.Folder && within(at, source)
	})
}

// within reports that the address inner is outer or lies below it.
func within(inner, outer string) bool {
	inner, outer = strings.TrimSuffix(inner, "/"), strings.TrimSuffix(outer, "/")
	return inner == outer || strings.HasPrefix(inner, outer+"/")
}

// announce puts the end of a job on the strip.
func (m *Model) announce(j jobs.Job) tea.Cmd {
	m.result.n++
	switch j.State {
	case jobs.Done:
		m.result.failed = false
		m.result.text = views.Title(j) + ": " + ending(j)
	case jobs.Failed:
		m.result.failed = true
		m.result.text = views.Title(j) + ": " + views.Brief(j.Reason)
		if j.ItemsFailed > 1 || j.Reason == "" {
			m.result.text = fmt.Sprintf("%s: %s of %s failed", views.Title(j), views.Count(j.ItemsFailed), views.Plural(j.Items, "item", "items"))
		}
		return nil // stays until it is looked at
	case jobs.Cancelled:
		m.result.failed = false
		m.result.text = views.Title(j) + ": cancelled"
	case jobs.Queued, jobs.Running, jobs.Retrying, jobs.Paused, jobs.Verifying, jobs.Asking, jobs.Restoring:
		return nil
	}
	return m.after(resultStays, resultOverMsg{m.result.n})
}

// ending says how a job ended well.
func ending(j jobs.Job) string {
	text := "verified"
	switch {
	case j.Kind == jobs.Delete && strings.HasPrefix(j.Title, "the bucket "):
		text = "deleted"
	case j.Kind == jobs.Delete:
		text = "deleted " + views.Plural(j.ItemsDone, "item", "items")
	case j.Kind == jobs.MakeFolder:
		text = "made"
	case j.Kind == jobs.Restore:
		text = "restored"
	case j.Kind == jobs.Abort:
		text = "aborted " + views.Plural(j.ItemsDone-j.ItemsSkipped, "upload", "uploads")
	case j.Unverified > 0:
		text = "done, " + views.Count(j.Unverified) + " not verified"
	}
	if j.ItemsSkipped > 0 {
		text += ", " + views.Count(j.ItemsSkipped) + " skipped"
	}
	return text
}

func (m *Model) resultOver(msg resultOverMsg) {
	if msg.n == m.result.n && !m.result.failed {
		m.result.text = ""
	}
}

// clock starts a tick when a job shows how long it still waits.
func (m *Model) clock() tea.Cmd {
	if m.ticking {
		return nil
	}
	for _, j := range m.queue.Jobs {
		if j.State == jobs.Retrying && j.RetryAt.After(m.deps.Now()) {
			m.ticking = true
			return m.after(time.Second, tickMsg{})
		}
	}
	return nil
}

func (m *Model) tick() tea.Cmd {
	m.ticking = false
	return m.clock()
}

// strip sums the live jobs up for the strip.
func (m *Model) strip() views.Strip {
	s := views.Strip{Jobs: hint(m.deps.Keys.Global.Jobs, "").Key + " jobs", Rate: m.rate}
	if m.deps.Queue != nil {
		s.Limit = m.deps.Queue.Bandwidth()
	}
	live := m.live()
	if len(live) == 0 {
		s.Result, s.Failed = m.result.text, m.result.failed
		return s
	}
	shown := live[0]
	moving := false
	for _, j := range live {
		s.Asking += j.ItemsAsking
		s.Restoring += j.ItemsRestoring
		if since := j.RestoringSince; !since.IsZero() && (s.Since.IsZero() || since.Before(s.Since)) {
			s.Since = since
		}
		if shown.State == jobs.Restoring {
			shown = j
		}
		if j.State == jobs.Restoring {
			continue // it may take days: what moves is not measured by it
		}
		s.Done += j.BytesDone
		s.Total += j.Bytes
		s.ItemsDone += j.ItemsDone
		s.Items += j.Items
		moving = moving || j.State == jobs.Running || j.State == jobs.Verifying
		if shown.State != jobs.Running && j.State == jobs.Running {
			shown = j
		}
	}
	s.Still = shown.State == jobs.Restoring
	s.Kind, s.Title, s.To = shown.Kind, views.Title(shown), m.tilde(shown.To)
	if !moving {
		s.Rate = 0
	}
	if s.Items == int64(len(live)) {
		s.Items = 0 // the jobs are counted
	}
	if s.Total == 0 {
		s.Done, s.Total = shown.ItemsDone, shown.Items
	}
	s.Left = m.waiting(shown)
	s.Count = views.Plural(int64(len(live)), "job", "jobs")
	return s
}

// waiting is the time left, or the word for why a job does not move.
func (m *Model) waiting(j jobs.Job) string {
	switch j.State {
	case jobs.Retrying:
		if wait := j.RetryAt.Sub(m.deps.Now()); wait > 0 {
			return "again in " + views.Remaining(wait)
		}
		return "retrying"
	case jobs.Paused, jobs.Verifying:
		return string(j.State)
	case jobs.Queued:
		return "waiting"
	case jobs.Asking:
		return "asks"
	case jobs.Restoring:
		return string(j.State)
	case jobs.Running, jobs.Done, jobs.Failed, jobs.Cancelled:
	}
	if left := views.Remaining(m.left); left != "" {
		return left + " left"
	}
	if j.Counting {
		return "counting"
	}
	return ""
}
