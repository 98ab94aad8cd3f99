package tui

import (
	"context"
	"fmt"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"

	"cosmander/views"
)

// How long a file that is followed is left alone: the longer, the longer
// nothing came.
const (
	followFirst = time.Second
	followLast  = 10 * time.Second
)

// follow is the watch over the end of a file.
type follow struct {
	n     uint64 // tells its messages from those of an earlier one
	delay time.Duration
}

// followMsg says that it is time to look at a followed file.
type followMsg struct{ n uint64 }

// followedMsg says what a followed file is now.
type followedMsg struct {
	n   uint64
	now seen
	err error
}

// toggleFollow begins or ends to show what a file grows by.
func (m *Model) toggleFollow(pv *previewing) tea.Cmd {
	switch {
	case pv.view.Following:
		m.unfollow(pv)
		return nil
	case pv.seen == nil:
		m.say("nothing was read yet", plain)
		return nil
	case !pv.seen.appendable:
		m.say("it cannot grow: only appendable objects and local files do", plain)
		return nil
	case pv.view.IsDocument() || pv.view.Content().Inside != "":
		m.say("only text and bytes can be followed"+m.sep()+hint(m.deps.Keys.Preview.Plain, "").Key+" shows the text", plain)
		return nil
	}
	m.previews++
	pv.follow = &follow{m.previews, followFirst}
	pv.view.Following = true
	pv.view.Do(views.Bottom)
	return tea.Batch(m.feedPreview(pv), m.after(pv.follow.delay, followMsg{pv.follow.n}))
}

func (m *Model) unfollow(pv *previewing) {
	pv.view.Following, pv.follow = false, nil
}

// following finds the preview that follows under a number.
func (m *Model) following(n uint64) *previewing {
	if pv := m.preview; pv != nil && pv.follow != nil && pv.follow.n == n {
		return pv
	}
	return nil
}

// lookAgain returns the command that looks at a followed file.
func (m *Model) lookAgain(msg followMsg) tea.Cmd {
	pv := m.following(msg.n)
	if pv == nil {
		return nil
	}
	f, n := pv.file, msg.n
	ctx, cancel := context.WithCancel(m.ctx)
	pv.glance = cancel
	return guarded(func() tea.Msg {
		now, err := f.stat(ctx)
		return followedMsg{n, now, err}
	})
}

// followed shows what has come, and looks again later.
func (m *Model) followed(msg followedMsg) tea.Cmd {
	pv := m.following(msg.n)
	if pv == nil {
		return nil
	}
	pv.endGlance()
	again := func() tea.Cmd { return m.after(pv.follow.delay, followMsg{msg.n}) }
	grown := int64(0)
	if msg.err == nil {
		grown = msg.now.size - pv.seen.size
	}
	switch {
	case msg.err != nil:
		m.sayError(msg.err) // and it is tried again
		pv.follow.delay = min(2*pv.follow.delay, followLast)
		return again()
	case grown == 0 && !otherFile(pv.seen, &msg.now):
		pv.follow.delay = min(2*pv.follow.delay, followLast)
		return again()
	case grown < 0 || otherFile(pv.seen, &msg.now):
		m.unfollow(pv)
		m.previewFailed(pv, fmt.Errorf("%s: %w", pv.at, errChanged))
		return nil
	}
	pv.follow.delay = followFirst
	pv.seen = &msg.now
	pv.view.Grow(msg.now.size)
	return tea.Batch(m.feedPreview(pv), again())
}

// otherFile reports that what is there now is not what has been followed. An
// appended object has another ETag each time.
func otherFile(before, now *seen) bool {
	if before.info != nil && now.info != nil {
		return !os.SameFile(before.info, now.info)
	}
	return !now.appendable || now.size == before.size && now.etag != before.etag
}

func (pv *previewing) endGlance() {
	if pv.glance != nil {
		pv.glance()
		pv.glance = nil
	}
}
