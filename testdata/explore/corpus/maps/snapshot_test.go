package maps

import (
	"sync"
	"testing"
)

// explore:want race
// The snapshot is the map itself, and is read without the lock while somebody moves.
func TestSnapshotBug(t *testing.T) { moveAndCount(t, (*presence).snapshot) }

func TestSnapshotFixed(t *testing.T) { moveAndCount(t, (*presence).snapshotFixed) }

func moveAndCount(t *testing.T, snapshot func(*presence) map[string]string) {
	p := newPresence()
	var wg sync.WaitGroup
	wg.Go(func() { p.move("bob", "lobby") })
	inLobby := 0
	for _, room := range snapshot(p) {
		if room == "lobby" {
			inLobby++
		}
	}
	wg.Wait()
	if inLobby < 1 || inLobby > 2 {
		t.Errorf("%d in the lobby", inLobby)
	}
}
