package tui

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos/emulator"
)

// seeded is a server of n keys that takes a while for every answer, and counts
// the requests for pages of everything.
func seeded(t *testing.T, n int, latency time.Duration) (url string, deep *atomic.Int64) {
	t.Helper()
	server, err := emulator.Open(emulator.Config{
		Dir: t.TempDir(), SecretID: "id", SecretKey: "key", Buckets: []string{"demo-1250000000"},
	})
	require.NoError(t, err)
	require.NoError(t, server.Seed(t.Context(), "demo-1250000000", "many/", n))
	deep = &atomic.Int64{}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); q.Has("max-keys") && q.Get("delimiter") == "" {
			deep.Add(1)
		}
		if rest(r.Context(), latency) {
			server.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(func() {
		web.Close()
		assert.NoError(t, server.Close())
	})
	return web.URL, deep
}

func TestTerminal_LeavingASearchEndsItsRequests(t *testing.T) {
	t.Parallel()
	const pages, latency = 60, 40 * time.Millisecond
	url, deep := seeded(t, pages*1000, latency)
	for name, leave := range map[string]string{"stopping": "\x1b", "going up": "h", "elsewhere": "\x07", "usage": "%"} {
		before := deep.Load()
		term := startTerminal(t, 100, 30, "COSMANDER_TUI_PROGRAM=real", "COSMANDER_TUI_STATE="+t.TempDir(),
			"COSMANDER_TUI_DIR="+t.TempDir(), "COSMANDER_TUI_ENDPOINT="+url, "COSMANDER_TUI_PREFIX=many/")
		term.waitFor("of 1 000+")
		begin := "\tfno-such-name\r"
		if leave == "%" {
			begin, leave = "\t%", "q"
		}
		_, err := fmt.Fprint(term.pty, begin)
		require.NoError(t, err)
		require.Eventually(t, func() bool { return deep.Load() >= before+5 }, 20*time.Second, time.Millisecond)
		if _, err = fmt.Fprint(term.pty, leave); leave == "\x07" {
			_, err = fmt.Fprint(term.pty, "\x7f\x7f\x7f\x7f\x7f/\r")
		}
		require.NoError(t, err)
		term.settle(10 * latency)
		after := deep.Load()
		assert.Less(t, after-before, int64(pages), "%s: it was under way", name)
		term.settle(20 * latency)
		assert.Equal(t, after, deep.Load(), "%s: no request afterwards", name)
		require.NoError(t, term.cmd.Process.Kill())
	}
}

func TestTerminal_ASearchIsTerseAndComplete(t *testing.T) {
	t.Parallel()
	url, deep := seeded(t, 30_000, 10*time.Millisecond)
	term := startTerminal(t, 100, 30, "COSMANDER_TUI_PROGRAM=real", "COSMANDER_TUI_STATE="+t.TempDir(),
		"COSMANDER_TUI_DIR="+t.TempDir(), "COSMANDER_TUI_ENDPOINT="+url)
	term.waitFor("many")
	term.settle(300 * time.Millisecond)
	from, begun := len(term.output()), time.Now()
	_, err := fmt.Fprint(term.pty, "\tf*99\r")
	require.NoError(t, err)
	require.Eventually(t, func() bool { return deep.Load() == 30 }, time.Minute, time.Millisecond)
	term.settle(300 * time.Millisecond)
	took := time.Since(begun)
	assert.Equal(t, int64(30), deep.Load())
	sent := len(term.output()) - from
	t.Logf("30 000 keys: %d bytes in %s", sent, took.Round(time.Millisecond))
	assert.Less(t, float64(sent), 6000+2000*took.Seconds(), "the first frame, and the counts ten times a second")
}
