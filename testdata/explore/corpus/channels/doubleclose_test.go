package channels

import (
	"sync"
	"testing"
)

type watcher interface {
	stop()
	stopped() <-chan struct{}
}

// explore:want panic
// Both callers of stop find the channel open before either has closed it.
func TestDoubleCloseBug(t *testing.T) { stopTwice(newFileWatcher()) }

func TestDoubleCloseFixed(t *testing.T) { stopTwice(&fixedFileWatcher{fileWatcher: newFileWatcher()}) }

func stopTwice(w watcher) {
	var wg sync.WaitGroup
	wg.Go(w.stop)
	wg.Go(w.stop)
	<-w.stopped()
	wg.Wait()
}
