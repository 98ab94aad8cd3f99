package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/dustin/go-humanize"
	"golang.org/x/time/rate"
)

// MinBandwidth is the least that transfers can be held to, in bytes a second:
// with less, a connection would wait so long for its turn that it looked
// stalled.
const MinBandwidth = 32 << 10

// throttled is how many bytes move at once while there is a limit: little
// enough that all connections keep moving at the lowest.
const throttled = 16 << 10

func checkBandwidth(limit int64) error {
	if limit != 0 && limit < MinBandwidth {
		return fmt.Errorf("a limit of %d bytes a second: the least is %d", limit, MinBandwidth)
	}
	return nil
}

// ParseBandwidth reads a limit as people write it: "500kB", "2MB" or "2MB/s",
// which are the same; "", "0" and "none" are no limit, which is 0. Less than
// [MinBandwidth] is an error.
func ParseBandwidth(text string) (int64, error) {
	text = strings.TrimSpace(text)
	if text == "" || text == "0" || text == "none" {
		return 0, nil
	}
	n, err := humanize.ParseBytes(strings.TrimSpace(strings.TrimSuffix(text, "/s")))
	if err != nil || n > math.MaxInt64 {
		return 0, fmt.Errorf("%q is no limit: want bytes a second, such as 2MB/s", text)
	}
	if n < MinBandwidth {
		return 0, fmt.Errorf("%s is too little: the least is 32KiB/s", text)
	}
	return int64(n), nil
}

// throttle holds all transfers together, in both directions, to a number of
// bytes a second. Safe for concurrent use.
type throttle struct{ limiter *rate.Limiter }

func newThrottle(limit int64) *throttle {
	t := &throttle{rate.NewLimiter(rate.Inf, throttled)}
	t.set(limit)
	return t
}

// set changes the limit; 0 is none. Those who wait already wait no longer than
// their piece takes at the old one.
func (t *throttle) set(limit int64) {
	if limit == 0 {
		t.limiter.SetLimit(rate.Inf)
		return
	}
	t.limiter.SetLimit(rate.Limit(limit))
}

func (t *throttle) get() int64 {
	if limit := t.limiter.Limit(); limit != rate.Inf {
		return int64(limit)
	}
	return 0
}

// piece cuts p to what may move at once.
func (t *throttle) piece(p []byte) []byte {
	if t.get() == 0 {
		return p
	}
	return p[:min(len(p), throttled)]
}

// wait returns when n more bytes may have moved. What was read before a limit
// was set may be more than a piece.
func (t *throttle) wait(ctx context.Context, n int) error {
	for n > 0 && t.get() > 0 {
		step := min(n, throttled)
		if err := t.limiter.WaitN(ctx, step); err != nil {
			return errors.Join(err, context.Cause(ctx))
		}
		n -= step
	}
	return nil
}

// reader reads through the throttle. It may give less than was asked for.
func (t *throttle) reader(ctx context.Context, r io.ReaderAt) io.ReaderAt {
	return throttledReader{r, t, ctx}
}

type throttledReader struct {
	io.ReaderAt
	t   *throttle
	ctx context.Context //nolint:containedctx // of the one request that reads
}

func (r throttledReader) ReadAt(p []byte, off int64) (int, error) {
	n, err := r.ReaderAt.ReadAt(r.t.piece(p), off)
	if waited := r.t.wait(r.ctx, n); waited != nil {
		return 0, waited
	}
	return n, err
}

// SetBandwidth holds the transfers of this process, running ones too, to limit
// bytes a second together, uploads and downloads; 0 is no limit. Less than
// [MinBandwidth] is an error and changes nothing.
func (q *Queue) SetBandwidth(limit int64) error {
	if err := checkBandwidth(limit); err != nil {
		return err
	}
	q.e.speed.set(limit)
	return nil
}

// Bandwidth returns the limit in bytes a second, 0 if there is none.
func (q *Queue) Bandwidth() int64 { return q.e.speed.get() }
