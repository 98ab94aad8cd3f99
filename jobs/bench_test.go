package jobs

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"cosmander/cos"
	"cosmander/cos/emulator"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

const benchBytes = 256 << 20

func benchWorld(b *testing.B) *world {
	w := newWorld(b)
	d := Config{}.withDefaults()
	w.cfg.PartSize, w.cfg.Threshold, w.cfg.Poll = d.PartSize, d.Threshold, d.Poll
	return w
}

// BenchmarkUpload beside BenchmarkUploadRaw, which sends the same parts with
// nothing kept and nothing checked.
func BenchmarkUpload(b *testing.B) {
	w := benchWorld(b)
	w.file("big", benchBytes)
	q := w.open()
	b.SetBytes(benchBytes)
	for b.Loop() {
		require.Equal(b, Done, finish(b, q, start(b, q, w.upload("big"))).State)
	}
}

func BenchmarkUploadRaw(b *testing.B) {
	w := benchWorld(b)
	w.file("big", benchBytes)
	f, err := os.Open(filepath.Join(w.dir, "big"))
	require.NoError(b, err)
	defer f.Close()
	b.SetBytes(benchBytes)
	for b.Loop() {
		id, err := w.bucket.InitiateUpload(b.Context(), "raw", cos.Headers{})
		require.NoError(b, err)
		all := spans(benchBytes, w.cfg.PartSize)
		parts := make([]cos.Part, len(all))
		var g errgroup.Group
		g.SetLimit(16)
		for i, s := range all {
			g.Go(func() error {
				res, err := w.bucket.UploadPart(context.Background(), "raw", id, s.number,
					cos.Body{ReaderAt: io.NewSectionReader(f, s.off, s.size), Size: s.size})
				if err == nil {
					parts[i] = cos.Part{Number: s.number, ETag: res.ETag}
				}
				return err
			})
		}
		require.NoError(b, g.Wait())
		_, err = w.bucket.CompleteUpload(b.Context(), "raw", id, parts)
		require.NoError(b, err)
	}
}

func BenchmarkDownload(b *testing.B) {
	w := benchWorld(b)
	w.object("big", benchBytes)
	q := w.open()
	b.SetBytes(benchBytes)
	for b.Loop() {
		require.Equal(b, Done, finish(b, q, start(b, q, w.download(filepath.Join(w.dir, "to"), "big"))).State)
	}
}

func BenchmarkDownloadRaw(b *testing.B) {
	w := benchWorld(b)
	w.object("big", benchBytes)
	b.SetBytes(benchBytes)
	for b.Loop() {
		f, err := os.Create(filepath.Join(w.dir, "raw"))
		require.NoError(b, err)
		var g errgroup.Group
		g.SetLimit(16)
		for _, s := range spans(benchBytes, w.cfg.PartSize) {
			g.Go(func() error {
				o, err := w.bucket.Get(context.Background(), "big", cos.GetOptions{Range: &cos.ByteRange{Offset: s.off, Length: s.size}})
				if err != nil {
					return err
				}
				defer o.Body.Close()
				_, err = io.CopyBuffer(io.NewOffsetWriter(f, s.off), o.Body, make([]byte, copyBuffer))
				return err
			})
		}
		require.NoError(b, g.Wait())
		require.NoError(b, f.Close())
	}
}

// BenchmarkSmallFiles moves 2 000 files of 4 KiB at 30 ms a request; files/s
// is to be held against 100, which three at a time would reach.
func BenchmarkSmallFiles(b *testing.B) {
	w := benchWorld(b)
	const files = 2000
	for i := range files {
		w.file(fmt.Sprintf("d/%04d", i), 4*kib)
	}
	w.server.Faults().Add(emulator.Fault{Latency: 30 * time.Millisecond})
	q := w.open()
	for b.Loop() {
		require.Equal(b, Done, finish(b, q, start(b, q, w.upload("d"))).State)
	}
	b.ReportMetric(float64(files*b.N)/b.Elapsed().Seconds(), "up-files/s")
	began := time.Now()
	require.Equal(b, Done, finish(b, q, start(b, q, w.download(filepath.Join(w.dir, "to"), "up/d/"))).State)
	b.ReportMetric(files/time.Since(began).Seconds(), "down-files/s")
}

// BenchmarkJournal moves 20 000 files of 4 KiB and tells what the journal
// holds of each when all are done: their rows, or their receipts alone.
func BenchmarkJournal(b *testing.B) {
	const files = 20_000
	for name, keep := range map[string]int64{"rows": files, "receipts": 1} {
		b.Run(name, func(b *testing.B) {
			w := benchWorld(b)
			for i := range files {
				w.file(fmt.Sprintf("photos/2026-07 holiday/%02d/IMG_%06d.jpg", i/1000, i), 4*kib)
			}
			w.cfg.KeepDone = keep
			q := w.open()
			for b.Loop() {
				require.Equal(b, Done, finish(b, q, start(b, q, w.upload("photos"))).State)
			}
			b.ReportMetric(float64(files*b.N)/b.Elapsed().Seconds(), "files/s")
			b.ReportMetric(float64(q.j.w.commits.Load())/float64(files*b.N), "commits/file")
			var used int64
			require.NoError(b, q.j.read.QueryRowContext(b.Context(),
				"SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size").Scan(&used))
			b.ReportMetric(float64(used)/float64(files*b.N), "journal-B/file")
		})
	}
}

// BenchmarkJournalRows tells what the journal alone costs of each small file:
// its row, and its end in groups of eight, as 16 workers bring them.
func BenchmarkJournalRows(b *testing.B) {
	const files, group = 256, 8
	j := openTestJournal(b)
	ids, err := j.add([]Spec{{Kind: Upload, Account: "a", Sources: []Source{{Place: Place{Path: "/x"}}}}})
	require.NoError(b, err)
	end := outcome{size: 4 * kib, etag: `"d41d8cd98f00b204e9800998ecf8427e"`, crc: 5, hasCRC: true, verified: true}
	for n := 0; b.Loop(); n += files {
		items := make([]*item, files)
		for i := range items {
			name := fmt.Sprintf("2026-07 holiday/IMG_%06d.jpg", n+i)
			items[i] = &item{state: Queued, name: name, path: "/photos/" + name, key: "up/" + name, dest: "up/" + name, size: end.size}
		}
		_, err := j.walked(ids[0], items, walkPos{after: items[files-1].name}, false)
		require.NoError(b, err)
		for some := range slices.Chunk(items, group) {
			require.NoError(b, j.w.note(func(t *txn) error {
				for _, it := range some {
					_, write := j.done(it, end, nil)
					if err := write(t); err != nil {
						return err
					}
				}
				return nil
			}))
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/files, "us/file")
}
