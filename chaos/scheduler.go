package chaos

import (
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
		usual := runtime.GOMAXPROCS(0)
		p := &pressure{stop: make(chan struct{})}
		for range usual {
			p.storms.Go(p.storm)
		}
		runtime.GOMAXPROCS(1 + d.Pick("gomaxprocs", "", 2*usual))
		return p.heal(func() { runtime.GOMAXPROCS(usual) }), nil
	},
}

// Memory makes the garbage collector run all the time: one goroutine allocates what it drops at once, and asks for collections. It shows what depends on
// finalizers, pools and timing of stops, and what keeps pointers where the collector does not see them.
var Memory = &harness.Fault{
	Name: "memory-pressure",
	Doc:  "a goroutine produces garbage and forces collections while the target runs; only time may be lost",
	Inject: func(env *harness.Env, d *harness.Decider) (func(), error) {
		p := &pressure{stop: make(chan struct{})}
		size := 1 << (10 + d.Pick("block", "", 8))
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

// storm yields until it is stopped.
func (p *pressure) storm() {
	for !p.stopped() {
		runtime.Gosched()
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
