package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// editing is the panes over a bucket with one dressed object, and an editor
// that runs a script on the file.
func editing(t *testing.T, svc *service, script string) (s *terminal, tmp string) {
	t.Helper()
	dir := t.TempDir()
	b := svc.client(t)
	_, err := b.Put(t.Context(), "notes 旅行.txt", cos.Body{ReaderAt: strings.NewReader("old text"), Size: 8}, cos.Headers{
		ContentType: "text/x-notes", CacheControl: "no-cache", StorageClass: "STANDARD_IA", ACL: "public-read", Meta: map[string]string{"who": "me"},
	})
	require.NoError(t, err)
	require.NoError(t, b.SetObjectTags(t.Context(), "notes 旅行.txt", "", []cos.Tag{{Key: "k", Value: "v"}}))
	editor := filepath.Join(dir, "my editor")
	require.NoError(t, os.WriteFile(editor, []byte("#!/bin/sh\n"+script), 0o700))
	tmp = filepath.Join(dir, "tmp")
	require.NoError(t, os.Mkdir(tmp, 0o700))
	env := append(svc.env(), "EDITOR='"+editor+"' -x", "TMPDIR="+tmp)
	s = startTerminal(t, program(t.Context(), t.TempDir(), env, dir, bucketURI), 100, 30)
	s.untilText("notes 旅行", "my editor")
	s.press(keyTab)
	s.press("G")
	return s, tmp
}

func TestEdit_StoresTheTextWithAllThatTheObjectHad(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	s, tmp := editing(t, svc, `test "$1" = -x && test "$(stat -c %a "$2")" = 600 && printf 'new text' > "$2"`)
	s.press("e")
	s.untilText("is stored")
	b := svc.client(t)
	head, err := b.Head(t.Context(), "notes 旅行.txt", cos.GetOptions{})
	require.NoError(t, err)
	assert.EqualValues(t, 8, head.Size)
	assert.Equal(t, "STANDARD_IA", head.StorageClass)
	assert.Equal(t, "text/x-notes", head.Headers.ContentType)
	assert.Equal(t, "no-cache", head.Headers.CacheControl)
	assert.Equal(t, map[string]string{"who": "me"}, head.Headers.Meta)
	acl, err := b.ObjectACL(t.Context(), "notes 旅行.txt", "")
	require.NoError(t, err)
	assert.Equal(t, "public-read", acl.Canned())
	tags, err := b.ObjectTags(t.Context(), "notes 旅行.txt", "")
	require.NoError(t, err)
	assert.Equal(t, []cos.Tag{{Key: "k", Value: "v"}}, tags)
	assert.Equal(t, "new text", cli(t, svc, t.TempDir(), "cat", bucketURI+"notes 旅行.txt").stdout)
	left, err := os.ReadDir(tmp)
	require.NoError(t, err)
	assert.Empty(t, left, "no file stays behind")
}

func TestEdit_StoresNothingIfNothingWasChangedOrTheEditorFailed(t *testing.T) {
	t.Parallel()
	for script, says := range map[string]string{"exit 0": "was not changed", `echo x > "$2"; exit 3`: "nothing was stored"} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			svc := startService(t)
			s, tmp := editing(t, svc, script)
			puts := svc.Requests("PutObject")
			s.press("e")
			s.untilText(says)
			assert.Equal(t, puts, svc.Requests("PutObject"))
			left, err := os.ReadDir(tmp)
			require.NoError(t, err)
			assert.Len(t, left, map[bool]int{true: 1, false: 0}[says == "nothing was stored"], "what was written is kept")
		})
	}
}

func TestEdit_AsksIfTheObjectWasChangedMeanwhile(t *testing.T) {
	t.Parallel()
	for i, c := range []struct {
		keys        string
		there, also string
		files       int
	}{
		{keyEnter, "theirs", "mine", 0},
		{keyDown + keyEnter, "mine", "", 0},
		{"\x1b", "theirs", "", 1},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			svc := startService(t)
			s, tmp := editing(t, svc, `printf mine > "$2"; read line < "$TMPDIR/gate"; rm "$TMPDIR/gate"`)
			require.NoError(t, syscall.Mkfifo(filepath.Join(tmp, "gate"), 0o600))
			s.press("e")
			gate, err := os.OpenFile(filepath.Join(tmp, "gate"), os.O_WRONLY, 0) // waits for the editor
			require.NoError(t, err)
			svc.put(t, "notes 旅行.txt", "theirs")
			require.NoError(t, gate.Close())
			s.untilText("was changed meanwhile")
			s.press(c.keys)
			if c.files > 0 {
				s.untilText("nothing was stored")
			} else {
				s.untilText("is stored")
			}
			home := t.TempDir()
			assert.Equal(t, c.there, cli(t, svc, home, "cat", bucketURI+"notes 旅行.txt").stdout)
			assert.Equal(t, c.also, cli(t, svc, home, "cat", bucketURI+"notes 旅行 (edited).txt").stdout)
			left, err := os.ReadDir(tmp)
			require.NoError(t, err)
			assert.Len(t, left, c.files)
		})
	}
}
