package tui

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/jobs"
	"cosmander/views"
)

// owned tells whose uploads are. The zero value knows of none.
type owned struct {
	held map[string]jobs.HeldUpload // by upload id
	mine map[string]bool            // ids of initiators who begun what our jobs hold
}

// learn takes what the journal holds, and finds out under which names our own
// uploads are listed.
func (o *owned) learn(held []jobs.HeldUpload, listed []cos.Upload) {
	o.held = make(map[string]jobs.HeldUpload, len(held))
	for _, h := range held {
		if old, ok := o.held[h.UploadID]; !ok || !old.Live() {
			o.held[h.UploadID] = h
		}
	}
	for _, u := range listed {
		if _, ours := o.held[u.UploadID]; ours && u.Initiator.ID != "" {
			if o.mine == nil {
				o.mine = map[string]bool{}
			}
			o.mine[u.Initiator.ID] = true
		}
	}
}

// orphaned reports that an upload was begun by this account and that no job of
// this journal knows it: that of a journal which was lost, or of another
// program or machine.
func (o *owned) orphaned(u cos.Upload) bool {
	if _, held := o.held[u.UploadID]; held || u.Initiator.ID == "" {
		return false
	}
	if len(o.mine) > 0 {
		return o.mine[u.Initiator.ID]
	}
	// Under which name ours are listed is not known. The bucket's owner is
	// whose keys most people use.
	return u.Initiator.ID == u.Owner.ID
}

// whose says who began an upload, and whether a job goes on with it.
func (o *owned) whose(u cos.Upload) (text string, held bool) {
	if h, ok := o.held[u.UploadID]; ok {
		text := strings.TrimSpace(fmt.Sprintf("job %d %s", h.Job, h.Title))
		if !h.Live() {
			text = "failed " + text
		}
		return text, h.Live()
	}
	switch {
	case o.orphaned(u):
		return "this account", false
	case u.Initiator.ID == "":
		return "not told", false
	}
	return "foreign: " + cmp.Or(u.Initiator.DisplayName, u.Initiator.ID), false
}

// orphanAge is from which age on an upload that no job knows is mentioned: what
// is younger may be sent by somebody right now.
const orphanAge = 24 * time.Hour

// orphansMsg says how many uploads of this account nobody goes on with.
type orphansMsg struct {
	count int64
	more  bool
}

// lookForOrphans asks, once and with one request, whether the bucket that is
// open first has uploads of ours that no job knows. It waits until the pane
// shows rows, so that it delays nothing.
func (m *Model) lookForOrphans() tea.Cmd {
	if m.sought || m.deps.Uploads == nil || m.deps.Queue == nil {
		return nil
	}
	for _, p := range m.panes {
		if !p.shown || p.at.Local() || p.at.buckets {
			continue
		}
		m.sought = true
		ctx, b, queue, now := m.ctx, m.deps.Uploads(p.at.Bucket, p.at.Region), m.deps.Queue, m.deps.Now()
		return guarded(func() tea.Msg {
			page, err := b.ListUploads(ctx, cos.UploadsOptions{})
			if err != nil {
				return nil // nobody asked; whoever does is told why
			}
			held, err := queue.HeldUploads(ctx)
			if err != nil {
				return nil
			}
			var o owned
			o.learn(held, page.Uploads)
			msg := orphansMsg{more: page.Truncated}
			for _, u := range page.Uploads {
				if o.orphaned(u) && now.Sub(u.Initiated) >= orphanAge {
					msg.count++
				}
			}
			return msg
		})
	}
	return nil
}

// tookOrphans says so, unless something else is said.
func (m *Model) tookOrphans(msg orphansMsg) {
	if msg.count == 0 || m.status != "" {
		return
	}
	text := views.Plural(msg.count, "unfinished upload", "unfinished uploads")
	if msg.more {
		text = "at least " + text
	}
	m.say(text+" of this account that no job knows"+m.sep()+hint(m.deps.Keys.Pane.Uploads, "").Key+" shows them", plain)
}
