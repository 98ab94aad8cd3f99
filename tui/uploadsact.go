package tui

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cosmander/jobs"
	"cosmander/views"
)

// sizesAsked bounds for how many uploads that are to be aborted the parts are
// asked for, only to say how many bytes are freed.
const sizesAsked = 100

// summing adds up what aborting uploads frees, while that is confirmed.
type summing struct {
	confirm *views.Confirm
	ids     map[string]bool
	held    int64 // that are left alone
}

// unasked are those of which the size is asked for because of this.
func (s *summing) unasked(u *views.Uploads) []views.UploadRow {
	var out []views.UploadRow
	n := 0
	for _, r := range u.Rows() {
		if !s.ids[r.ID] {
			continue
		}
		if n++; n > sizesAsked {
			break
		}
		if r.Size < 0 && r.Unknown == "" {
			out = append(out, r)
		}
	}
	return out
}

// tell says in the dialog what is known so far.
func (s *summing) tell(m *Model, u *views.Uploads) {
	var bytes, known int64
	for _, r := range u.Rows() {
		if s.ids[r.ID] && r.Size >= 0 {
			known++
			bytes += r.Size
		}
	}
	n := int64(len(s.ids))
	text := views.Plural(n, "upload goes", "uploads go") + " for good"
	switch {
	case known == n:
		text += ": " + views.Size(bytes) + " are freed"
	case len(s.unasked(u)) > 0:
		text += ": " + views.Size(bytes) + " are freed so far, sizes are still being asked" + m.look.Marks.Ellipsis
	default:
		text += ": at least " + views.Size(bytes) + " are freed, the sizes of " + views.Count(n-known) + " were not asked"
	}
	text += ". Whoever still sends one loses it."
	if s.held > 0 {
		text += " " + views.Plural(s.held, "that a job goes on with is", "that jobs go on with are") + " left alone."
	}
	s.confirm.Warning = text
}

// askAbort asks whether the marked uploads, or the one under the cursor, are to
// be given up.
func (m *Model) askAbort() tea.Cmd {
	j := m.janitor
	all := j.view.Chosen()
	rows := slices.DeleteFunc(slices.Clone(all), func(r views.UploadRow) bool { return r.Held })
	switch {
	case len(all) == 0:
		return nil
	case len(rows) == 0:
		m.say(needs(all[0]), plain)
		return nil
	}
	s := &summing{ids: map[string]bool{}, held: int64(len(all) - len(rows))}
	var names []string
	for _, r := range rows {
		s.ids[r.ID] = true
		if len(names) < namesShown {
			names = append(names, r.Key)
		}
	}
	s.confirm = &views.Confirm{
		Title: "Abort uploads", Verb: "Abort", Harmful: true, Typed: true, Above: manyDeleted, Chosen: int64(len(rows)),
		What:  "what was sent of " + views.Plural(int64(len(rows)), "upload", "uploads") + " in " + j.at.address(),
		Names: names, More: int64(len(rows) - len(names)),
	}
	s.confirm.Tally = jobs.Tally{Files: int64(len(rows)), Done: true}
	s.tell(m, j.view)
	j.summing = s
	m.push(modal{view: s.confirm, act: func() tea.Cmd {
		m.pop()
		return m.abortUploads(j, rows)
	}, stop: func() { j.summing = nil }})
	return nil
}

// abortUploads queues the end of uploads, some thousand a job.
func (m *Model) abortUploads(j *janitor, rows []views.UploadRow) tea.Cmd {
	var cmds []tea.Cmd
	for batch := range slices.Chunk(rows, undoBatch) {
		spec := jobs.Spec{Kind: jobs.Abort, Account: m.deps.AccountID}
		for _, r := range batch {
			s := jobs.Source{Place: j.at.Place, UploadID: r.ID, Size: max(r.Size, 0), Sized: true}
			s.Key = r.Key
			spec.Sources = append(spec.Sources, s)
		}
		cmds = append(cmds, m.add(spec, chosen{pane: j.pane, at: j.at}))
	}
	return tea.Batch(cmds...)
}

// adoptableMsg says whether a file can be gone on from, as far as a look at it
// tells.
type adoptableMsg struct {
	form *views.Form
	spec jobs.Spec
	err  error
}

// askAdopt asks from which file the upload under the cursor is to be gone on
// with.
func (m *Model) askAdopt() tea.Cmd {
	j := m.janitor
	r, ok := j.view.Current()
	name := r.Key[strings.LastIndexByte(r.Key, '/')+1:]
	switch {
	case !ok:
		return nil
	case r.Held:
		m.say(r.Whose+" goes on with it already", plain)
		return nil
	case name == "":
		m.say("its key ends in a slash: it is of no file", plain)
		return nil
	}
	local := m.localFolder()
	file := &views.Field{Label: "File", Check: func(text string) string {
		if _, err := m.localFile(local, text); err != nil {
			return err.Error()
		}
		return ""
	}}
	file.Set(m.tilde(filepath.Join(local, name)))
	form := &views.Form{Title: "Go on with an upload", Verb: "Go on", What: j.at.Bucket + "/" + r.Key, Fields: []*views.Field{file}}
	sent := "its parts"
	if r.Size >= 0 {
		sent = views.Plural(int64(r.Parts), "part", "parts") + ", " + views.Size(r.Size) + ","
	}
	form.Notes = func() []views.Note {
		return []views.Note{
			{Text: "First " + sent + " at the service are held against the file. If one differs nothing is sent, and the upload stays as it is."},
			{Text: "Then the rest is sent and all of it is verified. An object of that name is replaced. From then on the job has the upload: if it is cancelled, that is aborted."},
		}
	}
	spec := jobs.Spec{Kind: jobs.Upload, Account: m.deps.AccountID, Dest: j.at.Place}
	spec.Dest.Key = strings.TrimSuffix(r.Key, name)
	m.push(modal{view: form, act: func() tea.Cmd {
		path, err := m.localFile(local, file.Text())
		if err != nil {
			return nil // it was checked
		}
		spec.Sources = []jobs.Source{{Place: jobs.Place{Path: path}, Name: name, UploadID: r.ID}}
		return guarded(func() tea.Msg {
			_, err := fileSize(path)
			return adoptableMsg{form, spec, err}
		})
	}})
	return nil
}

// adopting queues the job, or leaves the form open with what is wrong.
func (m *Model) adopting(msg adoptableMsg) tea.Cmd {
	top := m.top()
	switch {
	case top == nil || top.view != views.Modal(msg.form):
		return nil // it was put away
	case msg.err != nil:
		m.sayError(msg.err)
		return nil
	}
	m.pop()
	return m.add(msg.spec, chosen{pane: m.focus})
}

// localFile reads a path that was typed: absolute, below the home folder or
// below a folder.
func (m *Model) localFile(folder, text string) (string, error) {
	to, _, err := m.read(place{Place: jobs.Place{Path: folder}}, text)
	if err == nil && (!to.Local() || to.buckets) {
		err = fmt.Errorf("%s is not a file of this machine", text)
	}
	return to.Path, err
}
