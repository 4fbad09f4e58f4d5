package main

import (
	"context"
	"os"
	"runtime"
	"sync"
)

// programs are the programs by name. Those that end in -ok are correct and must leave nothing that waits.
var programs = map[string]func(){
	"abba":                abba,
	"abba-ok":             abbaOK,
	"self-lock":           selfLock,
	"cycle-of-three":      cycleOfThree,
	"philosophers":        philosophers,
	"philosophers-ok":     philosophersOK,
	"rw-abba":             rwABBA,
	"reader-upgrade":      readerUpgrade,
	"recursive-read":      recursiveRead,
	"recursive-read-ok":   recursiveReadOK,
	"two-readers":         twoReaders,
	"writer-behind":       writerBehind,
	"owner-gone":          ownerGone,
	"reader-gone":         readerGone,
	"mutex-and-channel":   mutexAndChannel,
	"select":              selectTwo,
	"full-channel":        fullChannel,
	"wait-group":          waitGroup,
	"wait-group-go":       waitGroupGo,
	"cond":                cond,
	"once":                once,
	"hand-over":           handOver,
	"hand-over-ok":        handOverOK,
	"hand-over-read-ok":   handOverReadOK,
	"hand-over-many-ok":   handOverManyOK,
	"try":                 try,
	"try-read":            tryRead,
	"copied":              copied,
	"freed":               freed,
	"locker":              locker,
	"embedded":            embedded,
	"deferred":            deferred,
	"ten-thousand":        tenThousand,
	"ten-thousand-ok":     tenThousandOK,
	"readers-thousand-ok": readersThousandOK,
	"std":                 std,
	"reused-goroutine":    reusedGoroutine,
	"out-of-order-ok":     outOfOrderOK,
}

func abba() {
	a, b, met := mutex("A"), mutex("B"), both()
	spawn("alice", func() { a.Lock(); met(); b.Lock() })
	spawn("bob", func() { b.Lock(); met(); a.Lock() })
}

func abbaOK() {
	a, b := mutex("A"), mutex("B")
	for _, name := range []string{"alice", "bob"} {
		spawn(name, func() {
			for range 100 {
				a.Lock()
				b.Lock()
				b.Unlock()
				a.Unlock()
			}
		})
	}
}

func selfLock() {
	a := mutex("A")
	spawn("alice", func() { a.Lock(); a.Lock() })
}

func cycleOfThree() {
	all := []*sync.Mutex{mutex("A"), mutex("B"), mutex("C")}
	var wg sync.WaitGroup
	wg.Add(3)
	for i, name := range []string{"alice", "bob", "carol"} {
		spawn(name, func() { all[i].Lock(); wg.Done(); wg.Wait(); all[(i+1)%3].Lock() })
	}
}

func philosophers() {
	forks := []*sync.Mutex{mutex("f0"), mutex("f1"), mutex("f2"), mutex("f3"), mutex("f4")}
	var wg sync.WaitGroup
	wg.Add(5)
	for i, name := range []string{"p0", "p1", "p2", "p3", "p4"} {
		spawn(name, func() { forks[i].Lock(); wg.Done(); wg.Wait(); forks[(i+1)%5].Lock() })
	}
}

func philosophersOK() {
	forks := []*sync.Mutex{mutex("f0"), mutex("f1"), mutex("f2"), mutex("f3"), mutex("f4")}
	for i, name := range []string{"p0", "p1", "p2", "p3", "p4"} {
		spawn(name, func() {
			first, second := min(i, (i+1)%5), max(i, (i+1)%5)
			for range 100 {
				forks[first].Lock()
				forks[second].Lock()
				forks[second].Unlock()
				forks[first].Unlock()
			}
		})
	}
}

func rwABBA() {
	a, b, met := rwmutex("A"), rwmutex("B"), both()
	spawn("alice", func() { a.RLock(); met(); b.Lock() })
	spawn("bob", func() { b.RLock(); met(); a.Lock() })
}

func readerUpgrade() {
	a := rwmutex("A")
	spawn("alice", func() { a.RLock(); a.Lock() })
}

func recursiveRead() {
	a := rwmutex("A")
	read, write := make(chan bool), make(chan bool)
	spawn("alice", func() { a.RLock(); read <- true; <-write; a.RLock() })
	<-read
	spawn("bob", func() { a.Lock() })
	settle() // bob waits for alice, alice for the channel
	close(write)
}

func recursiveReadOK() {
	a := rwmutex("A")
	spawn("alice", func() { a.RLock(); a.RLock(); a.RUnlock(); a.RUnlock() })
	spawn("bob", func() { a.RLock(); a.RUnlock() })
}

func twoReaders() {
	a := rwmutex("A")
	var wg sync.WaitGroup
	wg.Add(2)
	stop := named("stop", make(chan bool))
	spawn("alice", func() { a.RLock(); wg.Done(); <-stop })
	spawn("bob", func() { a.RLock(); wg.Done(); <-stop })
	wg.Wait()
	spawn("carol", func() { a.Lock() })
	settle()
	spawn("dave", func() { a.RLock() })
}

func writerBehind() {
	a := rwmutex("A")
	spawn("alice", func() { a.Lock(); select {} })
	settle()
	spawn("bob", func() { a.Lock() })
	spawn("carol", func() { a.RLock() })
}

func ownerGone() {
	a := mutex("A")
	done := make(chan bool)
	spawn("alice", func() { a.Lock(); close(done) })
	<-done
	settle()
	spawn("bob", func() { a.Lock() })
}

func readerGone() {
	a := rwmutex("A")
	done := make(chan bool)
	spawn("alice", func() { a.RLock(); close(done) })
	<-done
	settle()
	spawn("bob", func() { a.Lock() })
}

func mutexAndChannel() {
	a, c := mutex("A"), named("c", make(chan int))
	locked := make(chan bool)
	spawn("alice", func() { a.Lock(); close(locked); c <- 1 })
	<-locked
	spawn("bob", func() { a.Lock(); <-c })
}

func selectTwo() {
	c, d := named("c", make(chan int)), named("d", make(chan int, 2))
	spawn("alice", func() {
		select {
		case c <- 1:
		case <-d:
		}
	})
}

func fullChannel() {
	c := named("c", make(chan int, 2))
	spawn("alice", func() { c <- 1; c <- 2; c <- 3 })
}

func waitGroup() {
	wg := named("wg", new(sync.WaitGroup))
	wg.Add(2)
	spawn("alice", func() { wg.Done(); wg.Wait() })
}

func waitGroupGo() {
	wg := named("wg", new(sync.WaitGroup))
	id := make(chan string)
	wg.Go(func() { id <- self(); select {} })
	mu.Lock()
	names[<-id] = "worker"
	mu.Unlock()
	wg.Go(func() {})
	spawn("alice", wg.Wait)
}

func cond() {
	c := named("c", sync.NewCond(mutex("A")))
	spawn("alice", func() { c.L.Lock(); c.Wait() })
}

func once() {
	o := named("o", new(sync.Once))
	running, c := make(chan bool), named("c", make(chan bool))
	spawn("alice", func() { o.Do(func() { close(running); <-c }) })
	<-running
	spawn("bob", func() { o.Do(func() {}) })
}

// handOver: the lock of alice was unlocked by bob, and carol has it now.
func handOver() {
	a, c := mutex("A"), named("c", make(chan bool))
	locked, unlocked, again := make(chan bool), make(chan bool), make(chan bool)
	spawn("alice", func() { a.Lock(); close(locked); <-c })
	<-locked
	spawn("bob", func() { a.Unlock(); close(unlocked) })
	<-unlocked
	spawn("carol", func() { a.Lock(); close(again); <-c })
	<-again
	spawn("dave", func() { a.Lock() })
}

func handOverOK() {
	a, c := mutex("A"), named("c", make(chan bool))
	locked := make(chan bool)
	spawn("alice", func() { a.Lock(); close(locked); <-c })
	<-locked
	spawn("bob", a.Unlock)
}

func handOverReadOK() {
	a, c := rwmutex("A"), named("c", make(chan bool))
	locked := make(chan bool)
	spawn("alice", func() { a.RLock(); close(locked); <-c })
	<-locked
	spawn("bob", a.RUnlock)
}

// handOverManyOK: alice reads a thousand times for others, who unlock. What she keeps of that must not grow.
func handOverManyOK() {
	a, c := rwmutex("A"), named("c", make(chan bool))
	unlocked := make(chan bool)
	spawn("alice", func() {
		for range 1000 {
			a.RLock()
			a.RLock()
			go func() { a.RUnlock(); a.RUnlock(); unlocked <- true }()
			<-unlocked
		}
		<-c
	})
}

func try() {
	a, c := mutex("A"), named("c", make(chan bool))
	tried := make(chan bool)
	spawn("alice", func() { a.TryLock(); a.TryLock(); close(tried); <-c })
	<-tried
	spawn("bob", func() { a.Lock() })
}

func tryRead() {
	a, c := rwmutex("A"), named("c", make(chan bool))
	tried := make(chan bool)
	spawn("alice", func() { a.TryRLock(); a.TryLock(); close(tried); <-c })
	<-tried
	spawn("bob", func() { a.Lock() })
}

// copied: who copies a locked mutex has a lock that nobody unlocks. Who has that is not known.
func copied() {
	type box struct{ m sync.Mutex }
	a, b := named("A", new(box)), named("B", new(box))
	c := named("c", make(chan bool))
	done := make(chan bool)
	spawn("alice", func() { a.m.Lock(); *b = *a; close(done); <-c })
	<-done
	spawn("bob", func() { b.m.Lock() })
}

// freed: alice has locked what nobody can reach any more, and its memory is used again.
func freed() {
	c := named("c", make(chan bool))
	done := make(chan bool)
	spawn("alice", func() {
		for range 100 {
			m := new(struct {
				m    sync.Mutex
				rest [4]uint64
			})
			m.m.Lock()
		}
		close(done)
		<-c
	})
	<-done
	runtime.GC()
	runtime.GC()
	for range 10000 {
		p := new(struct {
			m    sync.Mutex
			rest [4]uint64
		})
		p.m.Lock()
		p.m.Unlock()
		keep = append(keep, p)
	}
}

var keep []any

func locker() {
	a := mutex("A")
	var l sync.Locker = a
	spawn("alice", func() { lockIt(l); lockIt(l) })
}

//go:noinline
func lockIt(l sync.Locker) { l.Lock() }

func embedded() {
	type box struct {
		n int
		sync.Mutex
	}
	b := new(box)
	named("A", &b.Mutex)
	spawn("alice", func() { b.Lock(); b.Lock() })
}

func deferred() {
	a := mutex("A")
	spawn("alice", func() {
		func() { defer a.Lock() }()
		a.Lock()
	})
}

func tenThousand() {
	locks := make([]sync.Mutex, 10000)
	spawn("alice", func() {
		for i := range locks {
			locks[i].Lock()
		}
		select {}
	})
	settle()
	named("last", &locks[9999])
	spawn("bob", locks[9999].Lock)
}

func tenThousandOK() {
	locks := make([]sync.Mutex, 10000)
	spawn("alice", func() {
		for i := range locks {
			locks[i].Lock()
		}
		for i := range locks {
			locks[i].Unlock()
		}
		select {}
	})
}

func readersThousandOK() {
	locks := make([]sync.RWMutex, 1000)
	spawn("alice", func() {
		for range 3 {
			for i := range locks {
				locks[i].RLock()
			}
			for i := range locks {
				locks[(i*7)%1000].RUnlock()
			}
		}
		select {}
	})
}

// std: a lock of the standard library.
func std() {
	ctx, cancel := context.WithCancel(context.Background())
	spawn("alice", func() { context.AfterFunc(ctx, func() {}); <-ctx.Done() })
	_, _ = cancel, os.Args
}

// reusedGoroutine: the goroutine of alice has ended with a lock, and what it ran on is used by others.
func reusedGoroutine() {
	a := mutex("A")
	done := make(chan bool)
	spawn("alice", func() { a.Lock(); close(done) })
	<-done
	settle()
	var b sync.Mutex
	for range 1000 {
		go func() { b.Lock(); b.Unlock(); done2 <- true }()
		<-done2
	}
	spawn("bob", func() { a.Lock() })
}

var done2 = make(chan bool)

func outOfOrderOK() {
	c := named("c", make(chan bool))
	locks := []*sync.Mutex{mutex("A"), mutex("B"), mutex("C"), mutex("D"), mutex("E"), mutex("F"), mutex("G")}
	spawn("alice", func() {
		for round := range 50 {
			for i := range locks {
				locks[(i*3+round)%7].Lock()
			}
			for i := range locks {
				locks[(i*5+round)%7].Unlock()
			}
		}
		<-c
	})
}
