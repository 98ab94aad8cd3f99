package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/jobs"
	"cosmander/views"
)

// restoringKept of the objects that a job waits for are marked in the panes.
const restoringKept = 500

// restoringMsg brings the objects that a job waits for.
type restoringMsg struct {
	job   jobs.ID
	items []jobs.Item
	left  int64 // how many those are
	over  bool  // none of the job's has failed
}

// askRestoring reads what jobs wait for, of those where that changed.
func (m *Model) askRestoring(before, now jobs.Snapshot) tea.Cmd {
	var cmds []tea.Cmd
	ctx, queue := m.ctx, m.deps.Queue
	for _, j := range now.Jobs {
		was, _ := jobOf(before, j.ID)
		if was.ItemsRestoring == j.ItemsRestoring && (j.ItemsRestoring == 0 || m.restoring[j.ID] != nil) {
			continue
		}
		over := j.State != jobs.Cancelled && j.ItemsFailed == 0
		cmds = append(cmds, guarded(func() tea.Msg {
			items, err := queue.Items(ctx, j.ID, 0, restoringKept, jobs.Restoring)
			if err != nil {
				return failedMsg{fmt.Errorf("read what is being restored: %w", err)}
			}
			return restoringMsg{j.ID, items, j.ItemsRestoring, over}
		}))
	}
	return tea.Batch(cmds...)
}

// restored learns what is being restored for a job, and that what was is not
// any more: it can be read, unless something of the job failed.
func (m *Model) restored(msg restoringMsg) {
	now := make([]learned, 0, len(msg.items))
	waits := map[objectName]bool{}
	for _, it := range msg.items {
		u, err := cos.ParseURI(it.From)
		if err != nil || it.VersionID != "" {
			continue // a version is no row of a pane
		}
		l := learned{objectName{u.Bucket, u.Key}, fact{badge: views.Restoring, etag: it.ETag, size: it.Size, modified: noTime}}
		waits[l.objectName] = true
		now = append(now, l)
		m.known.learn(l)
	}
	for _, l := range m.restoring[msg.job] {
		switch {
		case waits[l.objectName]:
		case msg.over:
			l.badge = views.Restored // until when, HEAD will tell
			m.known.learn(l)
		default:
			delete(m.known.list, l.objectName)
		}
	}
	m.restoring[msg.job] = now
	if msg.left == 0 {
		delete(m.restoring, msg.job)
	}
}
