package waitgroups

import "sync"

// A pool runs tasks, which may submit more.
type pool struct {
	wg   sync.WaitGroup
	mu   sync.Mutex
	runs int
}

func (p *pool) submit(task func()) {
	p.wg.Add(1)
	go func() {
		defer p.wg.Done()
		p.mu.Lock()
		p.runs++
		p.mu.Unlock()
		if task != nil {
			task()
		}
	}()
}

func (p *pool) wait() { p.wg.Wait() }

// walk runs a task for a directory and one for each of its two files, and waits for those.
func (p *pool) walk() {
	p.submit(func() {
		p.submit(nil)
		p.submit(nil)
		p.wait()
	})
}

// walkFixed waits for the files on a group of their own.
func (p *pool) walkFixed() {
	p.submit(func() {
		var files pool
		files.submit(nil)
		files.submit(nil)
		files.wait()
		p.mu.Lock()
		p.runs += files.runs
		p.mu.Unlock()
	})
}
