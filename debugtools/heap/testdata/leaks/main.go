// Leaks is a program that leaks in a way of its choice, or does the same correctly, and writes two heap dumps and two heap profiles: one after a
// round of work, one after three more.
//
//	leaks SCENARIO leak|twin DIR
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"sync"
	"time"
)

// sizes of what a round leaks: 64 pieces of 16 KiB, a megabyte.
const pieces, piece = 64, 16 << 10

// What the scenarios keep things in.
var (
	sessions = map[int]*session{}
	heads    [][]byte
	handlers []func() int
	events   = &bus{subs: map[int]*subscription{}}
	results  = &cache{entries: map[int][]byte{}}
	buffers  = sync.Pool{New: func() any { return new([piece]byte) }}
	stop     = make(chan bool)
	serial   int
)

type session struct {
	id   int
	data []byte
}

type bus struct{ subs map[int]*subscription }

type subscription struct {
	topic string
	queue chan [8]int64
}

type cache struct {
	entries map[int][]byte
	order   []int
	limit   int
}

// put keeps the newest limit entries, or all if limit is 0.
func (c *cache) put(key int, value []byte) {
	c.entries[key] = value
	c.order = append(c.order, key)
	if c.limit > 0 && len(c.order) > c.limit {
		delete(c.entries, c.order[0])
		c.order = append([]int(nil), c.order[1:]...)
	}
}

// A pair is two objects that know each other.
type pair struct {
	other *pair
	data  [piece]byte
}

// next returns a number that was not used before.
func next() int { serial++; return serial }

//go:noinline
func openSession(leak bool) {
	s := &session{next(), make([]byte, piece)}
	sessions[s.id] = s
	if !leak {
		delete(sessions, s.id)
	}
}

//go:noinline
func readHead(leak bool) {
	body := make([]byte, piece)
	head := body[:16]
	if !leak {
		head = bytes.Clone(head)
	}
	heads = append(heads, head)
}

//go:noinline
func register(leak bool) {
	request := make([]byte, piece)
	n := len(request)
	if leak {
		handlers = append(handlers, func() int { return len(request) })
		return
	}
	handlers = append(handlers, func() int { return n })
}

//go:noinline
func waiter(buf []byte, up chan bool) {
	up <- true
	<-stop
	buf[0]++
}

//go:noinline
func spawn(leak bool) {
	up := make(chan bool)
	go waiter(make([]byte, piece), up)
	<-up
	if !leak {
		stop <- true
	}
}

//go:noinline
func later(leak bool) {
	order := make([]byte, piece)
	t := time.AfterFunc(time.Hour, func() { order[0]++ })
	if !leak {
		t.Stop()
	}
}

//go:noinline
func pooled(leak bool) {
	b := buffers.Get().(*[piece]byte)
	b[0]++
	if leak { // nothing leaks here either: whoever takes none back gives the pool more
		b = new([piece]byte)
	}
	buffers.Put(b)
}

var freed = make(chan bool, 1<<12)

//go:noinline
func finalized(leak bool) {
	a, b := &pair{}, &pair{}
	a.other = b
	if leak {
		b.other = a
	}
	runtime.SetFinalizer(a, func(*pair) { freed <- true })
}

//go:noinline
func subscribe(leak bool) {
	id := next()
	events.subs[id] = &subscription{"orders", make(chan [8]int64, piece/64)}
	if !leak {
		delete(events.subs, id)
	}
}

//go:noinline
func remember(leak bool) {
	if !leak {
		results.limit = 8
	}
	results.put(next(), make([]byte, piece))
}

var scenarios = map[string]func(leak bool){
	"map": openSession, "view": readHead, "closure": register, "stack": spawn, "timer": later,
	"pool": pooled, "finalizer": finalized, "subscription": subscribe, "cache": remember,
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: leaks SCENARIO leak|twin DIR")
		os.Exit(2)
	}
	runtime.MemProfileRate = 4096
	work, leak, dir := scenarios[os.Args[1]], os.Args[2] == "leak", os.Args[3]
	for n, rounds := range []int{1, 3} {
		for range rounds * pieces {
			work(leak)
		}
		if os.Args[1] == "finalizer" && !leak {
			runtime.GC()
			for range rounds * pieces {
				<-freed
			}
		}
		record(filepath.Join(dir, fmt.Sprint(n+1)))
	}
}

// record writes a heap dump and a heap profile.
func record(name string) {
	for range 3 { // a pool gives up in two collections what nobody takes
		runtime.GC()
	}
	f, err := os.Create(name + ".dump")
	check(err)
	debug.WriteHeapDump(f.Fd())
	check(f.Close())
	f, err = os.Create(name + ".pb.gz")
	check(err)
	check(pprof.Lookup("heap").WriteTo(f, 0))
	check(f.Close())
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
