package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/cos/emulator/demo"
)

// stored returns what the service has of an object.
func (s *service) stored(t *testing.T, key string) []byte {
	t.Helper()
	o, err := s.client(t).Get(t.Context(), key, cos.GetOptions{})
	require.NoError(t, err)
	defer o.Body.Close()
	b, err := io.ReadAll(o.Body)
	require.NoError(t, err)
	return b
}

func TestEncryption_OfTheCommandLineFromAKeyToTheBytes(t *testing.T) {
	t.Parallel()
	svc, home, dir := startService(t), t.TempDir(), t.TempDir()
	text := strings.Repeat("nobody else reads this\n", 100)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "note.txt"), []byte(text), 0o600))

	made := cli(t, svc, home, "key", "new", "mine", "--bits", "2048")
	require.Zero(t, made.code, made.stderr)
	assert.Contains(t, made.stdout, "Keep a copy")
	shown := cli(t, svc, home, "key", "show")
	kid := strings.TrimSpace(cli(t, svc, home, "key", "fingerprint", "mine").stdout)
	assert.Equal(t, "mine\t"+kid+"\tRSA, 2048 bits\n", shown.stdout)
	again := cli(t, svc, home, "key", "new", "mine")
	assert.NotZero(t, again.code)
	assert.Contains(t, again.stderr, "there is a key mine already")

	up := cli(t, svc, home, "cp", "--encrypt", "mine", filepath.Join(dir, "note.txt"), bucketURI+"e/")
	require.Zero(t, up.code, up.stderr)
	assert.False(t, bytes.Contains(svc.stored(t, "e/note.txt"), []byte("nobody")))
	assert.Equal(t, text, cli(t, svc, home, "cat", bucketURI+"e/note.txt").stdout)
	down := cli(t, svc, home, "cp", bucketURI+"e/note.txt", filepath.Join(dir, "back.txt"))
	require.Zero(t, down.code, down.stderr)
	back, err := os.ReadFile(filepath.Join(dir, "back.txt"))
	require.NoError(t, err)
	assert.Equal(t, text, string(back))

	for what, args := range map[string][]string{
		"cat": {"cat", bucketURI + "e/note.txt"}, "cp": {"cp", bucketURI + "e/note.txt", filepath.Join(dir, "stranger.txt")},
	} {
		stranger := cli(t, svc, t.TempDir(), args...)
		assert.NotZero(t, stranger.code, what)
		assert.Contains(t, stranger.stdout+stranger.stderr, "encrypted with the master key "+kid, what)
		assert.NotContains(t, stranger.stdout, "nobody", what)
	}
	assert.NoFileExists(t, filepath.Join(dir, "stranger.txt"))
}

func TestEncryption_RulesOfTheConfigurationAreForUploadsThatSayNothing(t *testing.T) {
	t.Parallel()
	svc, home, dir := startService(t), t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "f"), []byte("plain text"), 0o600))
	require.Zero(t, cli(t, svc, home, "key", "new", "mine", "--aes").code)
	config := filepath.Join(home, "config", "cosmander", "config.toml")
	before, err := os.ReadFile(config)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(config, append(before, "[encryption]\n\""+bucketURI+"secret/\" = \"mine\"\n"...), 0o600))
	for _, args := range [][]string{
		{"cp", filepath.Join(dir, "f"), bucketURI + "secret/f"},
		{"cp", filepath.Join(dir, "f"), bucketURI + "open/f"},
		{"cp", "--plain", filepath.Join(dir, "f"), bucketURI + "secret/plain"},
	} {
		got := cli(t, svc, home, args...)
		require.Zero(t, got.code, got.stderr)
	}
	assert.NotEqual(t, "plain text", string(svc.stored(t, "secret/f")))
	assert.Equal(t, "plain text", string(svc.stored(t, "open/f")))
	assert.Equal(t, "plain text", string(svc.stored(t, "secret/plain")))

	for says, args := range map[string][]string{
		"no such key is configured":        {"cp", "--encrypt", "other", filepath.Join(dir, "f"), bucketURI + "x/"},
		"for uploads":                      {"cp", "--encrypt", "mine", bucketURI + "open/f", filepath.Join(dir, "g")},
		"either --encrypt or --plain":      {"cp", "--encrypt", "mine", "--plain", filepath.Join(dir, "f"), bucketURI + "x/"},
		"--key other: no such key":         {"--key", "other", "cat", bucketURI + "secret/f"},
		"others can read the key file":     {"cat", bucketURI + "open/f"},
		"want the name of a key in quotes": {"cp", filepath.Join(dir, "f"), bucketURI + "x/"},
	} {
		if strings.HasPrefix(says, "others") {
			require.NoError(t, os.Chmod(filepath.Join(filepath.Dir(config), "keys", "mine.aes"), 0o644)) //nolint:gosec // that is the point
		}
		path := home
		if strings.HasPrefix(says, "want") {
			path = t.TempDir()
			require.NoError(t, os.MkdirAll(filepath.Join(path, "config", "cosmander"), 0o700))
			require.NoError(t, os.WriteFile(filepath.Join(path, "config", "cosmander", "config.toml"), []byte("[encryption]\n\""+bucketURI+"\" = 5\n"), 0o600))
		}
		assert.Contains(t, cli(t, svc, path, args...).stderr, says)
	}
	for _, key := range svc.keys(t, "") {
		assert.False(t, strings.HasPrefix(key, "x/"), "nothing went in the clear by mistake")
	}
}

func TestStory_EncryptsInThePanesLooksAndEdits(t *testing.T) {
	t.Parallel()
	svc, home, dir := startService(t), t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "diary.txt"), []byte("dear diary, 旅行\n"), 0o600))
	require.Zero(t, cli(t, svc, home, "key", "new", "mine", "--bits", "2048").code)
	editor := filepath.Join(dir, "..", "editor-"+demo.Bucket)
	require.NoError(t, os.WriteFile(editor, []byte("#!/bin/sh\necho 'and more' >> \"$1\"\n"), 0o700)) //nolint:gosec // it is run
	t.Cleanup(func() { _ = os.Remove(editor) })
	s := startTerminal(t, program(t.Context(), home, append(svc.env(), "EDITOR="+editor), dir, bucketURI+"e/"), 100, 30)
	s.untilText("diary.txt", "F5 copy")
	s.press("G" + keyF5)
	s.untilText("Upload", "1 file", "Encrypted with", "no key: it is stored as it is")
	s.press(keyTab + keyTab + keyRight)
	s.untilText("key mine")
	s.press(keyEnter)
	s.untilText("STD") // its row in the other pane
	assert.NotContains(t, string(svc.stored(t, "e/diary.txt")), "diary")

	s.press(keyTab + "G\x1bOR") // F3
	s.untilText("dear diary, 旅行", "read with key mine")
	s.press("S")
	s.untilText("as the service sees it")
	assert.NotContains(t, s.screen(), "dear diary")
	s.press("S")
	s.untilText("dear diary, 旅行")
	s.press(keyEsc)
	s.untilText("F5 copy")
	s.press("\x1bOS") // F4
	s.untilText("diary.txt is stored")
	assert.NotContains(t, string(svc.stored(t, "e/diary.txt")), "and more")
	assert.Equal(t, "dear diary, 旅行\nand more\n", cli(t, svc, home, "cat", bucketURI+"e/diary.txt").stdout)
	s.leave()
}
