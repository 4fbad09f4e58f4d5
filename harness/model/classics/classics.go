// Package classics holds the concurrent programs on which the literature measures schedulers, written anew for package model from their descriptions.
//
// Each has a bug that only some interleavings show, and a twin with the bug mended, which no interleaving may fail. Every read and write of a shared variable,
// lock and unlock is one scheduling point, so the numbers of schedules until the bug shows compare with those that are published. RESULTS.md has both,
// and the command that measures ours. Starting, joining and ending threads are steps too, but package model takes them at once, which makes the
// programs of many threads easier than they are where threads come late.
//
// The programs are small and of one kind: they say which strategy finds which shape of bug, not how well a strategy does on programs of a million steps.
package classics

import "github.com/concurrency-god-mode/godmode/harness/model"

// A Classic is one program of the literature.
type Classic struct {
	Name   string
	Doc    string // what the threads do, and which interleaving is wrong
	Source string // who described it
	// Program fails in some schedules.
	Program model.Program
	// Fixed is the same without the bug.
	Fixed model.Program
}

// All returns the programs in the order of the table of RESULTS.md.
func All() []*Classic {
	var all []*Classic
	for _, family := range [][]*Classic{locks(), buffers(), devices(), twoStages(), reorders(), wrongLocks(), deques(), longTraces(), {safeStack()}} {
		all = append(all, family...)
	}
	return all
}

// Find returns the program of that name, or nil.
func Find(name string) *Classic {
	for _, c := range All() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// The places where the programs were described first, or described best.
const (
	sctbench = "Thomson, Donaldson, Betts: Concurrency testing using controlled schedulers: an empirical study, TOPC 2016 (the suite CS)"
	patterns = "Farchi, Nir, Ur: Concurrent bug patterns and how to test them, IPDPS 2003; in the suite CS of TOPC 2016"
	period   = "Wen and others: Controlled concurrency testing via periodical scheduling, ICSE 2022"
)

// A part is the work of one thread.
type part = func(t *model.T)

// several returns n times the same part.
func several(n int, p part) []part {
	parts := make([]part, n)
	for i := range parts {
		parts[i] = p
	}
	return parts
}

// together starts a thread for each part, in this order, and waits for all of them.
func together(t *model.T, parts ...part) {
	threads := make([]*model.Thread, len(parts))
	for i, p := range parts {
		threads[i] = t.Go("worker", p)
	}
	for _, th := range threads {
		t.Join(th)
	}
}

// holding does something under a lock.
func holding(t *model.T, m *model.Mutex, do func()) {
	m.Lock(t)
	do()
	m.Unlock(t)
}

// add adds to a variable in two steps, a read and a write.
func add(t *model.T, x *model.Int, d int64) { x.Store(t, x.Load(t)+d) }
