// Command programs holds programs that block in every way, and their correct twins. One is run for each name on the command line, and its dump printed
// with names in place of numbers and addresses.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
)

var (
	mu    sync.Mutex
	names = map[string]string{} // of goroutines, by number, and of objects, by address
)

// spawn runs a function in a goroutine with a name.
func spawn(name string, f func()) {
	started := make(chan bool)
	go func() {
		id := self()
		mu.Lock()
		names[id] = name
		mu.Unlock()
		close(started)
		f()
	}()
	<-started
}

// self returns the number of this goroutine.
func self() string {
	var buf [64]byte
	return strings.Fields(string(buf[:runtime.Stack(buf[:], false)]))[1]
}

// named gives an object a name.
func named[T any](name string, object T) T {
	v := reflect.ValueOf(object)
	mu.Lock()
	names[fmt.Sprintf("0x%x", v.Pointer())] = name
	mu.Unlock()
	return object
}

// mutex and rwmutex return new locks with names.
func mutex(name string) *sync.Mutex     { return named(name, new(sync.Mutex)) }
func rwmutex(name string) *sync.RWMutex { return named(name, new(sync.RWMutex)) }

// both returns a function that waits until two goroutines have called it.
func both() func() {
	var wg sync.WaitGroup
	wg.Add(2)
	return func() { wg.Done(); wg.Wait() }
}

var busy = regexp.MustCompile(`(?m)^goroutine (\d+) (?:gp=\S+ )?\[(running|runnable|sleep|syscall)`)

// settle returns a dump in which no goroutine but this one can go on.
func settle() string {
	buf := make([]byte, 8<<20)
	for {
		dump := string(buf[:runtime.Stack(buf, true)])
		if len(busy.FindAllString(dump, 2)) == 1 { // this one
			return dump
		}
		runtime.Gosched()
	}
}

var (
	line   = regexp.MustCompile(`^\[(waits|holds): `)
	number = regexp.MustCompile(`owner=(\d+)`)
	addr   = regexp.MustCompile(`0x[0-9a-f]+`)
	place  = regexp.MustCompile(` \S*/(\w+\.go:\d+)\]`)
)

// show prints the owner lines of a dump.
func show(dump string) {
	var out []string
	for _, block := range strings.Split(dump, "\n\n") {
		id := strings.Fields(block)[1]
		for _, l := range strings.Split(block, "\n") {
			if line.MatchString(l) && (names[id] != "" || id == "1") {
				out = append(out, who(id)+" "+plain(l))
			}
		}
	}
	slices.Sort(out)
	if len(out) > 12 {
		out = []string{out[0], fmt.Sprint("... ", len(out), " lines"), out[len(out)-1]}
	}
	fmt.Print(strings.Join(append(out, ""), "\n"))
}

// who names a goroutine.
func who(id string) string {
	if id == "1" {
		return "main"
	}
	if name := names[id]; name != "" {
		return name
	}
	return id
}

// plain puts names in a line.
func plain(l string) string {
	l = number.ReplaceAllStringFunc(l, func(s string) string { return "owner=" + who0(s[6:]) })
	l = addr.ReplaceAllStringFunc(l, func(s string) string {
		if name := names[s]; name != "" {
			return name
		}
		return "?"
	})
	return place.ReplaceAllString(l, " $1]")
}

// who0 names an owner, where 0 stays.
func who0(id string) string {
	if id == "0" {
		return id
	}
	return who(id)
}

// list prints names.
func list(programs map[string]func()) {
	var all []string
	for n := range programs {
		all = append(all, n)
	}
	slices.Sort(all)
	fmt.Println(strings.Join(all, " "))
}

func main() {
	for _, name := range os.Args[1:] {
		if name == "list" {
			list(programs)
			return
		}
		if name == "list-orders" {
			list(orders)
			return
		}
		if name == "quit" { // the next dump is one of SIGQUIT
			abba()
			settle()
			for id, n := range names {
				fmt.Println("name", id, n)
			}
			signal.Reset(syscall.SIGQUIT)
			syscall.Kill(os.Getpid(), syscall.SIGQUIT)
			select {}
		}
		if name == "panic" {
			m := mutex("A")
			m.Lock()
			panic("with a lock")
		}
		if f := orders[name]; f != nil {
			f()
			return
		}
		fmt.Printf("-- %s --\n", name)
		clear(names)
		programs[name]()
		show(settle())
	}
	os.Stdout.Sync()
}
