package jobs

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBandwidth_HoldsAllTransfersTogetherBothWays(t *testing.T) {
	t.Parallel()
	for _, kind := range []Kind{Upload, Download} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			const limit, total = 512 * kib, 640 * kib
			for i := range 4 {
				w.file(fmt.Sprintf("d/%d", i), total/4)
				w.object(fmt.Sprintf("d/%d", i), total/4)
			}
			spec := w.upload("d")
			if kind == Download {
				spec = w.download(filepath.Join(w.dir, "to"), "d/")
			}
			q := w.open(func(c *Config) { c.Bandwidth = limit })
			begin := time.Now()
			j := finish(t, q, start(t, q, spec))
			require.Equal(t, Done, j.State, j.Reason)
			// A piece is free at the beginning.
			assert.GreaterOrEqual(t, time.Since(begin), time.Duration(total-throttled)*time.Second/limit)
			for name, b := range tree(t, filepath.Join(w.dir, "d")) {
				if kind == Download {
					assert.Equal(t, string(w.stored("d/"+name)), tree(t, filepath.Join(w.dir, "to"))["d/"+name])
					continue
				}
				same(t, []byte(b), w.stored("up/d/"+name))
			}
		})
	}
}

func TestBandwidth_IsChangedWhileItRuns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := w.file("big", 4*partBytes)
	q := w.open(func(c *Config) { c.Bandwidth = MinBandwidth })
	id := start(t, q, w.upload("big")) // would take two minutes
	eventually(t, func() bool { return job(t, q, id).BytesDone > 0 }, "it moves")
	assert.EqualValues(t, MinBandwidth, q.Bandwidth())
	require.NoError(t, q.SetBandwidth(0))
	assert.Equal(t, Done, finish(t, q, id).State)
	same(t, want, w.stored("up/big"))
	assert.Zero(t, q.Bandwidth())
}

func TestBandwidth_PauseDoesNotWaitForIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("big", 4*partBytes)
	q := w.open(func(c *Config) { c.Bandwidth = MinBandwidth })
	id := start(t, q, w.upload("big"))
	eventually(t, func() bool { return job(t, q, id).BytesDone > 0 }, "it moves")
	require.NoError(t, q.Pause(t.Context(), id))
	assert.Equal(t, Paused, job(t, q, id).State)
}

func TestBandwidth_TooLittleIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := w.open()
	for _, limit := range []int64{-1, 1, MinBandwidth - 1} {
		assert.Error(t, q.SetBandwidth(limit))
		cfg := w.cfg
		cfg.Bandwidth = limit
		_, err := Open(t.Context(), cfg)
		assert.Error(t, err)
	}
	assert.Zero(t, q.Bandwidth())
}

func TestParseBandwidth(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"": 0, " ": 0, "0": 0, "none": 0, "2MB": 2_000_000, "2MB/s": 2_000_000, " 2 MB/s ": 2_000_000, "2M": 2_000_000,
		"500kB": 500_000, "32KiB": MinBandwidth, "1.5GB/s": 1_500_000_000, "40000": 40_000,
	} {
		got, err := ParseBandwidth(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"fast", "-2MB", "2 miles", "1kB", "31KiB/s", "0.5", "NaN", "20EB/s", "9999999999EB", "2MB/h"} {
		_, err := ParseBandwidth(text)
		require.ErrorContains(t, err, strings.TrimSpace(text))
	}
}
