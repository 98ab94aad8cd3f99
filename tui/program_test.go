package tui

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"cosmander/cos"
	"cosmander/jobs"
)

// TestMain runs the program itself when the environment asks for it, so that
// tests can start it in a terminal of its own.
func TestMain(m *testing.M) {
	time.Local = time.UTC // file times are shown in local time; frames must not differ
	if os.Getenv("COSMANDER_TUI_PROGRAM") == "" {
		os.Exit(m.Run())
	}
	deps, end := programDeps, func() {}
	if os.Getenv("COSMANDER_TUI_PROGRAM") == "real" {
		deps, end = realDeps()
	}
	err := Run(context.Background(), deps())
	end()
	if err != nil {
		fmt.Fprintln(os.Stderr, "ended with:", err)
		os.Exit(3)
	}
	if os.Getenv("COSMANDER_TUI_QUIET") == "" { // a terminal that reads nothing would hold this up
		fmt.Println("ended well")
	}
}

// loud makes the clock panic: a bug in Update or View.
var loud atomic.Bool

// programDeps is a program over fakes, shaped by the environment.
func programDeps() Deps {
	store := newFakeStore(demoKeys()...)
	if d, err := time.ParseDuration(os.Getenv("COSMANDER_TUI_DELAY")); err == nil {
		store.delay = d
	}
	queue := newFakeQueue()
	queue.tally = jobs.Tally{Files: 14, Folders: 3, Bytes: 1_400_000_000, Existing: 2, Names: []string{"cover.jpg", "旅行 1.jpg"}}
	if n, err := strconv.Atoi(os.Getenv("COSMANDER_TUI_JOBS")); err == nil {
		go runJobs(queue, n)
	}
	time.AfterFunc(time.Second/2, func() { loud.Store(true) })
	var explain func(error) string
	if os.Getenv("COSMANDER_TUI_BUG") != "" {
		explain = func(error) string { panic("a bug in Update") }
	}
	return Deps{
		Keys: testKeys(), Queue: queue, Account: "demo", Region: "ap-guangzhou",
		Bucket: func(string, string) Store {
			if os.Getenv("COSMANDER_TUI_PROGRAM") == "panic" {
				store.panic = true
			}
			return store
		},
		LocalDir: os.Getenv("COSMANDER_TUI_DIR"), Home: os.Getenv("COSMANDER_TUI_HOME"),
		Remote: cos.URI{Bucket: "photos-1250000000", Key: os.Getenv("COSMANDER_TUI_PREFIX")},
		Now:    time.Now, Explain: explain,
	}
}

func demoKeys() []string {
	if n, err := strconv.Atoi(os.Getenv("COSMANDER_TUI_ROWS")); err == nil {
		keys := make([]string, n)
		for i := range keys {
			keys[i] = fmt.Sprintf("%sfile-%07d.dat", os.Getenv("COSMANDER_TUI_UNDER"), i)
			if os.Getenv("COSMANDER_TUI_CJK") != "" && i%5 == 0 {
				keys[i] = fmt.Sprintf("file-%07d 旅行.jpg", i)
			}
		}
		return keys
	}
	return []string{
		"2026/raw/1", "2026/旅行/a", "2026/a//b", "2026/cover.jpg", "2026/ledger.csv", "2026/旅行 1.jpg",
		"2026/backup-2025-very-long-name-that-does-not-fit-anywhere.tar.gz", "2026/evil\x1b[31mred.txt",
		"2026/rtl-\u202efdp.exe", "2026/bad-\xff\xfe.bin", "2026/emoji 👩‍👩‍👧 family.png", "2026/heart ❤️.txt",
		"2026/tab\there", "2026/cafe\u0301.md", "2026/한국어 파일.txt", "2026/zero\u200bwidth", "2026/a+b%20c d.txt",
		"docs/a", "many/1", "readme.md", "2026/notes.txt", "2026/video.mp4", "2026/🇩🇪 flag.txt",
	}
}

// runJobs moves n jobs on, ten times a second.
func runJobs(queue *fakeQueue, n int) {
	for step := int64(1); ; step++ {
		var s jobs.Snapshot
		s.Runner, s.Left = true, time.Duration(max(2000-step, 0))*time.Second/10
		for i := range int64(n) {
			j := jobs.Job{
				ID: jobs.ID(i + 1), Kind: jobs.Upload, State: jobs.Running, Title: fmt.Sprintf("video-%d.mp4", i+1),
				From: "/home/me/photos/2026", To: "cos://photos-1250000000/2026/", Items: 1, Bytes: 1 << 30,
				BytesDone: min(step*(1+i)*1_230_017, 1<<30), Rate: wave(step) * (12_300_000 + float64(step*7919%900_000)), Left: s.Left,
			}
			if i%2 == 1 {
				j.Kind, j.From, j.To = jobs.Download, j.To, j.From
			}
			s.Rate += j.Rate
			s.Jobs = append(s.Jobs, j)
		}
		queue.set(s)
		time.Sleep(20 * time.Millisecond)
	}
}

// wave goes up from a half to one and down again within eight seconds of
// steps, so that a sparkline has hills.
func wave(step int64) float64 {
	const half = 200
	return 0.5 + float64(half-max(step%(2*half)-half, half-step%(2*half)))/(2*half)
}
