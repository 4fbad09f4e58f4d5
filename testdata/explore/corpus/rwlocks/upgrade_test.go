package rwlocks

import (
	"sync"
	"testing"
)

// explore:want deadlock
// The session is aged before it is read: the reader waits for itself to unlock.
func TestUpgradeBug(t *testing.T) { readAndAge(t, (*sessions).user) }

func TestUpgradeFixed(t *testing.T) { readAndAge(t, (*sessions).userFixed) }

func readAndAge(t *testing.T, user func(*sessions, string) string) {
	s := newSessions()
	var wg sync.WaitGroup
	wg.Go(s.age)
	if got := user(s, "s1"); got != "ann" {
		t.Errorf("user %q", got)
	}
	wg.Wait()
}
