package tui

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/jobs"
	"cosmander/views"
)

// selectSaving is a result on its way into a file.
type selectSaving struct {
	id      uint64
	cancel  context.CancelFunc
	changed chan struct{} // of one
	written atomic.Int64  // bytes
	into    saveInto
}

// saveInto is where a result goes.
type saveInto struct {
	folder, name string
	overwrite    bool
	beside       bool // upload it beside the source then
}

// savingMsg says that more was written, savedMsg how it ended.
type (
	savingMsg struct{ id uint64 }
	savedMsg  struct {
		id  uint64
		err error
	}
)

// The places for a result.
const (
	saveHere   = "the local folder"
	saveBeside = "there, and uploaded beside the source"
)

// askSaveResult asks where the result goes.
func (m *Model) askSaveResult(s *selecting) tea.Cmd {
	switch {
	case s.asked.Expression == "":
		m.say("run the query first", plain)
		return nil
	case s.saving != nil:
		m.say("it is being saved", plain)
		return nil
	}
	folder := m.localFolder()
	name := (&views.Field{Label: "Name", Check: resultFile}).Set(resultName(s))
	where := &views.Field{Label: "Into", Options: []string{saveHere, saveBeside}}
	form := &views.Form{Title: "Save the result", Verb: "Save", What: m.tilde(folder), Fields: []*views.Field{name, where}}
	form.Notes = func() []views.Note { return m.saveNotes(s, where.Text() == saveBeside) }
	m.push(modal{view: form, act: func() tea.Cmd {
		m.pop()
		return m.saveResult(s, saveInto{folder: folder, name: name.Text(), beside: where.Text() == saveBeside})
	}})
	return nil
}

// localFolder is the folder of the local pane.
func (m *Model) localFolder() string {
	for _, i := range []int{1 - m.focus, m.focus} {
		if at := m.panes[i].at; at.Local() && !at.buckets {
			return at.Path
		}
	}
	return m.deps.LocalDir
}

func resultFile(name string) string {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\\\x00") || !filepath.IsLocal(name) {
		return "a name of a file, without a path"
	}
	return ""
}

// resultName is called after the object.
func resultName(s *selecting) string {
	base := path.Base(s.from.rows[0])
	for _, ext := range []string{".gz", ".bz2"} {
		base = strings.TrimSuffix(base, ext)
	}
	base = views.Safe(strings.TrimSuffix(base, path.Ext(base)))
	if len(s.from.rows) > 1 || resultFile(base) != "" {
		base = "objects"
	}
	if s.asked.Output.JSON != nil {
		return base + "-select.jsonl"
	}
	return base + "-select.csv"
}

// saveNotes says what will be in the file and what that takes.
func (m *Model) saveNotes(s *selecting, beside bool) []views.Note {
	text := "all " + views.Plural(int64(s.view.Rows()), "row", "rows") + ", as they are in the table"
	if !s.whole {
		text = "all rows: the table does not have them, so the query runs once more"
	}
	notes := []views.Note{{Text: text}}
	if len(s.from.rows) > 1 {
		notes = append(notes, views.Note{Text: "the first column is the key"})
	}
	if beside {
		notes = append(notes, views.Note{Text: "a job uploads the file to " + s.from.at.address() + " and asks if that exists; the file stays"})
	}
	return notes
}

// saveResult writes the result to a file: from the table if it has all of it,
// else by asking again.
func (m *Model) saveResult(s *selecting, into saveInto) tea.Cmd {
	ctx, cancel := context.WithCancel(s.ctx)
	m.surveys++
	v := &selectSaving{id: m.surveys, cancel: cancel, changed: make(chan struct{}, 1), into: into}
	s.saving = v
	s.view.Saving, s.view.State = true, "saving"+m.look.Marks.Ellipsis
	w := &resultWriter{ctx: ctx, saving: v, asked: s.asked, keys: s.keys(), rows: s.from.rows, object: s.object}
	if s.whole {
		w.batches = s.view.Batches()
	}
	whole := s.whole
	write := guarded(func() tea.Msg {
		defer cancel()
		return savedMsg{v.id, into.write(ctx, func(out *countedFile) error { return w.all(out, whole) })}
	})
	return tea.Batch(write, v.watch(ctx))
}

// watch waits until more was written and rests.
func (v *selectSaving) watch(ctx context.Context) tea.Cmd {
	return guarded(func() tea.Msg {
		select {
		case <-ctx.Done():
			return nil
		case <-v.changed:
		}
		if !rest(ctx, restBetween) {
			return nil
		}
		return savingMsg{v.id}
	})
}

func (m *Model) savingOn(msg savingMsg) tea.Cmd {
	s := m.querying
	if s == nil || s.saving == nil || s.saving.id != msg.id {
		return nil
	}
	s.view.State = "saving" + m.look.Marks.Ellipsis + " " + views.Size(s.saving.written.Load())
	return s.saving.watch(s.ctx)
}

// saved says how saving ended, and uploads what was saved if that is wanted.
func (m *Model) saved(msg savedMsg) tea.Cmd {
	s := m.querying
	if s == nil || s.saving == nil || s.saving.id != msg.id {
		return nil
	}
	v := s.saving
	v.cancel()
	s.saving, s.view.Saving, s.view.State = nil, false, ""
	file := filepath.Join(v.into.folder, v.into.name)
	switch {
	case errors.Is(msg.err, fs.ErrExist) && !v.into.overwrite:
		m.askReplace(s, v.into)
		return nil
	case msg.err != nil:
		m.sayError(fmt.Errorf("save the result as %s: %w", file, msg.err))
		return nil
	}
	s.view.State = "saved " + views.Size(v.written.Load())
	m.say("saved: "+m.tilde(file)+m.sep()+views.Size(v.written.Load()), plain)
	cmds := []tea.Cmd{}
	for i, p := range m.panes {
		if p.at.Local() && !p.at.buckets && p.at.Path == v.into.folder {
			cmds = append(cmds, m.refresh(i))
		}
	}
	if v.into.beside && m.deps.Queue != nil {
		cmds = append(cmds, m.uploadResult(s, file))
	}
	return tea.Batch(cmds...)
}

// uploadResult queues the upload of a saved result beside its source.
func (m *Model) uploadResult(s *selecting, file string) tea.Cmd {
	_, key := m.deps.Encryption.offer(s.from.at)
	return m.add(jobs.Spec{
		Kind: jobs.Upload, Account: m.deps.AccountID, OnConflict: jobs.Ask, Dest: s.from.at.Place, Encrypt: key,
		Sources: []jobs.Source{{Place: jobs.Place{Path: file}}},
	}, chosen{pane: m.focus})
}

// askReplace asks whether a file that exists is to be replaced.
func (m *Model) askReplace(s *selecting, into saveInto) {
	view := &views.Confirm{
		Title: "It exists", Verb: "Overwrite", Harmful: true,
		What: m.tilde(filepath.Join(into.folder, into.name)), Warning: "what is in it now is lost",
	}
	m.push(modal{view: view, act: func() tea.Cmd {
		m.pop()
		into.overwrite = true
		return m.saveResult(s, into)
	}})
}

// resultWriter writes a result, of several objects with the key before each
// row.
type resultWriter struct {
	ctx     context.Context // of the saving
	saving  *selectSaving
	asked   cos.SelectQuery
	keys    []string // in full
	rows    []string // the same as they are shown
	object  Selector
	batches []views.SelectBatch
}
