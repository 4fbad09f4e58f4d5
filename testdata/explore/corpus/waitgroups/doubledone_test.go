package waitgroups

import (
	"context"
	"testing"
)

// explore:want panic
// A fetch that starts after the cancellation is counted as done twice, and the counter goes below zero.
func TestDoubleDoneBug(t *testing.T) {
	f := newFetcher(2)
	fetchAndCancel(f, f.fetch)
}

func TestDoubleDoneFixed(t *testing.T) {
	f := newFetcher(2)
	fetchAndCancel(f, f.fetchFixed)
}

func fetchAndCancel(f *fetcher, fetch func(context.Context, <-chan string)) {
	ctx, cancel := context.WithCancel(context.Background())
	f.start(ctx, fetch)
	cancel()
	f.wait()
}
