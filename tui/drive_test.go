package tui

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// driver runs a model without a terminal: commands are run at once unless a
// test holds them back.
type driver struct {
	t     *testing.T
	m     *Model
	store *fakeStore
	queue *fakeQueue
	dir   string
	// patience is how long a command may take before it is left to itself.
	patience time.Duration
}

// drive starts a model of 80x24 over a local folder and a bucket, the bucket
// pane focused, and lets both list.
func drive(t *testing.T, keys ...string) *driver {
	t.Helper()
	d := start(t, keys...)
	d.run(d.m.Init())
	d.press("tab")
	return d
}

// start is drive before anything was listed.
func start(t *testing.T, keys ...string) *driver {
	t.Helper()
	d := &driver{t: t, store: newFakeStore(keys...), queue: newFakeQueue(), dir: t.TempDir(), patience: 250 * time.Millisecond}
	for _, name := range []string{"a.txt", "b.txt", ".dot"} {
		require.NoError(t, os.WriteFile(filepath.Join(d.dir, name), []byte("x"), 0o600))
	}
	require.NoError(t, os.Mkdir(filepath.Join(d.dir, "sub"), 0o700))
	d.m = New(t.Context(), Deps{
		Keys: testKeys(), Queue: d.queue, Region: "ap-guangzhou", LocalDir: d.dir,
		Bucket: func(string, string) Store { return d.store },
		Remote: cos.URI{Bucket: "b-1"}, Now: func() time.Time { return noon },
	})
	d.m.after = func(time.Duration, tea.Msg) tea.Cmd { return nil } // tests send what a clock would
	t.Cleanup(d.m.end)
	d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	return d
}

// send gives the model a message and runs what comes of it.
func (d *driver) send(msg tea.Msg) {
	_, cmd := d.m.Update(msg)
	d.run(cmd)
}

// run runs commands and what follows from them. Commands that wait (timers,
// the queue's signal) are left to themselves after a moment.
func (d *driver) run(cmd tea.Cmd) {
	for _, msg := range d.results(cmd) {
		d.send(msg)
	}
}

// results runs a command and returns what it brought.
func (d *driver) results(cmd tea.Cmd) []tea.Msg {
	if cmd == nil {
		return nil
	}
	got := make(chan tea.Msg, 1)
	go func() { got <- cmd() }()
	var msg tea.Msg
	select {
	case msg = <-got:
	case <-time.After(d.patience):
		return nil
	}
	if batch, ok := msg.(tea.BatchMsg); ok {
		var all []tea.Msg
		for _, c := range batch {
			all = append(all, d.results(c)...)
		}
		return all
	}
	if msg == nil || reflect.TypeOf(msg).PkgPath() != reflect.TypeOf(d.m).Elem().PkgPath() {
		return nil
	}
	return []tea.Msg{msg}
}

// press types keys, each by its name.
func (d *driver) press(keys ...string) {
	for _, k := range keys {
		d.send(press(k))
	}
}

// press is the message of a key.
func press(name string) tea.KeyPressMsg {
	special := map[string]rune{
		"tab": tea.KeyTab, "enter": tea.KeyEnter, "esc": tea.KeyEscape, "backspace": tea.KeyBackspace,
		"left": tea.KeyLeft, "right": tea.KeyRight, "up": tea.KeyUp, "down": tea.KeyDown, "home": tea.KeyHome, "end": tea.KeyEnd,
	}
	if code, ok := special[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	if name == "shift+f5" {
		return tea.KeyPressMsg{Code: tea.KeyF5, Mod: tea.ModShift}
	}
	if rest, ok := strings.CutPrefix(name, "shift+"); ok {
		return tea.KeyPressMsg{Code: special[rest], Mod: tea.ModShift}
	}
	if rest, ok := strings.CutPrefix(name, "alt+"); ok {
		return tea.KeyPressMsg{Code: rune(rest[0]), Mod: tea.ModAlt}
	}
	if name == "space" {
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	}
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: rune(rest[0]), Mod: tea.ModCtrl}
	}
	code, _ := utf8.DecodeRuneInString(name)
	return tea.KeyPressMsg{Code: code, Text: name}
}

// screen returns the frame without styles.
func (d *driver) screen() string {
	return ansi.Strip(strings.Join(d.m.lines(), "\n"))
}

// pane returns the focused pane.
func (d *driver) pane() *pane { return d.m.panes[d.m.focus] }

// cursor returns the id of the row under the cursor; ".." for the parent row.
func (d *driver) cursor() string {
	if id, ok := d.pane().current(); ok {
		return id
	}
	return ".."
}

// why is why a key of the panes would do nothing now; "" if it would.
func (d *driver) why(pressed string) string {
	a, ok := find(d.m.paneActions(), pressed)
	require.True(d.t, ok, pressed)
	return a.why()
}
