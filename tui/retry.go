package tui

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/jobs"
)

const (
	// listTries is how often one page is asked for, half a minute at most.
	listTries = 6
	// longestWait that a service may ask for: beyond it the user decides.
	longestWait = time.Minute
)

// retryMsg says that a second of the wait of the listing gen is over, or all
// of it.
type retryMsg struct {
	pane int
	gen  uint64
}

// tryAgain waits to ask for the page again that pane i did not get; false if that
// is of no use, or was done often enough.
func (m *Model) tryAgain(i int, err error) (tea.Cmd, bool) {
	p := m.panes[i]
	l := p.load
	var answer *cos.Error
	var asked time.Duration
	if errors.As(err, &answer) {
		asked = answer.RetryAfter
	} else if l.from.marker == "" {
		return nil, false // no network, or a wrong endpoint: told at once, not after half a minute
	}
	if !cos.Retryable(err) || l.tries+1 >= listTries || asked > longestWait {
		return nil, false
	}
	l.tries++
	policy := jobs.RetryPolicy{Attempts: listTries, Base: time.Second, Cap: 8 * time.Second}
	wait := policy.Wait(l.tries, asked, rand.Float64()) //nolint:gosec // jitter needs no secrecy
	l.due, l.why = m.deps.Now().Add(wait), briefly(err)
	return m.wait(i), true
}

func (m *Model) wait(i int) tea.Cmd {
	l := m.panes[i].load
	left := max(l.due.Sub(m.deps.Now()), 0)
	return m.after(min(left, time.Second), retryMsg{i, l.gen})
}

// waited goes on when the wait is over.
func (m *Model) waited(msg retryMsg) tea.Cmd {
	l := m.panes[msg.pane].load
	switch {
	case l == nil || l.gen != msg.gen || l.due.IsZero():
		return nil
	case m.deps.Now().Before(l.due):
		return m.wait(msg.pane) // the seconds are counted down on the screen
	}
	l.due = time.Time{}
	return m.loadPage(msg.pane, l.from)
}

// retrying is what p waits for, "" if for nothing.
func (m *Model) retrying(p *pane) string {
	if p.load == nil || p.load.due.IsZero() {
		return ""
	}
	left := max(p.load.due.Sub(m.deps.Now()), 0)
	seconds := int((left + time.Second - 1) / time.Second)
	return fmt.Sprintf("retrying in %d s: %s", max(seconds, 1), p.load.why)
}

// briefly names a failure that passes in a few words.
func briefly(err error) string {
	var answer *cos.Error
	if errors.As(err, &answer) {
		if answer.Code == "" {
			return strconv.Itoa(answer.Status)
		}
		return strconv.Itoa(answer.Status) + " " + answer.Code
	}
	for _, is := range []error{cos.ErrStalled, cos.ErrCutBody, cos.ErrDamaged} {
		if errors.Is(err, is) {
			return is.Error()
		}
	}
	return "no connection"
}
