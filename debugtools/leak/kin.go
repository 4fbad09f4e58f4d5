package leak

import "github.com/concurrency-god-mode/godmode/debugtools/dump"

// Label is the key of the profiler label by which goroutines know their test. Its value is the name of the test; Check puts "#" and a number behind it.
const Label = "harness.test"

// A Tie says how it is known whose a goroutine is.
type Tie int

const (
	// Nothing ties it to a test.
	Nothing Tie = iota
	// Alone: no other test ran beside it.
	Alone
	// Parent: it was started by a goroutine whose test is known.
	Parent
	// ByLabel: it carries the label of its test.
	ByLabel
)

// String is a phrase for evidence.
func (t Tie) String() string {
	return [...]string{"nothing ties it to a test", "no other test ran beside it", "its parent belongs to the test", "it carries the label of the test"}[t]
}

// A Kin tells which goroutines belong to which test, dump after dump. It remembers those that have ended, since their children may live. The zero value knows nobody. Each look is
// linear in the goroutines of the dump; memory is linear in those ever seen.
type Kin struct {
	of   map[int64]member
	dump *dump.Dump
}

// A member is a goroutine that was seen.
type member struct {
	test   string // whose it is, or ""
	tie    Tie
	parent int64
}

// Adopt says that a goroutine belongs to a test.
func (k *Kin) Adopt(id int64, test string) {
	k.remember(id, member{test: test, tie: ByLabel})
}

// remember notes a goroutine.
func (k *Kin) remember(id int64, m member) {
	if k.of == nil {
		k.of = map[int64]member{}
	}
	k.of[id] = m
}

// See reads a dump: first the labels, then the parents. What it was told earlier of a goroutine stays, but a label counts more.
func (k *Kin) See(d *dump.Dump) {
	k.dump = d
	for i := range d.Goroutines {
		g := &d.Goroutines[i]
		old, known := k.of[g.ID]
		switch test := labelOf(g); {
		case test != "":
			k.remember(g.ID, member{test, ByLabel, g.Parent})
		case !known:
			k.remember(g.ID, member{parent: g.Parent})
		default:
			old.parent = g.Parent
			k.remember(g.ID, old)
		}
	}
	for i := range d.Goroutines {
		k.inherit(d.Goroutines[i].ID)
	}
}

// inherit climbs from a goroutine to the nearest parent whose test is known, and notes that for all on the way. Numbers are not reused, so there is no circle.
func (k *Kin) inherit(id int64) {
	var way []int64
	for m, ok := k.of[id]; ok && m.test == "" && m.parent != 0; m, ok = k.of[id] {
		way = append(way, id)
		id = m.parent
	}
	test := k.of[id].test
	if test == "" {
		return
	}
	for _, id := range way {
		k.remember(id, member{test, Parent, k.of[id].parent})
	}
}

// labelOf returns the value of the label of a goroutine, or "".
func labelOf(g *dump.Goroutine) string {
	for _, l := range g.Labels {
		if l.Key == Label {
			return l.Value
		}
	}
	return ""
}

// Test returns whose a goroutine is and how that is known, or "" and Nothing.
func (k *Kin) Test(id int64) (string, Tie) {
	m := k.of[id]
	return m.test, m.tie
}

// Orphan reports whether nothing is known of where a goroutine comes from: it belongs to no test, and its first ancestor that was ever seen has a parent that never was.
func (k *Kin) Orphan(id int64) bool {
	for {
		m, ok := k.of[id]
		switch {
		case !ok:
			return true
		case m.test != "" || m.parent == 0:
			return false
		}
		id = m.parent
	}
}

// Chain returns the numbers of the ancestors of a goroutine, nearest first, as far as they were seen.
func (k *Kin) Chain(id int64) []int64 {
	var chain []int64
	for p := k.of[id].parent; p != 0; p = k.of[p].parent {
		chain = append(chain, p)
	}
	return chain
}

// find returns a goroutine of the last dump, or nil.
func (k *Kin) find(id int64) *dump.Goroutine {
	for i := range k.dump.Goroutines {
		if g := &k.dump.Goroutines[i]; g.ID == id {
			return g
		}
	}
	return nil
}

// serial reports whether nothing ran beside the test of a goroutine: each of its ancestors waits in testing.(*T).Run for the one below. A test that has called
// t.Parallel runs when its ancestors are out of that function.
func (k *Kin) serial(id int64) bool {
	for _, id := range k.Chain(id) {
		g := k.find(id)
		if g == nil || !calls(g, "testing.(*T).Run") {
			return false
		}
	}
	return true
}

// calls reports whether a function is on the stack of a goroutine.
func calls(g *dump.Goroutine, name string) bool {
	for _, f := range g.Stack.Frames {
		if f.Func == name {
			return true
		}
	}
	return false
}
