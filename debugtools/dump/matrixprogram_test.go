package dump

import (
	"fmt"
	"slices"
	"strings"
)

// A way is one way to be blocked, or not: the state that the header must show, and the body of the goroutine. Its function is called main.blockNAME,
// and the one that starts it main.startNAME.
type way struct {
	name, state, body string
	awake             bool // with it, the runtime sees no deadlock
	flags             Flags
	labels            []Label
}

// ways are all ways that a program can arrange for itself.
var ways = []way{
	{name: "Receive", state: "chan receive", body: "<-make(chan int)"},
	{name: "Range", state: "chan receive", body: "for range make(chan int) {\n}"},
	{name: "Send", state: "chan send", body: "make(chan int) <- 1"},
	{name: "SendFull", state: "chan send", body: "c := make(chan [4]int, 1)\nc <- [4]int{}\nc <- [4]int{}"},
	{name: "ReceiveNil", state: "chan receive (nil chan)", body: "var c chan int\n<-c"},
	{name: "SendNil", state: "chan send (nil chan)", body: "var c chan int\nc <- 1"},
	{name: "Select", state: "select", body: "select {\ncase <-make(chan int):\ncase make(chan int) <- 1:\n}"},
	{name: "SelectOne", state: "chan receive", body: "select {\ncase <-make(chan int):\n}"},
	{name: "SelectNone", state: "select (no cases)", body: "select {}"},
	{name: "Mutex", state: "sync.Mutex.Lock", body: "var m sync.Mutex\nm.Lock()\nm.Lock()"},
	{name: "Writer", state: "sync.RWMutex.Lock", body: "var m sync.RWMutex\nm.RLock()\nm.Lock()"},
	{name: "SecondWriter", state: "sync.Mutex.Lock", body: "var m sync.RWMutex\nm.Lock()\nm.Lock()"},
	{name: "Reader", state: "sync.RWMutex.RLock", body: "var m sync.RWMutex\nm.Lock()\nm.RLock()"},
	{name: "WaitGroup", state: "sync.WaitGroup.Wait", body: "var w sync.WaitGroup\nw.Add(1)\nw.Wait()"},
	{name: "Cond", state: "sync.Cond.Wait", body: "c := sync.NewCond(new(sync.Mutex))\nc.L.Lock()\nc.Wait()"},
	{name: "Once", state: "sync.Mutex.Lock", body: "var o sync.Once\no.Do(func() { o.Do(func() {}) })"},
	{name: "OnceFunc", state: "chan receive", body: "sync.OnceFunc(func() { <-make(chan int) })()"},
	{name: "Context", state: "chan receive", body: "ctx, cancel := context.WithCancel(context.Background())\ndefer cancel()\n<-ctx.Done()"},
	{name: "Locked", state: "chan receive", body: "runtime.LockOSThread()\n<-make(chan int)", flags: Locked},
	{name: "Generic", state: "chan receive", body: "(&box[int]{make(chan int)}).get()"},
	{name: "Deep", state: "chan receive", body: "deep(110)"},
	{name: "Deferred", state: "chan send", body: "defer func() {\nrecover()\nmake(chan int) <- 1\n}()\npanic(1)"},
	{name: "Sequence", state: "chan receive", body: "for range func(yield func(int) bool) { yield(1) } {\n<-make(chan int)\n}"},
	{name: "Coroutine", state: "coroutine", body: "next, _ := iter.Pull(func(yield func(int) bool) {\nyield(1)\n<-make(chan int)\n})\nnext()\nnext()"},
	{name: "Labels", state: "chan receive", body: `pprof.Do(context.Background(), pprof.Labels("a]:", "b, \"c\": {", "line", "1\n2", "plain", "x/y.z_1"), func(context.Context) { <-make(chan int) })`,
		labels: []Label{{"a]:", `b, "c": {`}, {"line", "1\n2"}, {"plain", "x/y.z_1"}}},
	{name: "Sleep", state: "sleep", body: "time.Sleep(time.Hour)", awake: true},
	{name: "Timer", state: "chan receive", body: "<-time.After(time.Hour)", awake: true},
	{name: "Pipe", state: "IO wait", body: "r, w, _ := os.Pipe()\nr.Read(make([]byte, 1))\nruntime.KeepAlive(w)", awake: true},
	{name: "Accept", state: "IO wait", body: "l, _ := net.Listen(\"tcp\", \"127.0.0.1:0\")\nl.Accept()", awake: true},
	{name: "Descriptor", state: "semacquire", body: "r, w, _ := os.Pipe()\nblockShared(r)\nruntime.KeepAlive(w)", awake: true},
	{name: "Syscall", state: "syscall", body: "var fds [2]int\nsyscall.Pipe(fds[:])\nsyscall.Read(fds[0], make([]byte, 1))", awake: true},
	{name: "Spin", state: "runnable", body: "for !stop.Load() {\n}", awake: true},
}

// programHead is what all programs have in common. The program starts its goroutines, waits until a dump shows each in its state,
// says how many goroutines there are, and then does what its argument says.
const programHead = `package main

import (
	"context"
	"fmt"
	"iter"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

var (
	stop atomic.Bool
	_    = syscall.Pipe
	_    = iter.Pull[int]
)

type box[T any] struct{ c chan T }

//go:noinline
func (b *box[T]) get() T { return <-b.c }

//go:noinline
func deep(n int) int {
	if n == 0 {
		return <-make(chan int)
	}
	return deep(n-1) + n
}

// blockShared reads with two goroutines from one file: the second waits for the first.
func blockShared(f *os.File) {
	go f.Read(make([]byte, 1))
	for !reading() {
		runtime.Gosched()
	}
	f.Read(make([]byte, 1))
}

func reading() bool {
	buf := make([]byte, 1<<18)
	for _, b := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		if strings.Contains(b, "[IO wait") && strings.Contains(b, "created by main.blockShared ") {
			return true
		}
	}
	return false
}

type want struct{ name, state string }

func settled() bool {
	buf := make([]byte, 1<<18)
	blocks := strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n")
	for _, w := range wants {
		found := false
		for _, b := range blocks {
			head, body, _ := strings.Cut(b, "\n")
			if strings.Contains(body, "main.reading(") {
				return false // it waits for its turn to stop the world, which shows as semacquire
			}
			if strings.Contains(body, "created by main.start"+w.name+" ") && (w.state == "runnable" || strings.Contains(head, "["+w.state)) {
				found = true
			}
		}
		if !found {
			return false
		}
	}
	return true
}

func main() {
	if len(os.Args) > 2 && os.Args[2] == "labels" {
		pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("main", "yes")))
	}
	startAll()
	for !settled() {
		runtime.Gosched()
	}
	fmt.Println("goroutines", runtime.NumGoroutine())
	switch os.Args[1] {
	case "stack":
		buf := make([]byte, 1<<22)
		os.Stderr.Write(buf[:runtime.Stack(buf, true)])
	case "debug2":
		pprof.Lookup("goroutine").WriteTo(os.Stderr, 2)
	case "debug1":
		pprof.Lookup("goroutine").WriteTo(os.Stderr, 1)
	case "debug0":
		pprof.Lookup("goroutine").WriteTo(os.Stderr, 0)
	case "panic":
		panic("all is lost")
	case "deadlock":
		select {}
	case "quit":
		syscall.Kill(os.Getpid(), syscall.SIGQUIT)
		time.Sleep(time.Hour)
	}
}
`

// program returns the source of a program with some ways.
func program(ways []way) string {
	var b, starts, wants strings.Builder
	head := programHead
	if slices.ContainsFunc(ways, func(w way) bool { return strings.Contains(w.body, "net.") }) {
		head = strings.Replace(head, "\"os\"", "\"net\"\n\t\"os\"", 1) // it brings C code, with which the runtime sees no deadlock
	}
	b.WriteString(head)
	for _, w := range ways {
		fmt.Fprintf(&b, "\n//go:noinline\nfunc block%s() {\n%s\n}\n\n//go:noinline\nfunc start%s() { go block%s() }\n", w.name, w.body, w.name, w.name)
		fmt.Fprintf(&starts, "start%s()\n", w.name)
		fmt.Fprintf(&wants, "{%q, %q},\n", w.name, w.state)
	}
	fmt.Fprintf(&b, "\nfunc startAll() {\n%s}\n\nvar wants = []want{\n%s}\n", starts.String(), wants.String())
	return b.String()
}

// bubbleProgram prints a dump from within a bubble, and then leaves its goroutines behind, which is a deadlock.
const bubbleProgram = `package bubble

import (
	"os"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
)

//go:noinline
func blockReceive() { <-make(chan int) }

//go:noinline
func blockSend() { make(chan int) <- 1 }

//go:noinline
func blockNil() { var c chan int; <-c }

//go:noinline
func blockSelect() {
	select {
	case <-make(chan int):
	case make(chan int) <- 1:
	}
}

//go:noinline
func blockGroup() {
	w := new(sync.WaitGroup)
	w.Add(1)
	w.Wait()
}

//go:noinline
func blockCond() {
	c := sync.NewCond(new(sync.Mutex))
	c.L.Lock()
	c.Wait()
}

func TestBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, f := range []func(){blockReceive, blockSend, blockNil, blockSelect, blockGroup, blockCond} {
			go f()
		}
		synctest.Wait()
		buf := make([]byte, 1<<20)
		os.Stderr.Write(buf[:runtime.Stack(buf, true)])
	})
}
`
