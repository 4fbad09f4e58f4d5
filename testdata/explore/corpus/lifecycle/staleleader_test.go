package lifecycle

import "testing"

// explore:want assertion
// The node leads again before the loop of its first term has seen that it was over. Nearly deterministic: no tick comes in between.
func TestStaleLeaderBug(t *testing.T) { leadTwice(t, (*node).lead) }

func TestStaleLeaderFixed(t *testing.T) { leadTwice(t, (*node).leadFixed) }

func leadTwice(t *testing.T, lead func(*node)) {
	var n node
	lead(&n)
	n.follow()
	lead(&n)
	n.running.Wait()
	if n.stale != 0 {
		t.Errorf("%d beats of an earlier term", n.stale)
	}
}
