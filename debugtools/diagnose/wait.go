package diagnose

import (
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

// A kind is what a goroutine does, as far as it matters here.
type kind int

const (
	unknown   kind = iota
	running        // or could run
	syscall        // in a system call, or in C
	sleeping       // in time.Sleep
	inIO           // waits for the network poller
	onMutex        // waits for a Mutex
	onWriter       // waits for the writer of an RWMutex, to write as well
	onReaders      // waits for the readers of an RWMutex, to write
	toRead         // waits for the writer of an RWMutex, to read
	onOnce         // waits for somebody who is in the function of a Once
	onSend         // in a send
	onReceive      // in a receive
	onSelect       // in a select
	forever        // in a select without cases
	onNil          // in a send to or receive from a nil channel
	onGroup        // waits for a WaitGroup
	onCond         // waits for a Cond
	inRuntime      // waits for something of the runtime: a collection, a coroutine
)

// lock reports whether a goroutine waits for a lock.
func (k kind) lock() bool { return k >= onMutex && k <= onOnce }

// outside reports whether something that is not in the dump can let a goroutine go on.
func (k kind) outside() bool { return k <= inIO || k == inRuntime }

// object is the name of the kind of what a goroutine waits for.
func (k kind) object() string {
	switch k {
	case onMutex:
		return "mutex"
	case onWriter, onReaders, toRead:
		return "rwmutex"
	case onOnce:
		return "once"
	case onSend, onReceive:
		return "chan"
	case onSelect, forever:
		return "select"
	case onGroup:
		return "waitgroup"
	case onCond:
		return "cond"
	}
	return ""
}

// states are the kinds by the words of the runtime.
var states = map[string]kind{
	"running": running, "runnable": running, "waiting": running, "preempted": running, "copystack": running, "idle": running,
	"syscall": syscall, "sleep": sleeping, "IO wait": inIO,
	"sync.Mutex.Lock": onMutex, "sync.RWMutex.RLock": toRead, "sync.RWMutex.Lock": onReaders, "sync.WaitGroup.Wait": onGroup, "sync.Cond.Wait": onCond,
	"chan send": onSend, "chan receive": onReceive, "select": onSelect, "select (no cases)": forever,
	"chan send (nil chan)": onNil, "chan receive (nil chan)": onNil,
}

// kindOf classifies a goroutine by its state, and by its frames where the state says too little.
func kindOf(g *dump.Goroutine) kind {
	k, ok := states[g.State]
	switch {
	case g.State == "semacquire" || g.State == "" || g.State == "waiting":
		return kindOfFrames(g.Stack)
	case !ok && g.State != "":
		return inRuntime
	case k == onMutex:
		if at := find(g.Stack, "sync.(*Once).doSlow", 12); at >= 0 {
			return onOnce
		} else if find(g.Stack, "sync.(*RWMutex).Lock", 12) >= 0 {
			return onWriter
		}
	}
	return k
}

// frameKinds are the kinds by function, innermost first; the first that is found counts.
var frameKinds = []struct {
	function string
	kind     kind
}{
	{"sync.(*Once).doSlow", onOnce}, {"sync.(*RWMutex).RLock", toRead}, {"sync.(*RWMutex).Lock", onReaders}, {"sync.(*Mutex).Lock", onMutex},
	{"sync.(*WaitGroup).Wait", onGroup}, {"sync.(*Cond).Wait", onCond}, {"time.Sleep", sleeping}, {"internal/poll.runtime_pollWait", inIO},
	{"runtime.chansend1", onSend}, {"runtime.chanrecv1", onReceive}, {"runtime.chanrecv2", onReceive}, {"runtime.selectgo", onSelect},
}

// kindOfFrames classifies a goroutine of Go before 1.20, or of a profile, whose state says nothing.
func kindOfFrames(s *dump.Stack) kind {
	for _, f := range frameKinds {
		if at := find(s, f.function, 10); at >= 0 {
			if f.kind == onReaders && find(s, "sync.(*Mutex).lockSlow", at) >= 0 {
				return onWriter
			}
			return f.kind
		}
	}
	return unknown
}

// find returns the index of the first of the innermost n frames with a function, or -1. Frames of the user end the search.
func find(s *dump.Stack, function string, n int) int {
	for i := range s.Frames[:min(n, len(s.Frames))] {
		f := &s.Frames[i]
		if f.Func == function {
			return i
		}
		if !deep(f.Func) {
			return -1
		}
	}
	return -1
}

// deep reports whether a function is of the runtime, sync or below: it stands between a wait and who waits.
func deep(function string) bool {
	for _, p := range [...]string{"runtime.", "sync.", "internal/", "time.Sleep", "syscall.", "context.", "os."} {
		if strings.HasPrefix(function, p) {
			return true
		}
	}
	return false
}

// A where says in which word of which frame the address of an object stands, and what to subtract from it.
type where struct {
	frame, word int
	less        uint64
}

// places lists where the address of what a goroutine waits for may stand. The first whose word is exact counts.
//
// The offsets are those of sync's structs, the same from Go 1.18 to 1.27: RWMutex{w Mutex; writerSem, readerSem uint32; ...} has its semaphores at 8 and 12,
// Once{done uint32; m Mutex} its lock at 4, Cond{noCopy; L Locker; notify notifyList; ...} its list at 16 where pointers have eight bytes.
func places(s *dump.Stack, k kind) []where {
	var all []where
	add := func(function string, word int, less uint64) {
		if at := find(s, function, 12); at >= 0 && !s.Frames[at].Inline {
			all = append(all, where{frame: at, word: word, less: less})
		}
	}
	lockers := func(less uint64) {
		for _, f := range [...]string{"internal/sync.(*Mutex).lockSlow", "sync.(*Mutex).lockSlow", "internal/sync.(*Mutex).Lock", "sync.(*Mutex).Lock"} {
			add(f, 0, less)
		}
	}
	switch k {
	case onMutex, onWriter:
		lockers(0)
	case onOnce:
		lockers(4)
	case toRead:
		add("sync.(*RWMutex).RLock", 0, 0)
		add("runtime.semacquire1", 0, 12)
	case onReaders:
		add("sync.(*RWMutex).Lock", 0, 0)
		add("runtime.semacquire1", 0, 8)
	case onGroup:
		add("sync.(*WaitGroup).Wait", 0, 0)
	case onCond:
		add("sync.(*Cond).Wait", 0, 0)
		add("sync.runtime_notifyListWait", 0, 16)
	case onSend:
		add("runtime.chansend", 0, 0)
	case onReceive:
		add("runtime.chanrecv", 0, 0)
	}
	return all
}
