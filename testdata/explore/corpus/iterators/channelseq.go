package iterators

import "iter"

// pages yields one page after the other, and fetches the next one meanwhile.
func pages(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		fetched := make(chan int)
		go func() {
			defer close(fetched)
			for page := range n {
				fetched <- page
			}
		}()
		for page := range fetched {
			if !yield(page) {
				return
			}
		}
	}
}

// pagesFixed stops fetching when the loop ends.
func pagesFixed(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		fetched, quit := make(chan int), make(chan struct{})
		defer close(quit)
		go func() {
			defer close(fetched)
			for page := range n {
				select {
				case fetched <- page:
				case <-quit:
					return
				}
			}
		}()
		for page := range fetched {
			if !yield(page) {
				return
			}
		}
	}
}
