package main

import (
	"encoding/base64"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

var toClipboard = regexp.MustCompile(`\x1b\]52;c;([A-Za-z0-9+/=]*)\x07`)

// clipboard is what the program has last sent to the terminal's clipboard,
// which may come behind the frame that says so.
func (s *terminal) clipboard() string {
	s.t.Helper()
	var all [][]string
	s.until("something for the clipboard", func(string) bool {
		all = toClipboard.FindAllStringSubmatch(s.raw(), -1)
		return len(all) > s.copied
	})
	s.copied = len(all)
	text, err := base64.StdEncoding.DecodeString(all[len(all)-1][1])
	require.NoError(s.t, err)
	return string(text)
}

// fetch does what somebody without an account does with a link.
func fetch(t *testing.T, method, url, body string) (status int, answer string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(text)
}

// TestLinks_StoryOfGivingAndTaking makes links in the panes and uses them as
// somebody without an account does: to read two objects, the version before,
// and to store an object. What a link is not for it does not do.
func TestLinks_StoryOfGivingAndTaking(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	b := svc.client(t)
	require.NoError(t, b.SetVersioning(t.Context(), cos.VersioningEnabled))
	svc.put(t, "in/a 旅行.txt", "first")
	svc.put(t, "in/a 旅行.txt", "second")
	svc.put(t, "in/b.txt", "other")
	folder := t.TempDir()
	s := startTerminal(t, program(t.Context(), t.TempDir(), svc.env(), folder, bucketURI+"in/"), 120, 44)
	s.untilText("a 旅行.txt", "b.txt")
	s.press(keyTab)
	s.press("\x01") // all
	s.untilText("2 of 2 marked")
	s.press("Y")
	s.untilText("link to download")
	s.press(keyDown + keyDown + keyEnter)
	s.untilText("read these 2 objects", "The service sets no longest time")
	s.press(keyEnter + keyEnter)
	s.untilText("in the clipboard: 2 links")
	links := strings.Split(s.clipboard(), "\n")
	require.Len(t, links, 2)
	for i, want := range []string{"second", "other"} {
		status, text := fetch(t, http.MethodGet, links[i], "")
		assert.Equal(t, http.StatusOK, status)
		assert.Equal(t, want, text)
		status, _ = fetch(t, http.MethodPut, links[i], "mine now")
		assert.Equal(t, http.StatusForbidden, status, "it was signed for reading")
	}
	s.press("c")
	s.untilText("█ ▄▄▄▄▄ █")
	s.press("cs")
	s.untilText("Save the links")
	s.press(keyEnter)
	s.untilText("whoever can read the file has the links")
	saved, err := os.ReadFile(filepath.Join(folder, "links.txt"))
	require.NoError(t, err)
	assert.Equal(t, strings.Join(links, "\n")+"\n", string(saved))

	s.press(keyEsc)
	s.untilText("F5 copy")
	s.press("Y")
	s.untilText("link to upload")
	s.press(keyDown + keyDown + keyDown + keyEnter)
	s.untilText("Name")
	s.press("theirs.txt")
	s.untilText("in/theirs.txt until")
	s.press(keyEnter + keyEnter)
	s.untilText("in the clipboard: 1 link")
	status, _ := fetch(t, http.MethodPut, s.clipboard(), "from them")
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "from them", cli(t, svc, t.TempDir(), "cat", bucketURI+"in/theirs.txt").stdout)

	s.press(keyEsc)
	s.untilText("F5 copy")
	s.press("ggjV")
	s.untilText("2 versions")
	s.press("jY")
	s.untilText("link to download")
	s.press(keyDown + keyDown + keyEnter)
	s.untilText("can read this version")
	s.press(keyEnter + keyEnter)
	s.untilText("in the clipboard: 1 link", "versionId")
	_, text := fetch(t, http.MethodGet, s.clipboard(), "")
	assert.Equal(t, "first", text)
}
