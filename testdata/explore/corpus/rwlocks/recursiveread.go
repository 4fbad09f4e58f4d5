package rwlocks

import "sync"

// A routing table is read by every request.
type routes struct {
	mu       sync.RWMutex
	paths    map[string]string
	fallback string
}

func newRoutes() *routes {
	return &routes{paths: map[string]string{"/": "home"}, fallback: "missing"}
}

func (r *routes) find(path string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if handler, ok := r.paths[path]; ok {
		return handler
	}
	return r.missing()
}

func (r *routes) missing() string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.fallback
}

// findFixed reads the field under the lock that it has.
func (r *routes) findFixed(path string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if handler, ok := r.paths[path]; ok {
		return handler
	}
	return r.fallback
}

func (r *routes) add(path, handler string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.paths[path] = handler
}
