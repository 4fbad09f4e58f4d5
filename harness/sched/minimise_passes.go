package sched

import "slices"

// smallParts is the number of parts up to which ddmin tests single parts besides what is left without one.
const smallParts = 4

// ddmin leaves out parts of the list, fewer at a time, until none of its single switches can be left out.
func (m *minimiser) ddmin() {
	start := 0
	for n := 2; len(m.best.list) >= 2 && !m.spent; {
		list := m.best.list
		n = min(n, len(list))
		part := func(i int) []Switch {
			i = (start + i) % n
			return slices.Clone(list[i*len(list)/n : (i+1)*len(list)/n])
		}
		rest := func(i int) []Switch { i = (start + i) % n; return without(list, i*len(list)/n, (i+1)*len(list)/n) }
		if n <= smallParts && m.first(n, part) >= 0 {
			n, start = 2, 0
		} else if i := m.first(n, rest); i >= 0 {
			start += i
			n = max(n-1, 2)
		} else if n == len(list) {
			return
		} else {
			n, start = n*2, 0
		}
	}
}

// without returns a list without the switches from i to before j.
func without(list []Switch, i, j int) []Switch {
	return append(append(make([]Switch, 0, len(list)), list[:i]...), list[j:]...)
}

// polish repeats the passes until none of them finds anything better, and reports whether it got that far: the list is then 1-minimal.
// The passes that leave out come first, since they are the ones that shorten most.
func (m *minimiser) polish() bool {
	passes := []func() bool{m.bridge, m.dropThreads, m.dropOne, m.dropTwo, m.merge, m.exchange, m.retarget, m.move}
	for i := 0; i < len(passes); {
		if m.spent {
			return false
		}
		if passes[i]() {
			i = 0
		} else {
			i++
		}
	}
	return !m.spent
}

// bridge leaves out runs of switches, half of the list and less, and lets the first of each run go where its last went: a chain of threads of
// which each was left for the next one. Without the bridge the default rule would go elsewhere.
func (m *minimiser) bridge() bool {
	list := m.best.list
	var runs []pair
	for size := len(list) / 2; size >= 2; size /= 2 {
		for i := 0; i+size <= len(list); i += size {
			runs = append(runs, pair{i, i + size - 1})
		}
	}
	return m.first(len(runs), func(i int) []Switch {
		from, to := runs[i].i, runs[i].j
		if list[from].After == list[to].To || list[from].choice() || list[to].choice() {
			return nil
		}
		kept := without(list, from+1, to+1)
		kept[from].To = list[to].To
		return kept
	}) >= 0
}

// dropThreads leaves out all switches at a thread, to it, or both: a thread that has no part in the failure.
func (m *minimiser) dropThreads() bool {
	list := m.best.list
	keys := keysOf(list)
	return m.first(3*len(keys), func(i int) []Switch {
		k, at, to := keys[i/3], i%3 != 1, i%3 != 2
		kept := make([]Switch, 0, len(list))
		for _, s := range list {
			if !(at && s.After == k || to && s.To == k) {
				kept = append(kept, s)
			}
		}
		if len(kept) > len(list)-2 {
			return nil
		}
		return kept
	}) >= 0
}

// dropOne leaves out one switch.
func (m *minimiser) dropOne() bool {
	list := m.best.list
	return m.first(len(list), func(i int) []Switch { return without(list, i, i+1) }) >= 0
}

// fewSwitches is the length up to which all pairs of switches are tried; above, only neighbours.
const fewSwitches = 12

// A pair is two places in a list.
type pair struct{ i, j int }

func (m *minimiser) pairs() []pair {
	var all []pair
	n := len(m.best.list)
	for i := range n {
		for j := i + 1; j < n && (n <= fewSwitches || j == i+1); j++ {
			all = append(all, pair{i, j})
		}
	}
	return all
}

// dropTwo leaves out two switches: there and back.
func (m *minimiser) dropTwo() bool {
	list, pairs := m.best.list, m.pairs()
	return m.first(len(pairs), func(i int) []Switch {
		p := pairs[i]
		return without(without(list, p.j, p.j+1), p.i, p.i+1)
	}) >= 0
}

// merge replaces two switches by one at the place of the one to the thread of the other: a detour.
func (m *minimiser) merge() bool {
	list, pairs := m.best.list, m.pairs()
	return m.first(2*len(pairs), func(i int) []Switch {
		from, to := pairs[i/2].i, pairs[i/2].j
		if i%2 == 1 {
			from, to = to, from
		}
		if list[from].After == list[to].To || list[from].choice() || list[to].choice() {
			return nil
		}
		kept := slices.Clone(list)
		kept[from].To = list[to].To
		return without(kept, to, to+1)
	}) >= 0
}

// fewThreads is how many threads of a list are exchanged and retargeted, at most.
const fewThreads = 10

// exchange lets two threads swap their parts, and leaves out a switch that this may have made pointless: of threads that do the same,
// those with low numbers run by default.
func (m *minimiser) exchange() bool {
	list, keys := m.best.list, m.fewKeys()
	if len(list) > fewSwitches {
		return false
	}
	n := len(list) + 1
	return m.first(n*len(keys)*len(keys), func(i int) []Switch {
		drop, a, b := i%n, keys[i/n/len(keys)], keys[i/n%len(keys)]
		if a >= b {
			return nil
		}
		swapped := make([]Switch, 0, n)
		for j, s := range list {
			if j+1 != drop {
				swapped = append(swapped, Switch{other(s.After, a, b), s.Nth, other(s.To, a, b)})
			}
		}
		return swapped
	}) >= 0
}

// other returns b for a and a for b.
func other(k, a, b uint64) uint64 {
	switch k {
	case a:
		return b
	case b:
		return a
	}
	return k
}

// fewKeys returns the threads of the list, and some others of the list given.
func (m *minimiser) fewKeys() []uint64 {
	keys := keysOf(m.best.list)
	for _, k := range m.keys {
		if len(keys) < fewThreads && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys[:min(len(keys), fewThreads)]
}

// retarget sends a switch to another thread.
func (m *minimiser) retarget() bool {
	list, keys := m.best.list, m.fewKeys()
	if len(list) > fewSwitches {
		return false
	}
	return m.first(len(list)*len(keys), func(i int) []Switch {
		at, k := i/len(keys), keys[i%len(keys)]
		if list[at].To == k || list[at].After == k || list[at].choice() {
			return nil
		}
		kept := slices.Clone(list)
		kept[at].To = k
		return kept
	}) >= 0
}

// distances are how far a switch is moved in the life of its thread, at most to its first operation.
var distances = [...]int{-1 << 30, -256, -64, -16, -8, -4, -2, -1, 1, 2, 4, 8}

// move lets a switch happen earlier or later.
func (m *minimiser) move() bool {
	list := m.best.list
	if len(list) > fewSwitches {
		return false
	}
	return m.first(len(list)*len(distances), func(i int) []Switch {
		s, d := list[i/len(distances)], distances[i%len(distances)]
		to := max(s.Nth+d, 1)
		if s.Nth == to || s.Nth == 0 || d < -1 && d > -1<<30 && s.Nth+d < 1 {
			return nil
		}
		kept := slices.Clone(list)
		kept[i/len(distances)].Nth = to
		return kept
	}) >= 0
}

// keysOf returns the threads that a list names, in the order of appearance. Options are none.
func keysOf(list []Switch) []uint64 {
	var keys []uint64
	seen := map[uint64]bool{0: true}
	for _, s := range list {
		for _, k := range [...]uint64{s.After, s.To} {
			if _, option := OptionOf(k); !seen[k] && !option {
				seen[k] = true
				keys = append(keys, k)
			}
		}
	}
	return keys
}
