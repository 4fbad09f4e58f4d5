package conds

import (
	"sync"
	"testing"
)

// explore:want deadlock
// Both readers wait when the feed is closed, and one of them is woken.
func TestCloseSignalBug(t *testing.T) { readToEnd(t, (*feed).close) }

func TestCloseSignalFixed(t *testing.T) { readToEnd(t, (*feed).closeFixed) }

func readToEnd(t *testing.T, closeFeed func(*feed)) {
	f := newFeed()
	var wg sync.WaitGroup
	lines := make(chan string, 1)
	for range 2 {
		wg.Go(func() {
			for {
				line, ok := f.read()
				if !ok {
					return
				}
				lines <- line
			}
		})
	}
	f.write("hello")
	closeFeed(f)
	wg.Wait()
	if line := <-lines; line != "hello" {
		t.Errorf("read %q", line)
	}
}
