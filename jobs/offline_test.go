package jobs

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"cosmander/cos"
	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// newOffline is a world whose network can be taken away: true is down.
func newOffline(t *testing.T, why error) (*world, *atomic.Bool) {
	t.Helper()
	down := &atomic.Bool{}
	w := newWorld(t, func(c *cos.Config) {
		tr := &http.Transport{DisableKeepAlives: true, DisableCompression: true}
		tr.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			if down.Load() {
				return nil, &net.OpError{Op: "dial", Net: network, Err: why}
			}
			return (&net.Dialer{}).DialContext(ctx, network, addr)
		}
		c.Transport = tr
	})
	w.cfg.Retry.Attempts = 2
	return w, down
}

func noHost() error { return &net.DNSError{Err: "no such host", Name: "cos.example", IsNotFound: true} }

func TestOffline_AJobWaitsForTheNetworkWithoutEnd(t *testing.T) {
	t.Parallel()
	w, down := newOffline(t, noHost())
	w.cfg.Patient = true
	want := w.file("d/big", 3*partBytes)
	w.file("d/small", 10)
	down.Store(true)
	q := w.open()
	id := start(t, q, w.upload("d"))
	many := func() bool {
		items, err := q.Items(t.Context(), id, 0, 10)
		require.NoError(t, err)
		j := job(t, q, id)
		return len(items) == 2 && items[0].Attempts > 5 && items[1].Attempts > 5 && j.State == Retrying
	}
	eventually(t, many, "more attempts than there are")
	j := job(t, q, id)
	assert.Contains(t, j.Reason, "no network: ")
	assert.Contains(t, j.Reason, "cannot find host cos.example")
	assert.False(t, j.RetryAt.IsZero())
	down.Store(false)
	j = finish(t, q, id)
	assert.Equal(t, Done, j.State, j.Reason)
	same(t, want, w.stored("up/d/big"))
}

func TestOffline_AJobCanBeCancelled(t *testing.T) {
	t.Parallel()
	w, down := newOffline(t, noHost())
	w.cfg.Patient = true
	w.file("big", 3*partBytes)
	w.server.Faults().Add(denied("UploadPart", "up/big"))
	q := w.open()
	id := start(t, q, w.upload("big"))
	require.Equal(t, Failed, finish(t, q, id).State)
	down.Store(true) // and there is an upload to abort
	require.NoError(t, q.Cancel(t.Context(), id))
	j := job(t, q, id)
	assert.Equal(t, Cancelled, j.State)
	assert.Contains(t, j.Reason, "not all was cleaned up")
}

func TestOffline_ACommandEndsWhenItsAttemptsAreUsedUp(t *testing.T) {
	t.Parallel()
	w, down := newOffline(t, noHost())
	w.file("small", 10)
	down.Store(true)
	_, j := w.run(w.upload("small"))
	assert.Equal(t, Failed, j.State)
	assert.Contains(t, j.Reason, "after 2 attempts")
	assert.Contains(t, j.Reason, "cos.example")
}

func TestOffline_WaitsGrowToHalfAMinute(t *testing.T) {
	t.Parallel()
	p := RetryPolicy{}.withDefaults()
	before := time.Duration(0)
	for n := 1; n < 40; n++ {
		wait := p.offline(n, 0)
		assert.GreaterOrEqual(t, wait, before)
		assert.LessOrEqual(t, p.offline(n, 0.999), offlineCap)
		before = wait
	}
	assert.Equal(t, offlineCap/2, before)
}

// TestOffline_WhatTheNetworkDoesIsWaitedForAndWhatTheServiceSaysIsNot has faults
// that stay for longer than there are attempts.
func TestOffline_WhatTheNetworkDoesIsWaitedForAndWhatTheServiceSaysIsNot(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault   emulator.Fault
		patient bool
	}{
		"reset":         {emulator.Fault{Reset: true}, true},
		"lost answer":   {emulator.Fault{LoseAnswer: true}, true},
		"stall":         {emulator.Fault{Stall: true}, true},
		"slow down":     {emulator.Fault{Status: 503, Code: "SlowDown"}, false},
		"internal":      {emulator.Fault{Status: 500, Code: "InternalError"}, false},
		"a login page":  {emulator.Fault{HTML: true}, false},
		"access denied": {emulator.Fault{Status: 403, Code: "AccessDenied"}, false},
	} {
		for op, spec := range map[string]func(*world) Spec{
			"UploadPart": func(w *world) Spec { return w.upload("big") },
			"GetObject":  func(w *world) Spec { return w.download(w.dir, "big2") },
		} {
			t.Run(name+" "+op, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, func(c *cos.Config) { c.IdleTimeout = 300 * time.Millisecond })
				w.cfg.Patient, w.cfg.Retry.Attempts = true, 2
				w.file("big", 2*partBytes)
				w.object("big2", 2*partBytes)
				c.fault.Op, c.fault.Times = op, 9
				w.server.Faults().Add(c.fault)
				_, j := w.run(spec(w))
				assert.Equal(t, map[bool]State{true: Done, false: Failed}[c.patient], j.State, j.Reason)
			})
		}
	}
}
