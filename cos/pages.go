package cos

import (
	"context"
	"iter"
	"sync"
)

// pages yields page after page, the first from the position at. The next page
// is fetched while the loop's body handles the current one. A loop that ends,
// however it does, cancels that request and waits for it.
func pages[Page, Position any](
	ctx context.Context, at Position,
	fetch func(context.Context, Position) (*Page, error),
	next func(*Page) (Position, bool),
) iter.Seq2[*Page, error] {
	return func(yield func(*Page, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var ahead sync.WaitGroup
		defer ahead.Wait()
		defer cancel()
		page, err := fetch(ctx, at)
		for err == nil {
			following, more := next(page)
			current := page
			if more {
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
