package tui

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// quiet is how long nothing must come before a key counts as answered. On a
// busy machine a key that takes longer is counted with the next one: means
// stay right, the worst does not.
const quiet = 20 * time.Millisecond

// figure is one measured number with its bound and the best peer's.
type figure struct {
	name   string
	got    float64
	bound  float64
	unit   string
	peer   string
	timing bool // depends on the machine's load: printed, not asserted
}

func (f figure) String() string {
	return fmt.Sprintf("%-58s %8.1f %-5s (ours <= %g; peer: %s)", f.name, f.got, f.unit, f.bound, f.peer)
}

type window struct {
	width, height int
	move, scroll  float64 // bytes allowed
	peer          string
}

var windows = []window{
	{80, 24, 120, 160, "mc 160"},
	{200, 50, 180, 280, "mc 280"},
}

// measureMoves returns the figures of cursor movement in one window, over a
// folder with a fifth of wide names and a bucket of 100 000 keys.
func measureMoves(t testing.TB, w window, presses int) []figure {
	term := startTerminal(t, w.width, w.height, "COSMANDER_TUI_ROWS=100000", "COSMANDER_TUI_CJK=1", "COSMANDER_TUI_DIR="+t.TempDir())
	term.waitFor("photos-1250000000")
	term.press("\t", 200*time.Millisecond)
	size := fmt.Sprintf(" %dx%d", w.width, w.height)
	moves, all, times := term.moves("j", w, presses, "\x02\x02") // back to the first page
	slices.Sort(times)
	return []figure{
		{"bytes per cursor move, mean" + size, mean(moves), w.move, "B", w.peer, false},
		{"bytes per cursor move, worst" + size, slices.Max(moves), w.move, "B", w.peer, true},
		{"bytes per move while scrolling, mean of 100" + size, mean(all), w.scroll, "B", w.peer, false},
		{"key to last byte, median" + size, ms(times[len(times)/2]), 5, "ms", "superfile 18", true},
		{"key to last byte, p95" + size, ms(times[len(times)*95/100]), 10, "ms", "superfile 26", true},
	}
}

// moves presses the key that moves the cursor down, within the window and, from
// its top, for presses times.
func (term *terminal) moves(down string, w window, presses int, top string) (inside, all []float64, times []time.Duration) {
	for i := range min(w.height-8, 20) {
		n, took := term.press(down, jitter(i))
		inside, times = append(inside, float64(n)), append(times, took)
	}
	term.press(top, quiet)
	for i := range presses {
		n, took := term.press(down, jitter(i))
		all, times = append(all, float64(n)), append(times, took)
	}
	return inside, all, times
}

// burst presses the key sixty times at once; all that follows is the answer.
func (term *terminal) burst(down string) (sent, took float64) {
	n, last := term.press(strings.Repeat(down, 60), 5*quiet)
	return float64(n), ms(last)
}

// measureBurst returns the figures of sixty keys that come together.
func measureBurst(t testing.TB) []figure {
	term := startTerminal(t, 120, 40, "COSMANDER_TUI_ROWS=100000", "COSMANDER_TUI_CJK=1", "COSMANDER_TUI_DIR="+t.TempDir())
	term.waitFor("photos-1250000000")
	term.press("\t", 200*time.Millisecond)
	sent, took := term.burst("j")
	return []figure{
		{"bytes of a burst of 60 keys 120x40", sent, 4000, "B", "mc 5985", false},
		{"burst of 60 keys to last byte 120x40", took, 100, "ms", "mc 38", true},
	}
}

// measureCommander drives Midnight Commander the same way, over a folder of
// names like those of measureMoves; nothing if it is not installed.
func measureCommander(t testing.TB, w window, presses int) []figure {
	path, err := exec.LookPath("mc")
	if err != nil {
		return nil
	}
	dir := t.TempDir()
	for i := range 1000 {
		name := fmt.Sprintf("file-%07d.bin", i)
		if i%5 == 0 {
			name = fmt.Sprintf("file-%07d 旅行.jpg", i)
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	cmd := exec.CommandContext(t.Context(), path, "--nosubshell", dir, dir)
	cmd.Env = []string{"TERM=xterm-256color", "LANG=C.UTF-8", "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	term := startCommand(t, w.width, w.height, cmd)
	term.waitFor("file-0000001")
	term.settle(300 * time.Millisecond)
	const down, home = "\x1bOB", "\x1bOH"
	moves, all, times := term.moves(down, w, presses, home)
	term.press(home, quiet)
	sent, took := term.burst(down)
	slices.Sort(times)
	size := fmt.Sprintf(" %dx%d", w.width, w.height)
	return []figure{
		{"mc: bytes per cursor move, mean" + size, mean(moves), w.move, "B", "itself", true},
		{"mc: bytes per move while scrolling, mean of 100" + size, mean(all), w.scroll, "B", "itself", true},
		{"mc: key to last byte, median" + size, ms(times[len(times)/2]), 5, "ms", "itself", true},
		{"mc: bytes of a burst of 60 keys" + size, sent, 4000, "B", "itself", true},
		{"mc: burst of 60 keys to last byte" + size, took, 100, "ms", "itself", true},
	}
}

// jitter keeps the keys from falling into step with the renderer's clock.
func jitter(i int) time.Duration { return quiet + time.Duration(i*37%83)*50*time.Microsecond }

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(max(len(values), 1))
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// measureIdle returns what is written while nothing is pressed for a while
// after keys.
func measureIdle(t testing.TB, span time.Duration, jobs, keys string) float64 {
	term := startTerminal(t, 120, 40, "COSMANDER_TUI_DIR="+t.TempDir(), "COSMANDER_TUI_PREFIX=2026/", "COSMANDER_TUI_JOBS="+jobs)
	term.waitFor("photos-1250000000")
	if jobs == "" {
		term.settle(300 * time.Millisecond)
	} else {
		term.waitFor("MB/s")
		<-time.After(time.Second)
	}
	if keys != "" {
		_, err := term.pty.WriteString(keys)
		require.NoError(t, err)
		<-time.After(jobViewGrows)
	}
	if jobs == "" {
		before := len(term.output())
		<-time.After(span)
		return float64(len(term.output())-before) / span.Seconds()
	}
	// From the end of one frame to that of another: a span that cuts one off
	// at the start or the end would count too much or too little.
	began, before := term.frameEnd()
	<-time.After(span)
	ended, after := term.frameEnd()
	return float64(after-before) / ended.Sub(began).Seconds()
}

// frameEnd waits for the next frame and returns when it came, and how much was
// written until then.
func (term *terminal) frameEnd() (time.Time, int) {
	const look, quiet = 5 * time.Millisecond, 50 * time.Millisecond
	n, at, begun := len(term.output()), time.Now(), false
	for !begun || time.Since(at) < quiet {
		<-time.After(look)
		if now := len(term.output()); now != n {
			n, at, begun = now, time.Now(), true
		}
	}
	return at, n
}

// jobViewGrows is how long the job view is watched before it is measured, so
// that its sparkline has samples to move.
const jobViewGrows = 4 * time.Second

func TestTerminal_SendsFewBytesPerMove(t *testing.T) {
	for _, w := range windows {
		t.Run(fmt.Sprintf("%dx%d", w.width, w.height), func(t *testing.T) {
			t.Parallel()
			for _, f := range measureMoves(t, w, 74) {
				t.Log(f)
				if !f.timing {
					assert.LessOrEqual(t, f.got, f.bound, f.name)
				}
			}
		})
	}
}

func TestTerminal_DrawsABurstOfKeysInAFewFrames(t *testing.T) {
	t.Parallel()
	for _, f := range measureBurst(t) {
		t.Log(f)
		if !f.timing {
			assert.LessOrEqual(t, f.got, f.bound, f.name)
		}
	}
}

func TestTerminal_IsSilentWhenIdleAndTerseWhenJobsRun(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		jobs, keys string
		bound      float64
	}{{"", "", 0}, {"", "w", 0}, {"4", "", 600}, {"4", "w", 600}, {"4", "w\r", 600}} {
		t.Run(c.jobs+" jobs "+c.keys, func(t *testing.T) {
			t.Parallel()
			got := measureIdle(t, 4*time.Second, c.jobs, c.keys)
			t.Logf("bytes per second with %q jobs after the keys %q: %.0f", c.jobs, c.keys, got)
			assert.LessOrEqual(t, got, c.bound)
		})
	}
}

// BenchmarkTerminalBytes prints every figure beside the peer's; `make bench`
// runs it.
func BenchmarkTerminalBytes(b *testing.B) {
	for range b.N {
		for _, w := range windows {
			for _, f := range append(measureMoves(b, w, 100), measureCommander(b, w, 100)...) {
				fmt.Println(f)
			}
		}
		for _, f := range measureBurst(b) {
			fmt.Println(f)
		}
		fmt.Println(figure{"bytes per second, idle", measureIdle(b, 3*time.Second, "", ""), 0, "B/s", "0", false})
		fmt.Println(figure{"bytes per second, four jobs", measureIdle(b, 5*time.Second, "4", ""), 600, "B/s", "-", false})
		fmt.Println(figure{"bytes per second, four jobs in the job view", measureIdle(b, 5*time.Second, "4", "w"), 600, "B/s", "-", false})
		fmt.Println(figure{"first row of 100 000 keys, less one request of 150 ms", measureFirstRow(b), 50, "ms", "lazys3 16840", true})
		for _, rows := range []string{"100000", "1000000"} {
			if kb := measureMemory(b, rows); kb > 0 {
				fmt.Println(figure{"resident memory with " + rows + " rows", kb / 1000, map[string]float64{"100000": 60, "1000000": 250}[rows], "MB", "lazys3 165", false})
			}
		}
	}
}

// requestTime is how long a request takes in measureFirstRow.
const requestTime = 150 * time.Millisecond

// measureFirstRow returns the milliseconds between Enter on a prefix of
// 100 000 keys and its first row, less the time of one request.
func measureFirstRow(t testing.TB) float64 {
	term := startTerminal(t, 120, 40, "COSMANDER_TUI_ROWS=100000", "COSMANDER_TUI_UNDER=big/",
		"COSMANDER_TUI_DELAY="+requestTime.String(), "COSMANDER_TUI_DIR="+t.TempDir())
	term.waitFor("big/")
	term.press("\t", 2*requestTime)
	start := time.Now()
	_, err := term.pty.WriteString("\r")
	require.NoError(t, err)
	term.waitFor("file-0000000")
	return ms(time.Since(start) - requestTime)
}

// measureMemory lists all rows and returns the resident memory in kB; 0 where
// the system does not tell. The fake bucket's own keys are part of it.
func measureMemory(t testing.TB, rows string) float64 {
	term := startTerminal(t, 120, 40, "COSMANDER_TUI_ROWS="+rows, "COSMANDER_TUI_DIR="+t.TempDir())
	term.waitFor("photos-1250000000")
	term.press("\tG", 500*time.Millisecond)
	status, err := os.ReadFile(filepath.Join("/proc", fmt.Sprint(term.cmd.Process.Pid), "status"))
	if err != nil {
		return 0
	}
	var kb float64
	for line := range strings.Lines(string(status)) {
		if _, err := fmt.Sscanf(line, "VmRSS: %f kB", &kb); err == nil {
			return kb
		}
	}
	require.Fail(t, "no VmRSS")
	return 0
}
