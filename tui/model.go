package tui

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/jobs"
	"cosmander/theme"
	"cosmander/views"
)

// The smallest window in which the panes are of use.
const (
	minWidth  = 40
	minHeight = 12
)

// Model is the state of the program. It belongs to the Bubble Tea loop.
type Model struct {
	deps Deps
	ctx  context.Context // ends every command
	end  context.CancelFunc

	screen *screen // nil in tests
	after  func(time.Duration, tea.Msg) tea.Cmd
	sync   bool // the terminal can hold back a frame until it is complete

	width, height int
	look          views.Look
	panes         [2]*pane
	focus         int
	modals        []modal  // the last one takes the keys
	typing        *typing  // takes the keys if there is no modal; nil if nothing is typed
	offers        []string // what a path that is typed could go on with
	yanked        *yanked
	press         *held // a button that is held down on a row
	drag          *drag
	questioned    time.Time // when the terminal was asked what it can do; zero once it has answered
	noMouse       bool      // the terminal keeps the mouse to itself
	prefix        string    // keys of a sequence so far

	status  string
	tone    views.Tone
	sticky  bool // the status outlives cursor movement
	hushed  bool // the last key has put a status away
	force   time.Time
	queue   jobs.Snapshot
	result  resultLine
	own     map[jobs.ID]jobs.Spec // what was queued from here
	rate    float64               // as the strip shows it
	left    time.Duration
	pacedAt time.Time
	rates   history
	// paced is the queue as the list of jobs shows it.
	paced       jobs.Snapshot
	listPacedAt time.Time
	ticking     bool // a clock runs for jobs that wait to retry

	reading  bool // the items of a job are being read
	reread   bool // and have changed meanwhile
	panicked string
	cache    cache
	watches  uint64      // counts the folders that were followed
	preview  *previewing // open over the panes; nil if none
	aside    aside
	previews uint64 // counts what previews ask for, to tell late answers
	badging  badging
	known    *known
	// restoring are the objects of which jobs wait until they are restored.
	restoring map[jobs.ID][]learned
	// versioning is that of the buckets.
	versioning versioning
	querying   *selecting                // open over the panes; nil if no query is
	sizing     *sizing                   // nil if nothing is counted
	scan       *scan                     // of the usage that is shown; nil if none is
	surveys    uint64                    // counts the surveys and scans, to tell their messages apart
	timeline   *timeline                 // the history that is shown; nil if none is
	keeps      map[string]cos.Versioning // what is known of buckets, by name
	undoing    *undoing                  // the deletion that may be taken back
	undone     map[jobs.ID]bool          // deletions that were taken back
	janitor    *janitor                  // the unfinished uploads that are shown; nil if none are
	sought     bool                      // orphaned uploads were looked for
	followUps  map[jobs.ID]*followUp     // what is shown when an append is done
}

// modal is a view over the panes with what it asks of the program.
type modal struct {
	view views.Modal
	// act is called when the view says Go.
	act func() tea.Cmd
	// left is called when the view is left without choosing; may be nil.
	left func()
	// stop ends what runs for the view; may be nil.
	stop context.CancelFunc
	// id tells late messages of one modal from those of the next.
	id uint64
}

type tone = views.Tone

const (
	plain   = views.Plain
	warning = views.Warning
	failure = views.Failure
)

// New returns the program's model: what Run runs.
func New(ctx context.Context, deps Deps) *Model {
	if deps.Now == nil {
		deps.Now = time.Now
	}
	m := &Model{deps: deps, noMouse: deps.NoMouse, after: after, own: map[jobs.ID]jobs.Spec{}, cache: cache{most: cacheRows}, restoring: map[jobs.ID][]learned{}}
	if deps.Notice != "" {
		m.status, m.tone, m.sticky = deps.Notice, warning, true
	}
	m.ctx, m.end = context.WithCancel(ctx)
	m.look = views.Look{Theme: deps.Theme, Marks: views.UnicodeMarks(), Low: deps.LowBandwidth}
	m.questioned = deps.Now()
	if deps.ASCII {
		m.look.Marks = views.ASCIIMarks()
	}
	if deps.Theme.Name == "" {
		m.look.Theme = theme.Dark()
	}
	m.panes[0] = newPane(place{Place: jobs.Place{Path: deps.LocalDir}})
	m.panes[1] = newPane(place{buckets: deps.Remote.Bucket == "" && deps.Buckets != nil})
	m.known = newKnown(deps.Now)
	for _, p := range m.panes {
		p.known = m.known
	}
	if deps.Remote.Bucket != "" {
		m.panes[1].at.Place = jobs.Place{Bucket: deps.Remote.Bucket, Region: deps.Region, Key: deps.Remote.Key}
	}
	if deps.Queue != nil {
		m.queue = deps.Queue.Snapshot()
		m.paced = m.queue
	}
	return m
}

// Init lists both panes and begins to watch the queue.
func (m *Model) Init() tea.Cmd {
	cmds := []tea.Cmd{m.open(0, m.panes[0].at, ""), m.open(1, m.panes[1].at, ""), m.watchQueue()}
	if m.deps.Theme.Name == "" {
		cmds = append(cmds, tea.RequestBackgroundColor)
	}
	return tea.Batch(cmds...)
}

// Update takes one message. Order: system, results by type, then keys.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		return m, m.resize(msg.Width, msg.Height)
	case tea.ColorProfileMsg:
		m.colours(msg)
	case tea.BackgroundColorMsg:
		m.background(msg)
	case tea.ModeReportMsg:
		m.modeReport(msg)
	case panickedMsg:
		m.panicked = string(msg)
		return m, tea.Quit
	case tea.KeyPressMsg:
		cmd := m.key(msg)
		return m, tea.Batch(cmd, m.afterwards())
	case tea.MouseMsg:
		cmd := m.mouse(msg)
		return m, tea.Batch(cmd, m.afterwards())
	case tea.PasteMsg:
		return m, m.paste(msg.Content)
	default:
		cmd := m.received(msg)
		return m, tea.Batch(cmd, m.afterwards())
	}
	return m, nil
}

// afterwards asks for what is wanted of the rows that are seen now.
func (m *Model) afterwards() tea.Cmd {
	return tea.Batch(m.followCursor(), m.awaitBadge(), m.askVersioning(), m.wantUploads(), m.lookForOrphans())
}

// received takes what a command brought.
func (m *Model) received(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case listedMsg:
		return m.listed(msg)
	case placesMsg:
		m.tookPlaces(msg)
	case draftMsg:
		return m.drafted(msg)
	case editedMsg:
		return m.edited(msg)
	case storedMsg:
		return m.stored(msg)
	case folderMsg:
		return m.folderChanged(msg)
	case completedMsg:
		m.completed(msg)
	case renamedMsg:
		return m.renamed(msg)
	case arrangedMsg:
		return m.arranged(msg)
	case slowMsg:
		if l := m.panes[msg.pane].load; l != nil && l.gen == msg.gen {
			l.slow = true
		}
	case badgeMsg:
		return m.askBadge(msg)
	case badgedMsg:
		m.badged(msg)
	case versioningMsg:
		m.tookVersioning(msg)
	case retryMsg:
		return m.waited(msg)
	case queueMsg:
		return m.queueChanged(msg)
	case tickMsg:
		return m.tick()
	case resultOverMsg:
		m.resultOver(msg)
	case filledMsg:
		m.filled(msg)
	case factsMsg:
		m.known.learn(msg.of)
		m.factsCame(msg.id, msg.groups...)
	case restoringMsg:
		m.restored(msg)
	case unknownMsg:
		m.factsFailed(msg)
	case surveyedMsg:
		return m.surveyed(msg)
	case usedMsg:
		return m.counted(msg)
	case surveyFailedMsg:
		m.surveyFailed(msg)
	case queuedMsg:
		return m.queued(msg)
	case madeMsg:
		return m.made(msg)
	case itemsMsg:
		return m.items(msg)
	case askingMsg:
		m.asking(msg)
	case failedMsg:
		m.sayError(msg.err)
	default:
		return m.receivedPreview(msg)
	}
	return nil
}

// receivedPreview takes what a command of a preview brought.
func (m *Model) receivedPreview(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case previewedMsg:
		return m.previewed(msg)
	case previewSlowMsg:
		m.previewSlow(msg)
	case colouredMsg:
		return m.coloured(msg)
	case followMsg:
		return m.lookAgain(msg)
	case followedMsg:
		return m.followed(msg)
	case asideMsg:
		return m.rested(msg)
	case searchedMsg:
		return m.searched(msg)
	default:
		return tea.Batch(m.receivedSelect(msg), m.receivedVersions(msg), m.receivedUploads(msg), m.receivedLinks(msg))
	}
	return nil
}

func (m *Model) say(text string, t tone) {
	m.status, m.tone, m.sticky = text, t, t == failure
}

func (m *Model) sayError(err error) {
	if text := m.explain(err); text != "" {
		m.say(text, failure)
	}
}

// push lays a modal over the others.
func (m *Model) push(md modal) { m.modals = append(m.modals, md) }

// pop puts the top modal away and ends what runs for it.
func (m *Model) pop() {
	last := len(m.modals) - 1
	if stop := m.modals[last].stop; stop != nil {
		stop()
	}
	m.modals[last] = modal{}
	m.modals = m.modals[:last]
}

func (m *Model) top() *modal {
	if len(m.modals) == 0 {
		return nil
	}
	return &m.modals[len(m.modals)-1]
}

// panickedMsg carries a panic out of a command.
type panickedMsg string

// guarded makes a panic in f a message, so that the terminal is restored in
// the ordinary way and the caller of Run learns of it.
func guarded(f func() tea.Msg) tea.Cmd {
	return func() (msg tea.Msg) {
		defer func() {
			if r := recover(); r != nil {
				msg = panickedMsg(fmt.Sprintf("%v\n%s", r, debug.Stack()))
			}
		}()
		return f()
	}
}

// shown is the path of p for people, a bucket and its prefix apart.
func (m *Model) shown(p place) []string {
	switch {
	case p.buckets:
		return []string{"buckets"}
	case p.Local():
		return []string{m.tilde(p.Path)}
	case p.Key == "":
		return []string{p.Bucket}
	}
	return []string{p.Bucket, p.Key}
}

// tilde writes the home folder as "~".
func (m *Model) tilde(path string) string {
	home := m.deps.Home
	if home == "" || home == string(os.PathSeparator) {
		return path
	}
	if rest, ok := strings.CutPrefix(path, home); ok && (rest == "" || os.IsPathSeparator(rest[0])) {
		return "~" + rest
	}
	return path
}
