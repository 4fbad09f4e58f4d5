package timers

import (
	"testing"
	"time"
)

// explore:want assertion
// The timer has fired and its function waits for the lock when the session is pinned: it deletes a session that was promised to stay.
func TestStaleExpiryBug(t *testing.T) { pinSession(t, (*sessionTable).pin) }

func TestStaleExpiryFixed(t *testing.T) { pinSession(t, (*sessionTable).pinFixed) }

func pinSession(t *testing.T, pin func(*sessionTable, string) bool) {
	s := newSessionTable()
	s.add("a")
	<-time.After(time.Millisecond) // the request comes when the session is about to expire
	if !pin(s, "a") {
		return
	}
	for range 3 {
		if !s.has("a") {
			t.Fatal("a pinned session expired")
		}
	}
}
