package heap

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// mostHolders is how many keys of roots a set may have. Larger ones keep those that rank first.
const mostHolders = 8

// mostPasses bounds the search for the roots of what several of them share. Two or three passes are usual.
const mostPasses = 50

// Sets of roots, each stored once, so that a union of two sets that was made before is one lookup. A set holds numbers of keys, ascending.
type sets struct {
	list [][]uint32
	ids  map[string]uint32
	memo map[uint64]uint32
}

// of returns the number of a set.
func (s *sets) of(set []uint32) uint32 {
	var b []byte
	for _, v := range set {
		b = binary.AppendUvarint(b, uint64(v))
	}
	id, ok := s.ids[string(b)]
	if !ok {
		id = uint32(len(s.list))
		s.ids[string(b)] = id
		s.list = append(s.list, slices.Clone(set))
	}
	return id
}

// union returns the union of two sets, cut to its first members: the order of unions does not matter.
func (s *sets) union(x, y uint32) uint32 {
	if x == y || y == 0 { // set 0 is the empty one
		return x
	}
	key := uint64(x)<<32 | uint64(y)
	if id, ok := s.memo[key]; ok {
		return id
	}
	all := slices.Concat(s.list[x], s.list[y])
	slices.Sort(all)
	all = slices.Compact(all)
	id := s.of(all[:min(len(all), mostHolders)])
	s.memo[key] = id
	return id
}

// A key is a name of roots, the first of them, and how many they are.
type key struct {
	name  string
	first *Root
	count int
}

// rootKeys returns the keys of all roots in the order in which people want to read them: variables of the program, goroutines, the rest; and the
// number of the key of each root.
func (d *Dump) rootKeys() ([]key, []uint32) {
	byName := map[string]*key{}
	var list []*key
	for i := range d.Roots {
		r := &d.Roots[i]
		k := byName[r.Key()]
		if k == nil {
			k = &key{name: r.Key(), first: r}
			byName[k.name] = k
			list = append(list, k)
		}
		k.count++
	}
	slices.SortFunc(list, func(x, y *key) int {
		return cmp.Or(cmp.Compare(rank(x.first), rank(y.first)), cmp.Compare(x.name, y.name))
	})
	number := map[string]uint32{}
	keys := make([]key, len(list))
	for i, k := range list {
		keys[i] = *k
		number[k.name] = uint32(i)
	}
	of := make([]uint32, len(d.Roots))
	for i := range d.Roots {
		of[i] = number[d.Roots[i].Key()]
	}
	return keys, of
}

// rank orders roots: variables of the program, goroutines, the runtime's own.
func rank(r *Root) int {
	switch {
	case r.Kind == Global && !inRuntime(r.Name):
		return 0
	case r.Kind == Global, r.Kind == Threads, r.Kind == Processors:
		return 2
	default:
		return 1
	}
}

// holders returns which roots can reach each child of the root of the dominator tree, as numbers of sets of keys, by number of the child. What
// points to a child is below another child, whose roots are roots of this one too; so it goes round until nothing changes, which takes
// long only if pointers run against the order of the search again and again.
func (a *Analysis) holders(of []uint32) (*sets, []uint32) {
	s := &sets{ids: map[string]uint32{}, memo: map[uint64]uint32{}}
	s.of(nil)
	top := make([]uint32, len(a.walk.order))
	held := make([]uint32, len(a.walk.order))
	for v := range top {
		if top[v] = uint32(v); a.dom[v] != 0 {
			top[v] = top[a.dom[v]]
		}
	}
	n := uint32(a.Dump.Len())
	for _, c := range a.kids.of(0) {
		if node := a.walk.order[c]; node >= n {
			held[c] = s.of([]uint32{of[node-n]})
		}
	}
	for range mostPasses {
		changed := false
		for _, c := range a.kids.of(0) {
			if a.walk.order[c] >= n {
				continue
			}
			set := held[c]
			for _, p := range a.pred.of(c) {
				set = s.union(set, held[top[p]])
			}
			changed = changed || set != held[c]
			held[c] = set
		}
		if !changed {
			break
		}
	}
	return s, held
}
