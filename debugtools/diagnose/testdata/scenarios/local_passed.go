package main

import "sync"

// gathered waits for senders that got channel and group as arguments, before it reads what they send.
func gathered(n int) (sum int) {
	var wg sync.WaitGroup
	out := make(chan int)
	wg.Add(n)
	for i := range n {
		go func(i int, results chan<- int, group *sync.WaitGroup) {
			defer group.Done()
			results <- i
		}(i, out, &wg)
	}
	wg.Wait()
	close(out)
	for v := range out {
		sum += v
	}
	return sum
}

// collected is gathered as it should be: somebody else waits. It reads slowly.
func collected(n int) (sum int) {
	var wg sync.WaitGroup
	out := make(chan int)
	wg.Add(n)
	for i := range n {
		go func(i int, results chan<- int, group *sync.WaitGroup) {
			defer group.Done()
			results <- i
		}(i, out, &wg)
	}
	go func() {
		wg.Wait()
		close(out)
	}()
	for v := range out {
		sum += v
		later()
	}
	return sum
}

var localPassed = map[string]scenario{
	"local-passed-on": beside(func() { gathered(3) }),
	"ok-local-closer": beside(func() { collected(3) }),
	"ok-local-for-ever": beside(func() {
		forever := make(chan struct{})
		go later()
		<-forever
	}),
	"ok-local-group-for-ever": beside(func() {
		var wg sync.WaitGroup
		wg.Add(1)
		wg.Wait()
	}),
	"ok-local-until-the-end": beside(func() {
		stop := make(chan struct{})
		defer close(stop)
		go func() { <-stop }()
		select {}
	}),
}
