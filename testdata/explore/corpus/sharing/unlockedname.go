package sharing

import "sync"

// A progress counts under a lock.
type progress struct {
	mu    sync.Mutex
	bytes int
	name  string
}

// begin names the file before it reports the first bytes.
func (p *progress) begin(name string) {
	p.name = name
	p.report(1)
}

func (p *progress) report(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bytes += n
}

// beginFixed does both under the lock.
func (p *progress) beginFixed(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.name = name
	p.bytes++
}

func (p *progress) describe() (name string, bytes int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.name, p.bytes
}
