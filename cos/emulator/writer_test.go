package emulator

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWriter_FailureUndoesOnlyItsOwnChange(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	buried := map[int64]int{}
	x, err := openIndex(filepath.Join(t.TempDir(), "index.db"), func(ids []int64) {
		mu.Lock()
		defer mu.Unlock()
		for _, id := range ids {
			buried[id]++
		}
	})
	require.NoError(t, err)
	defer func() { assert.NoError(t, x.close()) }()

	broken := errors.New("broken")
	// The first change keeps the writer busy, so that the rest is one batch.
	hold := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		assert.NoError(t, x.writer.do(func(*writeTx) error { <-hold; return nil }))
	})
	for i := range 20 {
		wg.Go(func() {
			err := x.writer.do(func(tx *writeTx) error {
				tx.dead = append(tx.dead, int64(i))
				if err := tx.exec(`INSERT INTO notes VALUES (?, ?)`, fmt.Sprint(i), "written"); err != nil {
					return err
				}
				if i%5 == 0 {
					return broken
				}
				return nil
			})
			if i%5 == 0 {
				assert.ErrorIs(t, err, broken)
			} else {
				assert.NoError(t, err)
			}
		})
	}
	close(hold)
	wg.Wait()
	for i := range 20 {
		text, err := x.note(t.Context(), fmt.Sprint(i))
		require.NoError(t, err)
		want, times := "written", 1
		if i%5 == 0 {
			want, times = "", 0
		}
		assert.Equal(t, want, text, i)
		assert.Equal(t, times, buried[int64(i)], i)
	}
}

func TestBlobs_FilesOutliveTheReadersThatMayWantThem(t *testing.T) {
	t.Parallel()
	b, err := openBlobs(t.TempDir())
	require.NoError(t, err)
	exists := func(id int64) bool {
		f, err := b.open(id)
		if err == nil {
			require.NoError(t, f.Close())
		}
		return err == nil
	}
	for id := range int64(3) {
		f, err := b.create(id)
		require.NoError(t, err)
		require.NoError(t, f.Close())
	}
	early := b.begin()
	b.bury([]int64{0})
	middle := b.begin()
	b.bury([]int64{1})
	late := b.begin()
	assert.True(t, exists(0) && exists(1))
	late()
	assert.True(t, exists(0) && exists(1))
	early()
	assert.False(t, exists(0))
	assert.True(t, exists(1))
	middle()
	assert.False(t, exists(1))
	b.bury([]int64{2})
	assert.False(t, exists(2), "nobody reads")
}

func TestCombineCRC_MatchesTheVectors(t *testing.T) {
	t.Parallel()
	assert.Equal(t, uint64(11051210869376104954), combineCRC(14865968487149912872, 7598038797645275211, 5))
	assert.Equal(t, uint64(7), combineCRC(7, 0, 0))
	quarter := uint64(6947770692288575170) // 1 MiB of zeros
	half := combineCRC(quarter, quarter, 1<<20)
	assert.Equal(t, uint64(15807926966679858283), combineCRC(half, half, 2<<20))
}
