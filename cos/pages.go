package cos

import (
	"context"
	"fmt"
	"iter"
	"sync"
)

// pages yields page after page of what, the first from the position at. The next page
// is fetched while the loop's body handles the current one. A loop that ends,
// however it does, cancels that request and waits for it.
//
// Whether a position is behind another cannot be said of version and upload
// ids, so positions that come round again are noticed: each is held against one
// that was passed, which moves up at every power of two (Brent). It takes no
// memory, and a circle of n pages ends within 3n of them.
func pages[Page any, Position comparable](
	ctx context.Context, what string, at Position,
	fetch func(context.Context, Position) (*Page, error),
	next func(*Page) (Position, bool),
) iter.Seq2[*Page, error] {
	return func(yield func(*Page, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var ahead sync.WaitGroup
		defer ahead.Wait()
		defer cancel()
		passed, steps, power := at, 0, 1
		page, err := fetch(ctx, at)
		for err == nil {
			following, more := next(page)
			current, circle := page, more && following == passed
			if steps++; steps == power {
				passed, steps, power = following, 0, 2*power
			}
			switch {
			case circle:
				err = fmt.Errorf("%s: %w: the pages go round in a circle", what, ErrMalformed)
			case more:
				ahead.Go(func() { page, err = fetch(ctx, following) })
			}
			if !yield(current, nil) || !more {
				return
			}
			ahead.Wait()
		}
		yield(nil, err)
	}
}
