package tui

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"

	tea "charm.land/bubbletea/v2"

	"cosmander/jobs"
	"cosmander/views"
)

// itemsShown is how many items of a job its details show: so many that
// failed, that are under way, and of the rest.
const itemsShown = 1000

// itemsMsg brings the items of a job, or why they cannot be read.
type itemsMsg struct {
	job   jobs.ID
	items []jobs.Item
	err   error
}

// failedMsg says that a command could not do what it was asked.
type failedMsg struct{ err error }

// showJobs opens the list of jobs.
func (m *Model) showJobs() tea.Cmd {
	if m.deps.Queue == nil {
		m.say("there is no queue", warning)
		return nil
	}
	height := m.listHeight()
	m.result = resultLine{n: m.result.n + 1}
	k := m.deps.Keys.Jobs
	list := &views.JobList{}
	list.Hints = []views.Hint{
		hint(k.Pause, "pause"), hint(k.Details, "items"), hint(k.Retry, "retry failed"),
		hint(k.Cancel, "cancel"), hint(k.Clear, "clear done"), hint(m.deps.Keys.Dialog.Leave, "back"),
	}
	list.Show(m.queue)
	m.push(modal{view: list, act: func() tea.Cmd { return m.showItems(list) }})
	if height != m.listHeight() {
		return m.refit()
	}
	return nil
}

// jobList returns the open list of jobs, or nil.
func (m *Model) jobList() *views.JobList {
	for _, md := range m.modals {
		if list, ok := md.view.(*views.JobList); ok {
			return list
		}
	}
	return nil
}

// jobKey does what a key means in the list of jobs; false if nothing.
func (m *Model) jobKey(list *views.JobList, pressed string) (tea.Cmd, bool) {
	k := m.deps.Keys
	switch {
	case matches(pressed, k.Global.Jobs):
		m.pop()
		return nil, true
	case matches(pressed, k.Global.Help):
		m.push(modal{view: &views.Help{Sections: k.help()}, act: func() tea.Cmd { return nil }})
		return nil, true
	case matches(pressed, k.Jobs.Clear):
		return m.onQueue("clear the list", m.deps.Queue.ClearDone), true
	}
	j, ok := list.Current()
	switch {
	case matches(pressed, k.Jobs.Pause):
		return m.onJob(ok, j, m.pauseOrResume(j)), true
	case matches(pressed, k.Jobs.Retry):
		return m.retry(ok, j), true
	case matches(pressed, k.Jobs.Cancel):
		return m.cancelJob(ok, j), true
	}
	return nil, false
}

type jobCall struct {
	name string
	do   func(ctx context.Context, id jobs.ID) error
	no   string // why it cannot be done; empty if it can
}

func (m *Model) pauseOrResume(j jobs.Job) jobCall {
	switch {
	case j.State.Final():
		return jobCall{no: "nothing to pause" + m.sep() + views.Title(j) + " " + string(j.State)}
	case j.State == jobs.Paused:
		return jobCall{name: "resume", do: m.deps.Queue.Resume}
	}
	return jobCall{name: "pause", do: m.deps.Queue.Pause}
}

func (m *Model) retry(ok bool, j jobs.Job) tea.Cmd {
	call := jobCall{name: "retry", do: m.deps.Queue.Retry}
	if j.State != jobs.Failed && j.State != jobs.Cancelled {
		call.no = "nothing has failed" + m.sep() + views.Title(j) + " " + string(j.State)
	}
	return m.onJob(ok, j, call)
}

func (m *Model) cancelJob(ok bool, j jobs.Job) tea.Cmd {
	call := jobCall{name: "cancel", do: m.deps.Queue.Cancel}
	if j.State.Final() {
		call.no = "nothing to cancel" + m.sep() + views.Title(j) + " " + string(j.State)
	}
	return m.onJob(ok, j, call)
}

// onJob returns the command that does call on a job, or says why not.
func (m *Model) onJob(ok bool, j jobs.Job, call jobCall) tea.Cmd {
	switch {
	case !ok:
		m.say("no job is chosen", plain)
		return nil
	case call.no != "":
		m.say(call.no, plain)
		return nil
	}
	return m.onQueue(call.name+" "+views.Title(j), func(ctx context.Context) error { return call.do(ctx, j.ID) })
}

func (m *Model) onQueue(what string, do func(ctx context.Context) error) tea.Cmd {
	ctx := m.ctx
	return guarded(func() tea.Msg {
		if err := do(ctx); err != nil {
			return failedMsg{fmt.Errorf("%s: %w", what, err)}
		}
		return nil
	})
}

// showItems opens the items of the current job, those that failed first.
func (m *Model) showItems(list *views.JobList) tea.Cmd {
	j, ok := list.Current()
	if !ok {
		return nil
	}
	list.Details, list.Items = j.ID, nil
	return m.readItems(j.ID)
}

// readItems returns the command that reads the items of a job. One such
// command runs at a time; what changes meanwhile is read after it.
func (m *Model) readItems(id jobs.ID) tea.Cmd {
	if m.reading {
		m.reread = true
		return nil
	}
	m.reading, m.reread = true, false
	ctx, queue := m.ctx, m.deps.Queue
	return guarded(func() tea.Msg {
		items, err := itemsOf(ctx, queue, id)
		if err != nil {
			err = fmt.Errorf("read the items of the job: %w", err)
		}
		return itemsMsg{id, items, err}
	})
}

// itemsChanged reads the items that are shown again, if their job moved.
func (m *Model) itemsChanged(list *views.JobList, before, now jobs.Snapshot) tea.Cmd {
	if list.Details == 0 {
		return nil
	}
	was, _ := jobOf(before, list.Details)
	is, _ := jobOf(now, list.Details)
	if reflect.DeepEqual(was, is) {
		return nil
	}
	return m.readItems(list.Details)
}

func jobOf(s jobs.Snapshot, id jobs.ID) (jobs.Job, bool) {
	for _, j := range s.Jobs {
		if j.ID == id {
			return j, true
		}
	}
	return jobs.Job{}, false
}

func itemsOf(ctx context.Context, queue Queue, id jobs.ID) ([]jobs.Item, error) {
	var items []jobs.Item
	seen := map[int64]bool{}
	for _, states := range [][]jobs.State{{jobs.Failed}, {jobs.Retrying, jobs.Running, jobs.Verifying}, nil} {
		some, err := queue.Items(ctx, id, 0, itemsShown, states...)
		if err != nil {
			return nil, err // the caller says what was read
		}
		for _, it := range some {
			if !seen[it.N] {
				items = append(items, it)
			}
			seen[it.N] = true
		}
	}
	slices.SortStableFunc(items, func(a, b jobs.Item) int { return cmp.Compare(rank(a), rank(b)) })
	return items, nil
}

// rank puts what failed before what is under way before what is done.
func rank(it jobs.Item) int {
	switch it.State {
	case jobs.Failed:
		return 0
	case jobs.Asking:
		return 1
	case jobs.Retrying:
		return 2
	case jobs.Running, jobs.Verifying:
		return 3
	case jobs.Queued, jobs.Paused:
		return 4
	case jobs.Done, jobs.Cancelled:
	}
	return 5
}

func (m *Model) items(msg itemsMsg) tea.Cmd {
	m.reading = false
	list := m.jobList()
	if list == nil || list.Details == 0 {
		return nil
	}
	if list.Details != msg.job {
		return m.readItems(list.Details)
	}
	if msg.err != nil {
		m.sayError(msg.err)
		return nil
	}
	list.Items = append([]jobs.Item{}, msg.items...) // never nil: that means not read
	if m.reread {
		return m.readItems(msg.job)
	}
	return nil
}
