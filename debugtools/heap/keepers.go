package heap

import (
	"cmp"
	"slices"
	"strings"
)

// A Keeper is what would have to go for memory to be freed: a root, several roots of one name (goroutines that began with one
// function), or several roots that all hold the same.
type Keeper struct {
	// Key names the keeper the same in two dumps of one program.
	Key string
	// Roots are who keeps it: one for each name, at most 8 names, variables of the program first. Total is how many roots have these names.
	Roots []*Root
	Total int
	// Shared is true if each of the names alone would keep it.
	Shared bool
	// Bytes and Objects would be freed without them.
	Bytes, Objects uint64

	top  uint32   // number of the largest node of it
	size uint64   // what that one retains
	tops []uint32 // numbers of all its nodes
}

// String names the keeper for people.
func (k *Keeper) String() string {
	switch {
	case k.Total == 1:
		return k.Roots[0].String()
	case k.Shared:
		return k.Key
	default:
		return count(uint64(k.Total), string(k.Roots[0].Kind)) + " " + k.Roots[0].Name
	}
}

// verb returns the form of a verb that goes with String.
func (k *Keeper) verb(s string) string {
	if k.Total == 1 && k.Roots[0].Kind != Processors && k.Roots[0].Kind != Threads {
		return s + "s"
	}
	return s
}

// Keepers returns who keeps memory, the largest first. Every reachable object belongs to exactly one keeper, so the sizes add up to
// Analysis.Bytes.
func (a *Analysis) Keepers() []Keeper { return slices.Clone(a.keepers) }

// findKeepers groups the children of the root of the dominator tree by the roots that hold them.
func (a *Analysis) findKeepers() []Keeper {
	keys, of := a.Dump.rootKeys()
	sets, held := a.holders(of)
	bySet := map[uint32]*Keeper{}
	for _, v := range a.kids.of(0) {
		if a.retained[v] == 0 {
			continue
		}
		k := bySet[held[v]]
		if k == nil {
			k = &Keeper{}
			bySet[held[v]] = k
		}
		k.add(a, v)
	}
	var list []Keeper
	for set, k := range bySet {
		k.name(keys, sets.list[set])
		list = append(list, *k)
	}
	slices.SortFunc(list, func(x, y Keeper) int {
		return cmp.Or(cmp.Compare(y.Bytes, x.Bytes), cmp.Compare(x.Key, y.Key))
	})
	return list
}

// add adds a child of the root of the dominator tree.
func (k *Keeper) add(a *Analysis, v uint32) {
	k.Bytes += a.retained[v]
	k.Objects += uint64(a.count[v])
	k.tops = append(k.tops, v)
	if a.retained[v] > k.size {
		k.size, k.top = a.retained[v], v
	}
}

// name enters the roots.
func (k *Keeper) name(keys []key, set []uint32) {
	var names []string
	for _, n := range set {
		names = append(names, keys[n].name)
		k.Roots = append(k.Roots, keys[n].first)
		k.Total += keys[n].count
	}
	k.Key = strings.Join(names, " and ")
	k.Shared = len(set) > 1
}

// merge adds another keeper.
func (k *Keeper) merge(other Keeper) {
	k.Bytes += other.Bytes
	k.Objects += other.Objects
	k.tops = append(slices.Clone(k.tops), other.tops...)
	if other.size > k.size {
		k.size, k.top = other.size, other.top
	}
}

// Chain follows what a keeper keeps to where it spreads: from the root through the objects that each retain at least four fifths of the one
// before. The last object is the one to look at.
func (a *Analysis) Chain(k Keeper) []int {
	var list []int
	v := k.top
	for {
		if node := a.walk.order[v]; node < uint32(a.Dump.Len()) {
			list = append(list, int(node))
		}
		next := none
		for _, c := range a.kids.of(v) {
			if a.retained[c]*5 >= a.retained[v]*4 {
				next = c
			}
		}
		if next == none {
			return list
		}
		v = next
	}
}

// A Kind is a group of objects of one shape, or from one site.
type Kind struct {
	Name           string
	Bytes, Objects uint64
}

// Kept returns what a keeper keeps, the largest kind first, at most limit kinds.
func (a *Analysis) Kept(k Keeper, limit int) []Kind {
	groups := map[string]*Kind{}
	shapes := map[uint32]*Kind{}
	stack := slices.Clone(k.tops)
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = append(stack[:len(stack)-1], a.kids.of(v)...)
		node := a.walk.order[v]
		if node >= uint32(a.Dump.Len()) {
			continue
		}
		id := a.Dump.shape[node]
		g := shapes[id]
		if g == nil {
			name := a.Dump.describeShape(id)
			if groups[name] == nil {
				groups[name] = &Kind{Name: name}
			}
			g = groups[name]
			shapes[id] = g
		}
		g.Objects++
		g.Bytes += a.Dump.size(node)
	}
	return largest(groups, limit)
}

// largest sorts kinds.
func largest(groups map[string]*Kind, limit int) []Kind {
	var list []Kind
	for _, g := range groups {
		list = append(list, *g)
	}
	slices.SortFunc(list, func(x, y Kind) int {
		return cmp.Or(cmp.Compare(y.Bytes, x.Bytes), cmp.Compare(x.Name, y.Name))
	})
	return list[:min(limit, len(list))]
}
