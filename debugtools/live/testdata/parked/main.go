// Command parked parks goroutines in every state that a goroutine can be in, and writes down the truth about them: what each waits for, and what the runtime says.
//
// It answers to lines on its standard input: "stacks" with the text of runtime.Stack, "work" with the result of a computation that needs all processors,
// "wake" after everything parked has been let go and has ended. It is written for Go 1.22.
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// goid returns the number of the running goroutine.
func goid() string {
	var b [64]byte
	return strings.Fields(string(b[:runtime.Stack(b[:], false)]))[1]
}

var (
	said   sync.Mutex
	parked sync.WaitGroup // goroutines that are about to wait
	ended  sync.WaitGroup // goroutines that will end when they are let go
)

// object describes what is waited for, as the test wants to read it.
func object(kind string, p any, op string) string { return fmt.Sprintf("%s %p %s", kind, p, op) }

// park starts a goroutine that says what it will wait for, and waits.
func park(name string, wait func(), objects ...string) {
	parked.Add(1)
	ended.Add(1)
	go func() {
		defer ended.Done()
		said.Lock()
		fmt.Printf("want %s %s %s\n", goid(), name, strings.Join(objects, ";"))
		said.Unlock()
		parked.Done()
		wait()
	}()
	parked.Wait()
}

// forever starts one that nothing lets go.
func forever(name string, wait func(), objects ...string) {
	park(name, func() { ended.Done(); wait() }, objects...)
}

var (
	globalMutex sync.Mutex
	wakers      []func()
)

// onWake remembers what lets goroutines go.
func onWake(f func()) { wakers = append(wakers, f) }

func channels() {
	receive, send, full := make(chan int), make(chan string), make(chan [3]int, 2)
	full <- [3]int{}
	full <- [3]int{}
	park("receive", func() { <-receive }, object("chan", receive, "receive"))
	park("range", func() {
		for range receive {
		}
	}, object("chan", receive, "receive"))
	park("send", func() { send <- "x" }, object("chan", send, "send"))
	park("sendfull", func() { full <- [3]int{1} }, object("chan", full, "send"))
	park("sendfull2", func() { full <- [3]int{2} }, object("chan", full, "send"))
	onWake(func() { close(receive); <-send; <-full; <-full })
	var none chan int
	forever("nilreceive", func() { <-none })
	forever("nilsend", func() { none <- 1 })
	ctx, cancel := context.WithCancel(context.Background())
	park("context", func() { <-ctx.Done() }, object("chan", ctx.Done(), "receive"))
	onWake(cancel)
}

func selects() {
	a, b, c := make(chan int), make(chan string), make(chan bool, 3)
	quit := make(chan struct{})
	park("select", func() {
		select {
		case <-a:
		case b <- "x":
		case <-c:
		case <-quit:
		}
	}, object("chan", a, "receive"), object("chan", b, "send"), object("chan", c, "receive"), object("chan", quit, "receive"))
	both := make(chan int)
	park("selectboth", func() {
		select {
		case v := <-both:
			_ = v
		case both <- 1:
		case <-quit:
		}
	}, object("chan", both, "receive"), object("chan", both, "send"), object("chan", quit, "receive"))
	onWake(func() { close(quit) })
	forever("selectnone", func() { select {} })
}

func locks() {
	heap := new(sync.Mutex)
	for i, m := range []*sync.Mutex{heap, &globalMutex} {
		m.Lock()
		for j := 0; j < 3; j++ {
			park(fmt.Sprintf("mutex%d.%d", i, j), func() { m.Lock(); m.Unlock() }, object("mutex", m, ""))
		}
		onWake(m.Unlock)
	}
	written := new(sync.RWMutex)
	written.Lock()
	park("rlock", func() { written.RLock(); written.RUnlock() }, object("rwmutex-read", written, ""))
	onWake(written.Unlock)
	writers := new(sync.RWMutex)
	writers.Lock()
	park("lockbehindwriter", func() { writers.Lock(); writers.Unlock() }, object("rwmutex", writers, ""))
	onWake(writers.Unlock)
	read := new(sync.RWMutex)
	read.RLock()
	read.RLock()
	park("lockbehindreaders", func() { read.Lock(); read.Unlock() }, object("rwmutex", read, ""))
	onWake(func() { read.RUnlock(); read.RUnlock() })
}

// withOnce holds a sync.Once that is not at its beginning.
type withOnce struct {
	before [5]int64
	once   sync.Once
}

func others() {
	group := new(sync.WaitGroup)
	group.Add(7)
	park("waitgroup", group.Wait, object("waitgroup", group, ""))
	onWake(func() { group.Add(-7) })
	cond := sync.NewCond(new(sync.Mutex))
	for i := 0; i < 2; i++ {
		park("cond", func() { cond.L.Lock(); cond.Wait(); cond.L.Unlock() }, object("cond", cond, ""))
	}
	onWake(func() { cond.L.Lock(); cond.Broadcast(); cond.L.Unlock() })
	w, open := new(withOnce), make(chan bool)
	park("onceinside", func() { w.once.Do(func() { <-open }) }, object("chan", open, "receive"))
	settle()
	park("once", func() { w.once.Do(func() {}) }, object("once", &w.once, ""))
	onWake(func() { close(open) })
	forever("sleep", func() { time.Sleep(time.Hour) })
}

func files() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	f, err := l.(*net.TCPListener).File()
	check(err)
	defer f.Close()
	raw, err := l.(*net.TCPListener).SyscallConn()
	check(err)
	var fd uintptr
	check(raw.Control(func(n uintptr) { fd = n }))
	park("accept", func() { l.Accept() }, fmt.Sprintf("fd %#x read", fd))
	onWake(func() { l.Close() })
	var p [2]int
	check(syscall.Pipe(p[:]))
	park("syscall", func() { var b [1]byte; syscall.Read(p[0], b[:]) })
	onWake(func() { syscall.Write(p[1], []byte{1}) })
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// deep waits below many frames.
func deep(n int, c chan int) int {
	if n == 0 {
		return <-c
	}
	return deep(n-1, c) + n
}

// pair is generic, so that its methods have a name with brackets.
type pair[K comparable, V any] struct {
	key   K
	value V
}

//go:noinline
func (p *pair[K, V]) wait(c chan V, name string, more []int) { p.value = <-c }

// waiter has a method by value, called through an interface: by a wrapper.
type waiter struct{ c chan int }

func (w waiter) Wait() { <-w.c }

func inlined(c chan int) { <-c }

func shapes() {
	c := make(chan int)
	want := object("chan", c, "receive")
	park("deep", func() { deep(60, c) }, want)
	park("deeper", func() { deep(5000, c) }, want)
	park("generic", func() { (&pair[string, int]{}).wait(c, "name", []int{1, 2}) }, want)
	park("inlined", func() { inlined(c) }, want)
	var i interface{ Wait() } = &waiter{c}
	park("wrapper", i.Wait, want)
	park("locked", func() { runtime.LockOSThread(); <-c }, want)
	park("panicking", func() {
		defer func() { recover(); <-c }()
		panic("x")
	}, want)
	park("nilpointer", func() {
		defer func() { recover(); <-c }()
		var p *pair[int, int]
		p.key = len(os.Args)
	}, want)
	park("labels", func() {
		pprof.Do(context.Background(), pprof.Labels("b", "two]:", "a", "one", "c", ""), func(context.Context) { <-c })
	}, want)
	onWake(func() { close(c) })
}

// settle waits until every goroutine that has been parked is blocked: what it waits for is in the text of the runtime.
func settle() {
	for {
		busy := 0
		for _, g := range strings.Split(stacks(), "\n\n") {
			head, _, _ := strings.Cut(g, "\n")
			if strings.Contains(head, "[runnable") || strings.Contains(head, "[running") {
				busy++
			}
		}
		if busy <= 1+spinning {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// stacks returns the text of the runtime.
func stacks() string {
	b := make([]byte, 64<<20)
	return string(b[:runtime.Stack(b, true)])
}

var (
	spinning int
	spins    atomic.Int64
	stop     atomic.Bool
)

//go:noinline
func spin(n int) {
	for !stop.Load() {
		spins.Add(int64(n))
	}
}

// busy starts goroutines that never wait.
func busy() {
	spinning = 1
	park("running", func() { spin(1) })
	onWake(func() { stop.Store(true) })
}

// holders lets goroutines hold locks: many at once, several the same one, and one that has ended.
func holders() {
	var read sync.RWMutex
	var many [100]sync.Mutex
	var lost sync.Mutex
	c := make(chan int)
	for i := 0; i < 3; i++ {
		park("reader", func() { read.RLock(); <-c }, object("chan", c, "receive"))
	}
	park("greedy", func() {
		for i := range many {
			many[i].Lock()
		}
		<-c
	}, object("chan", c, "receive"))
	settle()
	forever("writer", read.Lock, object("rwmutex", &read, ""))
	forever("behind", many[70].Lock, object("mutex", &many[70], ""))
	done := make(chan bool)
	go func() { lost.Lock(); close(done) }()
	<-done
	forever("orphan", lost.Lock, object("mutex", &lost, ""))
}

// many parks a number of goroutines of a few kinds, for the measurements.
func many(n int) {
	c, quit := make(chan int), make(chan int)
	var m sync.Mutex
	m.Lock()
	for i := 0; i < n; i++ {
		switch i % 4 {
		case 0:
			go func() { <-c }()
		case 1:
			go func() {
				select {
				case <-c:
				case <-quit:
				}
			}()
		case 2:
			go func() { m.Lock(); m.Unlock() }()
		default:
			go deep(i%20, c)
		}
	}
	settle()
}

func main() {
	if len(os.Args) > 2 && os.Args[1] == "many" {
		n, err := strconv.Atoi(os.Args[2])
		check(err)
		many(n)
	} else {
		channels()
		selects()
		locks()
		others()
		files()
		shapes()
		settle()
		switch strings.Join(os.Args[1:], "") {
		case "busy":
			busy()
		case "owners":
			holders()
			settle()
		}
	}
	fmt.Println("ready")
	answer(bufio.NewReader(os.Stdin))
}

// answer does what the test asks for.
func answer(in *bufio.Reader) {
	for {
		line, err := in.ReadString('\n')
		if err == io.EOF {
			return
		}
		check(err)
		switch strings.TrimSpace(line) {
		case "stacks":
			s := stacks()
			fmt.Printf("%d\n%s", len(s), s)
		case "gc":
			runtime.GC()
			fmt.Println("collected")
		case "work":
			fmt.Println(work())
		case "wake":
			for _, f := range wakers {
				f()
			}
			ended.Wait()
			fmt.Println("awake")
		}
	}
}

// work computes something on several goroutines.
func work() int {
	var sum atomic.Int64
	var group sync.WaitGroup
	for i := 0; i < 100; i++ {
		group.Add(1)
		go func() { defer group.Done(); sum.Add(int64(i)) }()
	}
	group.Wait()
	return int(sum.Load())
}
