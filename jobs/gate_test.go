package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"cosmander/cos"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var errSlow = &cos.Error{Status: 503, Code: "SlowDown"}

func TestGate_HalvesOnceForManyThatAreRefusedTogether(t *testing.T) {
	t.Parallel()
	g := newGate(16)
	var cuts []int
	for range 16 {
		c, err := g.enter(t.Context())
		require.NoError(t, err)
		cuts = append(cuts, c)
	}
	for _, c := range cuts {
		g.leave(c, errSlow)
	}
	assert.InDelta(t, 8, g.allowed, 0.01)
	assert.Zero(t, g.busy)
}

func TestGate_GrowsByOneForEachRoundThatGoesWell(t *testing.T) {
	t.Parallel()
	g := newGate(16)
	g.allowed = 4
	for round := range 3 {
		for range 4 + round {
			c, err := g.enter(t.Context())
			require.NoError(t, err)
			g.leave(c, nil)
		}
	}
	assert.InDelta(t, 7, g.allowed, 0.5)
	for range 1000 {
		c, _ := g.enter(t.Context())
		g.leave(c, nil)
	}
	assert.InDelta(t, 16, g.allowed, 0.01, "and no further than there are places")
}

func TestGate_KeepsOneOpenWhateverTheServiceSays(t *testing.T) {
	t.Parallel()
	g := newGate(8)
	for range 50 {
		c, err := g.enter(t.Context())
		require.NoError(t, err)
		g.leave(c, errSlow)
	}
	assert.InDelta(t, 1, g.allowed, 0.01)
}

func TestGate_OtherFailuresChangeNothing(t *testing.T) {
	t.Parallel()
	g := newGate(8)
	g.allowed = 4
	for _, err := range []error{errors.New("x"), &cos.Error{Status: 500, Code: "InternalError"}, context.Canceled} {
		c, _ := g.enter(t.Context())
		g.leave(c, err)
	}
	assert.InDelta(t, 4, g.allowed, 0.01)
}

func TestGate_WhatARequestAsksInBetweenDoesNotWaitForItself(t *testing.T) {
	t.Parallel()
	g := newGate(1)
	inner := false
	err := g.pass(t.Context(), func(ctx context.Context) error {
		return g.pass(ctx, func(context.Context) error {
			inner = true
			return nil
		})
	})
	require.NoError(t, err)
	assert.True(t, inner)
}

func TestGate_WhoStopsWaitingLosesNoPlace(t *testing.T) {
	t.Parallel()
	g := newGate(1)
	c, err := g.enter(t.Context())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := g.enter(ctx)
		assert.ErrorIs(t, err, context.Canceled)
	})
	eventually(t, func() bool { g.mu.Lock(); defer g.mu.Unlock(); return len(g.queue) == 1 }, "somebody waits")
	cancel()
	wg.Wait()
	g.leave(c, nil)
	_, err = g.enter(t.Context())
	assert.NoError(t, err)
	assert.Equal(t, 1, g.busy)
}

func TestGate_NeverLetsMoreInThanIsAllowed(t *testing.T) {
	t.Parallel()
	g := newGate(10)
	g.allowed = 3
	var inside, peak atomic.Int64
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			_ = g.pass(t.Context(), func(context.Context) error {
				n := inside.Add(1)
				defer inside.Add(-1)
				for p := peak.Load(); n > p && !peak.CompareAndSwap(p, n); p = peak.Load() {
				}
				if i%2 == 0 {
					return errSlow
				}
				return errors.New("neither good nor too fast")
			})
		})
	}
	wg.Wait()
	assert.LessOrEqual(t, peak.Load(), int64(3))
	assert.Zero(t, g.busy)
	assert.Empty(t, g.queue)
}

// TestJob_FindsThePaceThatTheServiceBears puts a service in front that refuses
// more than three requests at once.
func TestJob_FindsThePaceThatTheServiceBears(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 300 {
		w.file(fmt.Sprintf("d/%03d", i), 100)
	}
	var inside, refused atomic.Int64
	crowd := func(enter bool) (refuse bool) {
		if !enter {
			inside.Add(-1)
			return false
		}
		if inside.Add(1) <= 3 {
			return false
		}
		refused.Add(1)
		return true
	}
	w.crowd.Store(&crowd)
	w.cfg.Retry.Attempts = 40
	_, j := w.run(w.upload("d"))
	require.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 300, j.ItemsDone)
	assert.Less(t, refused.Load(), int64(200), "40 at a time would be refused again and again")
}
