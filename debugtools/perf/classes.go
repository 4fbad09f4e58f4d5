package perf

import (
	"strings"
	"time"
)

// The classes of work that are not the program's own.
const (
	classGC      = "gc"
	classMalloc  = "malloc"
	classSched   = "scheduler"
	classLock    = "locks"
	classChan    = "channels"
	classMap     = "maps"
	classMove    = "memmove"
	classSyscall = "syscalls"
)

// classes maps beginnings of functions of the standard library to the class of work below them, for Go 1.22 to 1.27.
var classes = []struct{ prefix, class string }{
	{"runtime.memmove", classMove}, {"runtime.memclr", classMove}, {"runtime.typedmemmove", classMove}, {"runtime.duff", classMove},
	{"runtime.mapaccess", classMap}, {"runtime.mapassign", classMap}, {"runtime.mapdelete", classMap}, {"runtime.mapiter", classMap},
	{"internal/runtime/maps.", classMap}, {"runtime.memhash", classMap}, {"runtime.strhash", classMap}, {"runtime.aeshash", classMap},
	{"runtime.mallocgc", classMalloc}, {"runtime.newobject", classMalloc}, {"runtime.growslice", classMalloc}, {"runtime.makeslice", classMalloc},
	{"runtime.rawbyteslice", classMalloc}, {"runtime.rawstring", classMalloc}, {"runtime.(*mcache)", classMalloc}, {"runtime.(*mheap)", classMalloc},
	{"sync.(*Mutex)", classLock}, {"sync.(*RWMutex)", classLock}, {"internal/sync.(*Mutex)", classLock}, {"runtime.lock2", classLock},
	{"runtime.procyield", classLock}, {"runtime.unlock2", classLock}, {"runtime.semacquire", classLock}, {"runtime.semrelease", classLock},
	{"runtime.chansend", classChan}, {"runtime.chanrecv", classChan}, {"runtime.selectgo", classChan}, {"runtime.selectnb", classChan},
	{"runtime.schedule", classSched}, {"runtime.findRunnable", classSched}, {"runtime.park_m", classSched}, {"runtime.goexit0", classSched},
	{"runtime.gosched", classSched}, {"runtime.goschedImpl", classSched}, {"runtime.newproc", classSched}, {"runtime.ready", classSched},
	{"runtime.goready", classSched}, {"runtime.wakep", classSched}, {"runtime.startm", classSched}, {"runtime.stopm", classSched},
	{"runtime.sysmon", classSched}, {"runtime.netpoll", classSched}, {"runtime.mstart", classSched}, {"runtime.mcall", classSched},
	{"internal/runtime/syscall.", classSyscall}, {"syscall.", classSyscall}, {"runtime.cgocall", classSyscall},
}

// collectors are functions below which everything is work of the collector.
var collectors = []string{
	"runtime.gcBgMarkWorker", "runtime.gcAssistAlloc", "runtime.gcDrain", "runtime.bgsweep", "runtime.sweepone", "runtime.gcStart", "runtime.gcMarkDone",
	"runtime.gcMarkTermination", "runtime.(*mspan).sweep", "runtime.(*sweepLocked).sweep", "runtime.wbBufFlush", "runtime.gcWriteBarrier", "runtime.bgscavenge",
	"gcWriteBarrier",
}

// classOf returns the class of work of a stack, or "". The collector counts wherever it is; else the innermost function that has a class decides, so that
// copying in a growing slice is memmove, and the futex in the scheduler the scheduler. The program's own code below which nothing matches has no class.
func classOf(frames []Frame) string {
	for _, f := range frames {
		for _, prefix := range collectors {
			if strings.HasPrefix(f.Func, prefix) {
				return classGC
			}
		}
	}
	for _, f := range frames[:endOfStandard(frames)] {
		for _, c := range classes {
			if strings.HasPrefix(f.Func, c.prefix) {
				return c.class
			}
		}
	}
	return ""
}

// addClass adds a sample to its class.
func addClass(sums map[string]*Class, frames []Frame, n int64, d time.Duration) {
	name := classOf(frames)
	if name == "" {
		return
	}
	c := sums[name]
	if c == nil {
		c = &Class{Name: name}
		sums[name] = c
	}
	c.Count += n
	c.Time += d
}

// meanings says what a large share of a class usually means. It is a finding from a share on; work that a program may well have to do is a note.
var meanings = []struct {
	class, title, fix string
	from              float64
	note              bool
}{
	{classGC, "collects garbage", "allocate less (a heap profile says where), or raise GOGC or GOMEMLIMIT if there is memory", 0.25, false},
	{classMalloc, "allocates", "reuse buffers, size slices and maps beforehand, keep values off the heap (go build -gcflags=-m)", 0.2, false},
	{classSched, "switches between goroutines or looks for one", "larger pieces of work for each goroutine and message; fewer wake-ups", 0.25, false},
	{classLock, "takes locks, mostly spinning or waking others", "split the lock, hold it shorter, or keep data by goroutine", 0.15, false},
	{classChan, "works on channels", "send batches instead of single values", 0.25, false},
	{classMap, "looks into maps", "keep what is looked up often in a field or slice; smaller keys", 0.25, true},
	{classMove, "copies or clears memory", "pass pointers or slices of what is large; reuse buffers without clearing", 0.2, true},
	{classSyscall, "is in system calls", "buffer; do more in each call", 0.3, true},
}
