package lifecycle

import "testing"

// explore:want deadlock
// Only one of the two workers can say that it is ready, and the other waits to say so for ever. Deterministic.
func TestPausedWorkersBug(t *testing.T) { runCrew(t, (*crew).awaitAny) }

func TestPausedWorkersFixed(t *testing.T) { runCrew(t, (*crew).awaitAll) }

func runCrew(t *testing.T, await func(*crew, int)) {
	c := newCrew(2)
	await(c, 2)
	c.queue <- 1
	c.queue <- 2
	if n := c.finish(); n != 2 {
		t.Errorf("%d jobs done, want 2", n)
	}
}
