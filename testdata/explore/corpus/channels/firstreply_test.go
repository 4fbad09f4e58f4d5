package channels

import "testing"

// explore:want leak
// The answer of the slower replica is never received. Deterministic.
func TestFirstReplyBug(t *testing.T) { queryReplicas(t, queryFirst) }

func TestFirstReplyFixed(t *testing.T) { queryReplicas(t, queryFirstFixed) }

func queryReplicas(t *testing.T, query func([]replica, string) string) {
	echo := func(key string) string { return "value of " + key }
	if got := query([]replica{echo, echo}, "a"); got != "value of a" {
		t.Errorf("got %q", got)
	}
}
