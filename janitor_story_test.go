package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// TestUploads_StoryOfTheJanitor finds what others left unfinished, goes on with
// one of them from the file that it is of, and gives the other up.
func TestUploads_StoryOfTheJanitor(t *testing.T) {
	t.Parallel()
	svc, dir := startService(t), t.TempDir()
	b := svc.client(t)
	writeNoise(t, filepath.Join(dir, "half.bin"), 3<<20+7)
	data, err := os.ReadFile(filepath.Join(dir, "half.bin"))
	require.NoError(t, err)
	begin := func(key string, parts ...[]byte) {
		id, err := b.InitiateUpload(t.Context(), key, cos.Headers{})
		require.NoError(t, err)
		for i, p := range parts {
			_, err := b.UploadPart(t.Context(), key, id, i+1, cos.Body{ReaderAt: bytes.NewReader(p), Size: int64(len(p))})
			require.NoError(t, err)
		}
	}
	begin("backup/half.bin", data[:2<<20], data[2<<20:3<<20])
	begin("backup/other.bin", data[1:2<<20])
	s := startTerminal(t, program(t.Context(), t.TempDir(), svc.env(), dir, bucketURI), 120, 30)
	s.untilText("half.bin")
	s.press(keyTab)
	s.press("U")
	s.untilText("2 uploads", "3.1 MB       2", "2.1 MB       1", "this account")

	s.press("a") // on half.bin, and the local pane shows the file
	s.untilText("First 2 parts, 3.1 MB, at the service are held against the file")
	s.press(keyEnter)
	s.untilText("Enter acts")
	s.press(keyEnter)
	s.untilText("1 upload ", "other.bin") // listed again when the job is done
	sum := svc.sum(t, "backup/half.bin")
	assert.Equal(t, readTree(t, dir)["half.bin"], sum)
	assert.EqualValues(t, 4, svc.Requests("UploadPart"), "one part was left to be sent")

	s.press("d")
	s.untilText("1 upload goes for good: 2.1 MB are freed")
	s.press(keyTab + keyEnter)
	s.untilText("no upload is unfinished here")
	page, err := b.ListUploads(t.Context(), cos.UploadsOptions{})
	require.NoError(t, err)
	assert.Empty(t, page.Uploads)
	s.press(keyEsc)
	s.untilText("aborted 1 upload")
}

// TestAppend_StoryOfALog makes an object that can grow, follows its end while
// another program writes, and appends a file to it.
func TestAppend_StoryOfALog(t *testing.T) {
	t.Parallel()
	svc, dir := startService(t), t.TempDir()
	b := svc.client(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "more.txt"), []byte("from a file\n"), 0o600))
	svc.put(t, "plain.txt", "cannot grow")
	s := startTerminal(t, program(t.Context(), t.TempDir(), svc.env(), dir, bucketURI), 100, 30)
	s.untilText("more.txt", "plain.txt")
	s.press(keyTab + keyEnd + "A")
	s.untilText("plain.txt: only what was begun by appending can be appended to")
	s.press(strings.Repeat("\x1b[Z", 2) + strings.Repeat("\x7f", len("plain.txt")) + "旅行.log")
	s.press(keyTab + keyTab + "first 行")
	s.untilText("first 行", "looked at before anything is queued")
	s.press(keyEnter)
	s.untilText("Enter acts")
	s.press(keyEnter)
	s.untilText("旅行.log", "first 行", "following")

	line := "from another program\n"
	_, err := b.Append(t.Context(), "旅行.log", int64(len("first 行\n")), cos.Body{ReaderAt: strings.NewReader(line), Size: int64(len(line))}, cos.Headers{})
	require.NoError(t, err)
	s.untilText("from another program")
	s.press(keyEsc)
	s.untilText("F5 copy", "旅行.log")

	s.press(keyTab)
	s.press(keyEnd)
	s.press("A")
	s.untilText("there is no more.txt")
	s.press(strings.Repeat("\x1b[Z", 4) + strings.Repeat("\x7f", len("more.txt")) + "旅行.log")
	s.press(strings.Repeat(keyTab, 6) + keyRight)
	s.untilText("Enter acts")
	s.press(keyEnter)
	want := "first 行\n" + line + "from a file\n"
	require.Eventually(t, func() bool {
		return cli(t, svc, t.TempDir(), "cat", bucketURI+"旅行.log").stdout == want
	}, 20*time.Second, 50*time.Millisecond)
	head, err := b.Head(t.Context(), "旅行.log", cos.GetOptions{})
	require.NoError(t, err)
	assert.Equal(t, "appendable", head.ObjectType)
	assert.Equal(t, cos.CRC64(0, []byte(want)), head.CRC64)
}
