package main

import (
	"context"
	"sync"
	"time"
)

// later sleeps so long that nothing happens while the program is dumped.
func later() { time.Sleep(time.Hour) }

type box struct {
	mail chan string
	stop func()
}

var boxes []*box

// registered are functions that somebody else calls, some time.
var registered []func()

func sendLater(c chan<- int) {
	later()
	c <- 1
}

// tallyOnce waits for one sender, which sleeps or does not.
func tallyOnce(sleeps bool) int {
	one := make(chan int)
	go func() {
		if sleeps {
			later()
		}
		one <- 1
	}()
	return <-one
}

// healthyLocal look like the mistakes in local, and somebody will help.
var healthyLocal = map[string]scenario{
	"ok-local-sleeping-sender": beside(func() {
		c := make(chan int)
		go func() {
			later()
			c <- 1
		}()
		<-c
	}),
	"ok-local-one-line": beside(func() {
		c := make(chan int)
		go func() { later(); c <- 1 }()
		<-c
	}),
	"ok-local-field": beside(func() {
		c := make(chan string)
		boxes = append(boxes, &box{mail: c})
		<-c
	}),
	"ok-local-passed-on": beside(func() {
		c := make(chan int)
		go sendLater(c)
		<-c
	}),
	"ok-local-second-name": beside(func() {
		c := make(chan int)
		d := c
		go func() {
			later()
			d <- 1
		}()
		<-c
	}),
	"ok-local-loop-comes-back": beside(func() {
		c, wg := make(chan int), sync.WaitGroup{}
		for range 2 {
			wg.Go(func() {
				for range c {
				}
			})
		}
		for i := 0; ; i++ {
			c <- i
			if i > 3 {
				later()
			}
		}
	}),
	"ok-local-deferred-close": beside(func() {
		c := make(chan int)
		go func() {
			defer close(c)
			c <- 1
			later()
		}()
		for range c {
		}
	}),
	"ok-local-deferred-done": beside(func() {
		var wg sync.WaitGroup
		wg.Add(1)
		go func() {
			defer func() {
				wg.Done()
			}()
			later()
		}()
		wg.Wait()
	}),
	"ok-local-group-go": beside(func() {
		var wg sync.WaitGroup
		wg.Go(func() { later() })
		wg.Go(later)
		wg.Wait()
	}),
	"ok-local-after-func": beside(func() {
		c := make(chan int)
		time.AfterFunc(time.Hour, func() { c <- 1 })
		<-c
	}),
	"ok-local-method-value": beside(func() {
		var wg sync.WaitGroup
		wg.Add(1)
		time.AfterFunc(time.Hour, wg.Done)
		wg.Wait()
	}),
	"ok-local-callback": beside(func() {
		c := make(chan int)
		registered = append(registered, func() { close(c) })
		<-c
	}),
	"ok-local-callback-named": beside(func() {
		c := make(chan int)
		stop := func() { close(c) }
		boxes = append(boxes, &box{stop: stop})
		<-c
	}),
	"ok-local-helper": beside(func() {
		c := make(chan int)
		say := func() { c <- 1 }
		both := func() {
			later()
			say()
		}
		go both()
		<-c
	}),
	"ok-local-started-later": beside(func() {
		c := make(chan int)
		for range 2 {
			go func() { <-c }()
		}
		later()
		go func() { close(c) }()
	}),
	"ok-local-other-of-the-name": beside(func() {
		c := make(chan int)
		go func() {
			later()
			c <- 1
		}()
		if c := make(chan int, 1); len(c) == 0 {
			c <- 1
		}
		<-c
	}),
	"ok-local-goto": beside(func() {
		c := make(chan int)
		go func() { <-c; <-c }()
	again:
		c <- 1
		later()
		goto again
	}),
	"ok-local-context": beside(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		defer cancel()
		c := make(chan int)
		go func() {
			select {
			case c <- 1:
			case <-ctx.Done():
			}
		}()
		later()
	}),
	"ok-local-calls-apart": {run: func(*stage) {
		for range 2 {
			go tallyOnce(true)
		}
		tallyOnce(false)
		tallyOnce(true)
	}},
	"ok-local-chain": beside(func() {
		a, b := make(chan int), make(chan int)
		var wg sync.WaitGroup
		wg.Go(func() {
			for v := range a {
				b <- v
			}
			close(b)
		})
		wg.Go(func() {
			for range b {
			}
		})
		go func() {
			defer close(a)
			later()
		}()
		wg.Wait()
	}),
}
