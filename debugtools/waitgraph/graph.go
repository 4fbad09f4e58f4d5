package waitgraph

import "fmt"

// A Known says how something is known. Higher is better.
type Known int

const (
	// Inferred is concluded from source text, receivers or elimination: likely, not certain.
	Inferred Known = iota
	// InText stands in the text of the dump.
	InText
	// Recorded was written down by the program itself, or by the scheduler that controlled it.
	Recorded
)

// String returns "inferred", "in the dump" or "recorded".
func (k Known) String() string {
	switch k {
	case Recorded:
		return "recorded"
	case InText:
		return "in the dump"
	default:
		return "inferred"
	}
}

// A Goroutine is a node that waits, or could end the wait of another.
type Goroutine struct {
	ID   int64
	Name string // short: the function of the user that it is in
	At   string // file:line of that
	What string // what it does: "waits for sync.Mutex.Lock", "sleeps"
}

// An Object is a node that goroutines wait for.
type Object struct {
	Kind string // mutex, rwmutex, chan, waitgroup, cond, once, select
	Addr uint64 // 0 if unknown
	Name string // as the source calls it, or empty
}

// String returns the kind with what is known of its name and address.
func (o Object) String() string {
	s := o.Kind
	if o.Name != "" {
		s += " " + o.Name
	}
	if o.Addr != 0 {
		s += fmt.Sprintf(" %#x", o.Addr)
	}
	return s
}

// A Holder is a goroutine that can meet a need: who holds the lock, who would send.
type Holder struct {
	Goroutine int    // index in Graph.Goroutines
	At        string // where it locked, or would send; empty if unknown
	Known     Known
}

// A Need is one thing that would let a goroutine go on.
type Need struct {
	Object int      // index in Graph.Objects
	By     []Holder // who can meet it; empty and not Open: nobody can
	All    bool     // all of By must act, not just one
	Open   bool     // others than By can meet it too: it never makes anybody stuck
	Known  Known    // how it is known that By are all who can
	At     string   // where the goroutine waits, if that is not Goroutine.At
}

// known returns how well a need is known with everything that it rests on.
func (n *Need) known() Known {
	k := n.Known
	for _, h := range n.By {
		k = min(k, h.Known)
	}
	return k
}

// A Graph is who waits for whom. The zero Graph is empty.
type Graph struct {
	Goroutines []Goroutine
	Objects    []Object
	// Needs lists for each goroutine what would let it go on: one of them is enough. A goroutine without needs can go on.
	Needs [][]Need

	objects map[Object]int
	ids     map[int64]int
}

// AddGoroutine adds a goroutine and returns its index, or the index that its number has already.
func (g *Graph) AddGoroutine(n Goroutine) int {
	if i, ok := g.ids[n.ID]; ok {
		return i
	}
	if g.ids == nil {
		g.ids = map[int64]int{}
	}
	i := len(g.Goroutines)
	g.Goroutines, g.Needs, g.ids[n.ID] = append(g.Goroutines, n), append(g.Needs, nil), i
	return i
}

// AddObject adds an object and returns its index. An object with an address is added once, under its first name; one without is new every time.
func (g *Graph) AddObject(o Object) int {
	key := Object{Addr: o.Addr}
	if i, ok := g.objects[key]; ok && o.Addr != 0 {
		return i
	}
	if g.objects == nil {
		g.objects = map[Object]int{}
	}
	i := len(g.Objects)
	g.Objects = append(g.Objects, o)
	if o.Addr != 0 {
		g.objects[key] = i
	}
	return i
}

// AddNeed adds one way in which a waiting goroutine could go on.
func (g *Graph) AddNeed(goroutine int, n Need) { g.Needs[goroutine] = append(g.Needs[goroutine], n) }

// Find returns the index of a goroutine by its number.
func (g *Graph) Find(id int64) (int, bool) {
	i, ok := g.ids[id]
	return i, ok
}
