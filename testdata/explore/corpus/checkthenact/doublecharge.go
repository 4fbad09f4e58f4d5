package checkthenact

import "sync"

// A till charges each order once, however often it is sent.
type till struct {
	mu      sync.Mutex
	seen    map[string]bool
	charged int
}

func newTill() *till { return &till{seen: map[string]bool{}} }

func (t *till) handle(order string, amount int) {
	t.mu.Lock()
	seen := t.seen[order]
	t.mu.Unlock()
	if seen {
		return
	}
	t.charge(amount)
	t.mu.Lock()
	t.seen[order] = true
	t.mu.Unlock()
}

// handleFixed marks the order before it charges.
func (t *till) handleFixed(order string, amount int) {
	t.mu.Lock()
	seen := t.seen[order]
	t.seen[order] = true
	t.mu.Unlock()
	if !seen {
		t.charge(amount)
	}
}

func (t *till) charge(amount int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.charged += amount
}
