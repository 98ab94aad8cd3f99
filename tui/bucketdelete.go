package tui

import (
	tea "charm.land/bubbletea/v2"

	"cosmander/jobs"
	"cosmander/views"
)

// lookedIntoMsg says what a bucket that is to be deleted still has.
type lookedIntoMsg struct {
	at  place
	has stillThere
	err error
}

// lookBeforeDelete asks what is in the chosen bucket, and then whether it is to
// be deleted.
func (m *Model) lookBeforeDelete() tea.Cmd {
	at, _ := m.chosenBucket()
	ctx, b := m.ctx, m.deps.Contents(at.Bucket, at.Region)
	m.say("looking what is in "+at.Bucket+m.look.Marks.Ellipsis, plain)
	return guarded(func() tea.Msg {
		has, err := lookInto(ctx, b)
		return lookedIntoMsg{at, has, err}
	})
}

// askDeleteBucket asks for the bucket's name before it goes, with all that is in
// it.
func (m *Model) askDeleteBucket(msg lookedIntoMsg) tea.Cmd {
	m.say("", plain)
	if msg.err != nil {
		m.sayError(msg.err)
		return nil
	}
	spec := jobs.Spec{Kind: jobs.Delete, Account: m.deps.AccountID, Whole: true, Versions: !msg.has.empty()}
	spec.Sources = []jobs.Source{{Place: msg.at.Place, Folder: true}}
	view := &views.Confirm{
		Title: "Delete bucket", Verb: "Delete", Harmful: true, Word: msg.at.Bucket, What: "the bucket " + msg.at.Bucket + " in " + msg.at.Region,
		Note: "It is " + msg.has.String() + ".",
	}
	md, count := modal{}, tea.Cmd(nil)
	if spec.Versions {
		view.Title, view.Verb, view.Counted, view.Note = "This bucket is not empty", "Empty and delete", true, ""
		view.Names = []string{"in it: " + msg.has.String()}
		view.Warning = "cannot be undone: every object with all its versions, every delete marker and every unfinished upload goes for good, and then the bucket"
		md, count = m.survey(spec)
	}
	md.view = view
	md.act = func() tea.Cmd {
		m.pop()
		return m.add(spec, chosen{pane: m.focus})
	}
	m.push(md)
	return count
}

// noDeleteBucket is why the chosen bucket cannot be deleted now, or "".
func (m *Model) noDeleteBucket() string {
	switch {
	case m.deps.Contents == nil:
		return "buckets are not deleted here"
	case m.deps.Queue == nil:
		return m.noQueue()
	}
	return m.noBucketChoice()
}
