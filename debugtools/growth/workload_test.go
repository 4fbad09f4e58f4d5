package growth

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

// A workload makes a function without a leak that is called again and again. The rule was not tuned with these.
type workload struct {
	name string
	make func(r *rand.Rand) func()
}

var workloads = []workload{{"map churn", mapChurn}, {"cached text", cachedText}, {"worker pool", workerPool}}

// mapChurn puts values into maps and takes them out again, with buffers from a pool.
func mapChurn(r *rand.Rand) func() {
	m, pool := map[uint64][]byte{}, sync.Pool{New: func() any { return new([4096]byte) }}
	return func() {
		for range 200 {
			b := pool.Get().(*[4096]byte)
			n := copy(b[:], fmt.Sprint(r.Uint64()))
			m[r.Uint64N(1000)] = append([]byte(nil), b[:n]...)
			delete(m, r.Uint64N(1000))
			pool.Put(b)
		}
		for k := range m {
			if len(m) < 100 {
				break
			}
			delete(m, k)
		}
	}
}

// cachedText builds documents and strings, and keeps some in a cache of 300 entries that fills up within the first third.
func cachedText(r *rand.Rand) func() {
	cache := map[string]string{}
	return func() {
		for range 20 {
			key := fmt.Sprint("key-", r.IntN(300))
			if cache[key] == "" {
				text, _ := json.Marshal(map[string]any{"name": key, "list": r.Perm(20), "text": strings.Repeat(key, 5)})
				cache[key] = string(text)
			}
			var back map[string]any
			_ = json.Unmarshal([]byte(cache[key]), &back)
		}
	}
}

// workerPool starts workers, sends them work, with timers and contexts that are all stopped.
func workerPool(r *rand.Rand) func() {
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		defer cancel()
		work, results := make(chan int), make(chan []int, r.IntN(10))
		var workers sync.WaitGroup
		for range 1 + r.IntN(8) {
			workers.Go(func() {
				for n := range work {
					t := time.AfterFunc(time.Hour, func() {})
					results <- make([]int, n)
					t.Stop()
				}
			})
		}
		go func() {
			for range 30 {
				select {
				case work <- 64:
				case <-ctx.Done():
				}
			}
			close(work)
			workers.Wait()
			close(results)
		}()
		for range results {
		}
	}
}

// A link is what leaks: a list that only grows.
type link struct {
	next *link
	data []byte
}

var leaked *link

// leaking adds a leak of so many bytes a call: a link of 32 bytes and the rest in its data.
func leaking(f func(), bytes int) func() {
	if bytes == 0 {
		return f
	}
	return func() {
		f()
		leaked = &link{leaked, make([]byte, bytes-32)}
	}
}
