package tui

import (
	tea "charm.land/bubbletea/v2"

	"cosmander/jobs"
	"cosmander/views"
)

// quit asks first if that would stop jobs.
func (m *Model) quit() tea.Cmd {
	what := m.fate()
	if what == "" {
		return tea.Quit
	}
	m.push(modal{
		view: &views.Confirm{Title: "Quit", What: what, Verb: "Quit", Safe: "Stay"},
		act:  func() tea.Cmd { return tea.Quit },
	})
	return nil
}

// fate says what quitting does to the jobs that this process runs; it is
// empty if it stops none.
func (m *Model) fate() string {
	var running, paused, restoring int64
	for _, j := range m.live() {
		switch {
		case !m.queue.Runner || j.Account != m.deps.AccountID:
		case j.State == jobs.Paused:
			paused++
		case j.State == jobs.Restoring:
			restoring++
		default:
			running++
		}
	}
	what := ""
	switch {
	case running == 0 && restoring == 0:
		return ""
	case running == 1:
		what = "1 job runs; it goes on at the next start"
	case running > 1:
		what = views.Count(running) + " jobs run; they go on at the next start"
	case restoring == 1:
		what = "1 job waits until the service has restored what it reads; it goes on at the next start"
	default:
		what = views.Count(restoring) + " jobs wait until the service has restored what they read; they go on at the next start"
	}
	switch {
	case paused == 1:
		what += m.sep() + "1 stays paused"
	case paused > 1:
		what += m.sep() + views.Count(paused) + " stay paused"
	}
	return what
}
