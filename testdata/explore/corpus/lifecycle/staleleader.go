package lifecycle

import (
	"sync"
	"time"
)

// A node leads for some terms and follows in between. A leader beats on every tick.
type node struct {
	mu      sync.Mutex
	leader  bool
	term    int
	stale   int // beats of a loop that was started in an earlier term
	running sync.WaitGroup
}

// lead starts the loop of a new term.
func (n *node) lead() { n.start(func(int) bool { return n.leader }) }

// leadFixed starts a loop that ends with its term.
func (n *node) leadFixed() { n.start(func(term int) bool { return n.leader && n.term == term }) }

func (n *node) start(leads func(term int) bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.leader = true
	n.term++
	term := n.term
	n.running.Go(func() {
		ticker := time.NewTicker(time.Millisecond)
		defer ticker.Stop()
		for range 3 {
			<-ticker.C
			if !n.beat(term, leads) {
				return
			}
		}
	})
}

func (n *node) beat(term int, leads func(int) bool) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !leads(term) {
		return false
	}
	if term != n.term {
		n.stale++
	}
	return true
}

func (n *node) follow() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.leader = false
}
