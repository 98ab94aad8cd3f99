package tui

import (
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"cosmander/jobs"
	"cosmander/views"
)

// askingMsg brings the next item of a job that asks; its number is 0 if none
// does.
type askingMsg struct {
	id   uint64 // of the modal
	item jobs.Item
	err  error
}

func (m *Model) answerKey(ok bool, j jobs.Job) tea.Cmd {
	if !ok || j.ItemsAsking == 0 {
		m.say("nothing asks here", plain)
		return nil
	}
	return m.answer(j)
}

// answer opens the dialog about what a job has met at its destination.
func (m *Model) answer(j jobs.Job) tea.Cmd {
	view := &views.Ask{Job: j}
	m.surveys++
	id := m.surveys
	m.push(modal{view: view, id: id, act: func() tea.Cmd { return m.answered(id, view) }})
	return m.nextAsking(id, j.ID, nil)
}

// nextAsking returns the command that brings the next item that asks, after
// doing what is to be done before.
func (m *Model) nextAsking(id uint64, job jobs.ID, before func(context.Context) error) tea.Cmd {
	ctx, queue := m.ctx, m.deps.Queue
	return guarded(func() tea.Msg {
		if before != nil {
			// What somebody else has answered meanwhile is no error.
			if err := before(ctx); err != nil && !errors.Is(err, jobs.ErrNotAsking) {
				return askingMsg{id: id, err: fmt.Errorf("answer: %w", err)}
			}
		}
		items, err := queue.Items(ctx, job, 0, 1, jobs.Asking)
		if err != nil {
			return askingMsg{id: id, err: fmt.Errorf("read what asks: %w", err)}
		}
		if len(items) == 0 {
			return askingMsg{id: id}
		}
		return askingMsg{id: id, item: items[0]}
	})
}

// answered hands an answer to the queue and goes on with the next conflict.
func (m *Model) answered(id uint64, view *views.Ask) tea.Cmd {
	choice, all := view.Choice()
	job, n, queue := view.Job.ID, view.Item.N, m.deps.Queue
	view.Item = jobs.Item{} // a second Enter answers nothing
	return m.nextAsking(id, job, func(ctx context.Context) error {
		return queue.Answer(ctx, job, n, choice, all)
	})
}

// asking shows the next conflict, or puts the dialog away after the last one.
func (m *Model) asking(msg askingMsg) {
	top := m.top()
	if top == nil || top.id != msg.id {
		return // it was put away
	}
	view, ok := top.view.(*views.Ask)
	switch {
	case !ok:
	case msg.err != nil:
		m.pop()
		m.sayError(msg.err)
	case msg.item.N == 0:
		m.pop()
		m.say("all answered: "+views.Title(view.Job)+" goes on", plain)
	default:
		view.Item = msg.item
	}
}

// asked brings the dialog's count up to date.
func (m *Model) asked() {
	if top := m.top(); top != nil {
		if view, ok := top.view.(*views.Ask); ok {
			if j, ok := jobOf(m.queue, view.Job.ID); ok {
				view.Job = j
			}
		}
	}
}
