package iterators

import "testing"

// explore:want leak
// The coroutine of the iterator stays in its yield for ever. Deterministic.
func TestPullNotStoppedBug(t *testing.T) { readFirst(t, firstLine) }

func TestPullNotStoppedFixed(t *testing.T) { readFirst(t, firstLineFixed) }

func readFirst(t *testing.T, first func([]string) string) {
	if line := first([]string{"started", "stopped"}); line != "started" {
		t.Errorf("first line %q", line)
	}
}
