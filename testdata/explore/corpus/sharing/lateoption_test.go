package sharing

import (
	"sync"
	"testing"
)

// explore:want race
// The service is called after it was added: its option is set without the lock. A call that comes before finds no service.
func TestLateOptionBug(t *testing.T) { installAndCall(install) }

func TestLateOptionFixed(t *testing.T) { installAndCall(installFixed) }

func installAndCall(install func(*directory, string)) {
	d := newDirectory()
	var wg sync.WaitGroup
	wg.Go(func() { install(d, "mail") })
	d.call("mail")
	wg.Wait()
}
