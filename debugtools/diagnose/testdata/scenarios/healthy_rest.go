package main

import (
	"context"
	"iter"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// flight shares one call between those who ask at the same time.
type flight struct {
	mu    sync.Mutex
	calls map[string]*call
}

type call struct {
	wg  sync.WaitGroup
	val string
}

func (f *flight) do(key string, fn func() string) string {
	f.mu.Lock()
	if c, ok := f.calls[key]; ok {
		f.mu.Unlock()
		c.wg.Wait()
		return c.val
	}
	c := &call{}
	c.wg.Add(1)
	f.calls[key] = c
	f.mu.Unlock()
	c.val = fn()
	c.wg.Done()
	return c.val
}

// fifo is a queue whose readers wait.
type fifo struct {
	mu    sync.Mutex
	some  sync.Cond
	items []int
}

func newFifo() *fifo {
	q := &fifo{}
	q.some.L = &q.mu
	return q
}

func (q *fifo) take() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		q.some.Wait()
	}
	v := q.items[0]
	q.items = q.items[1:]
	return v
}

func (q *fifo) put(v int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items = append(q.items, v)
	q.some.Signal()
}

func tickers(every time.Duration, stop <-chan struct{}) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-stop:
			return
		}
	}
}

func daemon(every time.Duration) {
	for range time.Tick(every) {
	}
}

func produce(n int) <-chan int {
	c := make(chan int)
	go func() {
		defer close(c)
		for i := range n {
			c <- i
		}
	}()
	return c
}

func square(in <-chan int) <-chan int {
	c := make(chan int)
	go func() {
		defer close(c)
		for v := range in {
			c <- v * v
		}
	}()
	return c
}

var healthyRest = map[string]scenario{
	"ok-worker-pool": {run: func(*stage) {
		jobs := make(chan int)
		for range 8 {
			go func() {
				for range jobs {
				}
			}()
		}
		hold()
		jobs <- 1
	}},
	"ok-worker-pool-select": {run: func(*stage) {
		jobs, quit := make(chan int), make(chan struct{})
		for range 16 {
			go (&mailbox{in: make(chan string), done: quit}).loop()
		}
		_ = jobs
	}},
	"ok-pool-started-by-the-gone": {run: func(*stage) {
		jobs := make(chan int)
		var wg sync.WaitGroup
		for range 6 {
			wg.Add(1)
			go watchForever(jobs, &wg)
		}
		wg.Wait()
		jobs <- 1
	}},
	"ok-main-select": {run: func(*stage) {
		go daemon(time.Hour)
		select {}
	}},
	"ok-signal-loop": {run: func(*stage) {
		c := make(chan os.Signal, 1)
		signal.Notify(c, syscall.SIGHUP)
		go func() {
			for range c {
			}
		}()
	}},
	"ok-ticker-loop": {run: func(*stage) {
		stop := make(chan struct{})
		for range 3 {
			go tickers(time.Hour, stop)
		}
	}},
	"ok-tick-daemon": {run: func(*stage) {
		go daemon(time.Hour)
		go daemon(2 * time.Hour)
	}},
	"ok-timeout-wait": {run: func(*stage) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		defer cancel()
		<-ctx.Done()
	}},
	"ok-timer-channel": {run: func(*stage) { <-time.After(time.Hour) }},
	"ok-timer-under-lock-free": {run: func(*stage) {
		done := make(chan struct{})
		time.AfterFunc(time.Hour, func() { close(done) })
		go func() {
			select {
			case <-done:
			case <-time.After(2 * time.Hour):
			}
		}()
	}},
	"ok-singleflight": {run: func(*stage) {
		f := &flight{calls: map[string]*call{}}
		for range 10 {
			go f.do("k", func() string { time.Sleep(time.Hour); return "v" })
		}
	}},
	"ok-wait-for-sleepers": {run: func(*stage) {
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() { time.Sleep(time.Hour) })
		}
		wg.Wait()
	}},
	"ok-group-limit": {run: func(*stage) {
		g := &group{slots: make(chan struct{}, 3)}
		for range 5 {
			g.run(func() { time.Sleep(time.Hour) })
		}
	}},
	"ok-cond-queue": {run: func(*stage) {
		q := newFifo()
		for range 4 {
			go func() {
				for {
					q.take()
				}
			}()
		}
		q.put(1)
		q.put(2)
	}},
	"ok-rate-limiter": {run: func(*stage) {
		tokens := make(chan struct{}, 1)
		go func() {
			for range time.Tick(time.Hour) {
				tokens <- struct{}{}
			}
		}()
		for range 4 {
			go func() { <-tokens }()
		}
	}},
	"ok-pipeline-slow-end": {run: func(*stage) {
		for v := range square(square(produce(100))) {
			_ = v
			time.Sleep(time.Hour)
		}
	}},
	"ok-pipelines-slow-ends": {run: func(*stage) {
		for range 3 {
			out := square(produce(10))
			go func() {
				for range out {
					time.Sleep(time.Hour)
				}
			}()
		}
	}},
	"ok-exec": {run: func(*stage) {
		cmd := exec.Command("sleep", "30")
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		cmd.Stdout = &capture{}
		runtime.LockOSThread()
		_ = cmd.Run()
	}},
	"ok-after-func": {run: func(*stage) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		stop := context.AfterFunc(ctx, func() {})
		defer stop()
		child, cancelChild := context.WithTimeout(ctx, time.Hour)
		defer cancelChild()
		<-child.Done()
	}},
	"ok-iter-pull": {run: func(*stage) {
		next, stop := iter.Pull(func(yield func(int) bool) {
			for i := 0; yield(i); i++ {
			}
		})
		next()
		go func() { defer stop(); time.Sleep(time.Hour) }()
	}},
	"ok-pipe-reader": {run: func(*stage) {
		r, w, _ := os.Pipe()
		go func() { b := make([]byte, 1); _, _ = r.Read(b) }()
		go func() { time.Sleep(time.Hour); _, _ = w.Write([]byte("x")) }()
	}},
	"ok-closer": {run: func(*stage) {
		var wg sync.WaitGroup
		out := make(chan int)
		for range 3 {
			wg.Go(func() { time.Sleep(time.Hour); out <- 1 })
		}
		go func() { wg.Wait(); close(out) }()
		for range out {
		}
	}},
	"ok-lock-short-sleeper": {run: func(*stage) {
		c := &cache{items: map[string]string{}}
		for range 4 {
			go func() {
				for {
					c.set("a", "b")
					time.Sleep(time.Hour)
				}
			}()
		}
	}},
	"ok-barrier": {run: func(*stage) {
		start := make(chan struct{})
		for range 10 {
			go func() { <-start }()
		}
		time.AfterFunc(time.Hour, func() { close(start) })
		<-start
	}},
	"ok-finalizers": {run: func(*stage) {
		p := &counter{}
		runtime.AddCleanup(p, func(int) {}, 1)
		runtime.GC()
		go daemon(time.Hour)
	}},
	"ok-subscriptions-alive": {run: func(*stage) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		var all []*subscription
		for range 12 {
			all = append(all, subscribe(ctx))
		}
		time.Sleep(time.Hour)
		for _, s := range all {
			s.cancel()
		}
	}},
	"ok-outbox": {run: func(*stage) {
		out := make(chan string, 1)
		go func() {
			for s := range out {
				_ = s
				time.Sleep(time.Hour)
			}
		}()
		for range 3 {
			go func() { out <- "a" }()
		}
	}},
	"ok-actor": {run: func(*stage) {
		m := &mailbox{in: make(chan string), done: make(chan struct{})}
		go m.loop()
		m.in <- "hello"
	}},
}

type capture struct{ b []byte }

func (c *capture) Write(p []byte) (int, error) { c.b = append(c.b, p...); return len(p), nil }
