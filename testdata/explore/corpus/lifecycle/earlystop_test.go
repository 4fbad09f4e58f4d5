package lifecycle

import "testing"

// explore:want leak
// stop comes before the goroutine has said that it runs: nobody stops it any more.
func TestEarlyStopBug(t *testing.T) { startAndStop((*server).start) }

func TestEarlyStopFixed(t *testing.T) { startAndStop((*server).startFixed) }

func startAndStop(start func(*server)) {
	s := newServer()
	start(s)
	s.stop()
}
