package yardsticks

import (
	"strconv"
	"sync"
	"testing"

	"github.com/concurrency-god-mode/godmode/targets/lockfree/spinlock"
)

// locks are the contenders for guarding a word.
var locks = []contender[sync.Locker]{
	{"spin", func() sync.Locker { return new(spinlock.SpinLock) }},
	{"ticket", func() sync.Locker { return new(spinlock.TicketLock) }},
	{"mutex", func() sync.Locker { return new(sync.Mutex) }},
}

// BenchmarkLock measures a critical section of one addition, wanted all the time by 1, 2 and 8 goroutines.
func BenchmarkLock(b *testing.B) {
	for _, k := range []int{1, 2, 8} {
		for _, c := range locks {
			b.Run(strconv.Itoa(k)+"/impl="+c.name, func(b *testing.B) {
				l, word := c.make(), 0
				together(b, k, func(_, n int) {
					for range n {
						l.Lock()
						word++
						l.Unlock()
					}
				})
				if word != b.N {
					b.Fatalf("%d of %d additions", word, b.N)
				}
			})
		}
	}
}
