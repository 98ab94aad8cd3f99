package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/aymanbagabas/go-udiff"

	"cosmander/views"
	"cosmander/views/preview"
)

// compared is how much of each version is compared, in bytes.
const compared = 256 << 10

// comparedMsg brings what differs between two versions.
type comparedMsg struct {
	view  *views.Diff
	lines []string
	cut   bool // one of them is longer than what was read
	why   string
	err   error
}

// compareVersions shows what differs between the two marked versions, or
// between the one under the cursor and the current one.
func (m *Model) compareVersions() tea.Cmd {
	t := m.timeline
	older, newer, why := pairOf(t.view)
	if why != "" {
		m.say(why, plain)
		return nil
	}
	const moment = "2006-01-02 15:04:05"
	view := &views.Diff{Title: t.name + m.sep() + older.Modified.Format(moment) + " " + m.look.Marks.To + " " + newer.Modified.Format(moment), Busy: true}
	ctx, cancel := context.WithCancel(t.ctx)
	a, b := m.fileAt(t.at, t.name), m.fileAt(t.at, t.name)
	a.version, b.version = older.ID, newer.ID
	m.push(modal{view: view, act: func() tea.Cmd { return nil }, stop: cancel})
	return guarded(func() tea.Msg { return compareFiles(ctx, view, a, b) })
}

// pairOf returns the two versions that are meant, or why there are none.
func pairOf(v *views.Versions) (older, newer views.VersionRow, why string) {
	rows := v.Chosen()
	if len(rows) == 1 {
		one := rows[0]
		rows = nil
		for _, r := range v.Rows() { // the newest first
			switch {
			case r.ID == one.ID:
				rows = append(rows, r)
			case len(rows) == 0 && !r.Gone, len(rows) == 1 && rows[0].ID == one.ID && !r.Gone:
				rows = append(rows, r) // the current one, or the one before it
			}
		}
		rows = rows[:min(len(rows), 2)]
	}
	switch {
	case len(rows) == 0:
		return older, newer, "there is no version to compare"
	case len(rows) == 1:
		return older, newer, "there is no other version to compare it with"
	case len(rows) > 2:
		return older, newer, "mark two versions to compare them"
	case rows[0].Gone || rows[1].Gone:
		return older, newer, gone
	}
	return rows[1], rows[0], ""
}

func compareFiles(ctx context.Context, view *views.Diff, a, b file) comparedMsg {
	msg := comparedMsg{view: view}
	var texts [2]string
	for i, f := range []file{a, b} {
		got, err := f.read(ctx, nil, 0, compared)
		if err != nil {
			msg.err = err
			return msg
		}
		encoding, is := preview.Guess(got.data)
		if !is {
			msg.why = "not text: versions of it are compared by their sizes and times only"
			return msg
		}
		msg.cut = msg.cut || got.seen.size > int64(len(got.data))
		texts[i] = encoding.Decode(got.data)
	}
	text := udiff.Unified("", "", texts[0], texts[1])
	for line := range strings.Lines(text) {
		msg.lines = append(msg.lines, strings.TrimRight(line, "\r\n"))
	}
	msg.lines = msg.lines[min(2, len(msg.lines)):] // the names, which are above
	return msg
}

func (m *Model) tookDiff(msg comparedMsg) {
	msg.view.Busy = false
	switch {
	case msg.err != nil:
		msg.view.Failed = m.explain(msg.err)
	case msg.why != "":
		msg.view.Failed = msg.why
	case msg.cut:
		msg.view.Note = "the first 256 kB of each"
	}
	msg.view.Lines = msg.lines
}
