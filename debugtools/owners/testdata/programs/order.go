package main

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// orders are programs that lock in an order, by name. Those that end in -ok cannot deadlock by it; the others could, and do not here.
var orders = map[string]func(){
	"latent-abba":          func() { one(ab); one(ba) },
	"latent-rw":            latentRW,
	"latent-three":         latentThree,
	"latent-philosophers":  latentPhilosophers,
	"latent-four":          latentFour,
	"latent-read-write":    latentReadWrite,
	"latent-recursive":     latentRecursive,
	"latent-try-outer":     latentTryOuter,
	"latent-once":          latentOnce,
	"latent-deep":          latentDeep,
	"latent-after-go":      latentAfterGo,
	"latent-class":         latentClass,
	"same-order-ok":        func() { one(ab); one(ab) },
	"gate-ok":              gateOK,
	"gate-three-ok":        gateThreeOK,
	"same-goroutine-ok":    func() { spin(func() { ab(); ba() }) },
	"go-ok":                goOK,
	"wait-group-ok":        waitGroupOK,
	"channel-ok":           channelOK,
	"close-ok":             closeOK,
	"chain-ok":             chainOK,
	"nested-go-ok":         nestedGoOK,
	"unbuffered-ok":        unbufferedOK,
	"select-ok":            selectOK,
	"hand-over-order-ok":   handOverOrderOK,
	"try-ok":               tryOK,
	"readers-only-ok":      readersOnlyOK,
	"recursive-readers-ok": recursiveReadersOK,
	"reused-address-ok":    reusedAddressOK,
	"copied-ok":            copiedOK,
	"slow-holder-ok":       slowHolderOK,
	"by-number-ok":         byNumberOK,
	"tree-ok":              treeOK,
	"class-ok":             classOK,
	"released-ok":          releasedOK,
	"hand-over-later-ok":   handOverLaterOK,
	"hand-over-again-ok":   handOverAgainOK,
}

var a, b, c, d, gate sync.Mutex

func ab() { a.Lock(); b.Lock(); b.Unlock(); a.Unlock() }
func ba() { b.Lock(); a.Lock(); a.Unlock(); b.Unlock() }

// over counts goroutines that have ended, in a way that orders nothing for who watches channels and wait groups.
var over atomic.Int32

// one runs a function in a goroutine of its own, to its end, and nothing but time says that it comes before what follows.
func one(f func()) {
	n := over.Load()
	go func() { f(); over.Add(1) }()
	for over.Load() == n {
		runtime.Gosched()
	}
}

// spin is one, for programs with one goroutine.
func spin(f func()) { one(f) }

// nest locks locks one in another.
func nest(locks ...*sync.Mutex) {
	for _, l := range locks {
		l.Lock()
	}
	for _, l := range locks {
		l.Unlock()
	}
}

func latentRW() {
	var x, y sync.RWMutex
	one(func() { x.RLock(); y.Lock(); y.Unlock(); x.RUnlock() })
	one(func() { y.RLock(); x.Lock(); x.Unlock(); y.RUnlock() })
}

func latentThree() {
	one(func() { nest(&a, &b) })
	one(func() { nest(&b, &c) })
	one(func() { nest(&c, &a) })
}

func latentFour() {
	one(func() { nest(&a, &b) })
	one(func() { nest(&b, &c) })
	one(func() { nest(&c, &d) })
	one(func() { nest(&d, &a) })
}

func latentPhilosophers() {
	forks := make([]sync.Mutex, 5)
	for i := range forks {
		one(func() { nest(&forks[i], &forks[(i+1)%5]) })
	}
}

// latentReadWrite: readers lock each other out, because a writer of x comes between.
func latentReadWrite() {
	var x sync.RWMutex
	one(func() { x.RLock(); a.Lock(); a.Unlock(); x.RUnlock() })
	one(func() { a.Lock(); x.RLock(); x.RUnlock(); a.Unlock() })
	one(func() { x.Lock(); x.Unlock() })
}

func latentRecursive() {
	var x sync.RWMutex
	one(func() { x.RLock(); x.RLock(); x.RUnlock(); x.RUnlock() })
	one(func() { x.Lock(); x.Unlock() })
}

// latentTryOuter: what TryLock has locked can be waited for.
func latentTryOuter() {
	one(func() { a.TryLock(); b.Lock(); b.Unlock(); a.Unlock() })
	one(ba)
}

// latentOnce: who runs the function of a Once locks b, and who holds b waits for the Once.
func latentOnce() {
	var o sync.Once
	var locked atomic.Bool
	end := make(chan bool)
	go o.Do(func() { b.Lock(); b.Unlock(); locked.Store(true); <-end })
	for !locked.Load() {
		runtime.Gosched()
	}
	go func() { b.Lock(); o.Do(func() {}); b.Unlock(); over.Add(1) }()
	settle()
	close(end)
	for over.Load() == 0 {
		runtime.Gosched()
	}
}

// latentDeep: the locks of the cycle are not the last ones that were locked.
func latentDeep() {
	var e, f sync.Mutex
	one(func() { nest(&a, &e, &b) })
	one(func() { nest(&b, &f, &a) })
}

// latentAfterGo: the first goroutine goes on after it has started the second.
func latentAfterGo() {
	one(func() {
		var done atomic.Bool
		go func() { ba(); done.Store(true) }()
		for !done.Load() {
			runtime.Gosched()
		}
		ab()
	})
}

// box and lid are locked in both orders, never the same ones.
type box struct{ mu sync.Mutex }
type lid struct{ mu sync.Mutex }

func lockBox(x *box) { x.mu.Lock() }
func lockLid(x *lid) { x.mu.Lock() }

func boxLid(x *box, y *lid) { lockBox(x); lockLid(y); y.mu.Unlock(); x.mu.Unlock() }
func lidBox(x *box, y *lid) { lockLid(y); lockBox(x); x.mu.Unlock(); y.mu.Unlock() }

func latentClass() {
	one(func() { boxLid(new(box), new(lid)) })
	one(func() { lidBox(new(box), new(lid)) })
}

func classOK() {
	for range 3 {
		one(func() { boxLid(new(box), new(lid)) })
	}
}

func gateOK() {
	one(func() { gate.Lock(); ab(); gate.Unlock() })
	one(func() { gate.Lock(); ba(); gate.Unlock() })
}

func gateThreeOK() {
	one(func() { nest(&gate, &a, &b) })
	one(func() { nest(&b, &c) })
	one(func() { nest(&gate, &c, &a) })
}

func goOK() {
	one(func() {
		ab()
		go func() { ba(); over.Add(1) }()
	})
	for over.Load() < 2 {
		runtime.Gosched()
	}
}

func waitGroupOK() {
	var wg sync.WaitGroup
	wg.Go(ab)
	wg.Wait()
	ba()
}

func channelOK() {
	done := make(chan bool)
	go func() { ab(); done <- true }()
	<-done
	go func() { ba(); done <- true }()
	<-done
}

func closeOK() {
	done := make(chan bool)
	go func() { defer close(done); ab() }()
	for range done {
	}
	ba()
}

// chainOK: what orders them goes through a goroutine that locks nothing.
func chainOK() {
	x, y := make(chan bool, 1), make(chan bool, 1)
	go func() { ab(); x <- true }()
	go func() { y <- <-x }()
	<-y
	one(ba)
}

func nestedGoOK() {
	one(func() {
		ab()
		go func() {
			go func() { ba(); over.Add(1) }()
		}()
	})
	for over.Load() < 2 {
		runtime.Gosched()
	}
}

// unbufferedOK: the sender goes on when it has been received.
func unbufferedOK() {
	x := make(chan bool)
	go func() { ab(); <-x }()
	x <- true
	one(ba)
}

func selectOK() {
	x, never := make(chan bool), make(chan bool)
	go func() {
		ab()
		select {
		case x <- true:
		case <-never:
		}
	}()
	select {
	case <-x:
	case <-never:
	}
	one(ba)
}

// handOverOrderOK: a is unlocked by somebody else, so nobody holds it while b is locked.
func handOverOrderOK() {
	one(func() {
		a.Lock()
		one(a.Unlock)
		b.Lock()
		b.Unlock()
	})
	one(ba)
}

func tryOK() {
	one(ab)
	one(func() {
		b.Lock()
		if a.TryLock() {
			a.Unlock()
		}
		b.Unlock()
	})
}

func readersOnlyOK() {
	var x, y sync.RWMutex
	one(func() { x.RLock(); y.RLock(); y.RUnlock(); x.RUnlock() })
	one(func() { y.RLock(); x.RLock(); x.RUnlock(); y.RUnlock() })
}

func recursiveReadersOK() {
	var x sync.RWMutex
	one(func() { x.RLock(); x.RLock(); x.RUnlock(); x.RUnlock() })
	one(func() { x.RLock(); x.RUnlock() })
}

// reusedAddressOK: new locks at the addresses of old ones.
func reusedAddressOK() {
	type pair struct {
		x, y sync.Mutex
		rest [3]uint64
	}
	for i := range 2000 {
		p := new(pair)
		if i%2 == 0 {
			one(func() { nest(&p.x, &p.y) })
		} else {
			one(func() { nest(&p.y, &p.x) })
		}
		if i%200 == 0 {
			p = nil
			runtime.GC()
		}
	}
}

func copiedOK() {
	type pair struct{ x, y sync.Mutex }
	p := new(pair)
	one(func() { nest(&p.x, &p.y) })
	q := new(pair)
	*q = *p
	one(func() { nest(&q.y, &q.x) })
}

func slowHolderOK() {
	one(func() { a.Lock(); time.Sleep(20 * time.Millisecond); b.Lock(); b.Unlock(); a.Unlock() })
	one(ab)
}

type account struct {
	n  int
	mu sync.Mutex
}

// byNumberOK: accounts are locked by their numbers, whichever way the money goes.
func byNumberOK() {
	all := make([]account, 6)
	for i := range all {
		all[i].n = (i * 5) % 6
	}
	for i := range all {
		for j := range all {
			if i != j {
				one(func() { transfer(&all[i], &all[j]) })
			}
		}
	}
}

func transfer(from, to *account) {
	if from.n > to.n {
		from, to = to, from
	}
	from.mu.Lock()
	to.mu.Lock()
	to.mu.Unlock()
	from.mu.Unlock()
}

type node struct {
	mu   sync.Mutex
	kids []*node
}

// treeOK: parents before their children.
func treeOK() {
	root := &node{kids: []*node{{kids: []*node{{}, {}}}, {kids: []*node{{}}}}}
	for range 3 {
		one(func() { walk(root) })
	}
}

func walk(n *node) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, k := range n.kids {
		walk(k)
	}
}

// releasedOK: hand over hand, in both directions, but never two at once in the wrong order.
func releasedOK() {
	one(func() {
		a.Lock()
		b.Lock()
		a.Unlock()
		c.Lock()
		b.Unlock()
		c.Unlock()
	})
	one(func() { c.Lock(); c.Unlock(); a.Lock(); a.Unlock() })
	one(func() { nest(&a, &c) })
}

// handOverLaterOK: a is unlocked by somebody else, who waits for nothing, while its owner waits for b.
func handOverLaterOK() {
	one(func() {
		a.Lock()
		b.Lock()
		one(a.Unlock)
		b.Unlock()
	})
	one(ba)
}

// handOverAgainOK: a goroutine waits for the lock that it has locked, until somebody else unlocks it.
func handOverAgainOK() {
	one(func() {
		a.Lock()
		go a.Unlock()
		a.Lock()
		b.Lock()
		b.Unlock()
		a.Unlock()
	})
}
