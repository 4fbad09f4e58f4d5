package errpaths

import (
	"sync"
	"testing"
)

// explore:want deadlock
// The route is used before it is added: the panic is recovered, and the lock is not released.
func TestPanickingHandlerBug(t *testing.T) { addAndDispatch(t, (*dispatcher).dispatch) }

func TestPanickingHandlerFixed(t *testing.T) { addAndDispatch(t, (*dispatcher).dispatchFixed) }

func addAndDispatch(t *testing.T, dispatch func(*dispatcher, string) (string, error)) {
	d := newDispatcher()
	var wg sync.WaitGroup
	wg.Go(func() {
		if page, err := dispatch(d, "/"); err == nil && page != "home" {
			t.Errorf("page %q", page)
		}
	})
	d.add("/", "home")
	wg.Wait()
}
