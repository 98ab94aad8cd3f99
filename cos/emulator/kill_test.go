//go:build unix

package emulator_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
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
