package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/cos/emulator"
	"cosmander/cos/emulator/demo"
)

// kills is how often each direction of the story is cut by kill -9.
const kills = 5

// TestStory_CopiesBothWaysThroughTenKills is the user's story: open two panes,
// mark everything, copy it across, lose the program ten times at random
// moments, and find every byte on the other side.
func TestStory_CopiesBothWaysThroughTenKills(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	home, source := t.TempDir(), t.TempDir()
	want := writeTree(t, source)

	copyThroughKills(t, svc, home, source, "in/", 1, func(s *terminal) {
		s.untilText("video.bin", "旅行")
		s.press("\x01") // all
		s.press(keyF5)
		s.untilText("Upload", "Cancel", fmt.Sprintf("%d files", len(want)))
		s.press(keyEnter)
	})
	for name, sum := range want {
		assert.Equal(t, sum, svc.sum(t, "in/"+name), name)
	}

	target := t.TempDir()
	copyThroughKills(t, svc, home, target, "in/", 2, func(s *terminal) {
		s.press(keyTab)
		s.untilText("video.bin")
		s.press("\x01")
		s.press("c")
		s.untilText("Download", "Cancel", fmt.Sprintf("%d files", len(want)))
		s.press(keyEnter)
	})
	assert.Equal(t, want, readTree(t, target), "nothing is missing, changed or left over")
}

// copyThroughKills starts the program on a folder and a prefix, lets begin
// queue a copy, kills the program while bytes move, and starts it again until
// the copy has survived all its kills and as many jobs as wanted are verified.
func copyThroughKills(t *testing.T, svc *service, home, dir, prefix string, verified int, begin func(*terminal)) {
	t.Helper()
	for n := range kills + 1 {
		var fuse <-chan struct{}
		if n < kills {
			fuse = svc.fuse(int64(rand.IntN(6 << 20)))
		}
		s := startTerminal(t, program(t.Context(), home, svc.env(), dir, "cos://"+demo.Bucket+"/"+prefix), 120, 40)
		s.untilText(prefix)
		if n == 0 {
			begin(s)
		}
		if n < kills {
			select {
			case <-fuse:
			case <-time.After(20 * time.Second):
				t.Fatalf("no bytes move (kill %d):\n%s", n, s.screen())
			case <-s.done:
				t.Fatalf("the program ended by itself:\n%s", s.screen())
			}
			s.kill()
			svc.thaw()
			continue
		}
		s.press("w")
		s.until("the job's end", func(screen string) bool {
			return strings.Count(screen, "✓ verified") == verified
		})
		s.press(keyEsc)
		s.untilText("F5 copy") // or Esc and q would arrive as Alt+q
		s.press("q")
		require.NoError(t, s.wait(), "leaves by itself")
	}
}

// service is an emulator whose traffic is counted.
type service struct {
	*emulator.Server
	url string

	mu    sync.Mutex // guards what follows
	moved int64
	fuses map[int64]chan struct{} // by the count at which they burn
	ice   chan struct{}           // closed unless a burnt fuse holds all bodies back
}

func startService(t *testing.T) *service {
	t.Helper()
	srv, err := emulator.Open(emulator.Config{
		Dir: t.TempDir(), SecretID: "demo-secret-id", SecretKey: "demo-secret-key", Buckets: []string{demo.Bucket},
	})
	require.NoError(t, err)
	svc := &service{Server: srv, fuses: map[int64]chan struct{}{}, ice: make(chan struct{})}
	close(svc.ice)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = &countedBody{r.Body, svc}
		srv.ServeHTTP(&countedWriter{w, svc}, r)
	}))
	svc.url = web.URL
	t.Cleanup(func() {
		web.CloseClientConnections()
		web.Close()
		assert.NoError(t, srv.Close())
	})
	return svc
}

func (s *service) env() []string { return serverEnv(s.url) }

// fuse returns a channel that is closed once n more bytes of bodies moved. No
// more move then until thaw, so that what is to be killed does not get away.
func (s *service) fuse(n int64) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := make(chan struct{})
	s.fuses[s.moved+n] = c
	return c
}

func (s *service) thaw() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.ice)
}

func (s *service) count(n int) {
	s.mu.Lock()
	s.moved += int64(n)
	for at, c := range s.fuses {
		if s.moved >= at {
			close(c)
			delete(s.fuses, at)
			s.ice = make(chan struct{})
		}
	}
	ice := s.ice
	s.mu.Unlock()
	<-ice
}

type countedBody struct {
	io.ReadCloser
	svc *service
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.svc.count(n)
	return n, err
}

type countedWriter struct {
	http.ResponseWriter
	svc *service
}

func (w *countedWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.svc.count(n)
	return n, err
}

func (w *countedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (s *service) client(t *testing.T) *cos.Bucket {
	t.Helper()
	c, err := cos.New(cos.Config{
		Endpoint: s.url, Region: "ap-guangzhou",
		Credentials: cos.Credentials{SecretID: "demo-secret-id", SecretKey: "demo-secret-key"},
	})
	require.NoError(t, err)
	return c.Bucket(demo.Bucket, "")
}

func (s *service) sum(t *testing.T, key string) [32]byte {
	t.Helper()
	obj, err := s.client(t).Get(t.Context(), key, cos.GetOptions{})
	require.NoError(t, err)
	data, err := io.ReadAll(obj.Body)
	require.NoError(t, err)
	require.NoError(t, obj.Body.Close())
	return sha256.Sum256(data)
}

// writeTree fills dir with small files, odd names, a nested folder and two
// files that need several parts, and returns the sum of each.
func writeTree(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	sizes := map[string]int64{
		"video.bin":            40<<20 + 7,
		"backup/disk image.qc": 24 << 20,
		"empty":                0,
		"旅行/照片 1.jpg":          300_000,
		"旅行/2026/a+b%20c.txt":  11,
		"emoji 🎈.txt":          5,
	}
	for i := range 20 {
		sizes[fmt.Sprintf("notes/%02d.md", i)] = int64(i * 1000)
	}
	for name, size := range sizes {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		writeNoise(t, path, size)
	}
	return readTree(t, dir)
}

func readTree(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	sums := map[string][32]byte{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		rel, relErr := filepath.Rel(dir, path)
		require.NoError(t, relErr)
		sums[filepath.ToSlash(rel)] = sha256.Sum256(data)
		return err
	}))
	return sums
}

// noise returns bytes without end that depend on name alone.
func noise(name string) io.Reader {
	return rand.NewChaCha8(sha256.Sum256(bytes.Clone([]byte(name))))
}
