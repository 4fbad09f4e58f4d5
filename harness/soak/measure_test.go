package soak

import (
	"os"
	"runtime"
	"testing"
)

// TestMeasure shows that the metric of live memory is the right one: it rises by what is kept, and falls again.
func TestMeasure(t *testing.T) {
	before := measure()
	kept := make([][]byte, 64)
	for i := range kept {
		kept[i] = make([]byte, 64<<10)
	}
	held := measure()
	runtime.KeepAlive(kept)
	kept = nil
	after := measure()
	if d := held.Heap - before.Heap; d < 4<<20-64<<10 || d > 5<<20 { // something else may have been let go meanwhile
		t.Errorf("4 MiB kept: live memory rose by %d", d)
	}
	if d := after.Heap - before.Heap; d > 1<<20 {
		t.Errorf("4 MiB let go: live memory is %d above what it was", d)
	}
}

func TestMeasureGoroutinesAndFiles(t *testing.T) {
	before := measure()
	stop, ready := make(chan struct{}), make(chan struct{})
	go func() { close(ready); <-stop }()
	<-ready
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	held := measure()
	close(stop)
	f.Close()
	if d := held.Goroutines - before.Goroutines; d != 1 {
		t.Errorf("one goroutine more counts as %d", d)
	}
	if d := held.Files - before.Files; d != 1 && before.Files >= 0 {
		t.Errorf("one descriptor more counts as %d", d)
	}
}
