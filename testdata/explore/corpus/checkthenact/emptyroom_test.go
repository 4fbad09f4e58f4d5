package checkthenact

import (
	"sync"
	"testing"
)

// explore:want assertion
// The last member leaves after the next one has found the room and before it enters: it is in a room that nobody else can find.
func TestEmptyRoomBug(t *testing.T) { enterAndLeave(t, (*chat).enter) }

func TestEmptyRoomFixed(t *testing.T) { enterAndLeave(t, (*chat).enterFixed) }

func enterAndLeave(t *testing.T, enter func(*chat, string) *room) {
	c := newChat()
	first := enter(c, "go")
	var wg sync.WaitGroup
	wg.Go(func() { c.leave("go", first) })
	if r := enter(c, "go"); r != c.room("go") {
		t.Error("entered a room that is gone")
	}
	wg.Wait()
}
