package heap_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestKeepersByDefinition compares with the definition on random graphs: objects are kept together if the same roots reach them.
func TestKeepersByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 14).Draw(t, "objects")
		object := rapid.IntRange(0, n-1)
		next := rapid.SliceOfN(rapid.SliceOfN(object, 0, 3), n, n).Draw(t, "pointers")
		roots := rapid.SliceOfN(object, 0, 7).Draw(t, "roots")
		want := map[string]uint64{}
		for o := range n {
			var names []string
			for r, from := range roots {
				if reaches(next, from, o) {
					names = append(names, fmt.Sprintf("global data+%#x", 8*r))
				}
			}
			slices.Sort(names)
			if len(names) > 0 {
				want[strings.Join(names, " and ")] += 32
			}
		}
		got := map[string]uint64{}
		for _, k := range read(t, random(next, roots)).Analyse().Keepers() {
			got[k.Key] += k.Bytes
		}
		if !maps.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// reaches reports whether one object can be reached from another.
func reaches(next [][]int, from, to int) bool {
	seen := map[int]bool{}
	stack := []int{from}
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if v == to {
			return true
		}
		if !seen[v] {
			seen[v] = true
			stack = append(stack, next[v]...)
		}
	}
	return false
}

// random returns a dump of objects of four words.
func random(next [][]int, roots []int) []byte {
	at := func(i int) uint64 { return base + 32*uint64(i) }
	b := new(builder).begin(1 << 20)
	for i, to := range next {
		var addrs []uint64
		for _, o := range to {
			addrs = append(addrs, at(o)+8) // interior pointers count
		}
		b.object(at(i), 4, addrs...)
	}
	var addrs []uint64
	for _, r := range roots {
		addrs = append(addrs, at(r))
	}
	b.globals(addrs...)
	return b.end()
}

// TestManyHolders shares one object among more roots than a keeper lists.
func TestManyHolders(t *testing.T) {
	k := read(t, random([][]int{nil}, slices.Repeat([]int{0}, 20))).Analyse().Keepers()
	if len(k) != 1 || len(k[0].Roots) != 8 || !k[0].Shared || k[0].Bytes != 32 {
		t.Errorf("%+v", k)
	}
}
