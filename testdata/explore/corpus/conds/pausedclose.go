package conds

import "sync"

// A player can be paused and stopped.
type player struct {
	mu      sync.Mutex
	changed *sync.Cond
	paused  bool
	stopped bool
}

func newPlayer() *player {
	p := new(player)
	p.changed = sync.NewCond(&p.mu)
	return p
}

func (p *player) pause() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paused = true
	p.changed.Broadcast()
}

func (p *player) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
	p.changed.Broadcast()
}

// step waits while the player is paused, and reports whether to go on.
func (p *player) step() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.paused {
		p.changed.Wait()
	}
	return !p.stopped
}

// stepFixed does not wait for a player that is stopped.
func (p *player) stepFixed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.paused && !p.stopped {
		p.changed.Wait()
	}
	return !p.stopped
}
