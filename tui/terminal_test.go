package tui

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/require"
)

// terminal runs the program in a pty and answers its questions as xterm does.
type terminal struct {
	t    testing.TB
	cmd  *exec.Cmd
	pty  *os.File
	ends chan error
	dir  string // the local folder shown, if a test cares

	mu   sync.Mutex
	all  bytes.Buffer
	last time.Time // when the last byte came
}

// answers is what a terminal says to the questions asked of it. It knows
// synchronised output, which costs 16 bytes a frame, so that figures are the
// larger ones.
var answers = map[string]string{
	"\x1b[?2026$p": "\x1b[?2026;2$y",
	"\x1b[?2027$p": "\x1b[?2027;0$y",
	"\x1b]11;?":    "\x1b]11;rgb:1c1c/1c1c/1c1c\x1b\\",
}

// startTerminal starts the program; env shapes it.
func startTerminal(t testing.TB, width, height int, env ...string) *terminal {
	t.Helper()
	return startCommand(t, width, height, programCommand(t, env...))
}

// startCommand starts any program in a terminal.
func startCommand(t testing.TB, width, height int, cmd *exec.Cmd) *terminal {
	t.Helper()
	f, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: uint16(height), Cols: uint16(width)})
	require.NoError(t, err)
	term := &terminal{t: t, cmd: cmd, pty: f, ends: make(chan error, 1), last: time.Now()}
	go term.read()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = f.Close()
	})
	return term
}

// programCommand starts the program instead of the tests.
func programCommand(t testing.TB, env ...string) *exec.Cmd {
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append([]string{
		"COSMANDER_TUI_PROGRAM=1", "TERM=xterm-256color", "LANG=en_US.UTF-8", "PATH=" + os.Getenv("PATH"),
	}, env...)
	return cmd
}

// read collects the output until the program ends.
func (term *terminal) read() {
	buf := make([]byte, 64<<10)
	for {
		n, err := term.pty.Read(buf)
		term.mu.Lock()
		if n > 0 {
			term.all.Write(buf[:n])
			term.last = time.Now()
		}
		term.mu.Unlock()
		for question, answer := range answers {
			if bytes.Contains(buf[:n], []byte(question)) {
				_, _ = term.pty.WriteString(answer)
			}
		}
		if err != nil {
			term.ends <- term.cmd.Wait()
			return
		}
	}
}

// output returns what was written so far.
func (term *terminal) output() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.all.String()
}

// waitFor waits until the output holds text.
func (term *terminal) waitFor(text string) {
	term.t.Helper()
	require.Eventually(term.t, func() bool { return strings.Contains(term.output(), text) }, 10*time.Second, 5*time.Millisecond,
		"waiting for %q in %q", text, term.output())
}

// settle waits until nothing came for a while and returns the length of the
// output.
func (term *terminal) settle(quiet time.Duration) int {
	term.t.Helper()
	n := 0
	require.Eventually(term.t, func() bool {
		term.mu.Lock()
		defer term.mu.Unlock()
		n = term.all.Len()
		return time.Since(term.last) > quiet
	}, 20*time.Second, 2*time.Millisecond)
	return n
}

// press types keys and returns how many bytes they caused, and how long the
// last of them took.
func (term *terminal) press(keys string, quiet time.Duration) (sent int, took time.Duration) {
	term.t.Helper()
	before := term.settle(quiet)
	start := time.Now()
	term.mu.Lock()
	term.last = start
	term.mu.Unlock()
	_, err := term.pty.WriteString(keys)
	require.NoError(term.t, err)
	after := term.settle(quiet)
	term.mu.Lock()
	defer term.mu.Unlock()
	return after - before, term.last.Sub(start)
}
