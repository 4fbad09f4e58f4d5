package sched

import "cmp"

// A Result is what became of one list of switches.
type Result struct {
	Fails   bool     // with the failure that is looked for; the oracle decides which failures are the same
	Actual  []Switch // what a Recorder noted while the list was followed: no longer than the list; nil if unknown
	Changes int      // Recorder.Changes; 0 if unknown
}

// An Oracle replays lists of switches, in any order or at once, and answers in the order asked. It may keep the lists, not change them.
type Oracle func(lists [][]Switch) []Result

// OneByOne makes an oracle of a function that replays one list.
func OneByOne(replay func([]Switch) (fails bool, actual []Switch)) Oracle {
	return func(lists [][]Switch) []Result {
		all := make([]Result, len(lists))
		for i, list := range lists {
			all[i].Fails, all[i].Actual = replay(list)
		}
		return all
	}
}

// A Budget bounds a minimisation.
type Budget struct {
	Tests int         // replays whose answer may be used; 0 means 500
	Batch int         // lists that the oracle is asked at a time; 0 means 1. It changes the time that a minimisation takes, not its result.
	Stop  func() bool // asked before every batch, if not nil: true ends the minimisation with what it has
}

// A Minimised is a schedule from which nothing can be left out.
type Minimised struct {
	Switches   []Switch // in the order of execution
	Changes    int      // context switches, forced or not
	Tests      int      // replays whose answer was used
	Reproduced bool     // the list given does fail. If not, it is returned as it is.
	Minimal    bool     // 1-minimal: without any one of its switches it does not fail. False if the budget ended before.
}

// Minimise looks for the shortest list of switches that still fails, starting from one that does.
//
// It is the delta debugging of Zeller and Hildebrandt ("Simplifying and Isolating Failure-Inducing Input", IEEE TSE 28(2), 2002) on the
// deviations from the default rule, as Choi and Zeller did on thread switches ("Isolating Failure-Inducing Thread Schedules", ISSTA
// 2002): first by halves, quarters and so on down to single switches, then by the passes of minimise_passes.go. Three things differ.
// What a replay really did is recorded, and the record takes the place of the list, so switches that had become meaningless go at once.
// Subsets are tested only while they are large; complements always. After a success the search goes on behind it, not from the start.
//
// Of 659 failures of 27 classic programs, 98.8 % are left with at most 4 switches, after 40 replays on average (minimise_classics_test.go has the command).
//
// A list is better than another if it is shorter, or as long and runs with fewer context switches (what Jalbert and Sen's Tinertia looks
// for, FSE 2010), or equal in that too and its switches come earlier in the life of their threads: right after the operation that matters.
func Minimise(switches []Switch, oracle Oracle, budget Budget) Minimised {
	m := &minimiser{oracle: oracle, budget: budget, known: map[key]*answer{}}
	m.budget.Tests = cmp.Or(m.budget.Tests, 500)
	m.budget.Batch = max(m.budget.Batch, 1)
	m.best, m.keys = measured{worst: true}, keysOf(switches)
	if m.first(1, func(int) []Switch { return append([]Switch{}, switches...) }) < 0 {
		return Minimised{Switches: switches, Tests: m.tests}
	}
	m.first(1, func(int) []Switch { return []Switch{} })
	m.ddmin()
	minimal := m.polish()
	return Minimised{Switches: m.best.list, Changes: m.best.changes, Tests: m.tests, Reproduced: true, Minimal: minimal}
}

// A minimiser holds the best list so far and what is known of others.
type minimiser struct {
	oracle Oracle
	budget Budget
	best   measured
	keys   []uint64 // of the threads that the list given names
	known  map[key]*answer
	tests  int
	spent  bool // no more tests; what is known may still be used
}

// A measured is a list that fails, with what makes it better or worse than another.
type measured struct {
	list    []Switch
	changes int
	nth     int // sum over the list
	worst   bool
}

func measure(list []Switch, changes int) measured {
	m := measured{list: list, changes: changes}
	for _, s := range list {
		m.nth += s.Nth
	}
	return m
}

func (a measured) better(b measured) bool {
	if a.worst || b.worst {
		return b.worst
	}
	return cmp.Or(cmp.Compare(len(a.list), len(b.list)), cmp.Compare(a.changes, b.changes), cmp.Compare(a.nth, b.nth)) < 0
}

// An answer is a result, and whether the search has used it. Only what was used counts as a test: how far a batch looks ahead must
// change neither the result nor when the budget ends.
type answer struct {
	Result
	used bool
}

// first asks for candidates 0 to n-1 and returns the first that fails and is better than the best, which it becomes, or -1.
// A candidate that is nil is skipped.
func (m *minimiser) first(n int, candidate func(i int) []Switch) int {
	for from := 0; from < n && !m.spent; {
		lists, indices := make([][]Switch, 0, m.budget.Batch), make([]int, 0, m.budget.Batch)
		for ; from < n && len(lists) < m.budget.Batch; from++ {
			if list := candidate(from); list != nil {
				lists, indices = append(lists, list), append(indices, from)
			}
		}
		answers := m.ask(lists)
		for i, list := range lists {
			if m.accept(list, answers[i]) {
				return indices[i]
			}
		}
	}
	return -1
}

// ask returns the answers for lists, those that are not known from one call of the oracle.
func (m *minimiser) ask(lists [][]Switch) []*answer {
	answers := make([]*answer, len(lists))
	var open [][]Switch
	var fill []*answer
	for i, list := range lists {
		k := keyOf(list)
		if m.known[k] == nil {
			m.known[k] = &answer{}
			open, fill = append(open, list), append(fill, m.known[k])
		}
		answers[i] = m.known[k]
	}
	if len(open) == 0 {
		return answers
	}
	if m.budget.Stop != nil && m.budget.Stop() {
		m.spent = true
		return answers
	}
	for i, r := range m.oracle(open) {
		fill[i].Result = r
	}
	return answers
}

// accept makes a list the best one, if it is.
func (m *minimiser) accept(list []Switch, a *answer) bool {
	if m.spent {
		return false
	}
	if !a.used {
		if m.tests == m.budget.Tests {
			m.spent = true
			return false
		}
		a.used = true
		m.tests++
	}
	if !a.Fails {
		return false
	}
	if a.Actual != nil && len(a.Actual) <= len(list) {
		list = a.Actual
	}
	found := measure(list, a.Changes)
	if !found.better(m.best) {
		return false
	}
	m.best = found
	return true
}

// A key stands for a list of switches, in any order.
type key [2]uint64

func keyOf(list []Switch) key {
	k := key{uint64(len(list)), 0}
	for _, s := range list {
		a := scramble(s.After ^ scramble(uint64(s.Nth)^scramble(s.To)))
		k[0] += a
		k[1] += scramble(a ^ 0x6d696e696d697365)
	}
	return k
}

// scramble is the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
func scramble(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
