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

// versioning is what is known of the buckets' versioning. Only buckets that are
// seen are asked, each once until the list is asked for anew.
type versioning struct {
	of     map[string]string // in words, by the bucket's name
	asked  map[string]struct{}
	ctx    context.Context // of what is asked; ends when no list of buckets is seen
	cancel context.CancelFunc
	gen    uint64
}

// versioningMsg brings a bucket's versioning in words.
type versioningMsg struct {
	gen          uint64
	bucket, text string
	left         bool // nobody wanted to know it any more
}

// askVersioning asks for what the lists of buckets on the screen do not tell
// yet, a few buckets at a time.
func (m *Model) askVersioning() tea.Cmd {
	v := &m.versioning
	var cmds []tea.Cmd
	seen := false
	for _, p := range m.panes {
		if !p.shown || !p.at.buckets || m.deps.Versioning == nil || m.look.Low {
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
	_, known := v.of[bucket]
	if _, asked := v.asked[bucket]; known || asked {
		return nil
	}
	if v.cancel == nil {
		v.ctx, v.cancel = context.WithCancel(m.ctx)
		v.asked = map[string]struct{}{}
		v.gen++
	}
	v.asked[bucket] = struct{}{}
	ctx, gen, ask := v.ctx, v.gen, m.deps.Versioning
	return guarded(func() tea.Msg {
		state, err := ask(ctx, bucket, region)
		return versioningMsg{gen, bucket, inWords(state, err), errors.Is(err, context.Canceled)}
	})
}

// inWords is a bucket's versioning as its column says it: nine cells.
func inWords(state cos.Versioning, err error) string {
	switch {
	case err != nil:
		return "?" // often it is not allowed; C-r asks again
	case state == cos.VersioningEnabled:
		return "versioned"
	case state == cos.VersioningSuspended:
		return "suspended"
	}
	return "-"
}

func (m *Model) tookVersioning(msg versioningMsg) {
	v := &m.versioning
	if msg.gen != v.gen {
		return
	}
	delete(v.asked, msg.bucket)
	if msg.left {
		return
	}
	if v.of == nil {
		v.of = map[string]string{}
	}
	v.of[msg.bucket] = msg.text
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
		m.versioning.of = nil
	}
	return m.refresh(m.focus)
}
