package hang

import (
	"sync"
	"sync/atomic"
	"testing"
)

type bank struct{ a, b sync.Mutex }

func (k *bank) ab(at, go_ chan bool) { k.a.Lock(); at <- true; <-go_; k.b.Lock() }
func (k *bank) ba(at, go_ chan bool) { k.b.Lock(); at <- true; <-go_; k.a.Lock() }

func TestLockOrder(t *testing.T) {
	var k bank
	at, go_ := make(chan bool), make(chan bool)
	var wg sync.WaitGroup
	wg.Go(func() { k.ab(at, go_) })
	wg.Go(func() { k.ba(at, go_) })
	<-at
	<-at
	close(go_)
	wg.Wait()
}

func TestSpin(t *testing.T) {
	var stop atomic.Bool
	for !stop.Load() {
	}
}

func TestMany(t *testing.T) {
	c := make(chan int)
	for range 5 {
		go func() { c <- 1 }()
	}
	select {}
}
