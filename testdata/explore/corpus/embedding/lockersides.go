package embedding

import "sync"

// A view reads under a Locker, which may be either side of a read-write lock.
type view struct {
	sync.Locker
	hits *int
}

// A page is shown through views.
type page struct {
	mu   sync.RWMutex
	hits int
}

// view is for those who only read.
func (p *page) view() *view { return &view{p.mu.RLocker(), &p.hits} }

// viewFixed is for those who count, too.
func (p *page) viewFixed() *view { return &view{&p.mu, &p.hits} }

func (v *view) show() {
	v.Lock()
	defer v.Unlock()
	*v.hits++
}
