package contexts

import "testing"

// explore:want leak
// The cancel function of the first source is overwritten by the second one, and its goroutine never ends. Deterministic.
func TestLostCancelBug(t *testing.T) { pollTwice((*poller).poll) }

func TestLostCancelFixed(t *testing.T) { pollTwice((*poller).pollFixed) }

func pollTwice(poll func(*poller, <-chan struct{})) {
	var p poller
	ticks := make(chan struct{})
	poll(&p, ticks)
	poll(&p, ticks)
	ticks <- struct{}{}
	p.stop()
}
