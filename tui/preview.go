package tui

import (
	"cmp"
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/views"
	"cosmander/views/preview"
)

// previewing is a file that is looked at.
type previewing struct {
	view *views.Preview
	file file
	at   string // its address, for people
	seen *seen  // nil until something was read

	gen    uint64 // of the request under way; late answers have another
	want   views.Want
	cancel context.CancelFunc // nil: nothing is under way
	aside  bool               // it is in the third pane
	failed bool               // and is not tried again by itself
	raw    bool               // an encrypted object is shown as it is stored

	open *archive // of a tar: where reading its contents goes on

	follows bool               // it is to be followed once something was read
	follow  *follow            // nil: it is not followed
	glance  context.CancelFunc // of the look at what it is now

	colouring bool
	language  string
	looking   *search // nil: no search is under way
	sought    string  // what was searched last
}

// previewedMsg brings what a preview wanted.
type previewedMsg struct {
	gen     uint64
	content views.Content
	seen    seen
	open    *archive
	err     error
}

// previewSlowMsg says that the request gen has been under way for a while.
type previewSlowMsg struct{ gen uint64 }

// colouredMsg brings the colours of a part of a text.
type colouredMsg struct {
	view     *views.Preview
	language string
	encoding preview.Encoding
	colours  preview.Colours
}

// showFile opens the file under the cursor over the whole screen.
func (m *Model) showFile() tea.Cmd {
	p := m.panes[m.focus]
	i, ok := p.entryAt(p.cursor)
	if !ok || p.rows.at(i).flags&isFolder != 0 {
		m.say("a folder has no contents to show"+m.sep()+hint(m.deps.Keys.Pane.Into, "").Key+" enters it", plain)
		return nil
	}
	if p.rows.at(i).flags&isGone != 0 {
		m.say(gone, plain)
		return nil
	}
	return m.openPreview(m.newPreview(p, i))
}

// openPreview shows a file over the whole screen.
func (m *Model) openPreview(pv *previewing) tea.Cmd {
	height := m.listHeight()
	m.preview = pv
	m.fitPreview()
	m.push(modal{view: pv.view, act: func() tea.Cmd { return nil }, stop: func() {
		pv.stop()
		pv.endGlance()
		m.preview = nil
	}})
	if height != m.listHeight() {
		return tea.Batch(m.refit(), m.feedPreview(pv))
	}
	return m.feedPreview(pv)
}

func (m *Model) newPreview(p *pane, i int) *previewing {
	e := p.rows.at(i)
	name, version := cutVersionRow(p.rows.name(e))
	f := m.fileAt(p.at, name)
	f.version = version
	return &previewing{
		file: f, at: f.address(p.at.Place),
		view: views.NewPreview(name, e.size),
	}
}

// previewHints are the keys that mean something to what is shown.
func (m *Model) previewHints(v *views.Preview) []views.Hint {
	k := m.deps.Keys
	hints := []views.Hint{hint(k.Preview.Search, "search")}
	switch v.Mode() {
	case preview.Hex:
		hints = append(hints, hint(k.Preview.Hex, "text"))
	case preview.Text:
		hints = append(hints, hint(k.Preview.Hex, "hex"), hint(k.Preview.Wrap, "wrap"), hint(k.Preview.Encoding, "encoding"))
	case preview.Table:
		hints = append(hints, hint(k.Preview.Plain, "text"), hint(k.Dialog.Right, "columns"), hint(k.Preview.Encoding, "encoding"))
	case preview.JSON:
		hints = append(hints, hint(k.Preview.Fold, "fold"), hint(k.Preview.FoldAll, "fold all"), hint(k.Preview.Plain, "text"))
	case preview.Picture:
		hints = []views.Hint{hint(k.Preview.Hex, "hex")}
	case preview.Contents:
		hints = append(hints, hint(k.Preview.Hex, "hex"))
	}
	return append(hints, hint(k.Global.Help, "help"), hint(k.Dialog.Leave, "back"))
}

// stop cancels what is under way for pv.
func (pv *previewing) stop() {
	if pv.cancel != nil {
		pv.cancel()
		pv.cancel = nil
	}
	pv.view.Busy, pv.looking = "", nil
}

// feed begins to read what pv wants, unless that is under way. What is under
// way and not wanted any more is cancelled.
func (m *Model) feedPreview(pv *previewing) tea.Cmd {
	if pv == nil || pv.looking != nil {
		return nil
	}
	if !pv.aside {
		pv.view.Hints = m.previewHints(pv.view)
	}
	want, ok := pv.view.Want()
	if pv.cancel != nil && (!ok || want != pv.want) {
		pv.stop()
	}
	colours := m.colourText(pv)
	if pv.aside && ok && !modest(want, pv.view) {
		pv.view.Failed = []string{"a large picture" + m.sep() + hint(m.deps.Keys.Pane.Enter, "").Key + " shows it"}
		return nil
	}
	if !ok || pv.cancel != nil || pv.failed && want == pv.want {
		return colours
	}
	pv.want, pv.failed = want, false
	d := decoding{name: pv.view.Name, file: pv.file, seen: pv.seen, open: pv.open}
	pv.open = nil // it belongs to the request, which brings it back
	content := pv.view.Content()
	return tea.Batch(m.request(pv, func(ctx context.Context, gen uint64) tea.Msg {
		return answered(ctx, gen, d, content, want)
	}), colours)
}

// request runs ask under a new generation; its slowness will be mentioned.
func (m *Model) request(pv *previewing, ask func(ctx context.Context, gen uint64) tea.Msg) tea.Cmd {
	ctx, cancel := context.WithCancel(m.ctx)
	m.previews++
	pv.gen, pv.cancel = m.previews, cancel
	gen := pv.gen
	return tea.Batch(guarded(func() tea.Msg { return ask(ctx, gen) }), m.after(slowAfter, previewSlowMsg{gen}))
}

// answered reads what is wanted and adds it to what is in memory.
func answered(ctx context.Context, gen uint64, d decoding, c views.Content, want views.Want) tea.Msg {
	if want.Length > 0 {
		got, err := d.file.read(ctx, d.seen, want.Offset, want.Length)
		if err != nil {
			return previewedMsg{gen: gen, err: err}
		}
		c.Window, d.seen = c.Window.With(got.offset, got.data, got.seen.size), &got.seen
	}
	c, err := d.decode(ctx, c, want.Kind)
	if err != nil {
		return previewedMsg{gen: gen, err: err}
	}
	return previewedMsg{gen: gen, content: c, seen: *d.seen, open: d.open}
}

// previewOf finds the preview whose request has a generation.
func (m *Model) previewOf(gen uint64) *previewing {
	if pv := m.preview; pv != nil && pv.cancel != nil && pv.gen == gen {
		return pv
	}
	if pv := m.aside.pv; pv != nil && pv.cancel != nil && pv.gen == gen {
		return pv
	}
	return nil
}

// previewed takes what was read, the only place where that happens.
func (m *Model) previewed(msg previewedMsg) tea.Cmd {
	pv := m.previewOf(msg.gen)
	if pv == nil {
		return nil
	}
	pv.stop()
	if msg.err != nil {
		m.previewFailed(pv, msg.err)
		return nil
	}
	pv.seen, pv.open = &msg.seen, msg.open
	m.looked(pv)
	if pv.view.Note = cmp.Or(msg.seen.note, pv.view.Note); pv.raw {
		pv.view.Note = "encrypted, as the service sees it"
	}
	pv.view.Take(msg.content)
	if pv.follows {
		pv.follows = false
		return m.toggleFollow(pv)
	}
	return m.feedPreview(pv)
}

// looked learns what an object is that was read.
func (m *Model) looked(pv *previewing) {
	if u, err := cos.ParseURI(pv.at); err == nil && pv.file.store != nil && pv.file.version == "" {
		m.known.learn(learned{objectName{u.Bucket, u.Key}, pv.seen.fact})
	}
}

// previewFailed keeps what is shown and says what failed. It is not tried
// again before a key asks for it.
func (m *Model) previewFailed(pv *previewing, err error) {
	t := m.trouble(err)
	if t == (trouble{}) {
		return
	}
	pv.failed = true
	width := m.width - 6
	if pv.aside {
		_, _, third := m.layout()
		width = third - 6
	}
	key := hint(m.deps.Keys.Preview.Again, "").Key
	retry := key + " tries again"
	if errors.Is(err, errChanged) {
		t.hint, retry = "", key+" opens it as it is now"
	}
	if pv.view.Opened() && !pv.aside {
		m.say(m.one(t, m.width*2)+m.sep()+retry, failure)
		return
	}
	if pv.aside {
		retry = "" // moving the cursor does
	}
	lines := m.look.Wrap(t.what, width, m.errorLines())
	for _, text := range []string{t.hint, t.quote, retry} {
		if text != "" {
			lines = append(lines, m.look.Wrap(text, width, m.errorLines())...)
		}
	}
	pv.view.Failed = lines
}

// previewSlow mentions that a request is under way.
func (m *Model) previewSlow(msg previewSlowMsg) {
	if pv := m.previewOf(msg.gen); pv != nil {
		pv.view.Busy = "reading " + m.look.Shorten(pv.at, max(m.width-40, minWidth/2)) + m.look.Marks.Ellipsis + m.sep() + "Esc stops"
	}
}

// again reads a file anew from where it is looked at.
func (m *Model) rereadPreview(pv *previewing) tea.Cmd {
	pv.stop()
	m.unfollow(pv)
	pv.seen, pv.open, pv.failed = nil, nil, false
	m.status, m.sticky = "", false
	pv.view.Reopen()
	return m.feedPreview(pv)
}

// colourText returns the command that colours what is seen of a text; nil if
// that is done, under way or of no use.
func (m *Model) colourText(pv *previewing) tea.Cmd {
	from, to, ok := pv.view.Uncoloured()
	if !ok || pv.colouring || m.look.Colours == 0 {
		return nil
	}
	pv.colouring = true
	view, ctx, w, e := pv.view, m.ctx, pv.view.Window(), pv.view.Encoding()
	language, name := pv.language, pv.view.Name
	return guarded(func() tea.Msg {
		if language == "" {
			language = preview.Language(name)
		}
		if language == "" {
			return colouredMsg{view, noLanguage, e, preview.Colours{To: w.Size}}
		}
		if language == noLanguage {
			return colouredMsg{view, language, e, preview.Colours{To: w.Size}}
		}
		return colouredMsg{view, language, e, preview.Highlight(ctx, language, w, e, from, to)}
	})
}

// noLanguage is a file whose name says no language.
const noLanguage = "-"

func (m *Model) coloured(msg colouredMsg) tea.Cmd {
	pv := m.preview
	if pv == nil || pv.view != msg.view {
		pv = m.aside.pv
	}
	if pv == nil || pv.view != msg.view {
		return nil
	}
	pv.colouring, pv.language = false, msg.language
	if msg.encoding == pv.view.Encoding() {
		pv.view.Colour(msg.colours)
	}
	if pv.language == noLanguage {
		return nil
	}
	return m.colourText(pv)
}
