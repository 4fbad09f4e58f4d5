package main

import (
	"errors"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"time"
)

// hold waits for a signal, as a server does.
func hold() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	<-stop
}

// beside runs a mistake in a goroutine of its own, while the program goes on: it sleeps.
func beside(run func()) scenario {
	return scenario{run: func(*stage) {
		go run()
		time.Sleep(time.Hour)
	}}
}

// squares waits for the workers before it reads what they send.
func squares(n int) (sum int) {
	var wg sync.WaitGroup
	out := make(chan int)
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			out <- i * i
		}()
	}
	wg.Wait()
	close(out)
	for v := range out {
		sum += v
	}
	return sum
}

// bothHalves counts two parts and starts one.
func bothHalves() {
	wg := &sync.WaitGroup{}
	wg.Add(2)
	go func() {
		defer wg.Done()
	}()
	wg.Wait()
}

// feedAndAsk never says that there is no more.
func feedAndAsk() {
	words := make(chan string)
	count := make(chan int)
	go func() {
		n := 0
		for range words {
			n++
		}
		count <- n
	}()
	for _, w := range []string{"a", "b"} {
		words <- w
	}
	println(<-count)
}

// fourIntoTwo has room for two of four results, and reads none before all are there.
func fourIntoTwo() {
	var wg sync.WaitGroup
	found := make(chan int, 2)
	for i := range 4 {
		wg.Go(func() {
			found <- i
		})
	}
	wg.Wait()
	for range 4 {
		<-found
	}
}

// twoWorkers waits for workers that wait for more work.
func twoWorkers() {
	var wg sync.WaitGroup
	jobs := make(chan int, 1)
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := range jobs {
				_ = j
			}
		}()
	}
	for i := range 5 {
		jobs <- i
	}
	wg.Wait()
}

// goodOnly calls Done where all went well.
func goodOnly() {
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Add(1)
		go func() {
			if i == 1 {
				return
			}
			wg.Done()
		}()
	}
	wg.Wait()
}

// eitherOf waits for two goroutines that gave up.
func eitherOf() {
	left, right := make(chan int), make(chan int)
	go func() {
		if v, err := strconv.Atoi("one"); err == nil {
			left <- v
		}
	}()
	go func() {
		if v, err := strconv.Atoi("two"); err == nil {
			right <- v
		}
	}()
	select {
	case v := <-left:
		println(v)
	case v := <-right:
		println(v)
	}
}

// firstError reads one error and waits for all who have one.
func firstError() error {
	errs := make(chan error)
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			errs <- errors.New("refused")
		}()
	}
	err := <-errs
	wg.Wait()
	return err
}

// readyTwice waits twice for what is said once.
func readyTwice() {
	ready := make(chan struct{})
	say := func() { ready <- struct{}{} }
	go say()
	<-ready
	<-ready
}

// local are mistakes with channels and wait groups that one function keeps for itself: whoever could help is in that function.
var local = map[string]scenario{
	"local-read-behind-wait": beside(func() { squares(3) }),
	"local-done-missing":     beside(bothHalves),
	"local-never-closed":     beside(feedAndAsk),
	"local-buffer-too-small": beside(fourIntoTwo),
	"local-two-workers":      beside(twoWorkers),
	"local-done-on-good-way": beside(goodOnly),
	"local-select-lost":      beside(eitherOf),
	"local-one-error-read":   beside(func() { _ = firstError() }),
	"local-said-once":        beside(readyTwice),
	"local-first-of-three": beside(func() {
		ask := func() int {
			answers := make(chan int)
			for i := range 3 {
				go func() { answers <- i }()
			}
			return <-answers
		}
		ask()
		select {}
	}),
	"local-pool-forgotten": beside(func() {
		func() {
			jobs := make(chan int)
			for range 3 {
				go func() {
					for range jobs {
					}
				}()
			}
			jobs <- 1
		}()
		select {}
	}),
}
