package waitgroups

import "testing"

// explore:want deadlock
// The task waits for a group that it is counted in itself. Deterministic.
func TestNestedWaitBug(t *testing.T) { walkAndWait(t, (*pool).walk) }

func TestNestedWaitFixed(t *testing.T) { walkAndWait(t, (*pool).walkFixed) }

func walkAndWait(t *testing.T, walk func(*pool)) {
	var p pool
	walk(&p)
	p.wait()
	if p.runs != 3 {
		t.Errorf("%d runs, want 3", p.runs)
	}
}
