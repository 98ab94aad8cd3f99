package tui

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
)

// versioningAtOnce is how many buckets are asked at a time: the list is read
// meanwhile, and the answers are small.
const versioningAtOnce = 4

// versioning is how the buckets of a list are asked for their versioning: only
// those that are seen, each once until the list is asked for anew. What they
// answer is kept in Model.keeps.
type versioning struct {
	failed map[string]struct{}
	asked  map[string]struct{}
	ctx    context.Context // of what is asked; ends when no list of buckets is seen
	cancel context.CancelFunc
	gen    uint64
}

// versioningMsg brings a bucket's versioning, or why it is not known.
type versioningMsg struct {
	gen    uint64
	bucket string
	state  cos.Versioning
	err    error
}

// askVersioning asks for what the lists of buckets on the screen do not tell
// yet, a few buckets at a time.
func (m *Model) askVersioning() tea.Cmd {
	v := &m.versioning
	var cmds []tea.Cmd
	seen := false
	for _, p := range m.panes {
		if !p.shown || !p.at.buckets || m.deps.Versions == nil || m.look.Low {
			continue
		}
		seen = true
		for row := p.top; row < min(p.top+m.listHeight(), p.count()) && len(v.asked) < versioningAtOnce; row++ {
			if i, ok := p.entryAt(row); ok {
				cmds = append(cmds, m.askBucket(p.rows.name(p.rows.at(i)), p.rows.class(p.rows.at(i))))
			}
		}
	}
	if !seen {
		v.stop()
	}
	return tea.Batch(cmds...)
}

// askBucket asks for one bucket's versioning, unless it is known or on its way.
func (m *Model) askBucket(bucket, region string) tea.Cmd {
	v := &m.versioning
	_, known := m.keeps[bucket]
	_, failed := v.failed[bucket]
	if _, asked := v.asked[bucket]; known || failed || asked {
		return nil
	}
	if v.cancel == nil {
		v.ctx, v.cancel = context.WithCancel(m.ctx)
		v.asked = map[string]struct{}{}
		v.gen++
	}
	v.asked[bucket] = struct{}{}
	ctx, gen, b := v.ctx, v.gen, m.deps.Versions(bucket, region)
	return guarded(func() tea.Msg {
		state, err := b.Versioning(ctx)
		return versioningMsg{gen, bucket, state, err}
	})
}

// keepsInWords is a bucket's versioning as its column says it: nine cells.
func (m *Model) keepsInWords(bucket string) string {
	state, known := m.keeps[bucket]
	_, failed := m.versioning.failed[bucket]
	switch {
	case known && state == cos.VersioningEnabled:
		return "versioned"
	case known && state == cos.VersioningSuspended:
		return "suspended"
	case known:
		return "-"
	case failed:
		return "?" // often it is not allowed; C-r asks again
	}
	return ""
}

func (m *Model) tookVersioning(msg versioningMsg) {
	v := &m.versioning
	if msg.gen != v.gen {
		return
	}
	delete(v.asked, msg.bucket)
	switch {
	case msg.err == nil:
		m.learn(msg.bucket, msg.state)
	case !errors.Is(msg.err, context.Canceled): // then nobody wants to know any more
		if v.failed == nil {
			v.failed = map[string]struct{}{}
		}
		v.failed[msg.bucket] = struct{}{}
	}
}

// stop ends what is being asked.
func (v *versioning) stop() {
	if v.cancel != nil {
		v.cancel()
		v.cancel, v.asked = nil, nil
		v.gen++
	}
}

// relist lists the focused pane again, of buckets with all that it shows.
func (m *Model) relist() tea.Cmd {
	if m.panes[m.focus].at.buckets {
		m.versioning.stop()
		m.versioning.failed, m.keeps = nil, nil
	}
	return m.refresh(m.focus)
}
