package selects

import (
	"sync"
	"testing"
)

// explore:want livelock
// The break leaves the select, and the loop finds the closed channel ready for ever. Deterministic.
func TestBreakSelectBug(t *testing.T) { countVotes(t, (*tally).run) }

func TestBreakSelectFixed(t *testing.T) { countVotes(t, (*tally).runFixed) }

func countVotes(t *testing.T, run func(*tally)) {
	c := newTally()
	var wg sync.WaitGroup
	wg.Go(func() { run(c) })
	c.votes <- "yes"
	c.votes <- "no"
	close(c.quit)
	wg.Wait()
	if c.count["yes"] != 1 || c.count["no"] != 1 {
		t.Errorf("counted %v", c.count)
	}
}
