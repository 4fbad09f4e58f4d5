package main

import (
	"context"
	"sync"
	"time"
)

// forever runs n copies of a function for ever.
func forever(n int, f func()) {
	for range n {
		go func() {
			for {
				f()
			}
		}()
	}
}

var healthyLoad = map[string]scenario{
	"ok-load-counter": {load: true, run: func(s *stage) {
		var mu sync.Mutex
		n := 0
		forever(8, func() { mu.Lock(); n++; mu.Unlock(); s.ops.Add(1) })
	}},
	"ok-load-cache": {load: true, run: func(s *stage) {
		c := &cache{items: map[string]string{}}
		forever(6, func() { c.get("a"); s.ops.Add(1) })
		forever(2, func() { c.set("a", "b"); s.ops.Add(1) })
	}},
	"ok-load-each": {load: true, run: func(s *stage) {
		c := &cache{items: map[string]string{"a": "1", "b": "2"}}
		forever(4, func() { c.each(func(k, v string) { s.ops.Add(1) }) })
		forever(2, func() { c.set("c", "b") })
	}},
	"ok-load-accounts": {load: true, run: func(s *stage) {
		all := []*account{{id: 1}, {id: 2}, {id: 3}}
		forever(4, func() { ordered(all[0], all[1]); s.ops.Add(1) })
		forever(4, func() { ordered(all[2], all[1]); s.ops.Add(1) })
		forever(4, func() { ordered(all[2], all[0]); s.ops.Add(1) })
	}},
	"ok-load-pingpong": {load: true, run: func(s *stage) {
		a, b := make(chan int), make(chan int)
		forever(1, func() { a <- 1; <-b; s.ops.Add(1) })
		forever(1, func() { <-a; b <- 1; s.ops.Add(1) })
	}},
	"ok-load-pipeline": {load: true, run: func(s *stage) {
		forever(4, func() {
			for range square(square(produce(10))) {
				s.ops.Add(1)
			}
		})
	}},
	"ok-load-pool": {load: true, run: func(s *stage) {
		w := worker{jobs: make(chan int), results: make(chan int)}
		for range 4 {
			go w.run()
		}
		forever(2, func() { w.jobs <- 1 })
		forever(2, func() { <-w.results; s.ops.Add(1) })
	}},
	"ok-load-device": {load: true, run: func(s *stage) {
		d := &device{line: make(chan string)}
		forever(10, func() { d.write("x") })
		forever(1, func() { <-d.line; s.ops.Add(1) })
	}},
	"ok-load-fifo": {load: true, run: func(s *stage) {
		q := newFifo()
		forever(3, func() { q.put(1) })
		forever(5, func() { q.take(); s.ops.Add(1) })
	}},
	"ok-load-flight": {load: true, run: func(s *stage) {
		f := &flight{calls: map[string]*call{}}
		forever(8, func() {
			f.do("k", func() string { time.Sleep(10 * time.Microsecond); return "v" })
			f.mu.Lock()
			delete(f.calls, "k")
			f.mu.Unlock()
			s.ops.Add(1)
		})
	}},
	"ok-load-spawn": {load: true, run: func(s *stage) {
		forever(4, func() {
			var wg sync.WaitGroup
			for range 10 {
				wg.Go(func() { s.ops.Add(1) })
			}
			wg.Wait()
		})
	}},
	"ok-load-timeout": {load: true, run: func(s *stage) {
		forever(4, func() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
			answer := make(chan int, 1)
			go func() { answer <- 1 }()
			select {
			case <-answer:
			case <-ctx.Done():
			}
			cancel()
			s.ops.Add(1)
		})
	}},
	"ok-load-semaphore": {load: true, run: func(s *stage) {
		sem := make(chan struct{}, 3)
		forever(20, func() { sem <- struct{}{}; s.ops.Add(1); <-sem })
	}},
	"ok-load-nested": {load: true, run: func(s *stage) {
		l, a := &ledger{}, &auditor{}
		l.audit, a.ledger = a, l
		forever(6, func() {
			m := meeting(1)
			l.post("x", m)
			s.ops.Add(1)
			l.mu.Lock()
			l.lines = nil
			l.mu.Unlock()
		})
	}},
	"ok-load-group": {load: true, run: func(s *stage) {
		forever(2, func() {
			g := &group{slots: make(chan struct{}, 3)}
			for range 8 {
				g.run(func() { s.ops.Add(1) })
			}
			g.wg.Wait()
		})
	}},
	"ok-load-once": {load: true, run: func(s *stage) {
		forever(4, func() {
			var o sync.Once
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() { o.Do(func() { time.Sleep(time.Microsecond) }) })
			}
			wg.Wait()
			s.ops.Add(1)
		})
	}},
}

// ordered locks two accounts in the order of their numbers.
func ordered(a, b *account) {
	if a.id > b.id {
		a, b = b, a
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	a.balance, b.balance = a.balance-1, b.balance+1
}
