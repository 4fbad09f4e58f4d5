package selects

import "testing"

// explore:want livelock
// The renderer never waits for the command, so that a sender who does not wait either never meets it. Deterministic.
func TestPollQuitBug(t *testing.T) { renderAndStop(newRenderer()) }

func TestPollQuitFixed(t *testing.T) { renderAndStop(newFixedRenderer()) }

func renderAndStop(r *renderer) {
	go r.run()
	r.stop()
	r.stop()
	<-r.done
}
