package oncepool

import (
	"sync"
	"testing"
)

type application interface {
	config() string
	logger() string
}

// explore:want deadlock
// The logger needs the configuration, which needs the logger. Deterministic, in one goroutine or in two.
func TestOnceRecursionBug(t *testing.T) { startApp(t, new(app)) }

func TestOnceRecursionFixed(t *testing.T) { startApp(t, new(fixedApp)) }

func startApp(t *testing.T, a application) {
	var wg sync.WaitGroup
	wg.Go(func() { a.logger() })
	if path := a.config(); path != "/etc/app" {
		t.Errorf("configuration %q", path)
	}
	wg.Wait()
}
