package atomics

import (
	"sync"
	"testing"
)

// explore:want race
// explore:also assertion
// The flag is read after it was set: nothing orders the write of the hosts, which comes after it, with their read.
func TestPublishEarlyBug(t *testing.T) { loadAndGet(t, (*settings).load) }

func TestPublishEarlyFixed(t *testing.T) { loadAndGet(t, (*settings).loadFixed) }

func loadAndGet(t *testing.T, load func(*settings)) {
	var s settings
	var wg sync.WaitGroup
	wg.Go(func() { load(&s) })
	if hosts, ok := s.get(); ok && len(hosts) != 2 {
		t.Errorf("loaded hosts are %v", hosts)
	}
	wg.Wait()
}
