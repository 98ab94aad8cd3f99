// Package tui is the program that a user sees: two panes, a strip for the
// queue, and dialogs. It holds the state, routes messages, and makes the
// commands that call cos and jobs; what is drawn is made by views.
//
// Update and View do no I/O and never wait. Commands capture copies, never
// the model, and every listing carries a generation, so that a late answer is
// dropped.
package tui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/jobs"
	"cosmander/theme"
)

// Store is a bucket as the panes need it; *cos.Bucket is one.
type Store interface {
	List(ctx context.Context, o cos.ListOptions) (*cos.ListPage, error)
	Get(ctx context.Context, key string, o cos.GetOptions) (*cos.Object, error)
	Head(ctx context.Context, key string, o cos.GetOptions) (*cos.Head, error)
	Put(ctx context.Context, key string, body cos.Body, h cos.Headers) (*cos.PutResult, error)
}

// BucketLister lists the buckets of the account; *cos.Client is one.
type BucketLister interface {
	ListBuckets(ctx context.Context) ([]cos.BucketInfo, error)
}

// Queue is the job queue as the screen needs it; *jobs.Queue is one.
type Queue interface {
	Add(ctx context.Context, specs ...jobs.Spec) ([]jobs.ID, error)
	Pause(ctx context.Context, id jobs.ID) error
	Resume(ctx context.Context, id jobs.ID) error
	Cancel(ctx context.Context, id jobs.ID) error
	Retry(ctx context.Context, id jobs.ID) error
	ClearDone(ctx context.Context) error
	MoveUp(ctx context.Context, id jobs.ID) error
	MoveDown(ctx context.Context, id jobs.ID) error
	DoNext(ctx context.Context, id jobs.ID) error
	SetPriority(ctx context.Context, id jobs.ID, p jobs.Priority) error
	Answer(ctx context.Context, id jobs.ID, n int64, choice jobs.OnConflict, all bool) error
	Bandwidth() int64
	SetBandwidth(limit int64) error
	Snapshot() jobs.Snapshot
	HeldUploads(ctx context.Context) ([]jobs.HeldUpload, error)
	Changed() <-chan struct{}
	Items(ctx context.Context, id jobs.ID, after int64, limit int, states ...jobs.State) ([]jobs.Item, error)
	Receipts(ctx context.Context, id jobs.ID) iter.Seq2[jobs.Receipt, error]
	Survey(ctx context.Context, spec jobs.Spec, report func(jobs.Tally)) error
}

var (
	_ Store        = (*cos.Bucket)(nil)
	_ BucketLister = (*cos.Client)(nil)
	_ Queue        = (*jobs.Queue)(nil)
)

// Encryption tells about the keys for client-side encryption. The zero value has
// none.
type Encryption struct {
	// Keys are the names of those that can be chosen.
	Keys []string
	// Unasked names the key that uploads to a place are encrypted with unless
	// something else is chosen; empty: none.
	Unasked func(bucket, key string) string
	// Broken is why that is not known: then nothing is uploaded.
	Broken error
	// Key names the key that decrypts what Bucket shows of an object, empty if it
	// is not encrypted.
	Key func(head *cos.Head) string
}

// Deps is what the program is built from.
type Deps struct {
	Keys  KeyMap
	Queue Queue
	// Bucket opens a bucket; it sends nothing.
	Bucket func(bucket, region string) Store
	// Buckets lists the account's buckets. Nil if that is not wanted: there is
	// nothing above the root of a bucket then.
	Buckets BucketLister

	Account   string // shown before the bucket's name; may be empty
	AccountID string // jobs.Spec.Account of what is queued
	Region    string // of Remote
	LocalDir  string // absolute; where the left pane starts
	Remote    cos.URI
	// Home is shown as "~"; empty for none.
	Home string
	// MakeBucket makes buckets in the list of them; nil if that is not wanted.
	MakeBucket BucketMaker
	// Contents opens a bucket to look whether it is empty; it sends nothing. Nil
	// if buckets are not to be deleted.
	Contents func(bucket, region string) Contents
	// Encryption is what uploads are encrypted with.
	Encryption Encryption
	// Stored opens a bucket whose encrypted objects read as they are stored; nil
	// if Bucket does so.
	Stored func(bucket, region string) Store
	// Edit opens a bucket to edit an object in it; nil if that is not wanted.
	Edit func(bucket, region string) Editable
	// Link opens a bucket to make addresses of its objects; it sends nothing.
	// Nil if that is not wanted.
	Link func(bucket, region string) Linker
	// Inspect opens a bucket to look at what its objects have; it sends nothing.
	// Nil if that is not wanted.
	Inspect func(bucket, region string) Inspector
	// Select opens a bucket to run queries on its objects; it sends nothing. Nil
	// if that is not wanted.
	Select func(bucket, region string) Selector
	// Versions opens a bucket to look at its versions; it sends nothing. Nil if
	// that is not wanted.
	Versions func(bucket, region string) Versioned
	// Uploads opens a bucket to look at its unfinished uploads; it sends nothing.
	// Nil if that is not wanted.
	Uploads func(bucket, region string) Uploading
	// Watch begins to follow a local folder, see [WatchFolder]. Nil: folders
	// are listed again only when asked for.
	Watch func(path string) (Watching, error)
	// PlacesFile keeps bookmarks and recent places; empty: they are not kept.
	PlacesFile string
	// Notice is said in the status line at the start.
	Notice string
	// Explain words an error for which the program itself has no advice, in
	// one line. It may be nil.
	Explain func(error) string

	// Theme is used as it is if it has a name. Otherwise the terminal's
	// background and colours choose.
	Theme theme.Theme
	// ASCII draws without characters beyond it. Run sets it where the locale
	// is not UTF-8.
	ASCII bool
	// LowBandwidth draws less and less often. It is offered where the terminal
	// answers slowly.
	LowBandwidth bool
	// NoMouse leaves the mouse to the terminal until the user takes it.
	NoMouse bool
	Now     func() time.Time // nil means time.Now

	// Input, Output and Environ replace the terminal and environment of the
	// process; for tests.
	Input   io.Reader
	Output  io.Writer
	Environ []string
}

// ErrPanic is what Run returns after a panic; the terminal was restored.
var ErrPanic = errors.New("panic")

// Run shows the program until the user quits, ctx ends or the process gets
// SIGTERM or SIGHUP, and puts the terminal back as it was, after a panic too,
// which is returned as ErrPanic. It does not close the queue.
func Run(ctx context.Context, deps Deps) error {
	// Bubble Tea's own handler knows no SIGHUP, and hangs if the context ends
	// at the moment when it handles a signal.
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if deps.Environ == nil {
		deps.Environ = os.Environ()
	}
	deps.ASCII = deps.ASCII || asciiLocale(deps.Environ)
	m := New(ctx, deps)
	defer m.end()
	options, screen := program(deps)
	m.screen = screen
	go screen.run()
	p := tea.NewProgram(m, options...)
	ended := make(chan error, 1)
	go func() {
		_, err := p.Run()
		screen.close()
		ended <- err
	}()
	select {
	case err := <-ended:
		return errors.Join(outcome(ctx, m, err), m.keepRecent())
	case <-ctx.Done():
	}
	go p.Quit() // not by a context: a killed program does not wait for its reader
	select {
	case err := <-ended:
		return errors.Join(outcome(ctx, m, err), m.keepRecent())
	case <-time.After(stuckAfter):
		return nil // the terminal takes nothing any more, not even its restoration
	}
}

// stuckAfter is how long a terminal that does not read may hold up the end.
const stuckAfter = 2 * time.Second

// asciiLocale reports that the environment names a character set, and that it
// is not UTF-8. Where nothing is named UTF-8 is the better guess.
func asciiLocale(environ []string) bool {
	values := map[string]string{}
	for _, v := range environ {
		name, value, _ := strings.Cut(v, "=")
		values[name] = value
	}
	locale := strings.ToUpper(cmp.Or(values["LC_ALL"], values["LC_CTYPE"], values["LANG"]))
	return locale != "" && !strings.Contains(locale, "UTF-8") && !strings.Contains(locale, "UTF8")
}

// program returns the options of the Bubble Tea program and the screen that
// it writes to.
func program(deps Deps) ([]tea.ProgramOption, *screen) {
	var out io.Writer = os.Stdout
	if deps.Output != nil {
		out = deps.Output
	}
	s := newScreen(out, erasesInColour(deps.Environ))
	if file, ok := out.(*os.File); ok {
		out = fileScreen{s, file}
	} else {
		out = s
	}
	options := []tea.ProgramOption{tea.WithEnvironment(deps.Environ), tea.WithOutput(out), tea.WithoutSignalHandler()}
	if deps.Input != nil {
		options = append(options, tea.WithInput(deps.Input))
	}
	return options, s
}

// erasesInColour reports that erased cells take the background of the pen.
// GNU screen is the one terminal in use that does not do it.
func erasesInColour(environ []string) bool {
	return !slices.ContainsFunc(environ, func(v string) bool { return strings.HasPrefix(v, "TERM=screen") })
}

// outcome turns the way the program ended into an error for the caller.
func outcome(ctx context.Context, m *Model, err error) error {
	switch {
	case m.panicked != "":
		return fmt.Errorf("%w: %s", ErrPanic, m.panicked)
	case errors.Is(err, tea.ErrProgramPanic):
		return fmt.Errorf("%w: %w", ErrPanic, err)
	case ctx.Err() != nil, errors.Is(err, tea.ErrInterrupted):
		return nil
	case errors.Is(err, io.EOF), errors.Is(err, os.ErrClosed), errors.Is(err, syscall.EIO):
		return nil // the terminal went away
	case err != nil:
		return fmt.Errorf("run the terminal: %w", err)
	}
	return nil
}
