package fatal

import (
	"os"
	"sync"
	"testing"
)

func TestMain(m *testing.M) {
	if os.Getenv("ALLASLEEP") != "" {
		var mu sync.Mutex
		mu.Lock()
		mu.Lock()
	}
	os.Exit(m.Run())
}

func TestMapWrites(t *testing.T) {
	m := map[int]int{}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 1000000 {
				m[i] = g
			}
		})
	}
	wg.Wait()
}

func TestUnlock(t *testing.T) { var mu sync.Mutex; mu.Unlock() }

func recurse(n int) int { return recurse(n+1) + 1 }

func TestOverflow(t *testing.T) { recurse(0) }

func TestAsleep(t *testing.T) {
	var wg sync.WaitGroup
	wg.Add(2)
	c := make(chan int)
	for range 2 {
		go func() { c <- 1; wg.Done() }()
	}
	wg.Wait()
}
