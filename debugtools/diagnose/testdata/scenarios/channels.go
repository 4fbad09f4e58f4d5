package main

import (
	"context"
	"sync"
	"time"
)

type mailbox struct {
	in   chan string
	done chan struct{}
}

func (m *mailbox) loop() {
	for {
		select {
		case s := <-m.in:
			_ = s
		case <-m.done:
			return
		}
	}
}

type worker struct{ jobs, results chan int }

func (w worker) run() {
	for j := range w.jobs {
		w.results <- j * j
	}
}

type stageA struct{ toB, fromB chan int }

func (a *stageA) run() {
	for i := range 10 {
		a.toB <- i
		a.toB <- i
	}
}

func (a *stageA) answer() {
	for v := range a.toB {
		a.fromB <- v
	}
}

type feed struct {
	updates chan int // forgotten by the constructor
	name    string
}

func newFeed(name string) *feed { return &feed{name: name} }

func (f *feed) watch() int { return <-f.updates }

func (f *feed) push(v int) { f.updates <- v }

var channels = map[string]scenario{
	"chan-nil-receive": {run: func(*stage) {
		f := newFeed("prices")
		go f.watch()
	}},
	"chan-nil-send": {run: func(*stage) {
		f := newFeed("prices")
		go f.push(1)
	}},
	"chan-nil-range": {run: func(*stage) {
		var events chan int
		for e := range events {
			_ = e
		}
	}},
	"chan-send-to-self": {run: func(*stage) {
		c := make(chan int)
		c <- 1
		<-c
	}},
	"chan-both-send": {run: func(*stage) {
		a := &stageA{toB: make(chan int), fromB: make(chan int)}
		go a.answer()
		a.run()
	}},
	"chan-results-not-read": {run: func(*stage) {
		w := worker{jobs: make(chan int), results: make(chan int)}
		go w.run()
		for i := range 5 {
			w.jobs <- i
		}
		close(w.jobs)
		for range 5 {
			<-w.results
		}
	}},
	"chan-range-not-closed": {run: func(*stage) {
		jobs := make(chan int)
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				for j := range jobs {
					_ = j
				}
			})
		}
		for i := range 10 {
			jobs <- i
		}
		wg.Wait()
	}},
	"chan-results-behind-wait": {run: func(*stage) {
		results := make(chan int)
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() { results <- i })
		}
		wg.Wait()
		close(results)
		for r := range results {
			_ = r
		}
	}},
	"chan-select-empty": {run: func(*stage) {
		var wg sync.WaitGroup
		wg.Go(func() { select {} })
		wg.Wait()
	}},
	"chan-select-own-peer": {run: func(*stage) {
		a, b, quit := make(chan int), make(chan int), make(chan struct{})
		go func() {
			select {
			case <-a:
				b <- 1
			case <-quit:
			}
		}()
		select {
		case <-b:
			a <- 1
		case <-quit:
		}
	}},
	"chan-early-return": {run: func(*stage) {
		for range 3 {
			_, _ = firstAnswer(context.Background(), time.Millisecond)
		}
	}},
	"chan-early-return-error": {run: func(*stage) {
		for range 5 {
			_ = allOrError()
		}
	}},
	"chan-lost-receiver": {run: func(*stage) {
		for range 3 {
			_ = notify(false)
		}
	}},
	"chan-semaphore-not-released": {run: func(*stage) {
		sem := make(chan struct{}, 2)
		var wg sync.WaitGroup
		for i := range 6 {
			wg.Go(func() {
				sem <- struct{}{}
				if i >= 0 {
					return // the slot is kept
				}
				<-sem
			})
		}
		wg.Wait()
	}},
}

// firstAnswer forgets the sender when it gives up.
func firstAnswer(ctx context.Context, limit time.Duration) (int, error) {
	answer, begin := make(chan int), make(chan struct{})
	go func() {
		<-begin
		answer <- 42
	}()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	defer close(begin)
	select {
	case v := <-answer:
		return v, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// allOrError reads one of two results.
func allOrError() error {
	errs := make(chan error)
	for range 2 {
		go func() { errs <- context.Canceled }()
	}
	return <-errs
}

// notify starts a goroutine that waits for a word which some paths never say.
func notify(say bool) int {
	word := make(chan int)
	go func() {
		<-word
	}()
	if say {
		word <- 1
	}
	return 1
}
