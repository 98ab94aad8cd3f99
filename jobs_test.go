package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/cos/emulator"
)

func TestJobs_OneProcessControlsWhatAnotherRuns(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	home, dir := t.TempDir(), t.TempDir()
	writeNoise(t, filepath.Join(dir, "big"), 30<<20)
	remove := svc.Faults().Add(emulator.Fault{Op: "UploadPart", Stall: true})
	cp := program(t.Context(), home, svc.env(), "cp", filepath.Join(dir, "big"), bucketURI)
	fuse := svc.fuse(1 << 20)
	var errs bytes.Buffer
	cp.Stderr = &errs
	require.NoError(t, cp.Start())
	<-fuse
	svc.thaw()
	assert.Regexp(t, `^1\trunning\tupload\tbig\t`, cli(t, svc, home, "jobs").stdout)

	assert.Equal(t, "job 1: paused\n", cli(t, svc, home, "jobs", "pause", "all").stdout)
	require.Error(t, cp.Wait())
	assert.Contains(t, errs.String(), "the job was paused")

	// Nobody runs the queue any more, and no jobs command begins to.
	remove()
	before := svc.Requests("UploadPart")
	got := cli(t, svc, home, "jobs", "resume", "1")
	assert.Equal(t, 0, got.code)
	assert.Contains(t, got.stdout, "by the next cosmander of its account")
	assert.Contains(t, cli(t, svc, home, "jobs", "list", "--json").stdout, `"state":"queued","pending":true`)
	assert.Equal(t, before, svc.Requests("UploadPart"))

	panes := startTerminal(t, program(t.Context(), home, svc.env(), dir, bucketURI), 120, 40)
	panes.press("w")
	panes.untilText("✓ verified")
	assert.Regexp(t, `^1\tdone\t`, cli(t, svc, home, "jobs").stdout)
	assert.Equal(t, readTree(t, dir)["big"], svc.sum(t, "big"))

	writeNoise(t, filepath.Join(dir, "other"), 30<<20)
	svc.Faults().Add(emulator.Fault{Op: "UploadPart", Stall: true})
	other := program(t.Context(), home, svc.env(), "cp", filepath.Join(dir, "other"), bucketURI)
	fuse = svc.fuse(1 << 20)
	require.NoError(t, other.Start())
	<-fuse
	svc.thaw()
	assert.Equal(t, "job 2: cancelled\n", cli(t, svc, home, "jobs", "cancel", "2").stdout, "the panes run what cp waits for")
	require.Error(t, other.Wait())
	uploads, err := svc.client(t).ListUploads(t.Context(), cos.UploadsOptions{})
	require.NoError(t, err)
	assert.Empty(t, uploads.Uploads)
	assert.Equal(t, "job 1: cleared\njob 2: cleared\n", cli(t, svc, home, "jobs", "clear", "all").stdout)
	assert.Equal(t, result{}, cli(t, svc, home, "jobs"))
}

func TestJobs_ShowFailuresFirstWithWhatToDo(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	home, dir := t.TempDir(), t.TempDir()
	for _, name := range []string{"a", "bad 旅行", "c"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600))
	}
	mend := svc.Faults().Add(emulator.Fault{Op: "PutObject", Key: "in/bad 旅行", Status: http.StatusForbidden, Code: "AccessDenied"})
	require.Equal(t, 1, cli(t, svc, home, "cp", "-r", dir+"/", bucketURI+"in/").code)

	// Neither credentials nor the network are needed to look.
	got := finish(t, program(t.Context(), home, nil, "jobs", "show", "1"))
	require.Equal(t, 0, got.code, got.stderr)
	rows := strings.Split(strings.TrimSuffix(got.stdout, "\n"), "\n")
	require.Len(t, rows, 4)
	assert.Contains(t, rows[0], "\tenvironment ", "another account's, for who has none")
	assert.Regexp(t, `^2\tfailed\t10\tbad 旅行\tAccessDenied\t\S+\t.*ask for the permission`, rows[1])
	assert.Regexp(t, `^\d\tverified\t1\t[ac]\t\t\t$`, rows[2])

	failed := cli(t, svc, home, "jobs", "show", "--failed", "--json", "1").stdout
	assert.Equal(t, 2, strings.Count(failed, "\n"), "the job and the item that failed")
	assert.Contains(t, failed, `"code":"AccessDenied","request_id":"`)

	s := startTerminal(t, program(t.Context(), home, svc.env(), "jobs", "show", "1"), 60, 40)
	require.NoError(t, s.wait())
	assert.Contains(t, s.screen(), "cosmander jobs retry 1")
	assert.Contains(t, strings.Join(strings.Fields(s.screen()), " "), "ask for the permission or use another profile", "nothing is cut")

	mend()
	assert.Contains(t, cli(t, svc, home, "jobs", "retry", "1").stdout, "to be retried")
	sent := svc.Requests("PutObject")
	panes := startTerminal(t, program(t.Context(), home, svc.env(), dir, bucketURI), 120, 40)
	panes.press("w")
	panes.untilText("✓ verified")
	assert.Equal(t, sent+1, svc.Requests("PutObject"), "only what failed is sent again")
}

func TestJobs_SayInOneLineWhatIsWrong(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	home, dir := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a"), nil, 0o600))
	require.Equal(t, 0, cli(t, svc, home, "cp", filepath.Join(dir, "a"), bucketURI).code)
	for _, c := range []struct{ args, says string }{
		{"pause 1", "cannot pause a job that is done"},
		{"retry 1", "cannot retry a job that is done"},
		{"cancel 99", "job 99: no such job"},
		{"show 99", "job 99: no such job"},
		{"receipts 99", "job 99: no such job"},
		{"resume first", "not the number of a job"},
		{"resume", "requires at least 1 arg"},
		{"remove 1", "unknown command"},
		{"receipts --csv --json 1", "csv json"},
		{"--profile none", "none"},
	} {
		got := cli(t, svc, home, append([]string{"jobs"}, strings.Fields(c.args)...)...)
		assert.Equal(t, 1, got.code, c.args)
		assert.Empty(t, got.stdout, c.args)
		assert.Equal(t, 1, strings.Count(got.stderr, "\n"), got.stderr)
		assert.Contains(t, got.stderr, c.says)
	}
}

// TestJobs_ReceiptsAfterAKillAreOneForEachFile kills cp half-way.
func TestJobs_ReceiptsAfterAKillAreOneForEachFile(t *testing.T) {
	t.Parallel()
	const files = 400
	svc := startService(t)
	home, dir := t.TempDir(), t.TempDir()
	for i := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("%03d, \"x\" 旅", i)), []byte(strconv.Itoa(i)), 0o600))
	}
	cp := []string{"cp", "-r", dir + "/", bucketURI + "in/"}
	first := program(t.Context(), home, svc.env(), cp...)
	fuse := svc.fuse(500)
	require.NoError(t, first.Start())
	<-fuse
	require.NoError(t, first.Process.Signal(syscall.SIGKILL))
	require.Error(t, first.Wait())
	svc.thaw()
	assert.Contains(t, cli(t, svc, home, "jobs").stdout, "1\tqueued\t", "what nobody runs does not run")
	require.Equal(t, 0, cli(t, svc, home, cp...).code)

	rows, err := csv.NewReader(strings.NewReader(cli(t, svc, home, "jobs", "receipts", "1").stdout)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+files)
	assert.Equal(t, []string{"key", "source", "destination", "size", "crc64", "etag", "version_id", "verified", "skipped", "time", "reason"}, rows[0])
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		seen[row[0]] = true
		assert.Equal(t, bucketURI+row[0], row[2])
		data, err := os.ReadFile(row[1])
		require.NoError(t, err)
		assert.Equal(t, strconv.FormatUint(cos.CRC64(0, data), 10), row[4])
		assert.Equal(t, "true", row[7])
	}
	assert.Len(t, seen, files)
	asJSON := cli(t, svc, home, "jobs", "receipts", "--json", "1").stdout
	assert.Equal(t, files, strings.Count(asJSON, `"verified":true`))
}

func TestJobs_AreATableWhereAPersonReadsThem(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	home, dir := t.TempDir(), t.TempDir()
	name := "旅行\u202e" + strings.Repeat("照片", 30)
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600))
	require.Equal(t, 0, cli(t, svc, home, "cp", filepath.Join(dir, name), bucketURI).code)
	s := startTerminal(t, program(t.Context(), home, svc.env(), "jobs"), 80, 24)
	require.NoError(t, s.wait())
	lines := strings.Split(s.screen(), "\n")
	assert.Regexp(t, `^ID +STATE +DONE .*NAME`, lines[0])
	assert.Regexp(t, `^ 1 +done +100 % .*旅`, lines[1])
	assert.Empty(t, strings.TrimSpace(lines[2]), "it does not wrap")
	assert.Contains(t, lines[1], "…")
	assert.NotContains(t, lines[1], "\u202e")
}
