package main

import (
	"context"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"github.com/stretchr/testify/require"
)

// asProgram makes this test binary behave as cosmander, so that the whole
// program is run, under the race detector too, without building it first.
const asProgram = "COSMANDER_TEST_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// program returns a command that runs cosmander with args in an environment
// of its own: home is where its state and configuration go.
func program(ctx context.Context, home string, env []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append([]string{
		asProgram + "=1",
		"HOME=" + home,
		"XDG_CONFIG_HOME=" + home + "/config",
		"XDG_STATE_HOME=" + home + "/state",
		"XDG_CACHE_HOME=" + home + "/cache",
		"TERM=xterm-256color", "LANG=C.UTF-8", "PATH=" + os.Getenv("PATH"),
		"GORACE=atexit_sleep_ms=0",
	}, env...)
	return cmd
}

// terminal is cosmander running in a pseudo terminal whose screen is kept.
type terminal struct {
	t    testing.TB
	cmd  *exec.Cmd
	pty  *os.File
	vt   *vt.Emulator
	done chan struct{} // closed when the program's output has ended

	copied int // what of the clipboard was looked at, see clipboard

	mu      sync.Mutex    // guards what follows
	changed chan struct{} // closed and replaced when output arrives
	output  []byte        // all that was written
}

// startTerminal runs cmd in a terminal of the given size.
func startTerminal(t testing.TB, cmd *exec.Cmd, cols, rows int) *terminal {
	t.Helper()
	return startTerminalWith(t, cmd, cols, rows, func(*exec.Cmd) {})
}

// startTerminalWith lets redirect give the command other files for what would
// be the terminal.
func startTerminalWith(t testing.TB, cmd *exec.Cmd, cols, rows int, redirect func(*exec.Cmd)) *terminal {
	t.Helper()
	redirect(cmd)
	f, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)})
	require.NoError(t, err)
	s := &terminal{
		t: t, cmd: cmd, pty: f,
		vt:      vt.NewEmulator(cols, rows),
		done:    make(chan struct{}),
		changed: make(chan struct{}),
	}
	go s.read()
	go s.answer()
	t.Cleanup(s.kill)
	return s
}

func (s *terminal) read() {
	defer close(s.done)
	defer func() { _ = s.vt.InputPipe().(io.Closer).Close() }() // its own Close races with Read
	buf := make([]byte, 64<<10)
	for {
		n, err := s.pty.Read(buf)
		if n > 0 {
			s.feed(buf[:n])
		}
		if err != nil {
			return
		}
	}
}

func (s *terminal) feed(p []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = s.vt.Write(p)
	s.output = append(s.output, p...)
	close(s.changed)
	s.changed = make(chan struct{})
}

// answer gives the program what a terminal replies to its queries.
func (s *terminal) answer() {
	_, _ = io.Copy(s.pty, s.vt)
}

// screen returns the text on the screen, lines joined by LF.
func (s *terminal) screen() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.vt.String()
}

// raw returns every byte that the program has written.
func (s *terminal) raw() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.output)
}

func (s *terminal) press(keys string) {
	s.t.Helper()
	_, err := io.WriteString(s.pty, keys)
	require.NoError(s.t, err)
}

// until waits for a screen that ok accepts and returns it.
func (s *terminal) until(what string, ok func(screen string) bool) string {
	s.t.Helper()
	deadline := time.After(60 * time.Second)
	for {
		s.mu.Lock()
		text, changed := s.vt.String(), s.changed
		s.mu.Unlock()
		if ok(text) {
			return text
		}
		select {
		case <-changed:
		case <-s.done:
			if text := s.screen(); ok(text) {
				return text
			}
			s.t.Fatalf("waiting for %s: the program ended; screen:\n%s", what, s.screen())
		case <-deadline:
			s.t.Fatalf("waiting for %s: screen:\n%s", what, text)
		}
	}
}

// untilText waits until all of texts are on the screen.
func (s *terminal) untilText(texts ...string) string {
	s.t.Helper()
	return s.until(strings.Join(texts, " and "), func(screen string) bool {
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	})
}

// kill ends the program as a power cut would.
func (s *terminal) kill() {
	_ = s.cmd.Process.Signal(syscall.SIGKILL)
	_ = s.wait() // killed, that is what it says
}

// wait returns the program's exit status once it and its output have ended.
func (s *terminal) wait() error {
	err := s.cmd.Wait()
	_ = s.pty.Close()
	<-s.done
	return err
}

// Keys as xterm sends them.
const (
	keyF5    = "\x1b[15~"
	keyF8    = "\x1b[19~"
	keyF1    = "\x1bOP"
	keyDown  = "\x1b[B"
	keyEnter = "\r"
	keyTab   = "\t"
	keyEsc   = "\x1b"
	keyEnd   = "\x1b[F"
	keyRight = "\x1b[C"
)
