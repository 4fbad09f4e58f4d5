package live

import (
	"runtime"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

// A hooked memory calls a function before its n-th read of many parts.
type hooked struct {
	memory
	reads  int
	before map[int]func()
}

func (h *hooked) read(parts []part) error {
	if f := h.before[h.reads]; f != nil {
		f()
	}
	h.reads++
	return h.memory.read(parts)
}

//go:noinline
func tornLeft(c chan int) { tornWait(c) }

//go:noinline
func tornRight(c chan int) { tornWait(c) }

//go:noinline
func tornWait(c chan int) { <-c }

// The reads of a batch: descriptors, stacks, the entry in the queue of the channel, the channel, descriptors again.
const readsOfBatch = 5

// TestTorn moves a goroutine before each of the reads of which a look at it consists: to another place of the same depth and back, which changes
// nothing that can be
// seen in its descriptor but the count of its stops. Each time it must be noticed, and the next look must be right.
func TestTorn(t *testing.T) {
	c := make(chan int)
	done := make(chan bool)
	go func() {
		for range 2 * readsOfBatch {
			tornLeft(c)
			tornRight(c)
		}
		tornLeft(c)
		close(done)
	}()
	untilBlocked(t, ".tornLeft", "chan receive")
	i := inspectSelf(t)
	addr := addressOf(t, i, ".tornLeft")
	for n := range readsOfBatch {
		h := &hooked{memory: i.mem, before: map[int]func(){n: func() {
			c <- 0
			untilBlocked(t, ".tornRight", "chan receive")
			c <- 0
			untilBlocked(t, ".tornLeft", "chan receive")
		}}}
		r := readerOf(i, h)
		moved, err := r.batch([]uint64{addr}, nil, false)
		if err != nil || (len(moved) == 1) != (n > 0) {
			t.Errorf("moved before read %d of %d: noticed %v, %v", n, h.reads, len(moved) == 1, err)
		}
		if moved, err = r.batch([]uint64{addr}, nil, false); err != nil || len(moved) != 0 {
			t.Errorf("at rest: moved %v, %v", moved, err)
		}
		if g := r.out[len(r.out)-1]; !in(&g, "tornLeft") || len(g.Waits) != 1 {
			t.Errorf("at rest in %+v", g.Stack)
		}
	}
	for range 2*(2*readsOfBatch-readsOfBatch) + 1 {
		c <- 0
	}
	<-done
	runtime.KeepAlive(c)
}

// readerOf returns a reader of a program through another memory.
func readerOf(i *Inspector, m memory) *reader {
	p := *i.program
	p.space.mem = m
	return newReader(&p, Options{}.defaults(), clockOf(i.pid))
}

// addressOf returns the address of the descriptor of the goroutine that is in a function.
func addressOf(t *testing.T, i *Inspector, function string) uint64 {
	t.Helper()
	r := readerOf(i, i.mem)
	all, err := r.list()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		r.out = nil
		if _, err := r.batch([]uint64{a}, nil, false); err == nil && len(r.out) == 1 && in(&r.out[0], function) {
			return a
		}
	}
	t.Fatal("it was not found")
	return 0
}

// in reports whether a goroutine is in a function.
func in(g *dump.Goroutine, function string) bool {
	for _, f := range g.Stack.Frames {
		if strings.HasSuffix(f.Func, function) {
			return true
		}
	}
	return false
}
