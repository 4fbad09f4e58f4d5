package errpaths

import (
	"fmt"
	"sync"
)

// A dispatcher calls one handler at a time, and survives a handler that panics.
type dispatcher struct {
	mu      sync.Mutex
	routes  map[string]*string
	handled int
}

func newDispatcher() *dispatcher { return &dispatcher{routes: map[string]*string{}} }

func (d *dispatcher) add(route, page string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.routes[route] = &page
}

func (d *dispatcher) dispatch(route string) (page string, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("handler panicked: %v", v)
		}
	}()
	d.mu.Lock()
	page = *d.routes[route]
	d.handled++
	d.mu.Unlock()
	return page, nil
}

// dispatchFixed unlocks when the handler panics, too.
func (d *dispatcher) dispatchFixed(route string) (page string, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("handler panicked: %v", v)
		}
	}()
	d.mu.Lock()
	defer d.mu.Unlock()
	page = *d.routes[route]
	d.handled++
	return page, nil
}
