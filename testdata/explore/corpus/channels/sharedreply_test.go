package channels

import (
	"sync"
	"testing"
)

type squarer interface{ square(int) int }

// explore:want assertion
// Both requests are made before the first reply is taken, and the replies are taken in the other order.
func TestSharedReplyBug(t *testing.T) {
	s := newSquareServer()
	defer s.close()
	squareBoth(t, newSquareClient(s))
}

func TestSharedReplyFixed(t *testing.T) {
	s := newSquareServer()
	defer s.close()
	squareBoth(t, &fixedSquareClient{s})
}

func squareBoth(t *testing.T, c squarer) {
	var wg sync.WaitGroup
	for _, n := range []int{3, 4} {
		wg.Go(func() {
			if got := c.square(n); got != n*n {
				t.Errorf("square(%d) = %d", n, got)
			}
		})
	}
	wg.Wait()
}
