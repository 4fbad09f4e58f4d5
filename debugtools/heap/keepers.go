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
	// Roots are who keeps it, at most 8 of Total.
	Roots []*Root
	Total int
	// Shared is true if each of Roots alone would keep it.
	Shared bool
	// Bytes and Objects would be freed without them.
	Bytes, Objects uint64

	top  uint32   // number of the largest node of it
	size uint64   // what that one retains
	tops []uint32 // numbers of all its nodes
}

// String names the keeper for people.
func (k *Keeper) String() string {
	if len(k.Roots) == 0 {
		return k.Key
	}
	if !k.Shared {
		if k.Total == 1 {
			return k.Roots[0].String()
		}
		return count(uint64(k.Total), "goroutine") + " " + k.Roots[0].Name
	}
	var names []string
	for _, r := range k.Roots {
		names = append(names, r.String())
	}
	return strings.Join(names, " and ")
}

// verb returns the form of a verb that goes with String.
func (k *Keeper) verb(s string) string {
	if len(k.Roots) == 1 && k.Total == 1 {
		return s + "s"
	}
	return s
}

// small is how much something must retain for Keepers to find out which roots share it, as a share of all bytes.
const small = 0.0005

// Keepers returns who keeps memory, the largest first. Every reachable object belongs to exactly one keeper, so the sizes add up to
// Analysis.Bytes. What several roots share in pieces too small to look at is one keeper without roots.
func (a *Analysis) Keepers() []Keeper {
	byKey := map[string]*Keeper{}
	for _, v := range a.kids.of(0) {
		k := a.keeper(v)
		old := byKey[k.Key]
		if old == nil {
			byKey[k.Key] = &k
			continue
		}
		old.merge(k)
	}
	var list []Keeper
	for _, k := range byKey {
		if k.Bytes > 0 {
			list = append(list, *k)
		}
	}
	slices.SortFunc(list, func(x, y Keeper) int {
		return cmp.Or(cmp.Compare(y.Bytes, x.Bytes), cmp.Compare(x.Key, y.Key))
	})
	return list
}

// merge adds a keeper with the same key.
func (k *Keeper) merge(other Keeper) {
	k.Bytes += other.Bytes
	k.Objects += other.Objects
	k.tops = append(k.tops, other.tops...)
	if other.size > k.size {
		k.size, k.top = other.size, other.top
	}
	if k.Shared {
		return
	}
	k.Total += other.Total
	if len(k.Roots) < 8 {
		k.Roots = append(k.Roots, other.Roots...)
	}
}

// keeper returns the keeper that one child of the root of the dominator tree makes.
func (a *Analysis) keeper(v uint32) Keeper {
	k := Keeper{Bytes: a.retained[v], Objects: uint64(a.count[v]), top: v, size: a.retained[v], tops: []uint32{v}}
	if r := a.Dump.root(a.walk.order[v]); r != nil {
		k.Key, k.Roots, k.Total = r.Key(), []*Root{r}, 1
		return k
	}
	k.Shared = true
	if float64(k.Bytes) < small*float64(a.Bytes) {
		k.Key = "several roots at once"
		return k
	}
	k.Roots = a.holders(v)
	k.Total = len(k.Roots)
	var keys []string
	for _, r := range k.Roots {
		keys = append(keys, r.Key())
	}
	k.Key = strings.Join(slices.Compact(keys), " and ")
	return k
}

// holders returns up to 8 roots from which a node can be reached, the nearest first, those that the runtime itself has last. It looks at
// 100 000 nodes at most.
func (a *Analysis) holders(v uint32) []*Root {
	seen := map[uint32]bool{v: true}
	queue := []uint32{v}
	var list []*Root
	for len(queue) > 0 && len(seen) < 100_000 && len(list) < 8 {
		u := queue[0]
		queue = queue[1:]
		if r := a.Dump.root(a.walk.order[u]); r != nil {
			list = append(list, r)
			continue
		}
		for _, p := range a.pred.of(u) {
			if !seen[p] && p != 0 {
				seen[p] = true
				queue = append(queue, p)
			}
		}
	}
	slices.SortStableFunc(list, func(x, y *Root) int { return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(x.Key(), y.Key())) })
	return list
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
