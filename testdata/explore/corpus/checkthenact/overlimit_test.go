package checkthenact

import (
	"sync"
	"testing"
)

// explore:want assertion
// Both find a free place before either has taken it.
func TestOverLimitBug(t *testing.T) { joinBoth(t, (*lobby).join) }

func TestOverLimitFixed(t *testing.T) { joinBoth(t, (*lobby).joinFixed) }

func joinBoth(t *testing.T, join func(*lobby, string) bool) {
	l := &lobby{max: 1}
	var wg sync.WaitGroup
	for _, player := range []string{"ann", "bob"} {
		wg.Go(func() { join(l, player) })
	}
	wg.Wait()
	if n := len(l.players); n != 1 {
		t.Errorf("%d players, want 1", n)
	}
}
