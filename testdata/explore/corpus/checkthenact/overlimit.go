package checkthenact

import "sync"

// A lobby admits at most max players.
type lobby struct {
	mu      sync.Mutex
	max     int
	players []string
}

func (l *lobby) full() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.players) >= l.max
}

func (l *lobby) join(player string) bool {
	if l.full() {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.players = append(l.players, player)
	return true
}

// joinFixed looks and joins under one lock.
func (l *lobby) joinFixed(player string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.players) >= l.max {
		return false
	}
	l.players = append(l.players, player)
	return true
}
