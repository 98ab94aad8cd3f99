package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/cos/emulator"
	"cosmander/cos/emulator/demo"
)

// killCount may be set to how often the program is killed over all commands.
// make kills asks for 100.
const killCount = "COSMANDER_KILLS"

const usualKills = 24

// killWithin is how long after it began to work the program is killed at the
// latest: not much less than an unharmed run takes. One that goes on with what
// is left takes less, so that its end is met as well.
func (c command) killWithin() time.Duration {
	if c.local() {
		return 1200 * time.Millisecond
	}
	return 200 * time.Millisecond
}

// local reports that the bytes come by this machine.
func (c command) local() bool { return c.from == here || c.to == here }

// killSeed may be set to have the kills of an earlier run again.
const killSeed = "COSMANDER_KILL_SEED"

// command is one that is killed again and again.
type command struct {
	name     string
	verb     string
	from, to side
	model    *model
}

// model is a tree that every round gets a copy of.
type model struct {
	dir   string
	tree  map[string][32]byte
	sizes map[string]int64
}

// newModel makes a tree of small files and one of big bytes.
func newModel(t *testing.T, big int64) *model {
	t.Helper()
	m := &model{dir: t.TempDir()}
	m.sizes = map[string]int64{"big.bin": big, "empty": 0, "旅行/1.jpg": 30_000, "a/b/c": 11, "a/d": 999}
	for name, size := range m.sizes {
		path := filepath.Join(m.dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		writeNoise(t, path, size)
	}
	m.tree = readTree(t, m.dir)
	return m
}

// side is where the tree of a command is.
type side int

const (
	here    side = iota // a local folder
	there               // the demo bucket
	farther             // another bucket
)

const otherBucket = "other-1250000000"

// TestKilled_CommandsEndWithEveryByteWhereItBelongs kills the program with
// SIGKILL at random moments of every kind of command, and starts it again.
func TestKilled_CommandsEndWithEveryByteWhereItBelongs(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv(killSeed); s != "" {
		_, err := fmt.Sscan(s, &seed)
		require.NoError(t, err)
	}
	killsInAll := usualKills
	if s := os.Getenv(killCount); s != "" {
		_, err := fmt.Sscan(s, &killsInAll)
		require.NoError(t, err)
	}
	t.Logf("%s=%d %s=%d", killSeed, seed, killCount, killsInAll)
	parts := newModel(t, 20<<20+7) // just above what one request sends
	whole := newModel(t, 1<<20)    // one request copies it whatever its size
	commands := []command{
		{"cp up", "cp", here, there, parts},
		{"cp down", "cp", there, here, parts},
		{"cp between buckets", "cp", there, farther, whole},
		{"mv up", "mv", here, there, parts},
		{"mv down", "mv", there, here, parts},
		{"mv between buckets", "mv", there, farther, whole},
	}
	var group sync.WaitGroup // they mostly wait, so not only as many as processors
	var struck atomic.Int64
	for i, c := range commands {
		group.Go(func() {
			t.Run(c.name, func(t *testing.T) {
				struck.Add(int64(c.throughKills(t, (killsInAll+i)/len(commands), rand.New(rand.NewPCG(seed, uint64(i))))))
			})
		})
	}
	group.Wait()
	assert.EqualValues(t, killsInAll, struck.Load(), "kills that struck a running program")
}

// throughKills carries the command out, over and over with a tree of its own,
// until it was killed as often as wanted. It returns the kills.
func (c command) throughKills(t *testing.T, want int, dice *rand.Rand) (killed int) {
	t.Helper()
	for killed < want && !t.Failed() {
		r := c.begin(t, dice)
		killed += r.run(want - killed)
		r.check()
	}
	return killed
}

// round is one tree that a command takes across.
type round struct {
	command
	t        *testing.T
	svc      *service
	gate     *gate
	dice     *rand.Rand
	home     string
	src, dst string
	tree     map[string][32]byte
	sizes    map[string]int64
	allowed  int64 // bytes that have to move
	kills    int
	queued   bool // the job is in the journal
}

func (c command) begin(t *testing.T, dice *rand.Rand) *round {
	t.Helper()
	r := &round{command: c, t: t, svc: startService(t), dice: dice, home: t.TempDir()}
	r.gate = newGate(t, r.svc)
	if !c.local() {
		r.gate.slow = append(r.gate.slow, r.svc.Faults().Add(emulator.Fault{Latency: 50 * time.Millisecond}))
	}
	require.NoError(t, r.svc.client(t).Client().CreateBucket(t.Context(), otherBucket))
	r.src, r.dst = r.place(c.from, "from"), r.place(c.to, "to")
	m := c.model
	r.tree, r.sizes = m.tree, m.sizes
	for _, size := range m.sizes {
		if c.local() {
			r.allowed += size
		}
	}
	if c.from == here {
		require.NoError(t, os.CopyFS(r.src, os.DirFS(m.dir)))
		return r
	}
	for name := range r.tree {
		f, err := os.Open(filepath.Join(m.dir, filepath.FromSlash(name)))
		require.NoError(t, err)
		require.NoError(t, r.svc.Store(demo.Bucket, "from/"+name, f, -1, emulator.StoreOptions{}))
		require.NoError(t, f.Close())
	}
	return r
}

// place is where one end of the command is, as it is written for the program.
func (r *round) place(s side, name string) string {
	switch s {
	case there:
		return bucketURI + name + "/"
	case farther:
		return "cos://" + otherBucket + "/" + name + "/"
	case here:
	}
	return filepath.Join(r.t.TempDir(), name) + "/"
}

// run starts the command until it ends by itself, and kills it at most atMost
// times on the way. It returns how often it did.
func (r *round) run(atMost int) int {
	r.t.Helper()
	for {
		first, whole := r.gate.next(), r.kills > 0 && r.across()
		cmd := program(r.t.Context(), r.home, serverEnv(r.gate.url), r.verb, "-r", "--json", r.src, r.dst)
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		require.NoError(r.t, cmd.Start())
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		if r.kills < atMost {
			r.killLater(cmd, first, ended)
		}
		err := <-ended
		r.began(out.String(), whole)
		if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			r.kills++
			r.gate.excuse()
			continue
		}
		require.NoError(r.t, err, "%s after %d kills: %s", r.name, r.kills, errs.String())
		return r.kills
	}
}

// began hears whether the program went on with what a killed one left. Where
// that was everything, as it was killed after its last step, the command means
// all of it once more; else it must go on.
func (r *round) began(out string, whole bool) {
	r.t.Helper()
	switch {
	case r.queued && strings.Contains(out, `"event":"start"`) && !strings.Contains(out, `"resumed":true`):
		assert.True(r.t, whole, "%s did not go on after %d kills", r.name, r.kills)
		for _, size := range r.sizes {
			r.allowed += size
		}
	case strings.Contains(out, `"event":"start"`):
		r.queued = true
	}
}

// across reports that all files are on the other side, by name and size.
func (r *round) across() bool {
	r.t.Helper()
	return maps.Equal(r.sizes, r.listing(r.to, r.dst))
}

// killLater kills the program at a random moment: mostly once it is at work,
// sometimes while it starts.
func (r *round) killLater(cmd *exec.Cmd, first <-chan struct{}, ended chan error) {
	if r.dice.IntN(8) > 0 {
		select {
		case <-first:
		case err := <-ended:
			ended <- err
			return
		}
	}
	select {
	case <-time.After(time.Duration(r.dice.Int64N(int64(r.killWithin())))):
		_ = cmd.Process.Kill() // it may have ended by itself
	case err := <-ended:
		ended <- err
	}
}

// check looks whether everything is where it belongs, and nothing else is.
func (r *round) check() {
	r.t.Helper()
	for _, quick := range r.gate.slow {
		quick()
	}
	want := maps.Clone(r.tree)
	assert.Equal(r.t, want, r.sums(r.to, r.dst), "%s after %d kills", r.name, r.kills)
	if r.verb == "mv" {
		clear(want)
	}
	assert.Equal(r.t, want, r.sums(r.from, r.src), "the source of %s after %d kills", r.name, r.kills)
	for _, name := range []string{demo.Bucket, otherBucket} {
		b := r.svc.client(r.t).Client().Bucket(name, "")
		for page, err := range b.UploadPages(r.t.Context(), cos.UploadsOptions{}) {
			require.NoError(r.t, err)
			assert.Empty(r.t, page.Uploads, "%s left an upload after %d kills", r.name, r.kills)
		}
	}
	all, excused := r.gate.moved()
	assert.LessOrEqual(r.t, all, r.allowed+excused, "%s after %d kills: only what was in flight moves again", r.name, r.kills)
}

// listing are the sizes by name on one side, temporary files included.
func (r *round) listing(s side, place string) map[string]int64 {
	r.t.Helper()
	list := map[string]int64{}
	if s == here {
		require.NoError(r.t, filepath.WalkDir(place, func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) || err == nil && d.IsDir() {
				return nil // it may be the whole that is not there
			}
			require.NoError(r.t, err)
			info, err := d.Info()
			list[filepath.ToSlash(strings.TrimPrefix(path, place))] = info.Size()
			return err
		}))
		return list
	}
	b, prefix := r.bucket(place)
	for page, err := range b.Pages(r.t.Context(), cos.ListOptions{Prefix: prefix}) {
		require.NoError(r.t, err)
		for _, o := range page.Objects {
			list[strings.TrimPrefix(o.Key, prefix)] = o.Size
		}
	}
	return list
}

// sums are the sums by name on one side, temporary files included.
func (r *round) sums(s side, place string) map[string][32]byte {
	r.t.Helper()
	sums := map[string][32]byte{}
	for name := range r.listing(s, place) {
		if s == here {
			data, err := os.ReadFile(filepath.Join(place, filepath.FromSlash(name)))
			require.NoError(r.t, err)
			sums[name] = sha256.Sum256(data)
			continue
		}
		b, prefix := r.bucket(place)
		obj, err := b.Get(r.t.Context(), prefix+name, cos.GetOptions{})
		require.NoError(r.t, err)
		data, err := io.ReadAll(obj.Body)
		require.NoError(r.t, err)
		require.NoError(r.t, obj.Body.Close())
		sums[name] = sha256.Sum256(data)
	}
	return sums
}

func (r *round) bucket(place string) (*cos.Bucket, string) {
	r.t.Helper()
	u, err := cos.ParseURI(place)
	require.NoError(r.t, err)
	return r.svc.client(r.t).Client().Bucket(u.Bucket, ""), u.Key
}

// gate stands before a service, slows it down and remembers what moves through
// it, request by request.
type gate struct {
	svc  *service
	url  string
	slow []func() // take the slowness away

	mu       sync.Mutex // guards the rest
	requests []*passing
	first    chan struct{} // closed by the next request
}

// passing is a request on its way through the gate.
type passing struct {
	bytes   atomic.Int64 // of an object, either way
	ended   atomic.Int64 // Unix nanoseconds; 0 while it runs
	old     bool         // of a program that was killed
	excused bool         // it was on its way then
}

func newGate(t *testing.T, svc *service) *gate {
	t.Helper()
	g := &gate{svc: svc, first: make(chan struct{})}
	web := httptest.NewServer(g)
	t.Cleanup(func() { web.CloseClientConnections(); web.Close() })
	g.url = web.URL
	// Parts do not all end together, so that some are safe when others are cut.
	for _, f := range []emulator.Fault{
		{Latency: 30 * time.Millisecond},
		{Op: "UploadPart", Every: 2, Bandwidth: 6 << 20},
		{Op: "GetObject", Every: 2, Bandwidth: 6 << 20},
		{Bandwidth: 100 << 20},
	} {
		g.slow = append(g.slow, svc.Faults().Add(f))
	}
	return g
}

// next returns a channel that is closed with the next request.
func (g *gate) next() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.first = make(chan struct{})
	return g.first
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p := &passing{}
	defer func() { p.ended.Store(time.Now().UnixNano()) }()
	g.mu.Lock()
	g.requests = append(g.requests, p)
	select {
	case <-g.first:
	default:
		close(g.first)
	}
	g.mu.Unlock()
	if r.Method == http.MethodPut {
		r.Body = &passingBody{r.Body, p}
	}
	if r.Method == http.MethodGet && r.URL.RawQuery == "" {
		w = &passingWriter{w, p}
	}
	g.svc.ServeHTTP(w, r)
}

// grace is how long it may take until what was answered is in the journal.
const grace = 300 * time.Millisecond

// excuse marks the requests of which a program that was just killed had not
// seen the end, or not noted it yet.
func (g *gate) excuse() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, p := range g.requests {
		ended := p.ended.Load()
		p.excused = p.excused || !p.old && (ended == 0 || time.Since(time.Unix(0, ended)) < grace)
		p.old = true
	}
}

// moved returns the bytes of objects that moved, and of those the ones that
// may have to move again.
func (g *gate) moved() (all, excused int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, p := range g.requests {
		all += p.bytes.Load()
		if p.excused {
			excused += p.bytes.Load()
		}
	}
	return all, excused
}

type passingBody struct {
	io.ReadCloser
	p *passing
}

func (b *passingBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.p.bytes.Add(int64(n))
	return n, err
}

type passingWriter struct {
	http.ResponseWriter
	p *passing
}

func (w *passingWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.p.bytes.Add(int64(n))
	return n, err
}

func (w *passingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
