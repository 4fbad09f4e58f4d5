package waitgraph

import (
	"cmp"

	"github.com/concurrency-god-mode/godmode/harness/explain"
)

// kinds are the names of this package for the types of package explain.
var kinds = map[string]string{
	"sync.Mutex": "mutex", "sync.RWMutex": "rwmutex", "sync.WaitGroup": "waitgroup", "sync.Cond": "cond", "sync.Once": "once",
}

// FromExecution returns the graph of those who wait at the end of a controlled execution. Who holds a lock is recorded there; who would send,
// signal or call Done is inferred from who did so before, and as nothing runs any more, it is taken for all who can. A nil execution
// gives an empty graph.
func FromExecution(e *explain.Execution) *Graph {
	g := &Graph{}
	if e == nil {
		return g
	}
	a := explain.Analyse(e)
	names := map[int]string{}
	for i, t := range e.Threads {
		names[t.ID] = a.Names[i]
	}
	node := func(id int) int {
		at := g.AddGoroutine(Goroutine{ID: int64(id), Name: names[id]})
		return at
	}
	for _, w := range a.Waits {
		at := g.AddGoroutine(Goroutine{ID: int64(w.Thread), Name: w.Name})
		g.Goroutines[at].At, g.Goroutines[at].What = w.Site.String(), "waits at "+w.Reason
	}
	for _, w := range a.Waits {
		known := Inferred
		if w.Proved {
			known = Recorded
		}
		n := Need{Object: g.controlledObject(e, &w), Known: known, All: needsAll(w.Kind), Open: w.Kind == "clock"}
		for _, by := range w.For {
			n.By = append(n.By, Holder{Goroutine: node(by), Known: known})
		}
		g.AddNeed(node(w.Thread), n)
	}
	return g
}

// needsAll reports whether a wait of a kind ends only when all whom it is for have acted: every reader unlocks, everybody calls Done.
func needsAll(kind string) bool { return kind == "lock" || kind == "read lock" || kind == "group" }

// controlledObject adds the object of a wait.
func (g *Graph) controlledObject(e *explain.Execution, w *explain.Wait) int {
	for _, o := range e.Objects {
		if o.ID == w.Object && w.Object >= 0 {
			// Objects of an execution have numbers, not addresses. They are told apart by number plus one, and drawn without.
			return g.numbered(o.ID, Object{Kind: cmp.Or(kinds[o.Type], o.Type), Name: o.Name})
		}
	}
	return g.AddObject(Object{Kind: w.Kind})
}

// numbered adds an object that is known by a number instead of an address.
func (g *Graph) numbered(id int, o Object) int {
	key := Object{Kind: "number", Addr: uint64(id) + 1}
	if i, ok := g.objects[key]; ok {
		return i
	}
	if g.objects == nil {
		g.objects = map[Object]int{}
	}
	g.Objects = append(g.Objects, o)
	g.objects[key] = len(g.Objects) - 1
	return g.objects[key]
}
