package waitgroups

import (
	"context"
	"sync"
)

// A fetcher fetches in the background.
type fetcher struct {
	wg      sync.WaitGroup
	sources []chan string
}

func newFetcher(n int) *fetcher {
	f := new(fetcher)
	for range n {
		c := make(chan string, 1)
		c <- "data"
		f.sources = append(f.sources, c)
	}
	return f
}

func (f *fetcher) fetch(ctx context.Context, source <-chan string) {
	defer f.wg.Done()
	if ctx.Err() != nil {
		f.wg.Done()
		return
	}
	<-source
}

func (f *fetcher) fetchFixed(ctx context.Context, source <-chan string) {
	defer f.wg.Done()
	if ctx.Err() != nil {
		return
	}
	<-source
}

// start starts all, each with the function given.
func (f *fetcher) start(ctx context.Context, fetch func(context.Context, <-chan string)) {
	f.wg.Add(len(f.sources))
	for _, s := range f.sources {
		go fetch(ctx, s)
	}
}

func (f *fetcher) wait() { f.wg.Wait() }
