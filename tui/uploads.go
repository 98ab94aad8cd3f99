package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/jobs"
	"cosmander/views"
)

// Uploading is a bucket as the list of its unfinished uploads needs it;
// *cos.Bucket is one.
type Uploading interface {
	ListUploads(ctx context.Context, o cos.UploadsOptions) (*cos.UploadsPage, error)
	AllParts(ctx context.Context, key, uploadID string) ([]cos.Part, error)
}

var _ Uploading = (*cos.Bucket)(nil)

// partsAtOnce bounds how many uploads are asked for their parts at a time.
const partsAtOnce = 4

// janitor is the list of unfinished uploads while it is shown.
type janitor struct {
	view   *views.Uploads
	at     place // below which they are
	bucket Uploading
	pane   int
	id     uint64          // of the listing under way; late pages have another
	ctx    context.Context // ends with the view
	next   cos.UploadsOptions
	again  bool // fresh replaces the rows once it has as many
	fresh  []views.UploadRow
	owned  owned
	asking map[string]context.CancelFunc // for parts, by upload
	// summing is about what is to be aborted; nil if nothing is.
	summing *summing
}

// uploadsMsg is a page of unfinished uploads, and which of them jobs hold.
type uploadsMsg struct {
	id   uint64
	page *cos.UploadsPage
	held []jobs.HeldUpload
	err  error
}

// partsMsg is what the service has of an upload.
type partsMsg struct {
	view  *views.Uploads
	id    string
	size  int64
	parts int
	err   error
}

// noUploads says why unfinished uploads cannot be listed at the place of the
// focused pane, or "".
func (m *Model) noUploads() string {
	at := m.panes[m.focus].at
	switch {
	case at.buckets:
		return "enter a bucket first"
	case at.Local():
		return "only buckets have unfinished uploads"
	case m.deps.Uploads == nil || m.deps.Queue == nil:
		return "unfinished uploads are not to be had here"
	}
	return ""
}

// showUploads opens the list of the uploads below the place of the focused
// pane that nobody has completed.
func (m *Model) showUploads() tea.Cmd {
	at := m.panes[m.focus].at.present().whole()
	j := &janitor{
		view: &views.Uploads{Hints: m.uploadHints(), Prefix: at.Key}, at: at, pane: m.focus,
		bucket: m.deps.Uploads(at.Bucket, at.Region), asking: map[string]context.CancelFunc{},
	}
	j.view.Title = "unfinished uploads" + m.sep() + at.address()
	ctx, cancel := context.WithCancel(m.ctx)
	j.ctx, m.janitor = ctx, j
	height := m.listHeight()
	m.push(modal{view: j.view, act: m.askAdopt, stop: func() {
		cancel()
		m.janitor = nil
	}})
	cmd := m.listUploads(false)
	if height != m.listHeight() {
		return tea.Batch(cmd, m.refit())
	}
	return cmd
}

func (m *Model) uploadHints() []views.Hint {
	k := m.deps.Keys.Uploads
	return []views.Hint{
		hint(k.Abort, "abort"), hint(k.Adopt, "go on from a file"), hint(k.Mark, "mark"), hint(k.Sort, "sort"),
		hint(k.Filter, "filter"), hint(m.deps.Keys.Global.Help, "help"), hint(m.deps.Keys.Dialog.Leave, "back"),
	}
}

// listUploads lists from the beginning; again keeps the old rows until there
// are as many new ones.
func (m *Model) listUploads(again bool) tea.Cmd {
	j := m.janitor
	m.surveys++
	j.id, j.again, j.fresh = m.surveys, again, nil
	j.next = cos.UploadsOptions{Prefix: j.at.Key}
	return m.uploadsPage(j)
}

func (m *Model) uploadsPage(j *janitor) tea.Cmd {
	j.view.Listing, j.view.Failed = true, ""
	ctx, b, queue, id, o := j.ctx, j.bucket, m.deps.Queue, j.id, j.next
	return guarded(func() tea.Msg {
		page, err := b.ListUploads(ctx, o)
		if err != nil {
			return uploadsMsg{id: id, err: err}
		}
		// Read behind the page, so that what a job has begun is known as its.
		held, err := queue.HeldUploads(ctx)
		return uploadsMsg{id, page, held, err}
	})
}

func (m *Model) tookUploads(msg uploadsMsg) tea.Cmd {
	j := m.janitor
	if j == nil || j.id != msg.id {
		return nil
	}
	j.view.Listing = false
	if msg.page == nil || msg.err != nil {
		j.view.Failed = m.explain(msg.err)
		return nil
	}
	j.owned.learn(msg.held, msg.page.Uploads)
	var rows []views.UploadRow
	for _, u := range msg.page.Uploads {
		rows = append(rows, m.uploadRow(j, u))
	}
	j.view.More = msg.page.Truncated
	j.next.KeyMarker, j.next.UploadMarker = msg.page.NextKeyMarker, msg.page.NextUploadMark
	if !j.again {
		j.view.Add(rows...)
		return nil
	}
	j.fresh = append(j.fresh, rows...)
	if j.view.More && len(j.fresh) < len(j.view.Rows()) {
		return m.uploadsPage(j)
	}
	j.again = false
	j.view.Show(j.fresh)
	return nil
}

func (m *Model) uploadRow(j *janitor, u cos.Upload) views.UploadRow {
	whose, held := j.owned.whose(u)
	return views.UploadRow{
		Key: u.Key, ID: u.UploadID, Begun: u.Initiated, Class: u.StorageClass, Whose: whose, Held: held, Size: -1,
	}
}

// wantUploads asks for what the rows on the screen lack: their parts, and
// further rows. It is called after every message, and sends nothing that is
// under way or known. What has left the screen is not asked for any more.
func (m *Model) wantUploads() tea.Cmd {
	j := m.janitor
	if j == nil {
		return nil
	}
	j.view.Fit(m.height - 1)
	wanted := j.view.Unasked()
	if j.summing != nil {
		wanted = append(wanted, j.summing.unasked(j.view)...)
	}
	on := map[string]bool{}
	var cmds []tea.Cmd
	for _, r := range wanted {
		on[r.ID] = true
	}
	for id, cancel := range j.asking {
		if !on[id] {
			cancel()
			delete(j.asking, id)
		}
	}
	for _, r := range wanted {
		if _, asked := j.asking[r.ID]; !asked && len(j.asking) < partsAtOnce {
			cmds = append(cmds, m.askParts(j, r))
		}
	}
	if !j.view.Listing && j.view.Failed == "" && j.view.Wanting() {
		cmds = append(cmds, m.uploadsPage(j))
	}
	return tea.Batch(cmds...)
}

func (m *Model) askParts(j *janitor, r views.UploadRow) tea.Cmd {
	ctx, cancel := context.WithCancel(j.ctx)
	j.asking[r.ID] = cancel
	view, b := j.view, j.bucket
	return guarded(func() tea.Msg {
		parts, err := b.AllParts(ctx, r.Key, r.ID)
		if ctx.Err() != nil {
			return nil
		}
		msg := partsMsg{view: view, id: r.ID, parts: len(parts), err: err}
		for _, p := range parts {
			msg.size += p.Size
		}
		return msg
	})
}

func (m *Model) tookParts(msg partsMsg) tea.Cmd {
	j := m.janitor
	if j == nil || j.view != msg.view {
		return nil
	}
	if cancel, ok := j.asking[msg.id]; ok {
		cancel()
		delete(j.asking, msg.id)
	}
	if msg.err != nil {
		j.view.Learn(msg.id, -1, 0, m.explain(msg.err))
	} else {
		j.view.Learn(msg.id, msg.size, msg.parts, "")
	}
	if j.summing != nil {
		j.summing.tell(m, j.view)
	}
	return nil
}

// uploadsEnded lists again after a job has changed what is unfinished.
func (m *Model) uploadsEnded(job jobs.Job) tea.Cmd {
	if m.janitor == nil || job.Kind != jobs.Abort && job.Kind != jobs.Upload && job.Kind != jobs.Copy {
		return nil
	}
	return m.listUploads(true)
}

// uploadKey does what a key means over the list; false if nothing.
func (m *Model) uploadKey(view *views.Uploads, pressed string) (tea.Cmd, bool) {
	k := m.deps.Keys.Uploads
	switch {
	case matches(pressed, m.deps.Keys.Global.Help):
		m.push(modal{view: &views.Help{Sections: m.deps.Keys.help("Uploads")}, act: func() tea.Cmd { return nil }})
	case matches(pressed, m.deps.Keys.Global.Jobs):
		return m.showJobs(), true
	case matches(pressed, k.Mark):
		m.markUpload(view)
	case matches(pressed, k.MarkAll):
		view.MarkAll()
	case matches(pressed, k.Sort):
		view.Sort()
	case matches(pressed, k.Reverse):
		view.Reverse()
	case matches(pressed, k.Filter):
		view.Filter()
	case matches(pressed, k.Abort):
		return m.askAbort(), true
	case matches(pressed, k.Adopt):
		return m.askAdopt(), true
	case matches(pressed, k.Again):
		view.Forget()
		return m.listUploads(true), true
	default:
		return nil, false
	}
	return nil, true
}

func (m *Model) markUpload(view *views.Uploads) {
	if r, ok := view.Current(); ok && r.Held && !r.Marked {
		m.say(needs(r), plain)
		return
	}
	view.Mark()
}

// needs says why an upload is left alone.
func needs(r views.UploadRow) string {
	return fmt.Sprintf("%s goes on with it: cancel that job instead", r.Whose)
}

// receivedUploads takes what a command about uploads or appending brought.
func (m *Model) receivedUploads(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case uploadsMsg:
		return m.tookUploads(msg)
	case partsMsg:
		return m.tookParts(msg)
	case orphansMsg:
		m.tookOrphans(msg)
	case adoptableMsg:
		return m.adopting(msg)
	case appendableMsg:
		return m.tookAppendable(msg)
	case followQueuedMsg:
		return m.appendQueued(msg)
	}
	return nil
}
