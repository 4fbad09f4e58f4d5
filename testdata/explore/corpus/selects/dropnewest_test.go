package selects

import (
	"sync"
	"testing"
)

// explore:want assertion
// The line still has an older update when the last one comes, and the last one is dropped.
func TestDropNewestBug(t *testing.T) { showProgress(t, (*statusLine).set) }

func TestDropNewestFixed(t *testing.T) { showProgress(t, (*statusLine).setFixed) }

func showProgress(t *testing.T, set func(*statusLine, int)) {
	s := newStatusLine()
	shown := 0
	var wg sync.WaitGroup
	wg.Go(func() { shown = s.show() })
	set(s, 50)
	set(s, 100)
	close(s.updates)
	wg.Wait()
	if shown != 100 {
		t.Errorf("%d percent shown at the end", shown)
	}
}
