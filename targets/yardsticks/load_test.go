package yardsticks

import (
	"runtime"
	"strconv"
	"sync"
	"testing"
)

// share splits n things among k: the first ones get one more if it does not divide.
func share(n, k, i int) int {
	s := n / k
	if i < n%k {
		s++
	}
	return s
}

// together runs f in k goroutines, which share b.N rounds; f makes n of them. Time is that of one round.
func together(b *testing.B, k int, f func(id, n int)) {
	b.ReportAllocs()
	var wg sync.WaitGroup
	b.ResetTimer()
	for id := range k {
		wg.Go(func() { f(id, share(b.N, k, id)) })
	}
	wg.Wait()
}

// A queue is what can be measured as one. Operations that find the queue full or empty say so; a blocking queue never does.
type queue interface {
	put(int) bool
	get() bool
}

// transfer moves b.N values from producers to consumers. Who finds the queue full or empty yields.
func transfer(b *testing.B, q queue, producers, consumers int) {
	b.ReportAllocs()
	var wg sync.WaitGroup
	b.ResetTimer()
	for id := range producers {
		wg.Go(func() { repeat(share(b.N, producers, id), q.put) })
	}
	for id := range consumers {
		wg.Go(func() { repeat(share(b.N, consumers, id), func(int) bool { return q.get() }) })
	}
	wg.Wait()
}

// repeat calls f until it has said yes n times.
func repeat(n int, f func(int) bool) {
	for i := range n {
		for !f(i) {
			runtime.Gosched()
		}
	}
}

// A contender is one implementation in a comparison.
type contender[T any] struct {
	name string
	make func() T
}

// transfers compares queues with one and two goroutines on either side.
func transfers(b *testing.B, list []contender[queue]) {
	for _, k := range []int{1, 2} {
		for _, c := range list {
			b.Run(strconv.Itoa(k)+"P"+strconv.Itoa(k)+"C/impl="+c.name, func(b *testing.B) { transfer(b, c.make(), k, k) })
		}
	}
}
