package leak

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// global is reachable for ever: the collector cannot prove anything of who waits for it.
var global struct {
	sync.Mutex
	c chan struct{}
}

func TestRepeat(t *testing.T) {
	repeat.Tenth(t)
	global.c = make(chan struct{})
	var once sync.Once
	calls, pool := 0, 0
	wait := func() { <-global.c }
	for _, c := range []struct {
		name  string
		leaks int // goroutines a call, in 4 calls; 0 if nobody is accused
		total int // goroutines accused
		stays string
		f     func()
	}{
		{"nothing", 0, 0, "", func() {}},
		{"one each", 1, 4, "", func() { go wait() }},
		{"two each", 2, 8, "", func() { go wait(); go wait() }},
		{"once", 0, 0, "a helper that is started once", func() { once.Do(func() { go wait() }) }},
		{"pool", 0, 0, "a pool that fills up", func() {
			if pool++; pool <= 2 {
				go wait()
			}
		}},
		{"every other", 0, 2, "", func() {
			if calls++; calls%2 == 0 {
				go wait()
			}
		}},
		{"ends by itself", 0, 0, "", func() { go func() { <-time.After(time.Millisecond) }() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			leaks, err := quickly.Repeat(4, c.f)
			if err != nil {
				t.Fatal(err)
			}
			accused, named := split(leaks)
			total := 0
			for _, l := range accused {
				total += len(l.Goroutines)
				if c.leaks > 0 && (l.Rate != float64(c.leaks) || l.Finding().Certainty != finding.Likely) {
					t.Errorf("%+v", l.Finding())
				}
			}
			if total != c.total {
				t.Errorf("%d goroutines accused, want %d: %s", total, c.total, text(Findings(leaks)))
			}
			if c.stays != "" && (len(named) != 1 || !strings.Contains(named[0].Stays, c.stays)) {
				t.Errorf("named: %s\nwant %q", text(Findings(named)), c.stays)
			}
		})
	}
	close(global.c)
}

func TestOnce(t *testing.T) {
	for _, c := range []struct {
		born []int
		want bool // accused
	}{
		{[]int{1}, true}, {[]int{1, 1}, true}, {[]int{1, 0}, false}, {[]int{0, 1}, false}, {[]int{1, 1, 0}, false}, {[]int{1, 0, 1}, true},
		{[]int{3, 0, 0, 0}, false}, {[]int{3, 2, 0, 0, 0}, false}, {[]int{1, 1, 1, 1}, true}, {[]int{0, 1, 0, 1}, true}, {[]int{0, 0, 0, 5}, false},
	} {
		if got := once(c.born); (got == "") != c.want {
			t.Errorf("%v: %q, accused %v", c.born, got, c.want)
		}
	}
}

// TestUnreachable: what the collector proves, and where it is blind.
func TestUnreachable(t *testing.T) {
	if _, err := Unreachable(); errors.Is(err, ErrUnavailable) {
		t.Skip(err)
	}
	global.c = make(chan struct{})
	t.Cleanup(func() { close(global.c) })
	for _, c := range []struct {
		name string
		want int
		f    func()
	}{
		{"nobody else has the channel", 1, func() { c := make(chan int); lost(func() { c <- 1 }) }},
		{"a lock that nobody unlocks", 1, func() {
			m := &struct {
				sync.Mutex
				p *int
			}{}
			m.Lock()
			lost(m.Lock)
		}},
		{"a global channel", 0, func() { go func() { <-global.c }() }},
		{"a timer", 0, func() { lost(func() { <-time.After(time.Minute) }) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := proved(t)
			c.f()
			got := 0
			for range 50 { // until it waits
				if got = proved(t) - before; got == c.want && c.want > 0 {
					break
				}
			}
			if got != c.want {
				t.Errorf("%d goroutines proved to be left, want %d", got, c.want)
			}
		})
	}
	t.Run("a small lock beside something alive", tinyLocks)
}

// proved counts what the collector can prove.
func proved(t *testing.T) int {
	t.Helper()
	leaks, err := Unreachable()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, l := range leaks {
		n += len(l.Goroutines)
		if f := l.Finding(); f.Certainty != finding.Proved || f.Confidence != 1 {
			t.Errorf("%+v", f)
		}
	}
	return n
}

// lost starts a goroutine that nobody can end. TestMain ignores it.
func lost(f func()) { go f() }

// tinyLocks: eight bytes without pointers share their block of memory with their neighbour. If that is alive, so is the lock.
func tinyLocks(t *testing.T) {
	before, waiting := proved(t), 0
	first := map[uintptr]*sync.Mutex{} // by block
	for range 200 {
		m := new(sync.Mutex)
		block := uintptr(unsafe.Pointer(m)) / 16
		if first[block] != nil {
			waiting++
			m.Lock()
			lost(m.Lock)
		} else {
			first[block] = m
		}
	}
	if waiting == 0 {
		t.Skip("this allocator gives each a block of its own")
	}
	for range 5 {
		if got := proved(t) - before; got > 0 {
			t.Errorf("%d of %d found: the blind spot is gone, say so in the documentation", got, waiting)
		}
	}
	for _, m := range first {
		m.Lock()
	}
}
