package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// asking is a folder of which two files exist at the service already.
func asking(t *testing.T, svc *service) (source string, get func(key string) string) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"a 旅行", "b", "c"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("mine"), 0o600))
	}
	svc.put(t, "in/a 旅行", "there!")
	svc.put(t, "in/b", "there!")
	return dir + "/", func(key string) string {
		return cli(t, svc, dir, "cat", bucketURI+"in/"+key).stdout
	}
}

func TestAsk_WithoutATerminalTheQuestionWaitsForJobsAnswer(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	home := t.TempDir()
	source, get := asking(t, svc)
	cp := []string{"cp", "-r", "--on-conflict", "ask", source, bucketURI + "in/"}
	got := cli(t, svc, home, cp...)
	assert.Equal(t, 1, got.code)
	assert.Contains(t, got.stderr, "cosmander jobs answer 1 CHOICE")
	assert.Equal(t, "mine", get("c"), "the rest is done")
	assert.Regexp(t, `(?m)^1\tasking\t4\ta 旅行\t`, cli(t, svc, home, "jobs", "show", "1").stdout)
	assert.Contains(t, cli(t, svc, home, "jobs", "show", "--json", "1").stdout, `"there_size":6`)

	got = cli(t, svc, home, "jobs", "answer", "1", "overwrite", "1")
	assert.Equal(t, 0, got.code, got.stderr)
	got = cli(t, svc, home, cp...)
	assert.Equal(t, 1, got.code)
	assert.Equal(t, "mine", get("a 旅行"))
	assert.Equal(t, "there!", get("b"))
	require.Equal(t, 0, cli(t, svc, home, "jobs", "answer", "1", "skip").code)
	got = cli(t, svc, home, cp...)
	assert.Equal(t, 0, got.code, got.stderr)
	assert.Equal(t, "there!", get("b"))
}

func TestAsk_OnATerminalItIsAskedThere(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	source, get := asking(t, svc)
	s := startTerminal(t, program(t.Context(), t.TempDir(), svc.env(), "cp", "-r", "--on-conflict", "ask", source, bucketURI+"in/"), 100, 30)
	screen := s.untilText("q leave it")
	assert.Regexp(t, `a 旅行 +exists`, screen)
	assert.Contains(t, screen, "6 B")
	s.press("?\n")
	s.press("s\n")
	s.untilText("b exists")
	s.press("O\n")
	s.untilText("upload done: 3 of 3 files")
	require.NoError(t, s.wait())
	assert.Equal(t, "there!", get("a 旅行"))
	assert.Equal(t, "mine", get("b"))
}
