package waitgraph_test

import (
	"fmt"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/waitgraph"
)

// A writer waits for all readers, and one of them waits for the writer: that is a deadlock, although the other reader goes on.
func ExampleGraph_Stuck() {
	g := &waitgraph.Graph{}
	writer := g.AddGoroutine(waitgraph.Goroutine{ID: 1, Name: "set", At: "cache.go:20"})
	reader := g.AddGoroutine(waitgraph.Goroutine{ID: 2, Name: "get", At: "cache.go:12"})
	other := g.AddGoroutine(waitgraph.Goroutine{ID: 3, Name: "each", At: "cache.go:30"})
	rw := g.AddObject(waitgraph.Object{Kind: "rwmutex", Name: "c.mu"})
	by := func(list ...int) (holders []waitgraph.Holder) {
		for _, i := range list {
			holders = append(holders, waitgraph.Holder{Goroutine: i, Known: waitgraph.Recorded})
		}
		return holders
	}
	g.AddNeed(writer, waitgraph.Need{Object: rw, By: by(reader, other), All: true, Known: waitgraph.Recorded})
	g.AddNeed(reader, waitgraph.Need{Object: rw, By: by(writer), Known: waitgraph.Recorded})
	for _, d := range g.Stuck(waitgraph.InText) {
		fmt.Println("cycle:", d.Cycle)
		fmt.Println(strings.Join(g.Text(d), "\n"))
	}
	// Output:
	// cycle: true
	// G1  set  holds rwmutex c.mu  waits for rwmutex c.mu (cache.go:20)
	// G2  get  holds rwmutex c.mu  waits for rwmutex c.mu (cache.go:12)
}
