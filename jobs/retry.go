package jobs

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"cosmander/cos"
)

// errDamaged reports bytes that arrived with another checksum than they left
// with.
var errDamaged = errors.New("the checksum differs: the bytes were damaged on the way")

// RetryPolicy bounds the one retry layer.
type RetryPolicy struct {
	Attempts int           // at most this many tries of one request
	Base     time.Duration // first wait before jitter; doubles
	Cap      time.Duration // longest wait
}

// The defaults of [RetryPolicy].
const (
	defaultAttempts = 10
	defaultBase     = 200 * time.Millisecond
	defaultCap      = 20 * time.Second
)

func (p RetryPolicy) withDefaults() RetryPolicy {
	if p.Attempts <= 0 {
		p.Attempts = defaultAttempts
	}
	if p.Base <= 0 {
		p.Base = defaultBase
	}
	if p.Cap <= 0 {
		p.Cap = defaultCap
	}
	return p
}

// Wait returns how long to wait after failed attempt number n, from 1:
// full jitter, so that many that failed together do not come back together.
// random is in [0, 1).
func (p RetryPolicy) Wait(n int, asked time.Duration, random float64) time.Duration {
	limit := p.Cap
	if shift := n - 1; shift < 32 {
		limit = min(p.Base<<shift, p.Cap)
	}
	return max(time.Duration(random*float64(limit)), asked)
}

// offlineCap is the longest wait while the network fails: somebody who
// has opened a laptop again looks at it.
const offlineCap = 30 * time.Second

// offline returns how long to wait after the network failed n times in a row: half of it is jitter, and it grows whatever random is.
func (p RetryPolicy) offline(n int, random float64) time.Duration {
	limit := offlineCap
	if shift := n - 1; shift < 16 {
		limit = min(5*p.Base<<shift, offlineCap)
	}
	return limit/2 + time.Duration(random*float64(limit/2))
}

// localError is a failure of this machine's files. It is never repeated, also
// where its cause looks like one of the network.
type localError struct{ error }

// Unwrap returns the cause.
func (e *localError) Unwrap() error { return e.error }

// retryable adds what only the engine can see to what the client knows.
func retryable(err error) bool {
	var local *localError
	if errors.As(err, &local) || errors.Is(err, ErrSourceChanged) {
		return false
	}
	// A network that wants a login answers instead of the service, until
	// somebody logs in: no reason to give up a queue of files at once.
	return cos.Unreachable(err) || errors.Is(err, errDamaged) || errors.Is(err, errDiffers) || errors.Is(err, errOutrun) || errors.Is(err, cos.ErrNotCOS) || errors.Is(err, cos.ErrMalformed) || cos.Retryable(err)
}

// lost reports that nobody knows whether the request was carried out: it
// failed without an answer of the service.
func lost(err error) bool {
	var answer *cos.Error
	return cos.Retryable(err) && !errors.As(err, &answer)
}

// pause is what the screen is told while somebody waits to try again. Safe for
// concurrent use: parts of one file wait independently.
type pause struct {
	// brief gives up when the attempts are used up, also without a network.
	brief bool

	mu     sync.Mutex // guards the rest
	busy   int        // requests begun and not ended
	asleep int        // of those, how many wait
	total  int        // repeated attempts so far
	until  time.Time
	reason string
}

func (p *pause) begin(n int) {
	p.mu.Lock()
	p.busy += n
	p.mu.Unlock()
}

func (p *pause) sleep(until time.Time, why error) {
	p.mu.Lock()
	p.asleep++
	p.total++
	p.until, p.reason = until, why.Error()
	p.mu.Unlock()
}

func (p *pause) wake() {
	p.mu.Lock()
	p.asleep--
	p.mu.Unlock()
}

// waits reports that nothing moves until the returned time.
func (p *pause) waits() (until time.Time, reason string, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.until, p.reason, p.asleep > 0 && p.asleep >= p.busy
}

func (p *pause) attempts() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.total
}

// attempt is the one retry loop. It runs op until it succeeds, fails for good
// or has used up its attempts. p shows the waiting.
func (e *engine) attempt(ctx context.Context, p *pause, op func(context.Context) error) error {
	p.begin(1)
	defer p.begin(-1)
	for n, offline := 1, 0; ; n++ {
		err := e.gate.pass(ctx, op)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if !retryable(err) {
			return err
		}
		patient := e.cfg.Patient && !p.brief && cos.Offline(err)
		if n >= e.retry.Attempts && !patient {
			return fmt.Errorf("after %d attempts: %w", n, err)
		}
		var answer *cos.Error
		var asked time.Duration
		if errors.As(err, &answer) {
			asked = answer.RetryAfter
		}
		random := rand.Float64() //nolint:gosec // jitter needs no secrecy
		wait := e.retry.Wait(n, asked, random)
		if offline++; patient {
			n--
			wait = e.retry.offline(offline, random)
			if cos.Unreachable(err) {
				err = fmt.Errorf("no network: %w", err)
			}
		} else {
			offline = 0
		}
		p.sleep(e.now().Add(wait), err)
		err = e.sleep(ctx, wait)
		p.wake()
		if err != nil {
			return context.Cause(ctx)
		}
	}
}

// sleep waits for d or the end of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
