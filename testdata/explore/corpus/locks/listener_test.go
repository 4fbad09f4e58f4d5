package locks

import (
	"sync"
	"testing"
)

type addressBook interface {
	listen(listener)
	set(name, address string)
	get(name string) string
}

// explore:want deadlock
// The registry calls the balancer with its lock held, and the balancer asks the registry with its own lock held.
func TestListenerBug(t *testing.T) { moveService(t, newRegistry()) }

func TestListenerFixed(t *testing.T) { moveService(t, fixedRegistry{newRegistry()}) }

func moveService(t *testing.T, r addressBook) {
	b := &balancer{registry: r}
	r.listen(b)
	var wg sync.WaitGroup
	wg.Go(func() { r.set("mail", "10.0.0.1") })
	if got := b.pick("mail"); got != "" && got != "10.0.0.1" {
		t.Errorf("picked %q", got)
	}
	wg.Wait()
}
