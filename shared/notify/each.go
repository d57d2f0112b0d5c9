package notify

import (
	"context"
	"sync"
)

// speakers is how many shipments are told of side by side.
const speakers = 16

// Each calls tell for each of the numbers, several side by side, and returns what
// it returned, in their order.
func Each(ctx context.Context, numbers []string, tell func(context.Context, string) error) []error {
	errs := make([]error, len(numbers))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(speakers, len(numbers)) {
		wg.Go(func() {
			for i := range next {
				errs[i] = tell(ctx, numbers[i])
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
