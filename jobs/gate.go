package jobs

import (
	"context"
	"sync"

	"cosmander/cos"
)

// gate bounds how many requests are under way, all jobs together, by what the
// service bears: half as many when it says SlowDown, one more for each round of
// requests that went well. Safe for concurrent use.
type gate struct {
	most int // so many are never held back

	mu      sync.Mutex // guards the rest
	allowed float64    // between 1 and most
	busy    int
	cuts    int // how often allowed was halved
	queue   []chan struct{}
}

func newGate(most int) *gate { return &gate{most: most, allowed: float64(most)} }

// gateKey marks the context of a request that is through the gate: what it
// asks for in between must not wait for itself.
type gateKey struct{}

// pass waits for room, runs op and learns from its answer.
func (g *gate) pass(ctx context.Context, op func(context.Context) error) error {
	if ctx.Value(gateKey{}) != nil {
		return op(ctx)
	}
	cuts, err := g.enter(ctx)
	if err != nil {
		return err
	}
	err = op(context.WithValue(ctx, gateKey{}, true))
	g.leave(cuts, err)
	return err
}

// enter returns when there is room, and how often the gate was narrowed before.
func (g *gate) enter(ctx context.Context) (cuts int, err error) {
	g.mu.Lock()
	if g.busy < int(g.allowed) && len(g.queue) == 0 {
		g.busy++
		cuts = g.cuts
		g.mu.Unlock()
		return cuts, nil
	}
	turn := make(chan struct{})
	g.queue = append(g.queue, turn)
	g.mu.Unlock()
	select {
	case <-turn:
	case <-ctx.Done():
		g.withdraw(turn)
		return 0, context.Cause(ctx)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.cuts, nil
}

// withdraw gives up a place in the queue, or the room that was given meanwhile.
func (g *gate) withdraw(turn chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, c := range g.queue {
		if c == turn {
			g.queue = append(g.queue[:i:i], g.queue[i+1:]...)
			return
		}
	}
	g.busy--
	g.admit()
}

// leave takes the answer of a request that began after so many cuts. Of many
// that were refused together only the first narrows the gate.
func (g *gate) leave(cuts int, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case cos.Throttled(err):
		if cuts == g.cuts {
			g.allowed = max(min(g.allowed, float64(g.busy))/2, 1)
			g.cuts++
		}
	case err == nil:
		g.allowed = min(g.allowed+1/g.allowed, float64(g.most))
	}
	g.busy--
	g.admit()
}

// admit lets those in who have waited longest. g.mu is held.
func (g *gate) admit() {
	for len(g.queue) > 0 && g.busy < int(g.allowed) {
		close(g.queue[0])
		g.queue = g.queue[1:]
		g.busy++
	}
}
