package race

import (
	"sync"
	"testing"
)

type counter struct{ n int }

func (c *counter) add()     { c.n++ }
func (c *counter) get() int { return c.n }

func TestOne(t *testing.T) {
	c := new(counter)
	done := make(chan bool)
	go func() { c.add(); done <- true }()
	_ = c.get()
	<-done
}

func TestMany(t *testing.T) {
	for range 5 {
		c := new(counter)
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(c.add)
		}
		wg.Wait()
	}
}

func TestMap(t *testing.T) {
	m := map[string]int{}
	var wg sync.WaitGroup
	wg.Go(func() { m["a"]++ })
	wg.Go(func() { m["b"]++ })
	wg.Wait()
}

func TestRacePanic(t *testing.T) {
	c := new(counter)
	done := make(chan bool)
	go func() { c.add(); done <- true }()
	c.add()
	<-done
	panic("after the race")
}
