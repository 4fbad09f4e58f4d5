package maps

import (
	stdmaps "maps"
	"sync"
)

// A presence list knows who is in which room.
type presence struct {
	mu    sync.Mutex
	rooms map[string]string
}

func newPresence() *presence { return &presence{rooms: map[string]string{"ann": "lobby"}} }

func (p *presence) move(user, room string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rooms[user] = room
}

// snapshot returns who is where now.
func (p *presence) snapshot() map[string]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rooms
}

// snapshotFixed returns a copy.
func (p *presence) snapshotFixed() map[string]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return stdmaps.Clone(p.rooms)
}
