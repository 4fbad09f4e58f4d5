package waitgroups

import (
	"sync"
	"testing"
)

type flusher interface {
	flush()
	wait()
}

// explore:want race
// explore:also panic
// A flush is counted from zero while another goroutine waits: the race detector reports Add against Wait, and the group may panic as reused.
func TestReuseBug(t *testing.T) { flushAndWait(new(batcher)) }

func TestReuseFixed(t *testing.T) { flushAndWait(new(fixedBatcher)) }

func flushAndWait(b flusher) {
	b.flush()
	var callers sync.WaitGroup
	callers.Go(b.wait)
	callers.Go(func() {
		b.flush()
		b.wait()
	})
	callers.Wait()
}
