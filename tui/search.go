package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"cosmander/views"
	"cosmander/views/preview"
)

// search is a text that is looked for.
type search struct {
	text string
	back bool
	from int64 // where the next piece begins or, backwards, ends
	left int64 // bytes that may still be read before it stops to ask
}

// searchBytes is how far one key searches: every byte costs somebody money.
const searchBytes = 64 << 20

// searchPiece is what a search reads at once.
const searchPiece = 1 << 20

// searchedMsg brings the piece in which a search goes on.
type searchedMsg struct {
	gen   uint64
	piece piece
	err   error
}

func (m *Model) askSearch(pv *previewing) tea.Cmd {
	p := &views.Prompt{Title: "Search", Where: pv.view.Name, Does: "searches"}
	m.push(modal{view: p, act: func() tea.Cmd {
		m.pop()
		pv.sought = p.Text()
		pv.view.Forget()
		return m.findOn(pv, false)
	}})
	return nil
}

// findOn looks for the next place of what was searched, first in memory, then
// in what is read on.
func (m *Model) findOn(pv *previewing, back bool) tea.Cmd {
	if pv.sought == "" {
		m.say("nothing was searched"+m.sep()+hint(m.deps.Keys.Preview.Search, "").Key+" searches", plain)
		return nil
	}
	if pv.view.IsDocument() {
		if !pv.view.FindRow(pv.sought, back) {
			m.say("not found in what was read: "+views.Safe(pv.sought), plain)
		}
		return m.feedPreview(pv)
	}
	raw, ok := pv.view.Encoding().Encode(pv.sought)
	if !ok {
		m.say(pv.view.Encoding().String()+" cannot write that", warning)
		return nil
	}
	pv.stop()
	w, from := pv.view.Window(), pv.view.At(back)
	if from < w.Offset || from > w.End() {
		w = preview.Window{Offset: from, Size: w.Size}
	}
	if at := w.Find(pv.view.Encoding(), pv.sought, from, back); at >= 0 {
		pv.view.ShowAt(at, len(raw))
		return m.feedPreview(pv)
	}
	pv.looking = &search{text: pv.sought, back: back, left: searchBytes, from: max(w.End()-int64(len(raw))+1, from)}
	if back {
		pv.looking.from = min(w.Offset+int64(len(raw))-1, from)
	}
	return m.searchPiece(pv, int64(len(raw)))
}

// searchPiece reads the next piece of a search, or says that there is none.
func (m *Model) searchPiece(pv *previewing, overlap int64) tea.Cmd {
	s := pv.looking
	from, length := s.from, int64(searchPiece)
	if s.back {
		from = max(s.from-searchPiece, 0)
		length = s.from - from
	}
	switch {
	case length < overlap || from+overlap > pv.view.Size:
		pv.stop()
		m.say("not found: "+views.Safe(s.text), plain)
		return m.feedPreview(pv)
	case s.left <= 0:
		pv.stop()
		pv.view.MarkAt(s.from)
		m.say("not found in the "+views.Size(searchBytes)+" that were read"+m.sep()+hint(m.deps.Keys.Preview.NextHit, "").Key+" goes on", plain)
		return nil
	}
	s.left -= length
	if pv.view.Size > 0 && s.left < searchBytes-4*searchPiece {
		pv.view.Busy = "searching, " + views.Percent(from, pv.view.Size) + m.sep() + "Esc stops"
	}
	f, before := pv.file, pv.seen
	return m.request(pv, func(ctx context.Context, gen uint64) tea.Msg {
		got, err := f.read(ctx, before, from, length)
		return searchedMsg{gen, got, err}
	})
}

func (m *Model) searched(msg searchedMsg) tea.Cmd {
	pv := m.previewOf(msg.gen)
	if pv == nil || pv.looking == nil {
		return nil
	}
	s, e := pv.looking, pv.view.Encoding()
	pv.cancel()
	pv.cancel = nil
	if msg.err != nil {
		pv.stop()
		m.previewFailed(pv, msg.err)
		return nil
	}
	raw, _ := e.Encode(s.text) // it could when the search began
	w := preview.Window{Offset: msg.piece.offset, Data: msg.piece.data, Size: msg.piece.seen.size}
	at := w.Find(e, s.text, map[bool]int64{true: w.End(), false: w.Offset}[s.back], s.back)
	if at >= 0 {
		pv.stop()
		c := pv.view.Content()
		c.Window = c.Window.With(w.Offset, w.Data, w.Size)
		pv.view.Take(c)
		pv.view.ShowAt(at, len(raw))
		return m.feedPreview(pv)
	}
	s.from = w.End() - int64(len(raw)) + 1
	if s.back {
		s.from = w.Offset + int64(len(raw)) - 1
	}
	if len(w.Data) == 0 || !s.back && w.AtEnd() || s.back && w.Offset == 0 {
		s.from = map[bool]int64{true: 0, false: w.Size}[s.back]
	}
	return m.searchPiece(pv, int64(len(raw)))
}
