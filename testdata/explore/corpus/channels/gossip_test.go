package channels

import (
	"sync"
	"testing"
)

// explore:want deadlock
// Each peer has a rumour for the other and sends it, so neither receives.
func TestGossipBug(t *testing.T) { spreadRumours((*gossiper).run) }

func TestGossipFixed(t *testing.T) { spreadRumours((*gossiper).runFixed) }

func spreadRumours(run func(*gossiper)) {
	var rumours, runners sync.WaitGroup
	rumours.Add(4) // two, of two hops each
	quit := make(chan struct{})
	a, b := gossipers(rumours.Done, quit)
	runners.Go(func() { run(a) })
	runners.Go(func() { run(b) })
	a.inbox <- 1
	b.inbox <- 1
	rumours.Wait()
	close(quit)
	runners.Wait()
}
