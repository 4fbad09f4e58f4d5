package heap

import (
	"cmp"
	"slices"
)

// A Growth is a keeper in two dumps of one program.
type Growth struct {
	// Key names it, After is it in the second dump; Before is nil if the first dump had none of that name, After if the second has none.
	Key           string
	Before, After *Keeper
	// Bytes and Objects are what it keeps now beyond what it kept before. They are negative if it shrank.
	Bytes, Objects int64
	// Kinds are the objects that became more, the kind that grew most first.
	Kinds []KindGrowth
}

// A KindGrowth is a kind of objects in two dumps.
type KindGrowth struct {
	Name           string
	Bytes, Objects int64
}

// Compare says which keepers grew from one dump to a later one of the same program, the one that grew most first. Keepers are matched by
// the name of their first root: goroutines that began with one function are one keeper. Those that stayed equal are left out.
func Compare(before, after *Analysis) []Growth {
	old, now := byRoot(before), byRoot(after)
	var list []Growth
	for key := range union(old, now) {
		g := Growth{Key: key, Before: old[key], After: now[key]}
		if g.After != nil {
			g.Bytes, g.Objects = int64(g.After.Bytes), int64(g.After.Objects)
		}
		if g.Before != nil {
			g.Bytes -= int64(g.Before.Bytes)
			g.Objects -= int64(g.Before.Objects)
		}
		if g.Bytes != 0 || g.Objects != 0 {
			list = append(list, g)
		}
	}
	slices.SortFunc(list, func(x, y Growth) int { return cmp.Or(cmp.Compare(y.Bytes, x.Bytes), cmp.Compare(x.Key, y.Key)) })
	for i := range list[:min(20, len(list))] {
		list[i].Kinds = kindGrowth(before, after, &list[i])
	}
	return list
}

// byRoot returns keepers by the key of their first root.
func byRoot(a *Analysis) map[string]*Keeper {
	m := map[string]*Keeper{}
	for _, k := range a.Keepers() {
		key := k.Roots[0].Key()
		if old := m[key]; old != nil {
			old.merge(k)
			continue
		}
		m[key] = &k
	}
	return m
}

// union returns the keys of two maps.
func union[V any](a, b map[string]V) map[string]bool {
	all := map[string]bool{}
	for k := range a {
		all[k] = true
	}
	for k := range b {
		all[k] = true
	}
	return all
}

// kindGrowth says what a keeper keeps more of.
func kindGrowth(before, after *Analysis, g *Growth) []KindGrowth {
	sum := map[string]*KindGrowth{}
	add := func(a *Analysis, k *Keeper, sign int64) {
		if k == nil {
			return
		}
		for _, kind := range a.Kept(*k, 1<<30) {
			if sum[kind.Name] == nil {
				sum[kind.Name] = &KindGrowth{Name: kind.Name}
			}
			sum[kind.Name].Bytes += sign * int64(kind.Bytes)
			sum[kind.Name].Objects += sign * int64(kind.Objects)
		}
	}
	add(after, g.After, 1)
	add(before, g.Before, -1)
	var list []KindGrowth
	for _, k := range sum {
		if k.Bytes > 0 {
			list = append(list, *k)
		}
	}
	slices.SortFunc(list, func(x, y KindGrowth) int { return cmp.Or(cmp.Compare(y.Bytes, x.Bytes), cmp.Compare(x.Name, y.Name)) })
	return list[:min(5, len(list))]
}
