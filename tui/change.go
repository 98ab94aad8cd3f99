package tui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/jobs"
	"cosmander/views"
)

// changing is a form and the job that is made from its answers.
type changing struct {
	form  *views.Form
	kind  jobs.Kind
	build func() jobs.Change
}

// changeable returns the chosen rows, or why they cannot be changed: what is
// changed are objects, one by one or all below a prefix.
func (m *Model) changeable() (chosen, string) {
	from, why := m.choice()
	switch {
	case why != "":
	case m.deps.Queue == nil:
		why = "there is no queue"
	case from.at.buckets:
		why = "enter a bucket first"
	case from.at.Local():
		why = "only objects in a bucket have that"
	case len(from.rows) == 0:
		why = "no row is chosen"
	}
	return from, why
}

// askChange shows a form about the chosen rows and queues the job that is made
// from its answers.
func (m *Model) askChange(from chosen, c changing) tea.Cmd {
	spec := jobs.Spec{Kind: c.kind, Account: m.deps.AccountID, Sources: m.sources(from)}
	// What is counted is the same for every kind; the change itself is not one
	// yet, and a form may be opened on none.
	md, cmd := m.survey(jobs.Spec{Kind: jobs.Delete, Account: spec.Account, Sources: spec.Sources})
	c.form.What, c.form.Counted = m.from(from), true
	if len(from.rows) > 1 {
		c.form.What = views.Plural(int64(len(from.rows)), "item", "items") + " in " + c.form.What
	}
	md.view = c.form
	md.act = func() tea.Cmd {
		change := c.build()
		spec.Change = &change
		m.pop()
		return m.add(spec, from)
	}
	m.push(md)
	return cmd
}

// classMix tells what the listing says of the classes of the chosen objects.
// Folders are not looked into.
func (m *Model) classMix(from chosen) (mix []classCount, folders int) {
	p := m.panes[from.pane]
	index := map[string]int{}
	for _, id := range from.rows {
		r, ok := p.rows.lookup(id)
		if !ok || p.rows.entry(r).flags&isFolder != 0 {
			folders++
			continue
		}
		e := p.rows.entry(r)
		class := p.rows.class(e)
		i, seen := index[class]
		if !seen {
			i = len(mix)
			index[class] = i
			mix = append(mix, classCount{class: class})
		}
		mix[i].objects++
		mix[i].bytes += max(e.size, 0)
		mix[i].modified = append(mix[i].modified, e.mtime)
	}
	return mix, folders
}

type classCount struct {
	class    string
	objects  int64
	bytes    int64
	modified []int64
}

func (c classCount) String() string {
	return fmt.Sprintf("%s %s, %s", views.Count(c.objects), c.class, views.Size(c.bytes))
}

// Inspector asks what an object has beside its content; *cos.Bucket is one.
type Inspector interface {
	Head(ctx context.Context, key string, o cos.GetOptions) (*cos.Head, error)
	ObjectACL(ctx context.Context, key, versionID string) (*cos.ACL, error)
	ObjectTags(ctx context.Context, key, versionID string) ([]cos.Tag, error)
}

var _ Inspector = (*cos.Bucket)(nil)

// filledMsg brings what a single object has, for the form that changes it.
type filledMsg struct {
	form *views.Form
	set  func()
	err  error
}

// fill asks what a single chosen object has and puts it into the form, unless
// something was typed meanwhile. Of several nothing is asked.
func (m *Model) fill(from chosen, form *views.Form, ask func(context.Context, Inspector, string) (func(), error)) tea.Cmd {
	if len(from.rows) != 1 || strings.HasSuffix(from.rows[0], "/") || m.deps.Inspect == nil {
		return nil
	}
	form.Reading = true
	ctx, object, key := m.ctx, m.deps.Inspect(from.at.Bucket, from.at.Region), from.at.Key+from.rows[0]
	return guarded(func() tea.Msg {
		set, err := ask(ctx, object, key)
		return filledMsg{form, set, err}
	})
}

func (m *Model) filled(msg filledMsg) {
	if top := m.top(); top == nil || top.view != views.Modal(msg.form) {
		return // it was put away
	}
	msg.form.Reading = false
	switch {
	case msg.err != nil:
		msg.form.Unread = m.explain(msg.err)
	case !msg.form.Changed():
		msg.set()
	}
}

// wording is an error in a form; "" for none.
func wording(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
