package dump

import (
	"bytes"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// crowd starts goroutines that wait in a stack of some depth, and returns when all of them are there. They end with the test.
func crowd(t testing.TB, n, depth int) {
	t.Helper()
	stop := make(chan bool)
	var there, gone sync.WaitGroup
	there.Add(n)
	for range n {
		gone.Go(func() { descend(depth, &there, stop) })
	}
	there.Wait()
	t.Cleanup(func() {
		close(stop)
		gone.Wait()
	})
}

//go:noinline
func descend(depth int, there *sync.WaitGroup, stop chan bool) {
	if depth > 0 {
		descend(depth-1, there, stop)
		return
	}
	there.Done()
	<-stop
}

func TestTake(t *testing.T) {
	crowd(t, 100, 60) // more than 1 KB each: the first buffer does not suffice
	var b bytes.Buffer
	if err := Take(&b); err != nil {
		t.Fatal(err)
	}
	d, err := Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []*Dump{d, Capture()} {
		all := Groups(d, ByFunction)
		if all[0].Count != 100 || !strings.HasSuffix(all[0].Keys[0], "dump.descend") || len(d.Goroutines) < 101 || len(d.Goroutines) > runtime.NumGoroutine()+5 {
			t.Errorf("%d goroutines, %+v", len(d.Goroutines), all[0])
		}
	}
	f, err := ParseFilter("descend")
	if err != nil {
		t.Fatal(err)
	}
	if d := (Options{Keep: f.Match}).Capture(); len(d.Goroutines) != 100 || d.Dropped < 1 {
		t.Errorf("%d kept, %d dropped", len(d.Goroutines), d.Dropped)
	}
}

func TestTakeError(t *testing.T) {
	if err := Take(brokenWriter{}); err != errBroken {
		t.Error(err)
	}
}
