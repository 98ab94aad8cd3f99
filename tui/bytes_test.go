package tui

import (
	"fmt"
	"os"
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
	var moves []float64
	var times []time.Duration
	for i := range min(w.height-8, 20) {
		n, took := term.press("j", jitter(i))
		moves, times = append(moves, float64(n)), append(times, took)
	}
	term.press("\x02\x02", quiet) // back to the first page
	var all []float64
	for i := range presses {
		n, took := term.press("j", jitter(i))
		all, times = append(all, float64(n)), append(times, took)
	}
	slices.Sort(times)
	return []figure{
		{"bytes per cursor move, mean" + size, mean(moves), w.move, "B", w.peer, false},
		{"bytes per cursor move, worst" + size, slices.Max(moves), w.move, "B", w.peer, true},
		{"bytes per move while scrolling, mean of 100" + size, mean(all), w.scroll, "B", w.peer, false},
		{"key to last byte, median" + size, ms(times[len(times)/2]), 5, "ms", "superfile 18", true},
		{"key to last byte, p95" + size, ms(times[len(times)*95/100]), 10, "ms", "superfile 26", true},
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
	start, before := time.Now(), len(term.output())
	<-time.After(span)
	return float64(len(term.output())-before) / time.Since(start).Seconds()
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
			for _, f := range measureMoves(b, w, 100) {
				fmt.Println(f)
			}
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
