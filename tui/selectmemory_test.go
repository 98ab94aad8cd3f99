package tui

import (
	"bytes"
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/cos/emulator"
)

// endlessRows is a CSV of any size that nobody has to hold.
type endlessRows struct{ page []byte }

func (e endlessRows) ReadAt(p []byte, off int64) (n int, _ error) {
	for n < len(p) {
		n += copy(p[n:], e.page[(off+int64(n))%int64(len(e.page)):])
	}
	return n, nil
}

// heapPeak weighs the heap of the whole process, the local server included,
// until it is stopped.
func heapPeak() (stop func() (most uint64)) {
	done, most := make(chan struct{}), uint64(0)
	var wait sync.WaitGroup
	wait.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			var now runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	})
	return func() uint64 {
		close(done)
		wait.Wait()
		return most
	}
}

// streamed runs a query on an object of size bytes, first into the table and
// then into a file, and returns by how much the heap grew and what was written.
func streamed(t testing.TB, size int64) (table, file int64, written int64) {
	t.Helper()
	srv, err := emulator.Open(emulator.Config{Dir: t.TempDir(), SecretID: "id", SecretKey: "key", Buckets: []string{"b-1250000000"}})
	require.NoError(t, err)
	defer srv.Close()
	web := httptest.NewServer(srv)
	defer web.Close()
	client, err := cos.New(cos.Config{Endpoint: web.URL, Region: emulator.DefaultRegion, Credentials: cos.Credentials{SecretID: "id", SecretKey: "key"}})
	require.NoError(t, err)
	bucket := client.Bucket("b-1250000000", emulator.DefaultRegion)
	row := strings.Repeat("x", 118) + ",1234567\n" // 127 bytes and one more
	page := bytes.Repeat([]byte("y"+row), 512)
	size -= size % int64(len(page))
	_, err = bucket.Put(t.Context(), "big.csv", cos.Body{ReaderAt: endlessRows{page}, Size: size}, cos.Headers{})
	require.NoError(t, err)
	q := cos.SelectQuery{
		Expression: "SELECT * FROM COSObject", Progress: true,
		Input: cos.SelectInput{CSV: &cos.CSVInput{}}, Output: cos.SelectOutput{CSV: &cos.CSVOutput{FieldDelimiter: ","}},
	}

	grown := func(work func()) int64 {
		var before runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		stop := heapPeak()
		work()
		return int64(stop()) - int64(before.HeapAlloc)
	}
	table = grown(func() { tableOf(t, bucket, q) })
	dir := t.TempDir()
	v := &selectSaving{changed: make(chan struct{}, 1)}
	w := &resultWriter{ctx: t.Context(), saving: v, asked: q, keys: []string{"big.csv"}, rows: []string{"big.csv"}, object: bucket}
	file = grown(func() {
		into := saveInto{folder: dir, name: "out.csv"}
		require.NoError(t, into.write(t.Context(), func(out *countedFile) error { return w.all(out, false) }))
	})
	info, err := os.Stat(filepath.Join(dir, "out.csv"))
	require.NoError(t, err)
	assert.Equal(t, size, info.Size())
	return table, file, v.written.Load()
}

// tableOf reads as the screen does, and keeps what the table keeps.
func tableOf(t testing.TB, bucket *cos.Bucket, q cos.SelectQuery) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r := &selectRun{cancel: cancel, changed: make(chan struct{}, 1), taken: make(chan struct{}, 1)}
	go r.read(ctx, bucket, []string{"big.csv"}, q)
	var kept []selectGot
	rows := 0
	for {
		<-r.changed
		got := r.take()
		kept = append(kept, got)
		for _, b := range got.batches {
			rows += len(b.Ends)
		}
		if got.done {
			assert.NoError(t, got.err)
			assert.True(t, got.full)
			assert.Equal(t, tableRows, rows)
			runtime.KeepAlive(kept)
			return
		}
	}
}

// Not parallel: it weighs the heap of the whole process.
func TestSelect_StreamsWithBoundedMemory(t *testing.T) {
	table, file, written := streamed(t, 64<<20)
	t.Logf("the heap grew by %d MB for the table, by %d MB while saving", table>>20, file>>20)
	assert.Less(t, table, int64(40<<20), "a table of 100 000 rows of 128 bytes")
	assert.Less(t, file, int64(24<<20), "a file of any size")
	assert.EqualValues(t, 64<<20, written)
}

// BenchmarkSelect is the same over a gigabyte, or COSMANDER_SELECT_MB.
func BenchmarkSelect(b *testing.B) {
	size := int64(1 << 30)
	if mb, err := strconv.ParseInt(os.Getenv("COSMANDER_SELECT_MB"), 10, 64); err == nil {
		size = mb << 20
	}
	for b.Loop() {
		table, file, written := streamed(b, size)
		b.ReportMetric(float64(table)/1e6, "MB-table")
		b.ReportMetric(float64(file)/1e6, "MB-saving")
		b.SetBytes(2 * written)
		assert.Less(b, table, int64(40<<20))
		assert.Less(b, file, int64(24<<20))
	}
}
