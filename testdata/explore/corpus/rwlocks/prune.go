package rwlocks

import "sync"

// A peers table is pruned now and then.
type peers struct {
	mu    sync.RWMutex
	alive map[string]bool
}

func newPeers(names ...string) *peers {
	p := &peers{alive: map[string]bool{}}
	for _, name := range names {
		p.alive[name] = true
	}
	return p
}

// each calls f for every peer.
func (p *peers) each(f func(name string, alive bool)) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	for name, alive := range p.alive {
		f(name, alive)
	}
}

func (p *peers) lost(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.alive[name]; ok {
		p.alive[name] = false
	}
}

func (p *peers) remove(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.alive, name)
}

func (p *peers) prune() {
	p.each(func(name string, alive bool) {
		if !alive {
			p.remove(name)
		}
	})
}

// pruneFixed removes after the walk.
func (p *peers) pruneFixed() {
	var dead []string
	p.each(func(name string, alive bool) {
		if !alive {
			dead = append(dead, name)
		}
	})
	for _, name := range dead {
		p.remove(name)
	}
}
