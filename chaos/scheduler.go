package chaos

import (
	"fmt"
	"runtime"
	"sync"

	"github.com/concurrency-god-mode/godmode/harness"
)

// Scheduler makes the Go scheduler busy: goroutines that only yield compete for every processor, and the number of processors changes between one and
// twice the usual. It shows what depends on being scheduled soon, or in the usual order.
var Scheduler = &harness.Fault{
	Name: "scheduler-pressure",
	Doc:  "goroutines that yield all the time compete with the target, and GOMAXPROCS changes under it; only time may be lost",
	Inject: func(env *harness.Env, d *harness.Decider) (func(), error) {
		usual := processors.borrow()
		flip := func() int {
			n := 1 + d.Pick("scheduler", "gomaxprocs", 2*usual)
			runtime.GOMAXPROCS(n)
			return n
		}
		d.Fire("scheduler", fmt.Sprintf("gomaxprocs-%d", flip()), 1)
		p := &pressure{stop: make(chan struct{})}
		p.storms.Go(func() { p.storm(func() { flip() }) })
		for range usual - 1 {
			p.storms.Go(func() { p.storm(nil) })
		}
		return p.heal(processors.giveBack), nil
	},
}

// Memory makes the garbage collector run all the time: one goroutine allocates what it drops at once, and asks for collections. It shows what depends on
// finalizers, pools and timing of stops, and what keeps pointers where the collector does not see them.
var Memory = &harness.Fault{
	Name: "memory-pressure",
	Doc:  "a goroutine produces garbage and forces collections while the target runs; only time may be lost",
	Inject: func(env *harness.Env, d *harness.Decider) (func(), error) {
		p := &pressure{stop: make(chan struct{})}
		size := 1 << (10 + d.Pick("memory", "block", 8))
		d.Fire("memory", fmt.Sprintf("blocks-of-%d-bytes", size), 1)
		p.storms.Go(func() { p.churn(size) })
		return p.heal(func() {}), nil
	},
}

// pressure is a group of goroutines that disturb until they are stopped.
type pressure struct {
	stop   chan struct{}
	storms sync.WaitGroup
	sink   []byte
}

// calm is the number of yields between two changes of the number of processors. A change stops the world, and there must be a world to disturb.
const calm = 4096

// storm yields until it is stopped, and calls change, if there is one, now and then.
func (p *pressure) storm(change func()) {
	for n := 1; !p.stopped(); n++ {
		runtime.Gosched()
		if change != nil && n%calm == 0 {
			change()
		}
	}
}

// churn allocates and collects until it is stopped. A collection for each megabyte keeps the collector busy without owning the machine.
func (p *pressure) churn(size int) {
	for n := 0; !p.stopped(); n += size {
		p.sink = make([]byte, size)
		if n >= 1<<20 {
			runtime.GC()
			n = 0
		}
		runtime.Gosched()
	}
}

func (p *pressure) stopped() bool {
	select {
	case <-p.stop:
		return true
	default:
		return false
	}
}

// heal returns what stops the group, waits for it, and restores the rest, once.
func (p *pressure) heal(restore func()) func() {
	return sync.OnceFunc(func() {
		close(p.stop)
		p.storms.Wait()
		restore()
	})
}

// processors is GOMAXPROCS while faults change it. The setting belongs to the process, and two runs at once may both change it: the first notes what
// was usual, and the last restores it.
var processors borrowed

// borrowed is a setting of the process that several faults change.
type borrowed struct {
	mu      sync.Mutex
	holders int
	usual   int
}

// borrow returns the usual number of processors, which giveBack restores.
func (b *borrowed) borrow() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.holders == 0 {
		b.usual = runtime.GOMAXPROCS(0)
	}
	b.holders++
	return b.usual
}

// giveBack ends one loan.
func (b *borrowed) giveBack() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.holders--; b.holders == 0 {
		runtime.GOMAXPROCS(b.usual)
	}
}
