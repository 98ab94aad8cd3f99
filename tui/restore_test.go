package tui

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/term"
)

// ended waits for the program and returns its error.
func (term *terminal) ended() error {
	term.t.Helper()
	select {
	case err := <-term.ends:
		return err
	case <-time.After(10 * time.Second):
		require.Fail(term.t, "the program does not end", "%q", term.output())
		return nil
	}
}

// requireRestored checks that the screen is left as it was found.
func requireRestored(t *testing.T, output string) {
	t.Helper()
	for on, off := range map[string]string{
		"\x1b[?1049h": "\x1b[?1049l", // alternate screen
		"\x1b[?25l":   "\x1b[?25h",   // cursor
		"\x1b[?2004h": "\x1b[?2004l", // bracketed paste
	} {
		if assert.Contains(t, output, on) {
			assert.Greater(t, strings.LastIndex(output, off), strings.LastIndex(output, on), "%q is not undone", on)
		}
	}
	assert.NotContains(t, output[strings.LastIndex(output, "\x1b[?1049l"):], "\x1b[2J", "painted after the end")
}

func TestRun_RestoresTheTerminal(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		env  string
		end  func(term *terminal)
		fail bool
		says string
	}{
		"after q":       {end: func(term *terminal) { term.press("q", quiet) }, says: "ended well"},
		"after C-c C-c": {end: func(term *terminal) { term.press("\x03\x03", quiet) }, says: "ended well"},
		"after SIGTERM": {end: signalled(syscall.SIGTERM), says: "ended well"},
		"after SIGHUP":  {end: signalled(syscall.SIGHUP), says: "ended well"},
		"after a panic": {env: "COSMANDER_TUI_PROGRAM=panic", fail: true, says: "ended with: panic: the store is on fire"},
		"after a panic in Update": {
			env: "COSMANDER_TUI_BUG=1", fail: true, says: "ended with: panic",
			end: func(term *terminal) {
				require.NoError(term.t, os.Mkdir(filepath.Join(term.dir, "x"), 0o700))
				term.press("n", quiet)
				term.press("x\r", quiet)
			},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			term := startTerminal(t, 80, 24, "COSMANDER_TUI_DIR="+dir, c.env)
			term.dir = dir
			if c.end != nil {
				term.waitFor("photos-1250000000")
				c.end(term)
			}
			err := term.ended()
			assert.Equal(t, c.fail, err != nil, "%v", err)
			assert.Contains(t, term.output(), c.says)
			requireRestored(t, term.output())
		})
	}
}

func signalled(s os.Signal) func(*terminal) {
	return func(term *terminal) { require.NoError(term.t, term.cmd.Process.Signal(s)) }
}

func TestRun_LeavesRawMode(t *testing.T) {
	t.Parallel()
	master, slave, err := pty.Open()
	require.NoError(t, err)
	t.Cleanup(func() { _ = master.Close(); _ = slave.Close() })
	before, err := term.GetState(int(slave.Fd()))
	require.NoError(t, err)
	require.NoError(t, pty.Setsize(master, &pty.Winsize{Rows: 24, Cols: 80}))
	cmd := programCommand(t, "COSMANDER_TUI_DIR="+t.TempDir())
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	require.NoError(t, cmd.Start())
	tm := &terminal{t: t, cmd: cmd, pty: master, ends: make(chan error, 1), last: time.Now()}
	go tm.read()
	tm.waitFor("photos-1250000000")
	raw, err := term.GetState(int(slave.Fd()))
	require.NoError(t, err)
	require.NotEqual(t, before, raw)
	require.NoError(t, cmd.Process.Signal(syscall.SIGHUP))
	require.NoError(t, cmd.Wait())
	after, err := term.GetState(int(slave.Fd()))
	require.NoError(t, err)
	assert.Equal(t, before, after)
}

func TestRun_EndsWhenTheTerminalGoesAway(t *testing.T) {
	t.Parallel()
	term := startTerminal(t, 80, 24, "COSMANDER_TUI_DIR="+t.TempDir(), "COSMANDER_TUI_JOBS=4")
	term.waitFor("MB/s")
	require.NoError(t, term.pty.Close())
	require.NoError(t, term.ended())
}

func TestRun_EndsWhenTheTerminalTakesNothing(t *testing.T) {
	t.Parallel()
	cmd := programCommand(t, "COSMANDER_TUI_DIR="+t.TempDir(), "COSMANDER_TUI_ROWS=2000", "COSMANDER_TUI_QUIET=1")
	f, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 120, Cols: 300})
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	_, err = f.Read(make([]byte, 16)) // it runs; nothing more is read
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	select {
	case err := <-ended:
		assert.NoError(t, err)
	case <-time.After(10 * time.Second):
		_ = cmd.Process.Kill()
		require.Fail(t, "the program does not end")
	}
}
