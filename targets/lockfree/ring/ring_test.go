package ring

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// queue is what Ring, its twins and the reference have in common.
type queue interface {
	TryPut(int64) bool
	TryGet() (int64, bool)
	Len() int
	Cap() int
}

// locked is the reference: a slice under a mutex.
type locked struct {
	mu   sync.Mutex
	vals []int64
	n    int
}

func (l *locked) TryPut(v int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.vals) == l.n {
		return false
	}
	l.vals = append(l.vals, v)
	return true
}

func (l *locked) TryGet() (int64, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.vals) == 0 {
		return 0, false
	}
	v := l.vals[0]
	l.vals = slices.Delete(l.vals, 0, 1)
	return v, true
}

func (l *locked) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.vals)
}

func (l *locked) Cap() int { return l.n }

// implementations are tested by one table: the reference and the ring must be told apart by nothing but speed.
var implementations = []struct {
	name string
	make func(capacity int) queue
}{
	{"reference", func(n int) queue { return &locked{n: max(n, 1)} }},
	{"ring", func(n int) queue { return New[int64](n, nil) }},
}

func TestSequential(t *testing.T) {
	for _, impl := range implementations {
		for _, capacity := range []int{-1, 0, 1, 2, 3, 4, 7, 8} {
			q := impl.make(capacity)
			want := max(capacity, 1)
			if q.Cap() != want {
				t.Fatalf("%s: Cap = %d, want %d", impl.name, q.Cap(), want)
			}
			for lap := range int64(5) {
				fillAndDrain(t, q, 100*lap)
			}
		}
	}
}

// fillAndDrain fills an empty queue with base+1, base+2 and so on, and empties it, checking every answer.
func fillAndDrain(t *testing.T, q queue, base int64) {
	t.Helper()
	for i := range q.Cap() {
		if q.Len() != i || !q.TryPut(base+int64(i)+1) {
			t.Fatalf("put %d of %d was refused, or Len is wrong", i+1, q.Cap())
		}
	}
	if q.TryPut(-1) {
		t.Fatalf("a full queue of %d took one more", q.Cap())
	}
	for i := range q.Cap() {
		if v, ok := q.TryGet(); !ok || v != base+int64(i)+1 {
			t.Fatalf("get %d = %d, %v, want %d", i+1, v, ok, base+int64(i)+1)
		}
	}
	if v, ok := q.TryGet(); ok || v != 0 || q.Len() != 0 {
		t.Fatalf("an empty queue gave %d", v)
	}
}

func TestRandomAgainstReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(t, "capacity")
		want, got := implementations[0].make(n), implementations[1].make(n)
		for i, put := range rapid.SliceOfN(rapid.Bool(), 0, 60).Draw(t, "puts") {
			if put {
				if a, b := want.TryPut(int64(i)), got.TryPut(int64(i)); a != b {
					t.Fatalf("op %d: put = %v, want %v", i, b, a)
				}
				continue
			}
			a, aok := want.TryGet()
			b, bok := got.TryGet()
			if a != b || aok != bok || want.Len() != got.Len() {
				t.Fatalf("op %d: get = %d, %v, want %d, %v", i, b, bok, a, aok)
			}
		}
	})
}

// TestConservation lets real goroutines move numbered values: each comes out once, and those of one producer in order.
func TestConservation(t *testing.T) {
	const producers, consumers = 3, 3
	each := 3000
	if testing.Short() {
		each = 500
	}
	for _, impl := range implementations {
		for _, capacity := range []int{1, 3, 64} {
			q := impl.make(capacity)
			got := make([][]int64, consumers)
			var put, get sync.WaitGroup
			done := make(chan struct{})
			for p := range producers {
				put.Go(func() { produce(q, int64(p), each) })
			}
			for c := range consumers {
				get.Go(func() { got[c] = consume(q, done) })
			}
			put.Wait()
			close(done)
			get.Wait()
			judge(t, got, producers, each)
		}
	}
}

// produce puts the values p<<32 to p<<32 + n-1 in order, waiting while the queue is full.
func produce(q queue, p int64, n int) {
	for i := range int64(n) {
		for !q.TryPut(p<<32 + i) {
			runtime.Gosched()
		}
	}
}

// consume gets until it finds the queue empty after done was closed.
func consume(q queue, done <-chan struct{}) (got []int64) {
	for {
		last := false
		select {
		case <-done:
			last = true
		default:
		}
		v, ok := q.TryGet()
		switch {
		case ok:
			got = append(got, v)
		case last:
			return got
		default:
			runtime.Gosched()
		}
	}
}

// judge checks what the consumers got.
func judge(t *testing.T, got [][]int64, producers, each int) {
	t.Helper()
	count := make([]int, producers)
	for _, list := range got {
		last := slices.Repeat([]int64{-1}, producers)
		for _, v := range list {
			p, i := v>>32, v&(1<<32-1)
			if i <= last[p] {
				t.Fatalf("producer %d: value %d came after %d", p, i, last[p])
			}
			last[p] = i
			count[p]++
		}
	}
	for p, n := range count {
		if n != each {
			t.Fatalf("producer %d: %d values came out, want %d", p, n, each)
		}
	}
}

// TestExactAnswers relies on the point of the exact re-check: a goroutine that has put a value and sees "empty" later knows that
// somebody has taken a value, however the other producers stand.
func TestExactAnswers(t *testing.T) {
	r := New[int64](8, nil)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range int64(1000) {
				// Four goroutines hold at most one value each in the ring, so it is never full, and each gets one for each put.
				if !r.TryPut(i) {
					t.Error("full with at most 4 of 8 values inside")
				}
				if _, ok := r.TryGet(); !ok {
					t.Error("empty although more puts than gets have returned")
				}
			}
		})
	}
	wg.Wait()
}

func TestClearsSlots(t *testing.T) {
	r := New[*int](2, nil)
	r.TryPut(new(int))
	r.TryGet()
	for i := range r.slots {
		if r.slots[i].val != nil {
			t.Fatalf("slot %d keeps a value alive that has been taken", i)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	r := New[int64](8, nil)
	if n := testing.AllocsPerRun(100, func() { r.TryPut(1); r.TryGet(); r.Len() }); n != 0 {
		t.Fatalf("%v allocations in a put and a get, want 0", n)
	}
}

// TestLenBounds checks that Len stays within what a ring can hold while it changes.
func TestLenBounds(t *testing.T) {
	r := New[int64](3, nil)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(1, 2))
			for range 2000 {
				if rng.IntN(2) == 0 {
					r.TryPut(1)
				} else {
					r.TryGet()
				}
			}
		})
	}
	for range 2000 {
		if n := r.Len(); n < 0 || n > 3 {
			t.Fatalf("Len = %d in a ring of 3", n)
		}
	}
	wg.Wait()
}
