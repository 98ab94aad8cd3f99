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
	// firstTries is how often a first page is asked for where nothing answers,
	// and firstFor how long after its beginning it still is: a lost packet is no
	// error, but who waits for rows is to hear soon that there is no network, or
	// a wrong endpoint.
	firstTries = 3
	firstFor   = 10 * time.Second
	firstBase  = 500 * time.Millisecond
	firstCap   = time.Second
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
	l := m.panes[i].load
	var answer *cos.Error
	var asked time.Duration
	policy := jobs.RetryPolicy{Attempts: listTries, Base: time.Second, Cap: 8 * time.Second}
	if errors.As(err, &answer) {
		asked = answer.RetryAfter
	} else if l.from.marker == "" {
		policy = jobs.RetryPolicy{Attempts: firstTries, Base: firstBase, Cap: firstCap}
		if m.deps.Now().Sub(l.began) >= firstFor {
			return nil, false
		}
	}
	if !cos.Retryable(err) || l.tries+1 >= policy.Attempts || asked > longestWait {
		return nil, false
	}
	l.tries++
	wait := policy.Wait(l.tries, asked, (1+rand.Float64())/2) //nolint:gosec // jitter needs no secrecy
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

// listFailed keeps what is shown and says why there is nothing new.
func (m *Model) listFailed(p *pane, err error) {
	first, again := !p.shown, m.goesOn(p)
	p.stop()
	t := m.trouble(err)
	if t == (trouble{}) { // cancelled by the user
		return
	}
	if first {
		p.err = t // it stands where the rows would
		_, _, p.up = p.at.parent(m.deps.Buckets != nil)
		return
	}
	switch {
	case t.hint == "":
		t.hint = again
	case again != "":
		t.hint += m.sep() + again
	}
	m.say(m.said(t), failure)
	p.said = m.status
}

// goesOn says which key makes p list again what it is listing; "" if that is
// another place than the one that is shown.
func (m *Model) goesOn(p *pane) string {
	k := m.deps.Keys.Pane
	switch {
	case p.load == nil || p.load.to != p.at:
		return ""
	case p.load.fresh == nil:
		return hint(k.Bottom, "").Key + " goes on"
	}
	return hint(k.Refresh, "").Key + " tries again"
}

// recovered takes back what was said of the last failure of p, if it is still
// there to be read.
func (m *Model) recovered(p *pane) {
	if p.said != "" && m.status == p.said {
		m.say("", plain)
	}
	p.said = ""
}
