package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const gib = 1 << 30

// The sides of a comparison. Each is a process of its own that does one thing
// and ends, all against the same server, in turn.
const (
	ours    = "cosmander"
	plain   = "plain"    // ours without encryption
	rawHTTP = "raw HTTP" // the same parts, nothing checked
	flushed = "raw HTTP, flushed"
	goSDK   = "Go SDK"
	three   = "three at a time" // the Go SDK as coscli uses it
)

// cost is what a process took.
type cost struct{ wall, cpu, peak float64 } // s, s, MB

// arena is a server and the programs that are held beside each other.
type arena struct {
	b      *testing.B
	dir    string
	server string
	ours   string // binaries
	peer   string
	costs  map[string]map[string][]cost // by work and side
	works  []string                     // in order
}

// newArena builds the programs, as people run them.
func newArena(b *testing.B, serverArgs ...string) *arena {
	b.Helper()
	a := &arena{b: b, dir: b.TempDir(), costs: map[string]map[string][]cost{}}
	a.ours, a.peer = filepath.Join(a.dir, "cosmander"), filepath.Join(a.dir, "peer")
	for _, args := range [][]string{{"build", "-o", a.ours, "."}, {"build", "-C", "cos/interop", "-o", a.peer, "./peer"}} {
		out, err := exec.CommandContext(b.Context(), "go", args...).CombinedOutput()
		require.NoError(b, err, "go %s: %s", args, out)
	}
	a.server = startServer(b, a.dir, serverArgs...)
	return a
}

// cosmander makes a command of the built program in the home of this arena.
func (a *arena) cosmander(args ...string) *exec.Cmd {
	cmd := program(context.WithoutCancel(a.b.Context()), a.dir, serverEnv(a.server), args...)
	cmd.Path, cmd.Args[0] = a.ours, a.ours
	return cmd
}

// peers makes a command of what ours is held beside.
func (a *arena) peers(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(a.b.Context(), a.peer, append([]string{"-host", benchHost}, args...)...)
	cmd.Env = append(os.Environ(), serverEnv(a.server)...)
	return cmd
}

// measure lets a side do some work.
func (a *arena) measure(work, side string, cmd *exec.Cmd) {
	a.b.Helper()
	var errs strings.Builder
	cmd.Stderr = &errs
	began := time.Now()
	require.NoError(a.b, cmd.Run(), "%s, %s: %s", work, side, &errs)
	c := cost{wall: time.Since(began).Seconds(), cpu: cpuSeconds(cmd), peak: peakMB(cmd.ProcessState)}
	if a.costs[work] == nil {
		a.costs[work] = map[string][]cost{}
		a.works = append(a.works, work)
	}
	a.costs[work][side] = append(a.costs[work][side], c)
}

func cpuSeconds(cmd *exec.Cmd) float64 {
	return (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
}

// middle returns the medians of a side.
func (a *arena) middle(work, side string) cost {
	of := func(field func(cost) float64) float64 {
		var v []float64
		for _, c := range a.costs[work][side] {
			v = append(v, field(c))
		}
		return median(v)
	}
	return cost{
		of(func(c cost) float64 { return c.wall }),
		of(func(c cost) float64 { return c.cpu }),
		of(func(c cost) float64 { return c.peak }),
	}
}

// targets are how many times as fast as a side ours is to be, by work and side.
type targets map[string]map[string]float64

// report prints how ours did beside each of the others.
func (a *arena) report(perCPU string, units float64, want targets) {
	for _, work := range a.works {
		mine := a.middle(work, ours)
		var cpu, peak []string
		for _, side := range []string{plain, rawHTTP, flushed, goSDK, three} {
			if len(a.costs[work][side]) == 0 {
				continue
			}
			c, target := a.middle(work, side), ""
			if t := want[work][side]; t > 0 {
				target = fmt.Sprintf("target %g", t)
			}
			figure(a.b, work, "x "+side, c.wall/mine.wall, target)
			cpu = append(cpu, fmt.Sprintf("%s %.2f", side, c.cpu/units))
			peak = append(peak, fmt.Sprintf("%s %s", side, atMost(c.peak)))
		}
		figure(a.b, work, "s", mine.wall, "")
		figure(a.b, work, perCPU, mine.cpu/units, strings.Join(cpu, ", "))
		figure(a.b, work, "MB at the peak", mine.peak, strings.Join(peak, ", "))
	}
	fmt.Println()
}

// atMost writes a peak. The system counts what this program had when it
// started the other, so that a small one is not seen.
func atMost(peak float64) string {
	if peak <= ownPeakMB() {
		return fmt.Sprintf("at most %.0f", peak)
	}
	return fmt.Sprintf("%.0f", peak)
}

// BenchmarkTransfer moves 1 GiB up, down and inside the service.
func BenchmarkTransfer(b *testing.B) {
	a := newArena(b)
	source, bucket := filepath.Join(a.dir, "source.bin"), "cos://"+demoBucket
	out := filepath.Join(a.dir, "out")
	writeNoise(b, source, gib)
	const up, down, within = "upload 1 GiB", "download 1 GiB", "copy 1 GiB inside the service"
	for round := range benchRounds {
		a.inTurn(up, round, []rival{
			{rawHTTP, a.peers("raw", "up", "raw.bin", source)},
			{goSDK, a.peers("sdk", "up", "sdk.bin", source)},
			{ours, a.cosmander("cp", source, bucket+"/ours.bin")},
		})
		a.inTurn(down, round, []rival{
			{rawHTTP, a.peers("raw", "down", "raw.bin", out+"1")},
			{flushed, a.peers("-flush", "raw", "down", "raw.bin", out+"2")},
			{goSDK, a.peers("sdk", "down", "sdk.bin", out+"3")},
			{ours, a.cosmander("cp", bucket+"/ours.bin", out+"4")},
		})
		a.inTurn(within, round, []rival{
			{rawHTTP, a.peers("-whole", "raw", "copy", "raw.bin", "raw2.bin")},
			{goSDK, a.peers("sdk", "copy", "sdk.bin", "sdk2.bin")},
			{ours, a.cosmander("cp", bucket+"/ours.bin", bucket+"/ours2.bin")},
		})
		for i := range 4 {
			require.NoError(b, os.Remove(fmt.Sprint(out, i+1)))
		}
		require.NoError(b, a.cosmander("rm", "-r", "--yes", bucket).Run())
	}
	a.report("CPU-s per GiB, of the client", 1, targets{up: {rawHTTP: 0.9}, down: {flushed: 0.9}})
}

// BenchmarkEncrypted moves 1 GiB up and down, encrypted on the way.
func BenchmarkEncrypted(b *testing.B) {
	a := newArena(b)
	source, bucket, out := filepath.Join(a.dir, "source.bin"), "cos://"+demoBucket, filepath.Join(a.dir, "out")
	writeNoise(b, source, gib)
	require.NoError(b, a.cosmander("key", "new", "mine").Run())
	const up, down = "upload 1 GiB, encrypted", "download 1 GiB, decrypted"
	for round := range benchRounds {
		a.inTurn(up, round, []rival{
			{plain, a.cosmander("cp", source, bucket+"/plain.bin")},
			{ours, a.cosmander("cp", "--encrypt", "mine", source, bucket+"/sealed.bin")},
		})
		a.inTurn(down, round, []rival{
			{plain, a.cosmander("cp", bucket+"/plain.bin", out+"1")},
			{ours, a.cosmander("cp", bucket+"/sealed.bin", out+"2")},
		})
		require.NoError(b, os.Remove(out+"1"))
		require.NoError(b, os.Remove(out+"2"))
		require.NoError(b, a.cosmander("rm", "-r", "--yes", bucket).Run())
	}
	a.report("CPU-s per GiB, of the client", 1, targets{up: {plain: 0.85}})
}

// rival is a side about to do its part.
type rival struct {
	side string
	cmd  *exec.Cmd
}

// inTurn lets the sides do the same work, another one first in each round.
func (a *arena) inTurn(work string, round int, rivals []rival) {
	a.b.Helper()
	for i := range rivals {
		r := rivals[(i+round)%len(rivals)]
		flushDisks() // or this one would wait for what the one before wrote
		a.measure(work, r.side, r.cmd)
	}
}

// BenchmarkSmallFiles moves files of 4 KiB up and down.
func BenchmarkSmallFiles(b *testing.B) {
	for _, latency := range []string{"30ms", "0s"} {
		for _, files := range []int{2000, 20_000} {
			b.Run(fmt.Sprintf("%d/%s", files, latency), func(b *testing.B) { smallFiles(b, files, latency) })
		}
	}
}

// width is how many small files cosmander has in flight.
const width = "40"

func smallFiles(b *testing.B, files int, latency string) {
	var args []string
	if latency != "0s" {
		args = []string{"--fault", "latency=" + latency}
	}
	a := newArena(b, args...)
	source, out, bucket := filepath.Join(a.dir, "source"), filepath.Join(a.dir, "out"), "cos://"+demoBucket
	require.NoError(b, os.Mkdir(source, 0o755))
	for i := range files {
		writeNoise(b, filepath.Join(source, fmt.Sprintf("%05d", i)), 4<<10)
	}
	rounds := 3
	if files > 2000 {
		rounds = 1
	}
	work := func(way string) string { return fmt.Sprintf("%d x 4 KiB %s, %s a request", files, way, latency) }
	for round := range rounds {
		for _, way := range []string{"up", "down"} {
			dir := func(side string) string {
				if way == "up" {
					return source
				}
				return out + "/" + side
			}
			cp := []string{"cp", "-r", source + "/", bucket + "/ours/"}
			if way == "down" {
				cp = []string{"cp", "-r", bucket + "/ours/", dir("ours")}
			}
			rivals := []rival{
				{rawHTTP, a.peers("-parallel", width, "raw", "files-"+way, "raw/", dir("raw"))},
				{goSDK, a.peers("-parallel", width, "sdk", "files-"+way, "sdk/", dir("sdk"))},
				{ours, a.cosmander(cp...)},
			}
			// Once, as it takes so long; 20 000 would take minutes.
			if files == 2000 && latency != "0s" && round == 0 {
				rivals = append(rivals, rival{three, a.peers("-parallel", "3", "sdk", "files-"+way, "three/", dir("three"))})
			}
			a.inTurn(work(way), round, rivals)
		}
		require.NoError(b, os.RemoveAll(out))
		require.NoError(b, a.cosmander("rm", "-r", "--yes", bucket).Run())
	}
	a.report("CPU-s of the client", 1, targets{work("up"): {three: 5}, work("down"): {three: 5}})
}

// median of an even number is the greater of the two in the middle.
func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}
