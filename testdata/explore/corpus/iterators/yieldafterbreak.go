package iterators

import (
	"iter"
	"sync"
)

// results yields what the workers find. Each of them yields on its own, one at a time.
func results(workers []func() int) iter.Seq[int] {
	return func(yield func(int) bool) {
		var mu sync.Mutex
		var wg sync.WaitGroup
		for _, work := range workers {
			wg.Go(func() {
				found := work()
				mu.Lock()
				defer mu.Unlock()
				yield(found)
			})
		}
		wg.Wait()
	}
}

// resultsFixed yields no more after the loop has ended.
func resultsFixed(workers []func() int) iter.Seq[int] {
	return func(yield func(int) bool) {
		var mu sync.Mutex
		var wg sync.WaitGroup
		ended := false
		for _, work := range workers {
			wg.Go(func() {
				found := work()
				mu.Lock()
				defer mu.Unlock()
				if !ended {
					ended = !yield(found)
				}
			})
		}
		wg.Wait()
	}
}
