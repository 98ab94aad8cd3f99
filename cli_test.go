package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/cos/credentials"
	"cosmander/cos/emulator"
	"cosmander/cos/emulator/demo"
)

// result is how a command ended.
type result struct {
	code           int
	stdout, stderr string
}

func finish(t *testing.T, cmd *exec.Cmd) result {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil {
		require.ErrorAs(t, err, &exit)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// cli runs cosmander against svc in a home of its own.
func cli(t *testing.T, svc *service, home string, args ...string) result {
	t.Helper()
	return finish(t, program(t.Context(), home, svc.env(), args...))
}

func (s *service) put(t *testing.T, key, text string) {
	t.Helper()
	_, err := s.client(t).Put(t.Context(), key, cos.Body{ReaderAt: strings.NewReader(text), Size: int64(len(text))}, cos.Headers{})
	require.NoError(t, err)
}

const bucketURI = "cos://" + demo.Bucket + "/"

func TestCommands_SayInOneLineWhatIsWrongAndWhatToDo(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	html := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html>log in to the hotel's network</html>"))
	}))
	t.Cleanup(html.Close)
	list := []string{"ls", bucketURI}
	for name, c := range map[string]struct {
		env  []string
		args []string
		says []string
	}{
		"wrong key":         {[]string{"COS_SECRET_KEY=wrong"}, list, []string{"SignatureDoesNotMatch", "request ", "check the secret"}},
		"unknown key pair":  {[]string{"COS_SECRET_ID=nobody"}, list, []string{"InvalidAccessKeyId"}},
		"half a key pair":   {[]string{"COS_SECRET_KEY="}, list, []string{"COS_SECRET_KEY"}},
		"no credentials":    {[]string{"COS_SECRET_ID=", "COS_SECRET_KEY="}, list, []string{"no credentials", "COS_SECRET_ID"}},
		"unknown bucket":    {nil, []string{"ls", "cos://none-1250000000/"}, []string{"NoSuchBucket", "check the bucket's name"}},
		"no region":         {[]string{"COS_REGION=", "COS_ENDPOINT="}, list, []string{"no region", "COS_REGION"}},
		"no network":        {[]string{"COS_ENDPOINT=http://127.0.0.1:1"}, list, []string{"cannot reach 127.0.0.1:1", "check the network"}},
		"HTML":              {[]string{"COS_ENDPOINT=" + html.URL}, list, []string{"text/html"}},
		"a bad endpoint":    {[]string{"COS_ENDPOINT=ftp://x"}, list, []string{"endpoint"}},
		"no address":        {nil, []string{"ls", "demo-1250000000"}, []string{"cos://"}},
		"cat, no such host": {[]string{"COS_ENDPOINT=http://no-such-host.invalid"}, []string{"cat", bucketURI + "x"}, []string{"check the network"}},
		"nothing there":     {nil, []string{"ls", bucketURI + "nothing"}, []string{"nothing begins with that"}},
		"a missing object":  {nil, []string{"cat", bucketURI + "none"}, []string{"NoSuchKey", "request "}},
		"deleting nothing":  {nil, []string{"rm", bucketURI + "none"}, []string{"not found"}},
		"a bucket for rm":   {nil, []string{"rm", bucketURI}, []string{"-r"}},
		"a missing file":    {nil, []string{"cp", "/none", bucketURI}, []string{"no such file"}},
		"panes into a pipe": {nil, []string{bucketURI}, []string{"need a terminal"}},
		"an unknown flag":   {nil, []string{"ls", "--none"}, []string{"--none"}},
		"a missing profile": {nil, []string{"ls", "--profile", "none", bucketURI}, []string{"none"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := finish(t, program(t.Context(), t.TempDir(), append(svc.env(), c.env...), c.args...))
			assert.Equal(t, 1, got.code)
			assert.Empty(t, got.stdout)
			assert.Equal(t, 1, strings.Count(got.stderr, "\n"), "one line: %s", got.stderr)
			for _, text := range c.says {
				assert.Contains(t, got.stderr, text)
			}
			assert.NotContains(t, got.stderr, "demo-secret-key")
		})
	}
}

func TestCp_FailsWithReasonAndExitStatusWhenTheNetworkIsGone(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	svc.put(t, "a", "A")
	svc.Faults().Add(emulator.Fault{Op: "GetObject", Status: http.StatusForbidden, Code: "AccessDenied"})
	dir := t.TempDir()
	got := cli(t, svc, t.TempDir(), "cp", bucketURI+"a", dir+"/a")
	assert.Equal(t, 1, got.code)
	assert.Contains(t, got.stderr, "AccessDenied")
	assert.Contains(t, got.stderr, "request ")
	assert.Empty(t, readTree(t, dir), "no destination, no temporary file")
}

// TestCp_StartedAgainContinues kills cp while parts are on their way, and
// counts what the second run sends.
func TestCp_StartedAgainContinues(t *testing.T) {
	t.Parallel()
	const size = 200 << 20
	svc := startService(t)
	home, dir := t.TempDir(), t.TempDir()
	file := filepath.Join(dir, "disk.img")
	writeNoise(t, file, size)

	first := program(t.Context(), home, svc.env(), "cp", file, bucketURI)
	fuse := svc.fuse(size * 3 / 4)
	require.NoError(t, first.Start())
	<-fuse
	require.NoError(t, first.Process.Signal(syscall.SIGKILL))
	require.Error(t, first.Wait())
	svc.thaw()

	got := cli(t, svc, home, "cp", "--json", file, bucketURI)
	require.Equal(t, 0, got.code, got.stderr)
	assert.Contains(t, got.stdout, `"resumed":true`)
	const inFlight = 16 * 8 << 20
	assert.LessOrEqual(t, svc.moved, int64(size+inFlight), "only what was in flight is sent again")
	assert.Equal(t, readTree(t, dir)["disk.img"], svc.sum(t, "disk.img"))
	uploads, err := svc.client(t).ListUploads(t.Context(), cos.UploadsOptions{})
	require.NoError(t, err)
	assert.Empty(t, uploads.Uploads, "no upload is left behind")
}

// TestCp_AfterAFailureCopiesWhatIsThereNow: a command that is repeated means
// the folder as it is, not as it was when it failed.
func TestCp_AfterAFailureCopiesWhatIsThereNow(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	home, dir := t.TempDir(), t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	write("one", "old")
	write("two", "2")
	svc.Faults().Add(emulator.Fault{Op: "PutObject", Key: "in/two", Times: 1, Status: http.StatusForbidden, Code: "AccessDenied"})
	got := cli(t, svc, home, "cp", "-r", dir+"/", bucketURI+"in/")
	assert.Equal(t, 1, got.code)
	assert.Contains(t, got.stderr, "two: ")
	assert.Contains(t, got.stderr, "ask for the permission", "what to do next")
	write("one", "new")
	write("three", "3")
	got = cli(t, svc, home, "cp", "-r", dir+"/", bucketURI+"in/")
	require.Equal(t, 0, got.code, got.stderr)
	for name, sum := range readTree(t, dir) {
		assert.Equal(t, sum, svc.sum(t, "in/"+name), name)
	}
}

// stalledCp starts a cp whose parts never end, and returns when it runs the
// queue and bytes have moved. kill ends it and the stall.
func stalledCp(t *testing.T, svc *service, home, src, dst string) (kill func()) {
	t.Helper()
	remove := svc.Faults().Add(emulator.Fault{Op: "UploadPart", Stall: true})
	cmd := program(t.Context(), home, svc.env(), "cp", src, dst)
	fuse := svc.fuse(1 << 20)
	require.NoError(t, cmd.Start())
	<-fuse
	svc.thaw()
	return func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		remove()
	}
}

// TestCp_LeavesTheJobsOfOthersAlone: a command that was interrupted must not
// be carried out by another one.
func TestCp_LeavesTheJobsOfOthersAlone(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	home, dir := t.TempDir(), t.TempDir()
	writeNoise(t, filepath.Join(dir, "old"), 30<<20)
	writeNoise(t, filepath.Join(dir, "new"), 10)

	stalledCp(t, svc, home, filepath.Join(dir, "old"), bucketURI+"x")()

	got := cli(t, svc, home, "cp", filepath.Join(dir, "new"), bucketURI+"x")
	require.Equal(t, 0, got.code, got.stderr)
	assert.Equal(t, readTree(t, dir)["new"], svc.sum(t, "x"))
	uploads, err := svc.client(t).ListUploads(t.Context(), cos.UploadsOptions{})
	require.NoError(t, err)
	assert.Len(t, uploads.Uploads, 1, "the old upload is as it was, not finished behind the user's back")
}

func TestCp_ReportsWhatCannotBeStoredAndKeepsTheRest(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	for _, key := range []string{"in/good.txt", "in/a", "in/a/b", "in/x//y", "in/./z"} {
		svc.put(t, key, key)
	}
	dir := t.TempDir()
	got := cli(t, svc, t.TempDir(), "cp", "-r", bucketURI+"in/", filepath.Join(dir, "out"))
	assert.Equal(t, 1, got.code)
	for _, name := range []string{"x//y", "./z"} {
		assert.Contains(t, got.stderr, name)
	}
	tree := readTree(t, dir)
	assert.Contains(t, tree, "out/good.txt")
	_, file := tree["out/a"]
	_, inside := tree["out/a/b"]
	assert.NotEqual(t, file, inside, "one of a and a/b is stored, the other reported")
	assert.Len(t, tree, 2)
}

func TestCp_PrintsOneObjectPerEvent(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.txt"), []byte("123456789"), 0o600))
	got := cli(t, svc, t.TempDir(), "cp", "--json", filepath.Join(dir, "a.txt"), bucketURI+"in/")
	require.Equal(t, 0, got.code, got.stderr)
	var events []string
	for line := range strings.Lines(got.stdout) {
		var e map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &e), line)
		if e["event"] != "progress" { // one a second, if it takes that long
			events = append(events, e["event"].(string))
		}
		if e["event"] == "item" {
			assert.Equal(t, true, e["verified"])
			assert.Equal(t, "11051210869376104954", e["crc64"])
			assert.Equal(t, "done", e["state"])
		}
	}
	assert.Equal(t, []string{"start", "item", "end"}, events)
}

func TestLs_PrintsOneLevelOrEverything(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	for _, key := range []string{"a", "d/b", "d/e/c", "旅 行/+%20.txt"} {
		svc.put(t, key, "12345")
	}
	home := t.TempDir()
	assert.Equal(t, "a\nd/\n旅 行/\n", cli(t, svc, home, "ls", "cos://"+demo.Bucket).stdout)
	assert.Equal(t, "d/b\nd/e/\n", cli(t, svc, home, "ls", bucketURI+"d/").stdout)
	assert.Equal(t, "a\nd/b\nd/e/c\n旅 行/+%20.txt\n", cli(t, svc, home, "ls", "-r", bucketURI).stdout)
	assert.Regexp(t, `^ +5  STANDARD +\S+Z  a\n +-  .*  d/\n`, cli(t, svc, home, "ls", "-l", bucketURI).stdout)
	var row struct {
		Key  string
		Size int64
	}
	require.NoError(t, json.Unmarshal([]byte(cli(t, svc, home, "ls", "-r", "--json", bucketURI+"旅").stdout), &row))
	assert.Equal(t, "旅 行/+%20.txt", row.Key)
	assert.Equal(t, int64(5), row.Size)
}

func TestCat_ContinuesOverABrokenConnectionAndChecksTheSum(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	text := strings.Repeat("0123456789", 50_000)
	svc.put(t, "long", text)
	home := t.TempDir()

	svc.Faults().Add(emulator.Fault{Op: "GetObject", Times: 2, CutBody: 100_000})
	got := cli(t, svc, home, "cat", bucketURI+"long")
	assert.Equal(t, 0, got.code, got.stderr)
	assert.Equal(t, text, got.stdout)

	svc.Faults().Add(emulator.Fault{Op: "GetObject", Times: 1, Corrupt: true})
	got = cli(t, svc, home, "cat", bucketURI+"long")
	assert.Equal(t, 1, got.code)
	assert.Contains(t, got.stderr, "not those that the service stores")
}

func TestCpAndMv_WorkInsideTheServiceToo(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	for _, key := range []string{"in/a", "in/b/c", "in/空"} {
		svc.put(t, key, key)
	}
	home := t.TempDir()
	got := cli(t, svc, home, "cp", "-r", bucketURI+"in", bucketURI+"out/")
	assert.Equal(t, 0, got.code, got.stderr)
	assert.Contains(t, got.stdout, "copy done: 3 of 3 files")
	assert.Contains(t, got.stdout, "verified")
	got = cli(t, svc, home, "mv", bucketURI+"in/a", bucketURI+"out/in/renamed")
	assert.Equal(t, 0, got.code, got.stderr)
	assert.Contains(t, got.stdout, "move done: 1 of 1 files")
	file := filepath.Join(home, "f")
	require.NoError(t, os.WriteFile(file, []byte("mine"), 0o600))
	assert.Equal(t, 0, cli(t, svc, home, "mv", file, bucketURI+"up/").code)
	assert.NoFileExists(t, file)
	assert.Equal(t, 0, cli(t, svc, home, "mv", "-r", bucketURI+"out/", home+"/down").code)
	b, err := os.ReadFile(filepath.Join(home, "down", "in", "空"))
	require.NoError(t, err)
	assert.Equal(t, "in/空", string(b))
	assert.Equal(t, "in/b/c\nin/空\nup/f\n", cli(t, svc, home, "ls", "-r", bucketURI).stdout)
	got = cli(t, svc, home, "cp", "-r", bucketURI+"in/", bucketURI+"in/b/")
	assert.NotEqual(t, 0, got.code)
	assert.Contains(t, got.stderr, "a folder cannot be copied into itself")
}

func TestCp_HoldsToTheLimitItWasGiven(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	home := t.TempDir()
	file := filepath.Join(home, "f")
	require.NoError(t, os.WriteFile(file, make([]byte, 600_000), 0o600))
	begin := time.Now()
	got := cli(t, svc, home, "cp", "--limit", "500kB", file, bucketURI)
	assert.Equal(t, 0, got.code, got.stderr)
	assert.GreaterOrEqual(t, time.Since(begin), time.Second)
	for _, limit := range []string{"fast", "-1", "10", "99999999999999999999"} {
		got := cli(t, svc, home, "cp", "--limit", limit, file, bucketURI)
		assert.NotEqual(t, 0, got.code, limit)
		assert.Contains(t, got.stderr, "limit", limit)
	}
}

func TestSettings_CountForTransfersAndLimitWins(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	home := t.TempDir()
	file := filepath.Join(home, "f")
	require.NoError(t, os.WriteFile(file, make([]byte, 600_000), 0o600))
	configure := func(text string) {
		path := filepath.Join(home, "config", "cosmander", "config.toml")
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	took := func(args ...string) time.Duration {
		begin := time.Now()
		got := cli(t, svc, home, append([]string{"cp"}, append(args, file, bucketURI)...)...)
		require.Equal(t, 0, got.code, got.stderr)
		return time.Since(begin)
	}
	configure("[transfers]\nbandwidth = \"300kB/s\"\n")
	assert.GreaterOrEqual(t, took(), 1800*time.Millisecond)
	configure("[transfers]\nbandwidth = \"33kB/s\"\n")
	assert.Less(t, took("--limit", "none"), 15*time.Second, "at the limit it takes 18")
	for text, says := range map[string]string{
		"[transfers]\nfilez = 3\n": "config.toml, line 2: transfers.filez: unknown key",
		"[transfers]\n\nparts = 0": "config.toml, line 3: transfers.parts: want a number from 1 to 1000",
	} {
		configure(text)
		got := cli(t, svc, home, "cp", file, bucketURI)
		assert.Equal(t, 1, got.code)
		assert.Contains(t, got.stderr, says)
		assert.Equal(t, 1, strings.Count(got.stderr, "\n"), "one line: %s", got.stderr)
	}
}

func TestSettings_AMistakeIsSaidByThePanesWhichOpenAllTheSame(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	home := t.TempDir()
	path := filepath.Join(home, "config", "cosmander", "config.toml")
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte("[transfers]\nparts = 0\n"), 0o600))
	s := startTerminal(t, program(t.Context(), home, svc.env(), home, bucketURI), 100, 24)
	s.untilText("line 2: transfers.parts: want a number", "the defaults count", "config/")
	s.press("q")
	require.NoError(t, s.wait())
}

func TestRm_DeletesOneOrEverythingBelow(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	for _, key := range []string{"a", "ab", "a/b", "a/c/d", "z"} {
		svc.put(t, key, key)
	}
	home := t.TempDir()
	assert.Equal(t, 0, cli(t, svc, home, "rm", bucketURI+"z").code)
	assert.Equal(t, 0, cli(t, svc, home, "rm", "-r", bucketURI+"a").code)
	assert.Equal(t, "a\nab\n", cli(t, svc, home, "ls", "-r", bucketURI).stdout, "a folder, not everything that begins with a")
}

func TestPanes_OpenWithoutCredentialsAndSayWhatIsMissing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "mine.txt"), nil, 0o600))
	s := startTerminal(t, program(t.Context(), t.TempDir(), []string{"COS_REGION=ap-guangzhou"}, dir, bucketURI), 100, 24)
	s.untilText("mine.txt", "no credentials found", "COS_SECRET_ID")
	s.press("q")
	require.NoError(t, s.wait())
}

func TestDemo_ASecondOneSaysWhatToDo(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	first := startTerminal(t, program(t.Context(), home, nil, "--demo"), 100, 24)
	first.untilText("demo-1250000000", "README.txt")
	second := startTerminal(t, program(t.Context(), home, nil, "--demo"), 100, 24)
	assert.Error(t, second.wait())
	assert.Contains(t, strings.ReplaceAll(second.screen(), "\n", ""), "--demo-data")
}

// TestCp_UsesTheKeyItWasGiven: another command of the same user, with another
// key, must not do this one's work.
func TestCp_UsesTheKeyItWasGiven(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	home, dir := t.TempDir(), t.TempDir()
	writeNoise(t, filepath.Join(dir, "big"), 30<<20)
	writeNoise(t, filepath.Join(dir, "tiny"), 10)
	t.Cleanup(stalledCp(t, svc, home, filepath.Join(dir, "big"), bucketURI))
	got := finish(t, program(t.Context(), home, append(svc.env(), "COS_SECRET_ID=other"), "cp", filepath.Join(dir, "tiny"), bucketURI))
	assert.Equal(t, 1, got.code)
	assert.Contains(t, got.stderr, "InvalidAccessKeyId")
}

func TestCp_FindsABucketOfAnotherRegion(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	file := filepath.Join(t.TempDir(), "tiny")
	require.NoError(t, os.WriteFile(file, []byte("tiny"), 0o600))
	got := finish(t, program(t.Context(), t.TempDir(), append(svc.env(), "COS_REGION=ap-beijing"), "cp", file, bucketURI))
	require.Equal(t, 0, got.code, got.stderr)
	assert.Equal(t, sha256.Sum256([]byte("tiny")), svc.sum(t, "tiny"))
}

// TestCp_GoesOnWithAnotherKeyOfTheSameAccountAndNeverIntoAnotherOne replaces
// the permanent keys of the environment while a job waits.
func TestCp_GoesOnWithAnotherKeyOfTheSameAccountAndNeverIntoAnotherOne(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	home, dir := t.TempDir(), t.TempDir()
	file := filepath.Join(dir, "big")
	writeNoise(t, file, 30<<20)
	stalledCp(t, svc, home, file, bucketURI)()
	cp := func(env ...string) result {
		return finish(t, program(t.Context(), home, append(svc.env(), env...), "cp", "--json", file, bucketURI))
	}
	list := func(env ...string) string {
		return finish(t, program(t.Context(), home, append(svc.env(), env...), "jobs", "--json")).stdout
	}

	// A wrong secret key of the same account: the job is the same one.
	got := cp("COS_SECRET_KEY=wrong")
	assert.Equal(t, 1, got.code)
	assert.Contains(t, got.stdout, `"resumed":true`)
	assert.Contains(t, got.stdout, "SignatureDoesNotMatch")

	// Another account, which asks for the job by its number, too, and runs one
	// of its own meanwhile.
	const other = "COS_SECRET_ID=other-id"
	assert.Contains(t, list(other), `"other_account":true`)
	got = finish(t, program(t.Context(), home, append(svc.env(), other), "jobs", "retry", "1"))
	assert.Contains(t, got.stdout+got.stderr, "by the next cosmander of its account")
	tiny := filepath.Join(dir, "tiny")
	writeNoise(t, tiny, 10)
	got = finish(t, program(t.Context(), home, append(svc.env(), other), "cp", "--json", tiny, bucketURI))
	assert.Contains(t, got.stdout, "InvalidAccessKeyId", "its own job is run")
	assert.NotContains(t, got.stdout, `"resumed":true`)
	shown := finish(t, program(t.Context(), home, svc.env(), "jobs", "show", "--json", "1")).stdout
	assert.Contains(t, shown, `"pending":true`)
	assert.NotContains(t, shown, "InvalidAccessKeyId")

	// The same id at the same place with the right key goes on.
	got = cp()
	require.Equal(t, 0, got.code, got.stderr)
	assert.Contains(t, got.stdout, `"resumed":true`)
	assert.Equal(t, readTree(t, dir)["big"], svc.sum(t, "big"))
	uploads, err := svc.client(t).ListUploads(t.Context(), cos.UploadsOptions{})
	require.NoError(t, err)
	assert.Empty(t, uploads.Uploads)
}

func TestAccountID_IsTheSecretIDOfPermanentKeysOfTheEnvironmentAndTheNameOfAllOthers(t *testing.T) {
	t.Parallel()
	id := func(name, secretID, secretKey, token, endpoint string) string {
		a := &app{account: credentials.Found{
			Name: name, Endpoint: endpoint, Credentials: cos.Credentials{SecretID: secretID, SecretKey: secretKey, Token: token},
		}}
		return a.accountID()
	}
	env := credentials.Environment
	base := id(env, "a", "k", "", "e")
	assert.Equal(t, base, id(env, "a", "another", "", "e"), "a new secret key")
	assert.NotEqual(t, base, id(env, "b", "k", "", "e"))
	assert.NotEqual(t, base, id(env, "a", "k", "", "elsewhere"))
	assert.Equal(t, id(env, "a", "k", "t", "e"), id(env, "b", "l", "u", "e"), "temporary keys are renewed")
	assert.Equal(t, id("work", "a", "k", "", "e"), id("work", "b", "l", "", "e"), "so are a profile's")
	assert.NotEqual(t, id("work", "a", "k", "", "e"), id("home", "a", "k", "", "e"))
	assert.NotContains(t, id(env, "AKIDsecret", "k", "", "e"), "AKIDsecret")
}

func TestLsCatAndRm_FindABucketOfAnotherRegion(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	svc.put(t, "tiny", "12345")
	elsewhere := append(svc.env(), "COS_REGION=ap-beijing")
	for _, c := range []struct{ args, stdout string }{
		{"ls " + bucketURI, "tiny\n"}, {"cat " + bucketURI + "tiny", "12345"}, {"rm " + bucketURI + "tiny", ""},
	} {
		got := finish(t, program(t.Context(), t.TempDir(), elsewhere, strings.Fields(c.args)...))
		require.Equal(t, 0, got.code, "%s: %s", c.args, got.stderr)
		assert.Contains(t, got.stdout, c.stdout)
	}
	for _, verb := range []string{"ls", "cat", "rm"} {
		got := finish(t, program(t.Context(), t.TempDir(), elsewhere, verb, "cos://none-1250000000/tiny"))
		assert.Equal(t, 1, got.code)
		assert.Contains(t, got.stderr, "cos://none-1250000000/", verb)
	}
}

func TestCp_MakesNamesSafeOnlyWhereAPersonReadsThem(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	svc.put(t, "z//\u202eevil", "x")
	dir := t.TempDir()
	cmd := program(t.Context(), t.TempDir(), svc.env(), "cp", "-r", bucketURI+"z/", filepath.Join(dir, "out"))
	log, err := os.Create(filepath.Join(dir, "log"))
	require.NoError(t, err)
	s := startTerminalWith(t, cmd, 100, 24, func(c *exec.Cmd) { c.Stdout = log })
	assert.Error(t, s.wait())
	assert.Contains(t, s.screen(), `\u202eevil`)
	require.NoError(t, log.Close())
}

func TestCat_EndsWhenToldThoughNobodyReads(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	svc.put(t, "long", strings.Repeat("0123456789", 100_000))
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	cmd := program(t.Context(), t.TempDir(), svc.env(), "cat", bucketURI+"long")
	cmd.Stdout = w
	require.NoError(t, cmd.Start())
	require.NoError(t, w.Close())
	_, err = r.Read(make([]byte, 1)) // it writes; the pipe fills up
	require.NoError(t, err)
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	assert.Error(t, cmd.Wait())
}

func TestServe_RefusesOtherMachinesUnlessAllowed(t *testing.T) {
	t.Parallel()
	got := finish(t, program(t.Context(), t.TempDir(), nil, "serve", "--listen", "0.0.0.0:0"))
	assert.Equal(t, 1, got.code)
	assert.Contains(t, got.stderr, "--allow-remote")
}

func TestServe_SeedsAndKeepsItsDataOverARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server := startServer(t, dir, "--seed", "1500", "--bucket", "first-1250000000", "--bucket", "second-1250000000")
	got := finish(t, program(t.Context(), dir, serverEnv(server), "ls", "-r", "cos://first-1250000000/many/"))
	assert.Equal(t, 1500, strings.Count(got.stdout, "\n"), got.stderr)
	got = finish(t, program(t.Context(), dir, serverEnv(server), "ls", "cos://second-1250000000/"))
	assert.Equal(t, result{}, got)
	got = finish(t, program(t.Context(), dir, nil, "serve", "--data", filepath.Join(dir, "data")))
	assert.Equal(t, 1, got.code, "the folder is in use")
	assert.Contains(t, got.stderr, filepath.Join(dir, "data"))
}
