// Package targets is the catalogue of what godmode tests: every concept of the roadmap as a real implementation, declared once for all engines.
//
// To read it like a book, follow [Rows] from the top and open the package of each target: its comment teaches the idea, names the source,
// and says when not to use it; bugs.go beside it holds the mistakes that people make, each of which the harness catches.
//
// What a green run of a target does not show is said by the engine that ran it, never here.
package targets

import (
	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/targets/distributed/lease"
	"github.com/concurrency-god-mode/godmode/targets/lockfree/counter"
	"github.com/concurrency-god-mode/godmode/targets/lockfree/msqueue"
	"github.com/concurrency-god-mode/godmode/targets/lockfree/ring"
	"github.com/concurrency-god-mode/godmode/targets/lockfree/spinlock"
	"github.com/concurrency-god-mode/godmode/targets/lockfree/treiber"
)

// A Row is one concept of the roadmap.
type Row struct {
	// Name selects the row on the command line.
	Name string
	// Phase is the part of the roadmap it belongs to.
	Phase string
	// Doc says what it is about.
	Doc string
	// Targets implement it. None means that nobody has written them yet.
	Targets []*harness.Target
}

// Rows returns the roadmap in its order. The targets are made anew at each call.
func Rows() []Row {
	return []Row{
		{Name: "basics", Phase: "0 basics", Doc: "goroutines, channels, select, sync, context"},
		{Name: "scheduler", Phase: "1 internals", Doc: "work stealing, preemption, memory management, affinity"},
		{Name: "memory-model", Phase: "1 internals", Doc: "happens-before, atomics, false sharing, barriers"},
		{Name: "lockfree", Phase: "1 internals", Doc: "compare-and-swap structures, ABA, reclamation", Targets: lockfree()},
		{Name: "profiling", Phase: "2 performance", Doc: "profiles captured and read by program"},
		{Name: "optimization", Phase: "2 performance", Doc: "pools, batching, layout"},
		{Name: "actors", Phase: "3 patterns", Doc: "message passing, supervision, fault isolation"},
		{Name: "reactive", Phase: "3 patterns", Doc: "stream operators, backpressure, event sourcing"},
		{Name: "distributed", Phase: "3 patterns", Doc: "consensus, distributed locks, leader election", Targets: []*harness.Target{lease.Target()}},
		{Name: "web", Phase: "4 production", Doc: "pooling, batching, graceful shutdown, load balancing"},
		{Name: "data", Phase: "4 production", Doc: "MapReduce, stream and batch processing, sketches"},
	}
}

// lockfree lists the row of lock-free programming.
func lockfree() []*harness.Target {
	return []*harness.Target{treiber.Target(), msqueue.Target(), ring.Target(), counter.Target(), spinlock.Target(), spinlock.TicketTarget()}
}

// All returns every target, in the order of the roadmap.
func All() []*harness.Target {
	var list []*harness.Target
	for _, r := range Rows() {
		list = append(list, r.Targets...)
	}
	return list
}
