package oncepool

import (
	"sync"
	"testing"
)

// explore:want panic
// The only dial fails before the other side listens. The next caller gets no error and no session.
func TestOnceErrorBug(t *testing.T) { connectTwice(t, (*client).connect) }

func TestOnceErrorFixed(t *testing.T) { connectTwice(t, (*client).connectFixed) }

func connectTwice(t *testing.T, connect func(*client) (*session, error)) {
	var c client
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			s, err := connect(&c)
			if err == nil && s.name != "s1" {
				t.Errorf("session %q", s.name)
			}
		})
	}
	c.up.Store(true)
	wg.Wait()
}
