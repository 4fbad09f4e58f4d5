// Command scenarios runs one small program out of many, waits until it rests or works, and dumps its goroutines.
//
//	scenarios NAME stack   prints runtime.Stack on standard output
//	scenarios NAME quit    prints "ready" and waits for SIGQUIT
//	scenarios NAME panic   watches nothing, so that the runtime itself finds a deadlock
//	scenarios list         prints the names
package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// A stage is what a scenario knows of the program around it.
type stage struct {
	ops atomic.Int64 // of programs under load
}

// enough is how much a program under load does before it is dumped.
const enough = 500

// calm is how often in a row a program that rests is seen in the same state.
const calm = 5

// A scenario is a program. It runs on the main goroutine; when it returns, main waits for a signal, as servers do.
type scenario struct {
	run  func(*stage)
	load bool // it never rests
}

var sets = []map[string]scenario{locks, readers, channels, groups, leaks, services, mixed, healthyRest, healthyLoad, healthyServices, local, healthyLocal, localPassed}

func main() {
	all := map[string]scenario{}
	for _, set := range sets {
		maps.Copy(all, set)
	}
	if len(os.Args) == 2 && os.Args[1] == "list" {
		fmt.Println(strings.Join(slices.Sorted(maps.Keys(all)), "\n"))
		return
	}
	s, st := all[os.Args[1]], &stage{}
	if form := os.Args[2]; form != "panic" {
		go watch(form, s, st)
	}
	s.run(st)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	<-stop
}

// watch dumps the program when it rests, or when it has worked enough.
func watch(form string, s scenario, st *stage) {
	deadline := time.Now().Add(20 * time.Second)
	for last, same := "", 0; ; {
		time.Sleep(2 * time.Millisecond)
		now, busy := states()
		if same++; busy || now != last {
			same = 0
		}
		if s.load && st.ops.Load() >= enough || !s.load && same >= calm {
			break
		}
		last = now
		if time.Now().After(deadline) {
			fmt.Fprintln(os.Stderr, "it never came to rest:\n"+now)
			os.Exit(3)
		}
	}
	if form == "quit" { // this goroutine ends, and nothing of it is in the dump
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP) // as long as signals may come, the runtime does not look for deadlocks
		fmt.Println("ready")
		return
	}
	os.Stdout.Write(stacks())
	os.Exit(0)
}

// stacks returns a dump of all goroutines.
func stacks() []byte {
	for size := 1 << 20; ; size *= 2 {
		if b := make([]byte, size); runtime.Stack(b, true) < size {
			return b[:bytes.IndexByte(b, 0)]
		}
	}
}

// states returns the header and the innermost call of every other goroutine, and whether one of them can go on.
func states() (string, bool) {
	var b strings.Builder
	busy := false
	for i, g := range strings.Split(string(stacks()), "\n\n") {
		if i == 0 {
			continue // this one
		}
		head, rest, _ := strings.Cut(g, "\n")
		top, _, _ := strings.Cut(rest, "\n")
		busy = busy || strings.Contains(head, "[runnable") || strings.Contains(head, "[running")
		fmt.Fprintln(&b, head, top)
	}
	return b.String(), busy
}
