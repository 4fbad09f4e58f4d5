// Package litmus has the litmus tests of memory models as programs of package model: a few threads that read and write a few words, and the question
// which combinations of values they may see. Go's atomics are sequentially consistent (The Go Memory Model, go.dev/ref/mem, 2022: all atomic operations
// appear to execute in some sequentially consistent order), so for each test the outcomes are exactly those of all interleavings, and the one
// that gives the test its name, which weaker memories show, is forbidden.
//
// The names are those of the literature (Alglave, Maranget, Tautschnig, "Herding Cats", TOPLAS 2014).
//
// What the tests do not show: plain variables. A race on one has no meaning here; Go's race detector reports it.
package litmus

import (
	"strconv"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/model"
)

// A Step is one atomic operation.
type Step struct {
	Do    Do
	Word  string // of memory
	Value int64  // to write or add
}

// A Do is what a step does.
type Do uint8

// The steps. Those that see a value add it to the outcome.
const (
	Load Do = iota
	Store
	Add  // sees the new value
	Swap // sees the old value
)

// R is a load.
func R(word string) Step { return Step{Do: Load, Word: word} }

// W is a store.
func W(word string, v int64) Step { return Step{Do: Store, Word: word, Value: v} }

// A Test is a litmus test.
type Test struct {
	Name      string
	Doc       string
	Threads   [][]Step
	Final     []string // words whose last value is part of the outcome
	Forbidden string   // the outcome that weaker memories show; empty if the test is about those that must be there
	Outcomes  []string // all that are allowed, in order
}

// An Outcome is what the threads have seen, in the order of the threads and of their steps, and then the last values.
type Outcome []int64

// String is the outcome as the tests write it.
func (o Outcome) String() string {
	var b strings.Builder
	for i, v := range o {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.FormatInt(v, 10))
	}
	return b.String()
}

// sees says whether a step adds a value to the outcome.
func (s Step) sees() bool { return s.Do != Store }

// words returns the words of a test in the order of first use.
func (t *Test) words() (list []string) {
	known := map[string]bool{}
	for _, steps := range t.Threads {
		for _, s := range steps {
			if !known[s.Word] {
				known[s.Word] = true
				list = append(list, s.Word)
			}
		}
	}
	return list
}

// size returns how many values a thread sees.
func size(steps []Step) (n int) {
	for _, s := range steps {
		if s.sees() {
			n++
		}
	}
	return n
}

// Program is the test as a program. It calls report with the outcome when all threads have ended; the slice is used again.
func (t *Test) Program(report func(Outcome)) model.Program {
	words := t.words()
	all := len(t.Final)
	for _, steps := range t.Threads {
		all += size(steps)
	}
	outcome := make(Outcome, all)
	memory := map[string]*model.Int{}
	handles := make([]*model.Thread, len(t.Threads))
	return func(m *model.T) {
		for _, w := range words {
			memory[w] = m.NewInt(0)
		}
		rest := outcome
		for i, steps := range t.Threads {
			seen := rest[:size(steps)]
			rest = rest[len(seen):]
			handles[i] = m.Go("thread "+strconv.Itoa(i), func(m *model.T) { perform(m, steps, memory, seen) })
		}
		for _, h := range handles {
			m.Join(h)
		}
		for i, w := range t.Final {
			rest[i] = memory[w].Value()
		}
		report(outcome)
	}
}

// perform executes the steps of one thread and notes what they see.
func perform(m *model.T, steps []Step, memory map[string]*model.Int, seen Outcome) {
	for _, s := range steps {
		x, v := memory[s.Word], int64(0)
		switch s.Do {
		case Load:
			v = x.Load(m)
		case Store:
			x.Store(m, s.Value)
			continue
		case Add:
			v = x.Add(m, s.Value)
		case Swap:
			v = x.Swap(m, s.Value)
		}
		seen[0], seen = v, seen[1:]
	}
}
