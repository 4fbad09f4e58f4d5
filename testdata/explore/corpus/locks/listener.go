package locks

import "sync"

// A listener is told which service has changed.
type listener interface{ changed(name string) }

// A registry knows the address of each service.
type registry struct {
	mu        sync.Mutex
	addresses map[string]string
	listeners []listener
}

func newRegistry() *registry { return &registry{addresses: map[string]string{}} }

func (r *registry) listen(l listener) { r.listeners = append(r.listeners, l) }

func (r *registry) set(name, address string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.addresses[name] = address
	for _, l := range r.listeners {
		l.changed(name)
	}
}

func (r *registry) get(name string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.addresses[name]
}

// A fixedRegistry calls its listeners after it has unlocked.
type fixedRegistry struct{ *registry }

func (r fixedRegistry) set(name, address string) {
	r.mu.Lock()
	r.addresses[name] = address
	listeners := append([]listener(nil), r.listeners...)
	r.mu.Unlock()
	for _, l := range listeners {
		l.changed(name)
	}
}

// A balancer listens to the registry, and asks it.
type balancer struct {
	mu       sync.Mutex
	registry interface{ get(name string) string }
	changes  int
	picks    int
}

func (b *balancer) changed(string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.changes++
}

func (b *balancer) pick(name string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.picks++
	return b.registry.get(name)
}
