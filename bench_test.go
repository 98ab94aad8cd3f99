package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmander/cos/emulator/demo"
)

// The figures of the README and of `make bench`. Every figure is printed
// beside its peer: raw HTTP and the official SDK in the same run, or the best
// figure that was measured of another tool on a machine of this size.

const (
	benchRounds = 3
	demoBucket  = demo.Bucket
	benchHost   = demoBucket + ".cos.ap-guangzhou.myqcloud.com"
)

// BenchmarkFirstRow opens a prefix of 100 000 keys at 150 ms a request.
func BenchmarkFirstRow(b *testing.B) {
	dir := b.TempDir()
	server := startServer(b, dir, "--seed", "100000", "--fault", "latency=150ms")
	var first []float64
	for range benchRounds {
		s := startTerminal(b, program(b.Context(), dir, serverEnv(server), dir, "cos://"+demo.Bucket), 120, 40)
		s.untilText("many/")
		s.press(keyTab)
		s.press(keyDown)
		first = append(first, 1000*seconds(b, func() error {
			s.press(keyEnter)
			s.untilText("0000001")
			return nil
		}))
		s.kill()
	}
	figure(b, "first rows of 100 000 keys at 150 ms a request", "ms", median(first), "target 200, lazys3 16 800")
}

// BenchmarkMemory loads all rows of 100 000 keys and reads the program's
// resident size.
func BenchmarkMemory(b *testing.B) {
	dir := b.TempDir()
	server := startServer(b, dir, "--seed", "100000")
	s := startTerminal(b, program(b.Context(), dir, serverEnv(server), dir, "cos://"+demo.Bucket+"/many/"), 120, 40)
	s.untilText("0000001")
	s.press(keyTab)
	s.press(keyEnd)
	s.untilText("100 000")
	figure(b, "memory with 100 000 rows loaded", "MB", residentMB(b, s.cmd.Process.Pid), "target 60, lazys3 165")
}

func residentMB(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	require.NoError(b, err)
	for line := range strings.Lines(string(status)) {
		var kb float64
		if n, _ := fmt.Sscanf(line, "VmRSS: %f kB", &kb); n == 1 {
			return kb / 1000
		}
	}
	b.Fatal("no VmRSS")
	return 0
}

func figure(b *testing.B, what, unit string, value float64, peer string) {
	b.Helper()
	fmt.Printf("%-46s %8.2f %-28s %s\n", what, value, unit, peer)
}

func seconds(b *testing.B, f func() error) float64 {
	b.Helper()
	begin := time.Now()
	require.NoError(b, f())
	return time.Since(begin).Seconds()
}

// startServer runs `cosmander serve` and returns its address.
func startServer(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := program(t.Context(), dir, nil, append([]string{"serve", "--data", filepath.Join(dir, "data")}, args...)...)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return strings.TrimPrefix(strings.TrimSpace(line), "listening on ")
}

func serverEnv(server string) []string {
	return []string{"COS_SECRET_ID=demo-secret-id", "COS_SECRET_KEY=demo-secret-key", "COS_REGION=ap-guangzhou", "COS_ENDPOINT=" + server}
}

// writeNoise fills a file with bytes that do not compress.
func writeNoise(t testing.TB, path string, size int64) {
	t.Helper()
	f, err := os.Create(path)
	require.NoError(t, err)
	_, err = io.CopyN(f, noise(path), size)
	require.NoError(t, err)
	require.NoError(t, f.Close())
}
