package sharing

import "sync"

// A service answers as soon as it is registered. Its options are plain fields.
type service struct {
	verbose bool
	traces  int
}

func (s *service) answer() {
	if s.verbose {
		s.traces++
	}
}

// A directory knows the services.
type directory struct {
	mu       sync.Mutex
	services map[string]*service
}

func newDirectory() *directory { return &directory{services: map[string]*service{}} }

func (d *directory) add(name string, s *service) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.services[name] = s
}

func (d *directory) call(name string) {
	d.mu.Lock()
	s := d.services[name]
	d.mu.Unlock()
	if s != nil {
		s.answer()
	}
}

// install adds a verbose service.
func install(d *directory, name string) {
	s := new(service)
	d.add(name, s)
	s.verbose = true
}

// installFixed adds a service that is complete.
func installFixed(d *directory, name string) {
	d.add(name, &service{verbose: true})
}
