package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/views"
)

// Versioned is a bucket as a keeper of versions; *cos.Bucket is one.
type Versioned interface {
	ListVersions(ctx context.Context, o cos.VersionsOptions) (*cos.VersionsPage, error)
	Versioning(ctx context.Context) (cos.Versioning, error)
	SetVersioning(ctx context.Context, v cos.Versioning) error
}

var _ Versioned = (*cos.Bucket)(nil)

// keepsMsg says whether a bucket keeps versions.
type keepsMsg struct {
	bucket string
	state  cos.Versioning
	err    error
	then   func(state cos.Versioning, err error) tea.Cmd
}

// askKeeps asks once per bucket whether it keeps versions, and goes on with
// the answer: at once if that is known.
func (m *Model) askKeeps(at place, then func(state cos.Versioning, err error) tea.Cmd) tea.Cmd {
	if state, known := m.keeps[at.Bucket]; known {
		return then(state, nil)
	}
	ctx, b := m.ctx, m.deps.Versions(at.Bucket, at.Region)
	return guarded(func() tea.Msg {
		state, err := b.Versioning(ctx)
		return keepsMsg{at.Bucket, state, err, then}
	})
}

func (m *Model) tookKeeps(msg keepsMsg) tea.Cmd {
	if msg.err == nil {
		m.learn(msg.bucket, msg.state)
	}
	return msg.then(msg.state, msg.err)
}

// learn notes what a bucket does about versions, until its list is asked for
// anew.
func (m *Model) learn(bucket string, state cos.Versioning) {
	if m.keeps == nil {
		m.keeps = map[string]cos.Versioning{}
	}
	m.keeps[bucket] = state
}

// withVersions does what needs a bucket that keeps versions, or offers to turn
// that on. Where nobody may ask it is tried all the same.
func (m *Model) withVersions(at place, then func() tea.Cmd) tea.Cmd {
	return m.askKeeps(at, func(state cos.Versioning, err error) tea.Cmd {
		if err == nil && state == cos.Unversioned {
			m.offerVersions(at, state)
			return nil
		}
		return then()
	})
}

// noVersions says why a command about versions can do nothing at a place, or "".
func (m *Model) noVersions(at place) string {
	switch {
	case at.buckets:
		return "enter a bucket first"
	case at.Local():
		return "only buckets keep versions"
	case m.deps.Versions == nil:
		return "versions are not to be had here"
	}
	return ""
}

// offerVersions asks whether a bucket is to keep versions from now on.
func (m *Model) offerVersions(at place, state cos.Versioning) {
	title := "This bucket keeps no versions"
	if state == cos.VersioningSuspended {
		title = "Versioning is suspended"
	}
	m.push(modal{
		view: &views.Confirm{
			Title: title, Verb: "Turn on", What: "turn versioning on for " + at.Bucket,
			Note: "From then on what is overwritten or deleted is kept and can be taken back, and every version kept is billed. " +
				"Versioning can be suspended later, never turned off.",
		},
		act: func() tea.Cmd {
			m.pop()
			return m.turnOn(at)
		},
	})
}

// keptMsg says what a bucket does about versions from now on.
type keptMsg struct {
	bucket string
	state  cos.Versioning
}

func (m *Model) turnOn(at place) tea.Cmd { return m.setKeeps(at, cos.VersioningEnabled) }

func (m *Model) setKeeps(at place, state cos.Versioning) tea.Cmd {
	ctx, b := m.ctx, m.deps.Versions(at.Bucket, at.Region)
	return guarded(func() tea.Msg {
		if err := b.SetVersioning(ctx, state); err != nil {
			return failedMsg{err} // it says what was asked of which bucket
		}
		return keptMsg{at.Bucket, state}
	})
}

func (m *Model) kept(msg keptMsg) {
	m.learn(msg.bucket, msg.state)
	if msg.state == cos.VersioningSuspended {
		m.say(msg.bucket+" makes no new versions from now on; those that it has stay", plain)
		return
	}
	m.say(msg.bucket+" keeps versions from now on", plain)
}

// receivedVersions takes what a command about versions brought.
func (m *Model) receivedVersions(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case keepsMsg:
		return m.tookKeeps(msg)
	case keptMsg:
		m.kept(msg)
	case comparedMsg:
		m.tookDiff(msg)
	case undoMsg:
		return m.foundMarkers(msg)
	case versionsMsg:
		return m.tookVersions(msg)
	}
	return m.receivedBucket(msg)
}

// typist returns the modal if it takes text now.
func (md *modal) typist() views.Typist {
	typist, ok := md.view.(views.Typist)
	if c, asks := md.view.(interface{ Types() bool }); !ok || asks && !c.Types() {
		return nil
	}
	return typist
}

// times are the actions on what was.
func (m *Model) times() []action {
	k := m.deps.Keys.Pane
	idle := func() string { return m.noVersions(m.panes[m.focus].at) }
	history := action{key: k.Versions, do: m.showVersions, idle: firstOf(idle, m.noRow)}
	if m.panes[m.focus].at.buckets && m.deps.Versions != nil {
		history = action{key: k.Versions, do: m.askBucketVersions, idle: m.noBucketChoice}
	}
	return []action{
		history,
		{key: k.AllVersions, do: m.toggleVersions, idle: idle},
		{key: k.Past, do: m.askPast, idle: idle},
		{key: k.Undo, do: m.undo, idle: firstOf(idle, m.noQueue)},
	}
}
