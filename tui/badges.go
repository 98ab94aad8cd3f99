package tui

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/jobs"
	"cosmander/views"
)

const (
	// badgeAfter is how long the cursor must rest on an object before the
	// service is asked what a listing does not tell.
	badgeAfter = 300 * time.Millisecond
	// badgesKept of objects are remembered of a listing.
	badgesKept = 4096
)

// badging looks at the object under the cursor. Only that one is asked for: a
// request for each row that is seen would be twenty for every page, which cost
// money and, on a slow line, the requests that the user waits for.
type badging struct {
	at     place
	id     string
	n      uint64 // counts the rows, so that the time of an earlier one is over
	cancel context.CancelFunc
}

// badgeMsg says that the cursor has rested on an object.
type badgeMsg struct{ n uint64 }

// badgedMsg brings what an object is.
type badgedMsg struct {
	pane int
	at   place
	id   string
	of   learned
}

// awaitBadge begins to wait when another row has the cursor.
func (m *Model) awaitBadge() tea.Cmd {
	b, p := &m.badging, m.panes[m.focus]
	id, ok := p.current()
	if !ok || len(m.modals) > 0 || !p.shown {
		id = ""
	}
	if b.id == id && b.at == p.at {
		return nil
	}
	if b.cancel != nil {
		b.cancel()
		b.cancel = nil
	}
	b.n++
	b.at, b.id = p.at, id
	_, known := p.badges[id]
	if id == "" || known || p.at.past() || p.at.Local() || p.at.buckets || strings.HasSuffix(id, "/") || m.look.Low {
		return nil
	}
	return m.after(badgeAfter, badgeMsg{b.n})
}

// askBadge asks what the object under the cursor is.
func (m *Model) askBadge(msg badgeMsg) tea.Cmd {
	b := &m.badging
	if msg.n != b.n || b.id == "" {
		return nil
	}
	var ctx context.Context
	ctx, b.cancel = context.WithCancel(m.ctx)
	store, pane, at, id := m.deps.Bucket(b.at.Bucket, b.at.Region), m.focus, b.at, b.id
	return guarded(func() tea.Msg {
		head, err := store.Head(ctx, at.Key+id, cos.GetOptions{})
		switch {
		case errors.Is(err, context.Canceled):
			return nil
		case err != nil: // no reason to disturb: nothing was asked of the program
			return badgedMsg{pane: pane, at: at, id: id}
		}
		return badgedMsg{pane, at, id, learned{objectName{at.Bucket, at.Key + id}, factOf(head)}}
	})
}

// badgeOf is the mark of an object; of several the one that matters most to who
// wants to read it.
func badgeOf(head *cos.Head) views.Badge {
	switch {
	case head.Restore != nil && head.Restore.Ongoing:
		return views.Restoring
	case head.Restore != nil:
		return views.Restored
	case cos.Archived(head.StorageClass):
		return views.Archived
	case head.Encryption != (cos.Encryption{}) || clientSide(head):
		return views.Encrypted
	case head.ObjectType == "appendable":
		return views.Appendable
	}
	return views.NoBadge
}

// clientSide reports that an object was encrypted before it was sent.
func clientSide(head *cos.Head) bool {
	_, yes := jobs.Encrypted(head)
	return yes
}

func (m *Model) badged(msg badgedMsg) {
	m.known.learn(msg.of)
	p := m.panes[msg.pane]
	if p.at != msg.at {
		return
	}
	if p.badges == nil || len(p.badges) >= badgesKept {
		p.badges = map[string]views.Badge{}
	}
	p.badges[msg.id] = msg.of.badge
}

// badge is the mark of a row, as far as it is known.
func (p *pane) badge(e *entry, name string) views.Badge {
	if f, ok := p.row(e, p.at.Key+name); ok {
		return f.badge
	}
	if b, ok := p.badges[name]; ok {
		return b
	}
	if cos.Archived(p.rows.class(e)) {
		return views.Archived
	}
	return views.NoBadge
}
