package main

import (
	"context"
	"sync"
	"time"
)

type poller struct {
	every time.Duration
	last  time.Time
}

func startPoller() *poller {
	p := &poller{every: time.Hour}
	go func() {
		t := time.NewTicker(p.every)
		for now := range t.C {
			p.last = now
		}
	}()
	return p
}

type subscription struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func subscribe(ctx context.Context) *subscription {
	ctx, cancel := context.WithCancel(ctx)
	s := &subscription{ctx: ctx, cancel: cancel}
	go s.serve()
	return s
}

func (s *subscription) serve() {
	<-s.ctx.Done()
}

// handle starts a subscription for one request and forgets it.
func handle(wg *sync.WaitGroup) {
	defer wg.Done()
	_ = subscribe(context.Background())
}

func request(wg *sync.WaitGroup, reply chan<- int) {
	defer wg.Done()
	go func() { reply <- 1 }()
}

func watchForever(events <-chan int, wg *sync.WaitGroup) {
	defer wg.Done()
	go func() {
		for e := range events {
			_ = e
		}
	}()
}

var leaks = map[string]scenario{
	"leak-ticker": {run: func(*stage) {
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() { startPoller() })
		}
		wg.Wait()
	}},
	"leak-context": {run: func(*stage) {
		var wg sync.WaitGroup
		for range 12 {
			wg.Add(1)
			go handle(&wg)
		}
		wg.Wait()
	}},
	"leak-send-creator-gone": {run: func(*stage) {
		var wg sync.WaitGroup
		for range 20 {
			wg.Add(1)
			go request(&wg, make(chan int))
		}
		wg.Wait()
	}},
	"leak-spawn": {run: func(*stage) {
		sem := make(chan struct{}, 1)
		sem <- struct{}{}
		for i := range 260 {
			go func() {
				sem <- struct{}{}
				_ = i
				<-sem
			}()
		}
	}},
	"leak-generator": {run: func(*stage) {
		for range 4 {
			for v := range naturals() {
				if v > 3 {
					break
				}
			}
		}
	}},
	"leak-first-of-many": {run: func(*stage) { race(6) }},
}

// naturals returns a channel whose sender nobody can stop.
func naturals() <-chan int {
	c := make(chan int)
	go func() {
		for i := 0; ; i++ {
			c <- i
		}
	}()
	return c
}

// race asks n replicas and takes the first answer.
func race(n int) int {
	answers := make(chan int)
	for i := range n {
		go func() { answers <- i }()
	}
	return <-answers
}
