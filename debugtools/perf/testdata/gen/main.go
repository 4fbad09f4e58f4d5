// Gen writes the traces and profiles beside it: small programs whose bottleneck is known, because it was put there, and their healthy twins.
//
//	go run ./testdata/gen DIR [NAME]...
//
// Each runs for a few dozen milliseconds under runtime/trace and is written as DIR/NAME.trace.gz. Profiles of some are written as DIR/NAME.pprof.
// Those in go1.25 and go1.27 were written by this program as built by these releases.
package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"runtime/trace"
	"slices"
	"sync"
	"syscall"
	"time"
)

// programs are what can be traced. The names are those of the tests.
var programs = []struct {
	name  string
	procs int
	run   func()
}{
	{"contended", 2, contended},
	{"uncontended", 2, uncontended},
	{"held", 2, held},
	{"released", 2, released},
	{"convoy", 2, convoy},
	{"consumer", 2, consumer},
	{"consumers", 2, consumers},
	{"pipeline", 2, pipeline},
	{"garbage", 2, garbage},
	{"reuse", 2, reuse},
	{"hog", 1, hog},
	{"polite", 1, polite},
	{"crowd", 1, crowd},
	{"late", 1, late},
	{"punctual", 2, punctual},
	{"syscalls", 2, syscalls},
	{"batched", 2, batched},
	{"tiny", 2, tiny},
	{"chunks", 2, chunks},
	{"kinds", 2, kinds},
	{"network", 2, network},
}

var sink int

// spin computes for about a time, without calls that could block.
//
//go:noinline
func spin(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		for i := range 200 {
			sink += i
		}
	}
}

// loop computes without any call for about n milliseconds on a usual machine.
//
//go:noinline
func loop(n int) (x int) {
	for i := range n * 1_000_000 {
		x = x*31 + i
	}
	return x
}

// each runs f in n goroutines, and waits for them.
func each(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}

type store struct {
	mu sync.Mutex
	n  int
}

func (s *store) computeLocked(d time.Duration) {
	s.mu.Lock()
	spin(d)
	s.n++
	s.mu.Unlock()
}

func contended() {
	var s store
	each(4, func(int) {
		for range 100 {
			s.computeLocked(40 * time.Microsecond)
		}
	})
}

func uncontended() {
	each(6, func(int) {
		var s store
		for range 20 {
			s.computeLocked(300 * time.Microsecond)
		}
	})
}

func (s *store) saveLocked() {
	s.mu.Lock()
	time.Sleep(2 * time.Millisecond)
	s.n++
	s.mu.Unlock()
}

func (s *store) saveUnlocked() {
	time.Sleep(2 * time.Millisecond)
	s.mu.Lock()
	s.n++
	s.mu.Unlock()
}

func held() {
	var s store
	each(5, func(int) {
		for range 5 {
			s.saveLocked()
		}
	})
}

func released() {
	var s store
	each(5, func(int) {
		for range 5 {
			s.saveUnlocked()
		}
	})
}

func convoy() {
	var s store
	each(40, func(int) {
		for range 4 {
			s.computeLocked(200 * time.Microsecond)
		}
	})
}

func produce(out chan<- int, n int, d time.Duration) {
	for i := range n {
		spin(d)
		out <- i
	}
}

func consume(in <-chan int, d time.Duration) {
	for range in {
		time.Sleep(d)
	}
}

func consumer() {
	c := make(chan int)
	var done sync.WaitGroup
	done.Go(func() { consume(c, 1500*time.Microsecond) })
	each(4, func(int) { produce(c, 10, 10*time.Microsecond) })
	close(c)
	done.Wait()
}

func consumers() {
	c := make(chan int)
	var done sync.WaitGroup
	for range 32 {
		done.Go(func() { consume(c, 1500*time.Microsecond) })
	}
	each(4, func(int) {
		for range 10 {
			time.Sleep(time.Millisecond)
			produce(c, 1, 10*time.Microsecond)
		}
	})
	close(c)
	done.Wait()
}

func pipeline() {
	a, b := make(chan int, 64), make(chan int, 64)
	var done sync.WaitGroup
	done.Go(func() { produce(a, 200, 100*time.Microsecond); close(a) })
	done.Go(func() {
		for v := range a {
			b <- v + 1
		}
		close(b)
	})
	done.Go(func() {
		for v := range b {
			sink += v
		}
	})
	done.Wait()
}

var keep [][]byte

func allocate(n, size int) {
	for range n {
		keep = append(keep, make([]byte, size))
		if len(keep) > 2000 {
			keep = keep[1000:]
		}
	}
}

type node struct{ next, other *node }

func list(n int) *node {
	var head *node
	for range n {
		head = &node{head, head}
	}
	return head
}

func garbage() {
	old := debug.SetGCPercent(5)
	defer debug.SetGCPercent(old)
	long := list(300_000)
	each(2, func(int) {
		for range 300 {
			list(300)
		}
	})
	runtime.KeepAlive(long)
}

func reuse() {
	each(2, func(int) {
		buf := make([]byte, 1<<16)
		for i := range 300 {
			clear(buf)
			buf[i]++
			spin(100 * time.Microsecond)
		}
	})
}

// yield gives way now and then: each time it waits until a processor is free again.
func yield(n int) {
	for range n {
		sink++
		runtime.Gosched()
	}
}

func hog() {
	var done sync.WaitGroup
	for range 4 {
		done.Go(func() { sink += loop(60) })
	}
	done.Go(func() { yield(10) })
	done.Wait()
}

func polite() {
	var done sync.WaitGroup
	for range 4 {
		done.Go(func() { yield(30) })
	}
	done.Go(func() { yield(10) })
	done.Wait()
}

func crowd() {
	each(40, func(int) { spin(3 * time.Millisecond); runtime.Gosched(); spin(3 * time.Millisecond) })
}

func tick(n int) {
	for range n {
		time.Sleep(time.Millisecond)
	}
}

func late() {
	var done sync.WaitGroup
	begin := make(chan struct{})
	done.Go(func() {
		for i := range 15 {
			if i == 2 {
				close(begin)
			}
			tick(1)
		}
	})
	<-begin
	done.Go(func() { sink += loop(150) })
	done.Wait()
}

func punctual() {
	var done sync.WaitGroup
	done.Go(func() { tick(15) })
	done.Wait()
}

func write(chunk, n int) {
	f, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	p := make([]byte, chunk)
	for range n {
		if _, err := syscall.Write(int(f.Fd()), p); err != nil {
			panic(err)
		}
	}
}

func syscalls() { write(1, 8000) }

func batched() {
	write(4096, 4)
	spin(10 * time.Millisecond)
}

func tiny() {
	var wg sync.WaitGroup
	for i := range 2500 {
		wg.Go(func() { sink = i })
	}
	wg.Wait()
}

func chunks() {
	each(8, func(int) { spin(2 * time.Millisecond) })
}

// kinds waits in every way that has a name of its own.
func kinds() {
	var mu sync.Mutex
	var rw sync.RWMutex
	var once sync.Once
	var wg, all sync.WaitGroup
	cond := sync.NewCond(new(sync.Mutex))
	ready, never, in, out := false, make(chan int), make(chan int), make(chan int)
	mu.Lock()
	rw.Lock()
	wg.Add(1)
	busy := make(chan struct{})
	all.Go(func() { once.Do(func() { close(busy); time.Sleep(5 * time.Millisecond) }) })
	<-busy
	all.Go(func() { once.Do(func() {}) })
	all.Go(func() { mu.Lock(); mu.Unlock() })
	all.Go(func() { rw.RLock(); rw.RUnlock() })
	all.Go(func() { wg.Wait() })
	all.Go(func() {
		cond.L.Lock()
		for !ready {
			cond.Wait()
		}
		cond.L.Unlock()
	})
	all.Go(func() { in <- 1 })
	all.Go(func() { <-out })
	all.Go(func() {
		select {
		case <-never:
		case <-time.After(5 * time.Millisecond):
		}
	})
	time.Sleep(4 * time.Millisecond)
	mu.Unlock()
	rw.Unlock()
	wg.Done()
	cond.L.Lock()
	ready = true
	cond.L.Unlock()
	cond.Broadcast()
	<-in
	out <- 1
	all.Wait()
}

func network() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer l.Close()
	var done sync.WaitGroup
	done.Go(func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		for range 10 {
			time.Sleep(2 * time.Millisecond)
			c.Write([]byte("x"))
		}
	})
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		panic(err)
	}
	defer c.Close()
	receive(c)
	done.Wait()
}

func receive(c net.Conn) {
	buf := make([]byte, 1)
	for range 10 {
		if _, err := c.Read(buf); err != nil {
			return
		}
	}
}

// churn makes garbage for a while; compute makes none.
func churn() {
	long := list(100_000)
	for end := time.Now().Add(1500 * time.Millisecond); time.Now().Before(end); {
		each(2, func(int) { list(20_000) })
	}
	runtime.KeepAlive(long)
}

func compute() { each(2, func(int) { spin(1500 * time.Millisecond) }) }

// profiles are what can be profiled.
var profiles = []struct {
	name, lookup string // no lookup: a CPU profile
	run          func()
}{
	{"churn.cpu", "", churn},
	{"compute.cpu", "", compute},
	{"convoy.mutex", "mutex", convoy},
	{"uncontended.mutex", "mutex", uncontended},
	{"convoy.block", "block", convoy},
	{"kinds.block", "block", kinds},
	{"kinds.goroutine", "goroutine", kinds},
	{"kinds.threadcreate", "threadcreate", kinds},
	{"kinds.heap", "heap", kinds},
}

// profile writes one profile.
func profile(dir, name, lookup string, run func()) error {
	var out bytes.Buffer
	if lookup == "" {
		if err := pprof.StartCPUProfile(&out); err != nil {
			return err
		}
		run()
		pprof.StopCPUProfile()
	} else {
		run()
		if err := pprof.Lookup(lookup).WriteTo(&out, 0); err != nil {
			return err
		}
	}
	fmt.Printf("%-18s %6d bytes\n", name, out.Len())
	return os.WriteFile(filepath.Join(dir, name+".pprof"), out.Bytes(), 0o666)
}

// again runs this program once more for one profile: those of locks count since the process began.
func again(dir, name string) error {
	cmd := exec.Command(os.Args[0], dir, name)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

// record writes the trace of one program.
func record(dir, name string, procs int, run func()) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
	runtime.GC()
	var raw, packed bytes.Buffer
	if err := trace.Start(&raw); err != nil {
		return err
	}
	run()
	trace.Stop()
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(raw.Bytes()); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	fmt.Printf("%-12s %7d bytes, %6d packed\n", name, raw.Len(), packed.Len())
	return os.WriteFile(filepath.Join(dir, name+".trace.gz"), packed.Bytes(), 0o666)
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: gen DIR [NAME]...")
		os.Exit(2)
	}
	all := len(os.Args) == 2
	check := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	for _, p := range programs {
		if all || slices.Contains(os.Args[2:], p.name) {
			check(record(os.Args[1], p.name, p.procs, p.run))
		}
	}
	for _, p := range profiles {
		switch {
		case all:
			check(again(os.Args[1], p.name))
		case slices.Contains(os.Args[2:], p.name):
			runtime.SetMutexProfileFraction(1)
			runtime.SetBlockProfileRate(1)
			check(profile(os.Args[1], p.name, p.lookup, p.run))
		}
	}
}
