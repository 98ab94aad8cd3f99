package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos/emulator"
	"cosmander/cos/emulator/demo"
)

// TestStory_BrowsesManyKeysOverASlowLine goes into a prefix that takes twenty
// requests, works in it while it is listed, leaves and comes back. With a
// hundred, seeding and listing them is most of a minute under the race detector.
func TestStory_BrowsesManyKeysOverASlowLine(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	require.NoError(t, svc.Seed(t.Context(), demo.Bucket, "many/", 20_000))
	svc.put(t, "few/x", "x")
	svc.put(t, "less/y", "y")
	var pages atomic.Int64                 // of many/ that were asked for
	const further = 600 * time.Millisecond // for each page but the first: there is time to act
	slow := make(chan struct{})
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("prefix") == "many/" {
			pages.Add(1)
			if r.URL.Query().Get("marker") != "" {
				select {
				case <-time.After(further):
				case <-slow:
				case <-r.Context().Done():
				}
			}
		}
		svc.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	s := startTerminal(t, program(t.Context(), t.TempDir(), serverEnv(web.URL), t.TempDir(), bucketURI), 120, 24)
	s.untilText("few/", "less/", "many/")
	faster := svc.Faults().Add(emulator.Fault{Latency: 150 * time.Millisecond})

	s.press(keyTab + "G")
	began := time.Now()
	s.press(keyEnter)
	s.untilText("0000001", "1 000 of 1 000+")
	t.Logf("first rows after %v", time.Since(began).Round(time.Millisecond))
	assert.EqualValues(t, 1, pages.Load(), "the first page is shown before the next is asked for")

	s.press("G")
	s.untilText(" of 2 000+", "listing…")
	s.press("gg" + keyDown + keyDown + " " + keyDown + " ")
	s.untilText("2 of ", "000+ marked", "● 0000001", "● 0000003", "listing…")
	s.press("h")
	s.untilText("few/", "less/")
	s.press("gg" + keyDown + keyEnter)
	s.untilText("1 item")
	left := pages.Load()
	assert.Less(t, left, int64(20), "it was left on the way")
	s.press("h" + "gg" + keyDown + keyDown + keyEnter)
	s.untilText("less/ ", "y ", "1 item")
	assert.Equal(t, left, pages.Load(), "nothing of it is asked for any more")

	faster()
	close(slow)
	resume := svc.Faults().Add(emulator.Fault{Op: "ListObjects", Stall: true})
	s.press("h")
	s.untilText("many/")
	s.press("G" + keyEnter)
	s.untilText("0000001", "2 of ", "000+ marked") // marks too, though the service says nothing
	s.press(keyEsc)
	s.untilText("stopped listing")
	resume()
	s.press("G")
	s.untilText("2 of 20 000 marked", "0019999")
	s.leave()
}

// hostile are names that a terminal would obey or show as another; one of them
// only looks like another.
var hostile = []string{
	"bell\x07\x08\x08", "c1\u009b31m\u009d0;title\u009c", "bidi\u202etxt.exe", `bidi\u202etxt.exe`, "mark\u0301\u0301\u0301s",
	"zero\u200bwidth\u2066", "new\nline\r", "long" + strings.Repeat("长", 80),
}

// refused are names of files that no object can have.
var refused = []string{"red\x1b[31m\x1b]0;title\x07", "no\xffutf8"}

func TestStory_HandlesHostileNamesExactly(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	dir := t.TempDir()
	long := "h/dn-" + strings.Repeat("x", 845)
	svc.put(t, long, "too long for a file")
	objects, files := []string{long}, map[string]string{}
	for _, name := range hostile {
		svc.put(t, "h/dn-"+name, "from "+name)
		objects = append(objects, "h/dn-"+name, "h/up-"+name)
		files["up-"+name], files["dn-"+name] = "to "+name, "from "+name
	}
	for _, name := range refused {
		files["up-"+name] = "stays"
	}
	for name, text := range files {
		if strings.HasPrefix(name, "up-") {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
		}
	}
	s := startTerminal(t, program(t.Context(), t.TempDir(), svc.env(), dir, bucketURI+"h/"), 120, 40)
	s.untilText("up-bidi", `up-no\xffutf8`, "up-red␛[31m␛]0;title␇", `dn-c1\u009b31m`, "up-new␊line␍", `dn-zero\u200bwidth`)

	s.press("\x01" + keyF5)
	s.untilText("Upload", "10 files", "Cancel")
	s.press(keyEnter + "w")
	s.untilText("2 of 10 failed")
	assert.ElementsMatch(t, objects, svc.keys(t, "h/"))
	s.press(keyEnter)
	s.untilText("Enter all of it", "which an object key must be", "invalid object key", "trol character (24-27)", "10 items · 8 done · 2 failed")
	s.press(keyEsc)
	s.untilText("c clear done")
	s.press(keyEsc)
	s.untilText("F5 copy")

	s.press(keyTab + "+")
	s.untilText("mark")
	s.press("dn-*" + keyEnter)
	s.untilText("9 of 17 marked")
	s.press("c")
	s.untilText("Download", "9 files", "Cancel")
	s.press(keyEnter + "w")
	s.untilText("1 of 9 failed")
	for name, text := range files {
		data, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err, "%q", name)
		assert.Equal(t, text, string(data), "%q", name)
	}

	s.press(keyEnd + keyEnter)
	s.untilText("a segment of 848 bytes; a local name holds 255", "Enter all of it") // the list says the former too
	s.press(keyEsc)
	s.untilText("c clear done")
	s.press(keyEsc)
	s.untilText("F5 copy")

	s.press("/")
	s.untilText("filter /")
	s.press("dn-bidi" + keyEnter)
	s.untilText("2 of 17 with dn-bidi")
	s.press("G" + keyF8)
	s.untilText("Delete", "1 item in", `dn-bidi\u202etxt.exe`, "1 file · 19 B  ")
	s.press(keyTab + keyEnter)
	s.untilText("1 of 16 with dn-bidi")
	objects = slices.DeleteFunc(objects, func(key string) bool { return key == "h/dn-bidi\u202etxt.exe" })
	assert.ElementsMatch(t, objects, svc.keys(t, "h/"), "what looks like it stays")

	for _, foreign := range []string{"\x1b[31m", "\x1b]0;", "title\x07", "\u009b", "\u009d", "\u202e", "\u2066", "\u200b", "\x08", "new\n", "line\r"} {
		assert.NotContains(t, s.raw(), foreign, "%q", foreign)
	}
	s.leave()
}
