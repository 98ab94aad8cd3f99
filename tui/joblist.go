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
	height := m.listHeight()
	m.result = resultLine{n: m.result.n + 1}
	k, leave := m.deps.Keys.Jobs, hint(m.deps.Keys.Dialog.Leave, "back")
	list := &views.JobList{
		Hints: []views.Hint{
			hint(k.Pause, "pause"), hint(k.Details, "items"), hint(k.Retry, "retry"), hint(k.Cancel, "cancel"),
			hint(k.Limit, "limit"), hint(k.Clear, "clear done"),
			{Key: hint(k.Sooner, "").Key + " " + hint(k.Later, "").Key, Does: "order"},
			hint(k.Next, "next"),
			{Key: hint(k.Raise, "").Key + " " + hint(k.Lower, "").Key, Does: "priority"},
			leave,
		},
		ItemHints: []views.Hint{
			hint(k.Details, "all of it"), hint(k.Retry, "retry"), hint(k.Pause, "pause"), hint(k.Cancel, "cancel"), leave,
		},
		Answer: hint(k.Answer, "answer"),
	}
	m.feed(list)
	m.push(modal{view: list, act: func() tea.Cmd { return m.accepted(list) }})
	if height != m.listHeight() {
		return m.refit()
	}
	return nil
}

// feed gives the list what it shows of the queue.
func (m *Model) feed(list *views.JobList) {
	list.Show(m.paced)
	list.Rates, list.Limit = m.rates.all, m.deps.Queue.Bandwidth()
	list.JobRates = m.rates.byJob[list.Details]
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

// accepted opens the items of the current job, those that failed first, or
// everything about the current item. What asks is answered first.
func (m *Model) accepted(list *views.JobList) tea.Cmd {
	j, ok := list.Job()
	if !ok {
		return nil
	}
	if it, ok := list.CurrentItem(); ok {
		if it.State == jobs.Asking {
			return m.answer(j)
		}
		m.showItem(list, j)
		return nil
	}
	if j.State == jobs.Asking {
		return m.answer(j)
	}
	list.ShowDetails(j.ID)
	m.feed(list)
	return m.readItems(j.ID)
}

// showItem opens everything about the current item. The dialog follows the
// item, not the cursor.
func (m *Model) showItem(list *views.JobList, j jobs.Job) {
	it, _ := list.CurrentItem()
	k := m.deps.Keys.Jobs
	m.push(modal{
		view: &views.ItemInfo{Job: j, Item: it, Retry: hint(k.Retry, "").Key, Answer: hint(k.Answer, "").Key},
		act:  func() tea.Cmd { return nil },
	})
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
	case jobs.Restoring, jobs.Queued, jobs.Paused:
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
	list.SetItems(msg.items)
	m.followItem(msg.items)
	if m.reread {
		return m.readItems(msg.job)
	}
	return nil
}

// followItem brings the item whose facts are shown up to date.
func (m *Model) followItem(items []jobs.Item) {
	top := m.top()
	info, ok := top.view.(*views.ItemInfo)
	if !ok {
		return
	}
	if i := slices.IndexFunc(items, func(it jobs.Item) bool { return it.N == info.Item.N }); i >= 0 {
		info.Item = items[i]
	}
}
