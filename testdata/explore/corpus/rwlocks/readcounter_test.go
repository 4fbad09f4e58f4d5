package rwlocks

import (
	"sync"
	"testing"
)

// explore:want race
// Two readers count under the read lock. Deterministic for the race detector: a read lock orders no reader before another.
func TestReadCounterBug(t *testing.T) { lookupTwice(t, (*dnsCache).lookup) }

func TestReadCounterFixed(t *testing.T) { lookupTwice(t, (*dnsCache).lookupFixed) }

func lookupTwice(t *testing.T, lookup func(*dnsCache, string) string) {
	c := newDNSCache()
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if got := lookup(c, "db"); got != "10.0.0.7" {
				t.Errorf("address %q", got)
			}
		})
	}
	wg.Wait()
}
