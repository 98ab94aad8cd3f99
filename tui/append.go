package tui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/jobs"
	"cosmander/views"
)

// The answers of the form that appends.
const (
	appendText = "a text"
	appendFile = "a file"
	lineEnded  = "yes"
	thenFollow = "show its end and follow it"
)

// appending is a form about the end of an object, and what is known of that.
type appending struct {
	form   *views.Form
	at     place // the folder of the object
	object *views.Field
	what   *views.Field
	text   *views.Field
	line   *views.Field
	file   *views.Field
	then   *views.Field
	local  string // below which files are looked for

	looked    string // the name that was looked at last
	head      *cos.Head
	wrong     error // why it cannot be appended to; nil if it can
	versioned bool
}

// appendableMsg is what a look at an object and at the file for it brought.
type appendableMsg struct {
	of   *appending
	name string
	head *cos.Head
	err  error // why that is not known
	size int64 // of what is to be appended
	act  bool  // it is to be queued, if it can be
}

// appendsTo returns the bucket's place that is appended in: that of the focused
// pane, else of the other one.
func (m *Model) appendsTo() (place, string) {
	for _, p := range []*pane{m.panes[m.focus], m.panes[1-m.focus]} {
		switch {
		case p.at.buckets || p.at.Local():
		case p.at.past():
			return place{}, pastIsReadOnly
		default:
			return p.at.present().whole(), ""
		}
	}
	return place{}, "only to objects in a bucket is appended: enter one"
}

func (m *Model) noAppend() string {
	if m.deps.Queue == nil {
		return "there is no queue"
	}
	_, why := m.appendsTo()
	return why
}

// askAppend opens the form that adds a text or a file to the end of the object
// under the cursor, or makes an object that can grow.
func (m *Model) askAppend() tea.Cmd {
	at, _ := m.appendsTo()
	a := &appending{
		at: at, local: m.localFolder(),
		object: &views.Field{Label: "Object"}, what: &views.Field{Label: "Append", Options: []string{appendText, appendFile}},
		text: &views.Field{Label: "Text"}, line: &views.Field{Label: "Line end", Options: []string{lineEnded, "no"}},
		file: &views.Field{Label: "File"}, then: &views.Field{Label: "Then", Options: []string{thenFollow, "stay here"}},
	}
	name, file := m.appendChoice(a)
	a.object.Set(name)
	a.object.Check = func(text string) string { return wrongObject(at, text) }
	if file != "" {
		a.file.Set(m.tilde(file))
	}
	a.form = &views.Form{Title: "Append", What: "in " + at.address()}
	a.form.Fields = []*views.Field{a.object, a.what, a.text, a.line, a.file, a.then}
	a.form.Notes, a.form.Check = func() []views.Note { return m.appendNotes(a) }, func() string { return m.appendLacks(a) }
	for name != "" && a.form.Focused() != a.missing() {
		a.form.Do(views.Next)
	}
	m.push(modal{view: a.form, act: func() tea.Cmd { return m.lookAppendable(a, true) }})
	cmds := []tea.Cmd{m.lookAppendable(a, false)}
	if m.deps.Versions != nil {
		cmds = append(cmds, m.askKeeps(at, func(state cos.Versioning, err error) tea.Cmd {
			a.versioned = err == nil && state != cos.Unversioned
			return nil
		}))
	}
	return tea.Batch(cmds...)
}

// missing is the field that is filled in next.
func (a *appending) missing() *views.Field {
	if a.what.Text() == appendFile {
		return a.file
	}
	return a.text
}

// appendChoice is which object and which file the cursors are on. From a local
// pane the file is what is meant.
func (m *Model) appendChoice(a *appending) (object, file string) {
	from, other := m.panes[m.focus], m.panes[1-m.focus]
	under := func(p *pane) string {
		id, ok := p.current()
		if !ok || strings.HasSuffix(id, "/") || p.at.buckets {
			return ""
		}
		return nameOnly(id)
	}
	if from.at.Local() {
		if file = under(from); file != "" {
			a.what.Set(appendFile)
			return filepath.Base(file), filepath.Join(from.at.Path, file)
		}
		return "", ""
	}
	if name := under(other); name != "" && other.at.Local() {
		file = filepath.Join(other.at.Path, name)
	}
	at, name := from.at.present().locate(under(from))
	a.at = at
	return name, file
}

// wrongObject says why an object cannot be called name, or "".
func wrongObject(at place, name string) string {
	switch {
	case name == "":
		return "the object needs a name"
	case strings.HasSuffix(name, "/"):
		return "a name that ends in a slash is a folder's"
	}
	return wording(cos.CheckKey(at.Key + name))
}

// appendLacks says what is missing in the answers, or why there is nothing to
// be done, or "".
func (m *Model) appendLacks(a *appending) string {
	switch {
	case a.versioned:
		return "the bucket keeps versions: no object in it can be appended to"
	case a.wrong != nil && a.looked == a.object.Text():
		return a.refusal()
	case a.what.Text() == appendText:
		return when(a.text.Text() == "", "no text was typed")
	}
	_, err := m.localFile(a.local, a.file.Text())
	return wording(err)
}

// refusal says why the object cannot be appended to, and what can be done.
func (a *appending) refusal() string {
	return a.looked + ": " + a.wrong.Error() + ". Another name makes an object that can grow."
}

func (m *Model) appendNotes(a *appending) (notes []views.Note) {
	name := a.object.Text()
	switch {
	case a.versioned:
		return []views.Note{{Text: "the bucket keeps versions: no object in it can be appended to", Alarm: true}}
	case name == "":
		notes = append(notes, views.Note{Text: "name an object that can grow, or one that is to be made"})
	case a.looked != name:
		notes = append(notes, views.Note{Text: "the object is looked at before anything is queued"})
	case a.wrong != nil:
		notes = append(notes, views.Note{Text: a.refusal(), Alarm: true})
	case a.head == nil:
		notes = append(notes, views.Note{Text: "there is no " + name + ": it is made, and can be appended to from then on"})
	default:
		notes = append(notes, views.Note{Text: name + " has " + views.Size(a.head.Size) + ": what is appended begins at " + views.Count(a.head.Size)})
	}
	return append(notes, views.Note{Text: "If somebody else appends first it goes behind that. What was appended cannot be taken back."})
}

// lookAppendable asks what the object is and, if that is to be queued, how
// large the file is.
func (m *Model) lookAppendable(a *appending, act bool) tea.Cmd {
	name := a.object.Text()
	if name == "" {
		return nil
	}
	msg := appendableMsg{of: a, name: name, act: act}
	path := ""
	switch {
	case a.what.Text() == appendText:
		msg.size = int64(len(a.typed()))
	case act:
		path, msg.err = m.localFile(a.local, a.file.Text())
	}
	ctx, store, key := m.ctx, m.deps.Bucket(a.at.Bucket, a.at.Region), a.at.Key+name
	return guarded(func() tea.Msg {
		if path != "" && msg.err == nil {
			msg.size, msg.err = fileSize(path)
		}
		if msg.err == nil {
			msg.head, msg.err = store.Head(ctx, key, cos.GetOptions{})
		}
		if errors.Is(msg.err, cos.ErrNotFound) {
			msg.head, msg.err = nil, nil
		}
		return msg
	})
}

func fileSize(path string) (int64, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no file", path)
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// typed is the text with its line end.
func (a *appending) typed() string {
	if a.line.Text() == lineEnded {
		return a.text.Text() + "\n"
	}
	return a.text.Text()
}

// tookAppendable notes what an object is, and queues the job if that was asked
// for and can be.
func (m *Model) tookAppendable(msg appendableMsg) tea.Cmd {
	a, top := msg.of, m.top()
	switch {
	case top == nil || top.view != views.Modal(a.form):
		return nil // it was put away
	case msg.err != nil && msg.act:
		m.sayError(msg.err)
		return nil
	case msg.err != nil:
		return nil // it is asked again before anything is queued
	}
	a.looked, a.head, a.wrong = msg.name, msg.head, jobs.Appendable(msg.head, msg.size)
	if !msg.act || a.wrong != nil || a.versioned || a.object.Text() != msg.name {
		return nil
	}
	source := jobs.Source{Name: msg.name, Text: a.typed()}
	if a.what.Text() == appendFile {
		path, err := m.localFile(a.local, a.file.Text())
		if err != nil {
			return nil // it was checked
		}
		source.Text, source.Path = "", path
	}
	m.pop()
	spec := jobs.Spec{Kind: jobs.Append, Account: m.deps.AccountID, Dest: a.at.Place, Sources: []jobs.Source{source}}
	var f *followUp
	if a.then.Text() == thenFollow {
		f = &followUp{at: a.at, name: msg.name}
	}
	return m.addAndFollow(spec, f)
}

// followUp is an object whose end is to be shown once a job is done.
type followUp struct {
	at   place
	name string
}

// followQueuedMsg says that an append is on disk as a job.
type followQueuedMsg struct {
	queuedMsg
	then *followUp
}

func (m *Model) addAndFollow(spec jobs.Spec, then *followUp) tea.Cmd {
	ctx, queue := m.ctx, m.deps.Queue
	from := chosen{pane: m.focus}
	return guarded(func() tea.Msg {
		ids, err := addOne(ctx, queue, spec)
		if err != nil {
			return failedMsg{err}
		}
		return followQueuedMsg{queuedMsg{ids, spec, from}, then}
	})
}

func addOne(ctx context.Context, queue Queue, spec jobs.Spec) ([]jobs.ID, error) {
	ids, err := queue.Add(ctx, spec)
	if err != nil {
		return nil, fmt.Errorf("queue the %s: %w", spec.Kind, err)
	}
	return ids, nil
}

// appendQueued notes what is to be followed. The job may be over by now.
func (m *Model) appendQueued(msg followQueuedMsg) tea.Cmd {
	cmd := m.queued(msg.queuedMsg)
	if msg.then == nil {
		return cmd
	}
	if m.followUps == nil {
		m.followUps = map[jobs.ID]*followUp{}
	}
	for _, id := range msg.ids {
		m.followUps[id] = msg.then
		if j, ok := jobOf(m.queue, id); ok && j.State.Final() {
			return tea.Batch(cmd, m.appendEnded(j))
		}
	}
	return cmd
}

// appendEnded shows the end of an object that was appended to, unless
// something else is on the screen by now.
func (m *Model) appendEnded(j jobs.Job) tea.Cmd {
	f := m.followUps[j.ID]
	delete(m.followUps, j.ID)
	if f == nil || j.State != jobs.Done || len(m.modals) > 0 || m.typing != nil {
		return nil
	}
	file := m.fileAt(f.at, f.name)
	pv := &previewing{file: file, at: file.address(f.at.Place), view: views.NewPreview(f.name, -1), follows: true}
	return m.openPreview(pv)
}
