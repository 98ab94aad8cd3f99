//go:build unix

package emulator_test

import (
	"bufio"
	"context"
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos/emulator"
)

const killedDir = "EMULATOR_TEST_KILLED_DIR"

// TestMain is also the server that TestKill kills.
func TestMain(m *testing.M) {
	dir := os.Getenv(killedDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	err := emulator.Serve(context.Background(), emulator.ServeConfig{
		Config: config(dir), Listen: "127.0.0.1:0", Ready: func(addr string) { fmt.Println(addr) },
	})
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// startProcess runs the server as a process of its own.
func startProcess(t *testing.T, dir string) (*client, *process) {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), killedDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	addr, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	p := &process{cmd: cmd}
	t.Cleanup(p.kill)
	return &client{t, nil, dir, strings.TrimSpace(addr), testHost, time.Now, testID, testKey}, p
}

// process is a server that can be killed.
type process struct {
	cmd  *exec.Cmd
	once sync.Once
}

// kill returns when the process is gone, and with it its lock.
func (p *process) kill() {
	p.once.Do(func() {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	})
}

func TestKill_WhatWasAcknowledgedIsThereAndNothingElse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	body := func(key string) string { return strings.Repeat(key+" ", 3000) }
	acknowledged := map[string]bool{}
	sent := map[string]bool{}
	for round := range 3 {
		c, process := startProcess(t, dir)
		var mu sync.Mutex
		var wg sync.WaitGroup
		for worker := range 4 {
			wg.Go(func() {
				for i := 0; ; i++ {
					key := fmt.Sprintf("%d/%d/%04d", round, worker, i)
					mu.Lock()
					sent[key] = true
					mu.Unlock()
					a, err := c.try("PUT", path(key), body(key))
					if err != nil {
						return // killed
					}
					if a.status == 200 {
						mu.Lock()
						acknowledged[key] = true
						if len(acknowledged) == (round+1)*40 {
							process.kill()
						}
						mu.Unlock()
					}
				}
			})
		}
		wg.Wait()
	}
	c := startWith(t, config(dir))
	listed := map[string]bool{}
	for _, key := range c.list("").keys {
		listed[key] = true
		assert.True(t, sent[key], key)
		assert.Equal(t, body(key), string(c.get(key).body), key)
	}
	for key := range acknowledged {
		assert.True(t, listed[key], "%s was acknowledged", key)
	}
	assert.GreaterOrEqual(t, len(acknowledged), 120)
	assert.Equal(t, len(listed), c.files(), "half-written files are gone")
}

// life is what one worker's key went through: a line for each version, the
// newest first.
type life struct {
	key           string
	versioned     bool
	appendable    bool
	before, after []string // the step under way may have been done or not
}

// step does one thing to the key and reports whether it was acknowledged.
func (l *life) step(c *client, i int) bool {
	l.before = slices.Clone(l.after)
	body := fmt.Sprintf("%s %d %s", l.key, i, strings.Repeat("x", i%3*3000))
	var a answer
	var err error
	switch {
	case l.appendable:
		old := strings.Join(l.after, "")
		l.after = []string{old + body}
		a, err = c.try("POST", fmt.Sprintf("%s?append&position=%d", path(l.key), len(old)), body)
	case i%5 == 1:
		if l.write("marker"); !l.versioned {
			l.after = nil
		}
		a, err = c.try("DELETE", path(l.key), "")
	case i%5 == 2:
		l.write(body)
		a, err = c.tryMultipart(l.key, body)
	case i%5 == 3 && len(l.after) > 0 && i%2 == 0:
		// The newest version goes for good, or what the key names does.
		a, err = c.deleteNewest(l)
	case i%5 == 4 && len(l.after) > 0 && l.after[0] != "marker":
		l.after[0] = strings.SplitN(l.after[0], " tagged", 2)[0] + fmt.Sprint(" tagged ", i)
		a, err = c.try("PUT", path(l.key)+"?tagging", tagSet("n", fmt.Sprint(i)))
	default:
		l.write(body)
		a, err = c.try("PUT", path(l.key), body)
	}
	return err == nil && a.status/100 == 2
}

// deleteNewest removes the newest version by a request for many.
func (c *client) deleteNewest(l *life) (answer, error) {
	id := ""
	if l.versioned {
		a, err := c.try("GET", "/?versions&max-keys=1&prefix="+escape(l.key), "")
		if err != nil {
			return a, err
		}
		id = "<VersionId>" + a.find("VersionId") + "</VersionId>"
	}
	l.after = l.after[1:]
	doc := "<Delete><Object><Key>" + l.key + "</Key>" + id + "</Object></Delete>"
	sum := md5.Sum([]byte(doc))
	return c.try("POST", "/?delete", doc, "Content-MD5", base64.StdEncoding.EncodeToString(sum[:]))
}

func (l *life) write(line string) {
	if !l.versioned {
		l.after = nil
	}
	l.after = append([]string{line}, l.after...)
}

func (c *client) tryMultipart(key, body string) (answer, error) {
	a, err := c.try("POST", path(key)+"?uploads", "")
	if err != nil {
		return a, err
	}
	id := a.find("UploadId")
	part, err := c.try("PUT", path(key)+"?partNumber=1&uploadId="+id, body)
	if err != nil {
		return part, err
	}
	return c.try("POST", path(key)+"?uploadId="+id, "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"+
		part.header.Get("ETag")+"</ETag></Part></CompleteMultipartUpload>")
}

// observe reads the same lines from a server.
func (l *life) observe(c *client) []string {
	var lines []string
	for _, v := range c.listVersions("prefix=" + escape(l.key)).versions {
		query := "?"
		if v.id != "" {
			query = "?versionId=" + escape(v.id) + "&"
		}
		if v.marker {
			lines = append(lines, "marker")
			continue
		}
		line := string(c.do("GET", path(l.key)+query, "").body)
		if tags := c.do("GET", path(l.key)+query+"tagging", ""); tags.status == 200 {
			line += " tagged " + tags.find("Value")
		}
		lines = append(lines, line)
	}
	return lines
}

func TestKill_EveryChangeIsDoneOrNotDone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const versioned = "versions-1250000000"
	lives := []*life{
		{key: "plain"}, {key: "log", appendable: true}, {key: "a", versioned: true}, {key: "b", versioned: true},
	}
	host := func(c *client, l *life) *client {
		at := *c
		if l.versioned {
			at.host = strings.Replace(testHost, testBucket, versioned, 1)
		}
		return &at
	}
	c := startWith(t, config(dir))
	c.host = strings.Replace(testHost, testBucket, versioned, 1)
	require.Equal(t, 200, c.do("PUT", "/", "").status)
	c.setVersioning("Enabled")
	require.NoError(t, c.server.Close())
	for round := range 5 {
		c, process := startProcess(t, dir)
		var steps atomic.Int32
		var wg sync.WaitGroup
		for n, l := range lives {
			wg.Go(func() {
				at := host(c, l)
				for i := round*1000 + n; l.step(at, i); i++ {
					if steps.Add(1) == int32(37+11*round) {
						process.kill()
					}
				}
			})
		}
		wg.Wait()
		require.GreaterOrEqual(t, steps.Load(), int32(37+11*round), "it was killed, nothing was refused before")
		c = startWith(t, config(dir))
		for _, l := range lives {
			found := l.observe(host(c, l))
			if !slices.Equal(found, l.before) {
				require.True(t, slices.Equal(l.after, found), "%s, round %d: %v, not %v", l.key, round, found, l.after)
			}
			l.after = found
		}
		require.NoError(t, c.server.Close())
	}
	c = startWith(t, config(dir))
	for _, l := range lives {
		at := host(c, l)
		for _, v := range at.listVersions("").versions {
			require.Equal(t, 204, at.do("DELETE", path(v.key)+"?versionId="+escape(first(v.id, "null")), "").status)
		}
		for _, id := range at.do("GET", "/?uploads&prefix="+l.key, "").all("UploadId") {
			require.Equal(t, 204, at.do("DELETE", path(l.key)+"?uploadId="+id, "").status)
		}
	}
	assert.Zero(t, c.blobs(), "no content is left that nothing names")
	assert.Zero(t, c.files())
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
