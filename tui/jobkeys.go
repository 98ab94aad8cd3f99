package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"cosmander/jobs"
	"cosmander/views"
)

// jobKey does what a key means in the list of jobs; false if nothing.
func (m *Model) jobKey(list *views.JobList, pressed string) (tea.Cmd, bool) {
	k := m.deps.Keys
	switch {
	case matches(pressed, k.Global.Jobs):
		m.pop()
		return nil, true
	case matches(pressed, k.Global.Help):
		m.push(modal{view: &views.Help{Sections: k.help("Jobs")}, act: func() tea.Cmd { return nil }})
		return nil, true
	case matches(pressed, k.Jobs.Clear):
		return m.onQueue("clear the list", m.deps.Queue.ClearDone), true
	case matches(pressed, k.Jobs.Limit):
		m.askLimit()
		return nil, true
	}
	j, ok := list.Job()
	switch {
	case matches(pressed, k.Jobs.Answer):
		return m.answerKey(ok, j), true
	case matches(pressed, k.Jobs.Pause):
		return m.onJob(ok, j, m.pauseOrResume(j)), true
	case matches(pressed, k.Jobs.Retry):
		return m.retry(ok, j), true
	case matches(pressed, k.Jobs.Cancel):
		return m.cancelJob(ok, j), true
	}
	return m.orderKey(ok, j, pressed)
}

// orderKey does what a key means for a job's place in the queue; false if
// nothing.
func (m *Model) orderKey(ok bool, j jobs.Job, pressed string) (tea.Cmd, bool) {
	k, q := m.deps.Keys.Jobs, m.deps.Queue
	call := jobCall{}
	switch {
	case matches(pressed, k.Sooner):
		call = jobCall{name: "move up", do: q.MoveUp}
	case matches(pressed, k.Later):
		call = jobCall{name: "move down", do: q.MoveDown}
	case matches(pressed, k.Next):
		call = jobCall{name: "do next", do: q.DoNext}
	case matches(pressed, k.Raise):
		call = m.priority(j, j.Priority+1)
	case matches(pressed, k.Lower):
		call = m.priority(j, j.Priority-1)
	default:
		return nil, false
	}
	if j.State.Final() {
		call.no = "it has no place in the queue any more" + m.sep() + views.Title(j) + " " + string(j.State)
	}
	return m.onJob(ok, j, call), true
}

func (m *Model) priority(j jobs.Job, p jobs.Priority) jobCall {
	call := jobCall{name: "change the priority of", do: func(ctx context.Context, id jobs.ID) error {
		return m.deps.Queue.SetPriority(ctx, id, p)
	}}
	switch {
	case p > jobs.High:
		call.no = "its priority is the highest"
	case p < jobs.Low:
		call.no = "its priority is the lowest"
	}
	return call
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
