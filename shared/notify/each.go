package notify

import (
	"context"
	"sync"
	"time"
)

// speakers is how many shipments are told of side by side.
const speakers = 16

// Margin is how long before a process ends it must begin to tell of no further
// number: what is handed over and not noted would go twice.
const Margin = leaseFor + 5*time.Second

// Each calls tell for each of the numbers, several side by side, and returns what
// it returned, in their order. When the context ends no further number is begun:
// that is its error.
func Each(ctx context.Context, numbers []string, tell func(context.Context, string) error) []error {
	errs := make([]error, len(numbers))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(speakers, len(numbers)) {
		wg.Go(func() {
			for i := range next {
				if errs[i] = ctx.Err(); errs[i] == nil {
					errs[i] = tell(ctx, numbers[i])
				}
			}
		})
	}
	for i := range numbers {
		next <- i
	}
	close(next)
	wg.Wait()
	return errs
}
