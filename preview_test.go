package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
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

// gets counts the requests for the contents of objects, and their bytes.
type gets struct {
	mu     sync.Mutex // guards what follows
	ranges []string
	bytes  int
}

func (g *gets) add(header string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ranges = append(g.ranges, header)
}

func (g *gets) sum() (requests []string, bytes int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]string{}, g.ranges...), g.bytes
}

type countedBytes struct {
	http.ResponseWriter
	to *gets
}

func (w countedBytes) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.to.mu.Lock()
	w.to.bytes += n
	w.to.mu.Unlock()
	return n, err
}

// TestStory_LooksIntoAHundredMegabytes opens an object of 100 MB at 150 ms a
// request, scrolls, goes to its end and leaves. No more is read than what is
// seen and a piece.
func TestStory_LooksIntoAHundredMegabytes(t *testing.T) {
	t.Parallel()
	const line, piece = 64, 256 << 10
	svc := startService(t)
	text := &strings.Builder{}
	for i := range 100_000_000/line + 1 {
		fmt.Fprintf(text, "line %08d %s\n", i, strings.Repeat("x", line-15))
	}
	_, err := svc.client(t).Put(t.Context(), "big/app.log", cos.Body{ReaderAt: strings.NewReader(text.String()), Size: int64(text.Len())}, cos.Headers{})
	require.NoError(t, err)

	read := &gets{}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "app.log") {
			read.add(r.Header.Get("Range"))
			w = countedBytes{w, read}
		}
		svc.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	fault, err := emulator.ParseFault("latency=150ms")
	require.NoError(t, err)
	svc.Faults().Add(fault)

	s := startTerminal(t, program(t.Context(), t.TempDir(), serverEnv(web.URL), t.TempDir(), "cos://"+demo.Bucket+"/big/"), 100, 30)
	s.untilText("app.log")
	s.press(keyTab + keyDown + "\x1bOR") // F3
	s.untilText("line 00000000", "app.log · text")
	s.press(strings.Repeat("\x1b[6~", 20)) // PgDn
	s.untilText("line 00000546")
	requests, bytes := read.sum()
	assert.Equal(t, []string{"bytes=0-262143"}, requests, "one piece holds all that was seen")
	assert.Equal(t, piece, bytes)

	began := time.Now()
	s.press("G")
	s.untilText("line 01562500", "100 %")
	t.Logf("end of %d MB after %v", text.Len()/1_000_000, time.Since(began).Round(time.Millisecond))
	requests, bytes = read.sum()
	assert.Len(t, requests, 2)
	assert.LessOrEqual(t, bytes, 2*piece+8192)

	s.press(keyEsc)
	s.untilText("F5 copy")
	after, _ := read.sum()
	assert.Equal(t, requests, after, "nothing is read after it was left")
	s.press("q")
	require.NoError(t, s.wait())
}
