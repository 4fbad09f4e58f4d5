package oncepool

import (
	"sync"
	"testing"
)

// explore:want assertion
// A request without a tenant gets the object of one that had a tenant, after that has given it back.
func TestStaleObjectBug(t *testing.T) { serveTwo(t, (*requestPool).put) }

func TestStaleObjectFixed(t *testing.T) { serveTwo(t, (*requestPool).putFixed) }

func serveTwo(t *testing.T, put func(*requestPool, *request)) {
	p := newRequestPool()
	var wg sync.WaitGroup
	for _, tenant := range []string{"acme", ""} {
		wg.Go(func() {
			r := p.get()
			r.parse("ann", tenant)
			if r.tenant != tenant {
				t.Errorf("tenant %q, want %q", r.tenant, tenant)
			}
			put(p, r)
		})
	}
	wg.Wait()
}
