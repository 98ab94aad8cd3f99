package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cosmander/jobs"
	"cosmander/views"
)

// sizing is a count of what is below the chosen rows.
type sizing struct {
	id   uint64
	what string // the rows, for people
	stop context.CancelFunc
}

// showSize counts what is below the chosen rows and says it in the status line.
func (m *Model) showSize() tea.Cmd {
	from, _ := m.choice()
	m.stopSizing()
	// What would be deleted is what is there: no destination is looked at.
	sources := m.sources(from)
	md, cmd := m.survey(jobs.Spec{Kind: jobs.Delete, Account: m.deps.AccountID, Sources: sources})
	m.sizing = &sizing{id: md.id, what: chosenWords(sources), stop: md.stop}
	m.saySize(jobs.Tally{})
	return cmd
}

// chosenWords are how many folders and files are chosen.
func chosenWords(sources []jobs.Source) string {
	var folders, files int64
	for _, s := range sources {
		if s.Folder {
			folders++
			continue
		}
		files++
	}
	var words []string
	if folders > 0 {
		words = append(words, views.Plural(folders, "folder", "folders"))
	}
	if files > 0 {
		words = append(words, views.Plural(files, "file", "files"))
	}
	return strings.Join(words, ", ")
}

// sized takes a count, if it is the one that is under way.
func (m *Model) sized(msg surveyedMsg) tea.Cmd {
	if m.sizing == nil || m.sizing.id != msg.id {
		return nil
	}
	m.saySize(msg.tally)
	if msg.tally.Done {
		m.stopSizing()
		return nil
	}
	return nextTally(msg.ctx, msg.id, msg.feed, true)
}

func (m *Model) sizingFailed(msg surveyFailedMsg) {
	if m.sizing != nil && m.sizing.id == msg.id {
		m.stopSizing()
		m.sayError(msg.err)
	}
}

// saySize says what was counted so far; an error that is said stays.
func (m *Model) saySize(t jobs.Tally) {
	if m.sticky {
		return
	}
	words := []string{m.sizing.what, views.Plural(t.Files, "file", "files"), views.Size(t.Bytes)}
	if !t.Done {
		words = append(words, "counting"+m.look.Marks.Ellipsis, hint(m.deps.Keys.Pane.ClearMarks, "").Key+" stops")
	}
	m.say(strings.Join(words, m.sep()), plain)
}

// stopSizing ends the count that is under way; false if none is.
func (m *Model) stopSizing() bool {
	if m.sizing == nil {
		return false
	}
	m.sizing.stop()
	m.sizing = nil
	return true
}
