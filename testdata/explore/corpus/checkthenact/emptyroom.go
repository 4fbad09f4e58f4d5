package checkthenact

import "sync"

// A chat makes rooms when somebody comes, and forgets them when the last one leaves.
type chat struct {
	mu    sync.Mutex
	rooms map[string]*room
}

type room struct {
	mu      sync.Mutex
	members int
	gone    bool
}

func newChat() *chat { return &chat{rooms: map[string]*room{}} }

func (c *chat) room(name string) *room {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.rooms[name]
	if r == nil {
		r = new(room)
		c.rooms[name] = r
	}
	return r
}

func (c *chat) enter(name string) *room {
	r := c.room(name)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.members++
	return r
}

// enterFixed tries again if the room was forgotten in between.
func (c *chat) enterFixed(name string) *room {
	for {
		r := c.room(name)
		r.mu.Lock()
		if !r.gone {
			r.members++
			r.mu.Unlock()
			return r
		}
		r.mu.Unlock()
	}
}

func (c *chat) leave(name string, r *room) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.members--; r.members == 0 {
		r.gone = true
		delete(c.rooms, name)
	}
}
