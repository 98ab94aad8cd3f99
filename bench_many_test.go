package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmander/jobs"
)

// BenchmarkManyFiles moves a folder of COSMANDER_FILES small files, 20 000 if
// that is not set, up, down, inside the service and away, and kills the upload
// and the download half-way with SIGKILL.
func BenchmarkManyFiles(b *testing.B) {
	files := 20_000
	if n := os.Getenv("COSMANDER_FILES"); n != "" {
		var err error
		files, err = strconv.Atoi(n)
		require.NoError(b, err)
	}
	m := &many{arena: newArena(b), files: int64(files)}
	source, out, bucket := filepath.Join(m.dir, "source"), filepath.Join(m.dir, "out"), "cos://"+demoBucket
	require.NoError(b, os.Mkdir(source, 0o755))
	for i := range files {
		name := filepath.Join(source, fmt.Sprintf("IMG_%07d.jpg", i))
		require.NoError(b, os.WriteFile(name, []byte(strconv.Itoa(i)), 0o600))
	}
	m.run("upload", "cp", "-r", source+"/", bucket+"/up/")
	m.listed(bucket + "/up/")
	m.run("download", "cp", "-r", bucket+"/up/", out)
	entries := m.entries(out)
	require.Equal(b, files, entries)
	m.run("copy", "cp", "-r", bucket+"/up/", bucket+"/copy/")
	m.run("delete", "rm", "-r", bucket+"/up/")
	m.listed(bucket + "/copy/")
}

// many is an arena with a journal to be looked at.
type many struct {
	*arena
	files int64
}

// killedHalfWay says which commands are killed half-way.
var killedHalfWay = map[string]bool{"upload": true, "download": true}

// run carries out a command, again if it was killed, and prints what it took.
func (m *many) run(what string, args ...string) {
	m.b.Helper()
	before := m.journalBytes()
	var watched watch
	began := time.Now()
	var lives []*os.ProcessState
	if killedHalfWay[what] {
		cmd := m.start(args)
		watched = m.watch(cmd, m.files/2)
		_ = cmd.Wait() // it was killed
		lives = append(lives, cmd.ProcessState)
	}
	cmd := m.start(args)
	if !killedHalfWay[what] {
		watched = m.watch(cmd, 1)
	}
	require.NoError(m.b, cmd.Wait(), "%s: %s", what, cmd.Stdout)
	lives = append(lives, cmd.ProcessState)
	require.Contains(m.b, fmt.Sprint(cmd.Stdout), "done: "+thousands(m.files)+" of "+thousands(m.files))

	wall := time.Since(began).Seconds()
	var peak, cpu float64
	for _, p := range lives {
		peak = max(peak, peakMB(p))
		cpu += (p.UserTime() + p.SystemTime()).Seconds()
	}
	work := fmt.Sprintf("%s of %s files", what, thousands(m.files))
	figure(m.b, work, "s to the first that is done", watched.first.Seconds(), "target 1")
	figure(m.b, work, "MB at the peak", peak, "target 150")
	figure(m.b, work, "files a second", float64(m.files)/wall, fmt.Sprintf("%.0f s, %.0f CPU-s of the client", wall, cpu))
	if killedHalfWay[what] {
		figure(m.b, work, "% done when it was killed", 100*float64(watched.done)/float64(m.files), "then to the end")
	}
	figure(m.b, work, "bytes of journal a file", float64(m.journalBytes()-before)/float64(m.files), "")
}

func (m *many) start(args []string) *exec.Cmd {
	m.b.Helper()
	cmd := m.cosmander(args...)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(m.b, cmd.Start())
	return cmd
}

// watch is what was seen of a running job.
type watch struct {
	first time.Duration // until an item was done
	done  int64         // items, when it was killed
}

// watch looks at the journal, as cosmander jobs does, until so many items are
// done. More than one: the process is killed then.
func (m *many) watch(cmd *exec.Cmd, until int64) (w watch) {
	m.b.Helper()
	began := time.Now()
	q, err := jobs.Open(m.b.Context(), jobs.Config{Journal: m.journal(), Account: "watch", Watch: true, Poll: 5 * time.Millisecond})
	require.NoError(m.b, err)
	defer func() { require.NoError(m.b, q.Close()) }()
	for w.done < until {
		select {
		case <-q.Changed():
		case <-time.After(time.Minute):
			m.b.Fatal("nothing moves: ", cmd.Stdout)
		}
		list := q.Snapshot().Jobs
		if len(list) == 0 || list[len(list)-1].State.Final() {
			continue // the job before
		}
		w.done = list[len(list)-1].ItemsDone
		if w.first == 0 && w.done > 0 {
			w.first = time.Since(began)
		}
	}
	if until > 1 {
		require.NoError(m.b, cmd.Process.Kill())
	}
	return w
}

func (m *many) journal() string { return filepath.Join(m.dir, "state", "cosmander", "jobs.db") }

func (m *many) journalBytes() (sum int64) {
	for _, end := range []string{"", "-wal"} {
		if info, err := os.Stat(m.journal() + end); err == nil {
			sum += info.Size()
		}
	}
	return sum
}

// listed holds the number of objects below an address to the number of files.
func (m *many) listed(address string) {
	m.b.Helper()
	out, err := m.cosmander("ls", "-r", address).Output()
	require.NoError(m.b, err)
	require.EqualValues(m.b, m.files, strings.Count(string(out), "\n"))
}

func (m *many) entries(dir string) int {
	m.b.Helper()
	f, err := os.Open(dir)
	require.NoError(m.b, err)
	defer f.Close()
	names, err := f.Readdirnames(-1)
	require.NoError(m.b, err)
	return len(names)
}

// thousands writes a number as the program does.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
