package jobs

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cosmander/cos"
	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	bucketName = "test-1250000000"
	region     = "ap-guangzhou"
	kib        = 1 << 10
)

// world is a service, a local folder and a journal of a test's own.
type world struct {
	t        testing.TB
	server   *emulator.Server
	bucket   *cos.Bucket
	endpoint string
	dir      string // local files
	cfg      Config
	sent     atomic.Int64                  // bytes of request bodies that reached the service
	before   atomic.Pointer[func(n int64)] // called with each request's number
	crowd    atomic.Pointer[func(enter bool) (refuse bool)]
	seen     atomic.Int64 // requests
	ahead    atomic.Int64 // by how much all clocks are, see pass
}

func newWorld(t testing.TB, change ...func(*cos.Config)) *world {
	t.Helper()
	return newArchive(t, time.Nanosecond, change...) // done with the second that follows
}

// newArchive is a world that takes its time to restore what is archived.
func newArchive(t testing.TB, restoreTime time.Duration, change ...func(*cos.Config)) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir()}
	var err error
	w.server, err = emulator.Open(emulator.Config{
		Dir: t.TempDir(), SecretID: "id", SecretKey: "key", Region: region, Buckets: []string{bucketName},
		RestoreTime: restoreTime, Now: w.now,
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, w.server.Close()) })
	front := httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(front.Close)
	transport := &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	cfg := cos.Config{
		Endpoint: front.URL, Region: region, Credentials: cos.Credentials{SecretID: "id", SecretKey: "key"},
		IdleTimeout: 2 * time.Second, Transport: transport, Now: w.now,
	}
	for _, c := range change {
		c(&cfg)
	}
	client, err := cos.New(cfg)
	require.NoError(t, err)
	w.bucket, w.endpoint = client.Bucket(bucketName, region), front.URL
	w.cfg = Config{
		Journal: filepath.Join(t.TempDir(), "state", "jobs.db"),
		Account: "test",
		Bucket:  func(name, region string) (*cos.Bucket, error) { return client.Bucket(name, region), nil },
		Retry:   RetryPolicy{Attempts: 6, Base: time.Millisecond, Cap: 4 * time.Millisecond},
		Poll:    10 * time.Millisecond,
		Now:     w.now,
		// Small enough for a test to have many parts.
		PartSize: 1, Threshold: 512 * kib,
		lookFirst: 4 * time.Millisecond, lookCap: 100 * time.Millisecond,
	}
	return w
}

// now is the time of the service, the client and the queue.
func (w *world) now() time.Time { return time.Now().Add(time.Duration(w.ahead.Load())) }

// pass lets time pass at once.
func (w *world) pass(d time.Duration) { w.ahead.Add(int64(d)) }

func (w *world) serve(rw http.ResponseWriter, r *http.Request) {
	n := w.seen.Add(1)
	if hook := w.before.Load(); hook != nil {
		(*hook)(n)
	}
	if crowd := w.crowd.Load(); crowd != nil {
		defer (*crowd)(false)
		if (*crowd)(true) {
			rw.Header().Set("x-cos-request-id", "r")
			rw.WriteHeader(http.StatusServiceUnavailable)
			_, _ = rw.Write([]byte("<Error><Code>SlowDown</Code></Error>"))
			return
		}
	}
	r.Body = &countedBody{r.Body, &w.sent}
	w.server.ServeHTTP(rw, r)
}

type countedBody struct {
	io.ReadCloser
	n *atomic.Int64
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.n.Add(int64(n))
	return n, err
}

// open starts a queue that is closed with the test.
func (w *world) open(change ...func(*Config)) *Queue {
	w.t.Helper()
	cfg := w.cfg
	for _, c := range change {
		c(&cfg)
	}
	q, err := Open(context.Background(), cfg)
	require.NoError(w.t, err)
	w.t.Cleanup(func() { assert.NoError(w.t, q.Close()) })
	return q
}

func content64(seed uint64, size int64) []byte {
	b := make([]byte, size)
	r := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
	_, _ = r.Read(b)
	return b
}

// file makes a local file with bytes of its own.
func (w *world) file(name string, size int64) []byte {
	w.t.Helper()
	b := content64(uint64(size)+uint64(len(name)), size)
	path := filepath.Join(w.dir, name)
	require.NoError(w.t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(w.t, os.WriteFile(path, b, 0o600))
	return b
}

// object puts an object with bytes of its own.
func (w *world) object(key string, size int64) []byte {
	w.t.Helper()
	b := content64(uint64(size)+uint64(len(key)), size)
	w.put(key, b)
	return b
}

func (w *world) put(key string, b []byte) {
	w.t.Helper()
	_, err := w.bucket.Put(w.t.Context(), key, cos.Body{ReaderAt: bytes.NewReader(b), Size: int64(len(b))}, cos.Headers{})
	require.NoError(w.t, err)
}

// stored returns an object's bytes; nil if there is none.
func (w *world) stored(key string) []byte {
	w.t.Helper()
	o, err := w.bucket.Get(context.Background(), key, cos.GetOptions{})
	if err != nil {
		require.ErrorIs(w.t, err, cos.ErrNotFound)
		return nil
	}
	defer o.Body.Close()
	b, err := io.ReadAll(o.Body)
	require.NoError(w.t, err)
	return b
}

func (w *world) keys() []string {
	w.t.Helper()
	var keys []string
	for page, err := range w.bucket.Pages(w.t.Context(), cos.ListOptions{}) {
		require.NoError(w.t, err)
		for _, o := range page.Objects {
			keys = append(keys, o.Key)
		}
	}
	return keys
}

// uploads returns how many multipart uploads are open.
func (w *world) uploads() int {
	w.t.Helper()
	page, err := w.bucket.ListUploads(w.t.Context(), cos.UploadsOptions{})
	require.NoError(w.t, err)
	return len(page.Uploads)
}

// tree returns the files and folders below dir: contents by path.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || path == dir {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		if info.IsDir() {
			files[rel+"/"] = ""
			return nil
		}
		if !info.Mode().IsRegular() {
			files[rel] = info.Mode().String()
			return nil
		}
		b, err := os.ReadFile(path)
		files[rel] = string(b)
		return err
	}))
	return files
}

func names(m map[string]string) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	sort.Strings(list)
	return list
}

func noTemps(t testing.TB, dir string) {
	t.Helper()
	for name := range tree(t, dir) {
		assert.False(t, strings.HasPrefix(filepath.Base(name), ".cosmander-"), "left behind: %s", name)
	}
}

func (w *world) upload(names ...string) Spec {
	s := Spec{Kind: Upload, Dest: Place{Bucket: bucketName, Region: region, Key: "up/"}}
	for _, n := range names {
		path := filepath.Join(w.dir, n)
		info, err := os.Stat(path)
		s.Sources = append(s.Sources, Source{Place: Place{Path: path}, Folder: err == nil && info.IsDir()})
	}
	return s
}

func (w *world) download(to string, keys ...string) Spec {
	s := Spec{Kind: Download, Dest: Place{Path: to}}
	for _, k := range keys {
		s.Sources = append(s.Sources, w.source(k))
	}
	return s
}

func (w *world) source(key string) Source {
	return Source{Place: Place{Bucket: bucketName, Region: region, Key: key}, Folder: key == "" || strings.HasSuffix(key, "/")}
}

// start adds one job.
func start(t testing.TB, q *Queue, s Spec) ID {
	t.Helper()
	ids, err := q.Add(t.Context(), s)
	require.NoError(t, err)
	require.Len(t, ids, 1)
	return ids[0]
}

// finish waits for a job to come to rest.
func finish(t testing.TB, q *Queue, id ID) Job {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	require.NoError(t, q.Wait(ctx, id), "%+v", q.Snapshot())
	return job(t, q, id)
}

func job(t testing.TB, q *Queue, id ID) Job {
	t.Helper()
	for _, j := range q.Snapshot().Jobs {
		if j.ID == id {
			return j
		}
	}
	return Job{} // not yet known to this process
}

// run does one job to its end.
func (w *world) run(s Spec) (*Queue, Job) {
	w.t.Helper()
	q := w.open()
	id := start(w.t, q, s)
	return q, finish(w.t, q, id)
}

func reasons(t testing.TB, q *Queue, id ID) map[string]string {
	t.Helper()
	items, err := q.Items(t.Context(), id, 0, 1000, Failed)
	require.NoError(t, err)
	m := map[string]string{}
	for _, it := range items {
		m[it.Name] = it.Reason
	}
	return m
}

func eventually(t testing.TB, ok func() bool, what string) {
	t.Helper()
	require.Eventually(t, ok, 15*time.Second, 2*time.Millisecond, what)
}

func nth(n int) string { return fmt.Sprintf("n=%d", n) }

// same compares bytes without printing megabytes of them.
func same(t testing.TB, want, got []byte) {
	t.Helper()
	assert.True(t, bytes.Equal(want, got), "%d bytes, not the %d expected", len(got), len(want))
}

func storedAt(at time.Time) emulator.StoreOptions { return emulator.StoreOptions{Modified: at} }
