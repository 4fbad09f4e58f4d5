package locks

import "sync"

// A shard of a store has its own lock.
type shard struct {
	mu   sync.Mutex
	keys int
}

// A store moves keys from each shard to the next one around the ring.
type store [3]shard

func (s *store) rebalance(i int) {
	from, to := &s[i], &s[(i+1)%len(s)]
	from.mu.Lock()
	defer from.mu.Unlock()
	to.mu.Lock()
	defer to.mu.Unlock()
	from.keys--
	to.keys++
}

// rebalanceFixed locks in the order of the shards, also at the end of the ring.
func (s *store) rebalanceFixed(i int) {
	j := (i + 1) % len(s)
	low, high := &s[min(i, j)], &s[max(i, j)]
	low.mu.Lock()
	defer low.mu.Unlock()
	high.mu.Lock()
	defer high.mu.Unlock()
	s[i].keys--
	s[j].keys++
}
