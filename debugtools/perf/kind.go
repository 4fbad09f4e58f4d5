package perf

import "strings"

// A Kind is what a goroutine waits for.
type Kind int

// What goroutines wait for. The runtime calls Mutex to Once all "sync": they are told apart by the stack.
const (
	Other Kind = iota // the reason is not in the trace, or none of those below
	ChanSend
	ChanReceive
	Select
	Mutex
	RWMutex
	WaitGroup
	Cond
	Once
	Network
	Sleep
	GC      // the collector: an assist without work, the end of a cycle
	Forever // nil channels and empty selects
	Kinds   // how many kinds there are
)

var kindNames = [Kinds]string{
	"other", "chan send", "chan receive", "select", "mutex", "rwmutex", "waitgroup", "cond", "once", "network", "sleep", "gc", "forever",
}

// String returns the name of a kind as reports print it.
func (k Kind) String() string {
	if k < 0 || k >= Kinds {
		return "unknown"
	}
	return kindNames[k]
}

// MarshalText makes JSON hold names of kinds.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// IsLock reports whether somebody else must unlock before the wait ends.
func (k Kind) IsLock() bool { return k == Mutex || k == RWMutex || k == Once }

// reasons maps what the runtime says to a kind, where that is enough. The list is that of runtime/traceruntime.go.
var reasons = map[string]Kind{
	"forever": Forever, "network": Network, "select": Select, "sync.(*Cond).Wait": Cond, "chan send": ChanSend, "chan receive": ChanReceive, "sleep": Sleep,
	"GC mark assist wait for work": GC, "wait until GC ends": GC, "GC background sweeper wait": GC, "GC weak to strong wait": GC,
}

// callees maps the beginning of a function's name to the kind of wait below it, in the order in which they are tried: a Mutex stands below a Once or RWMutex.
var callees = []struct {
	prefix string
	kind   Kind
}{
	{"sync.(*Once).", Once}, {"sync.(*RWMutex).", RWMutex}, {"sync.(*rlocker).", RWMutex}, {"sync.(*WaitGroup).", WaitGroup}, {"sync.(*Cond).", Cond},
	{"sync.(*Mutex).", Mutex}, {"internal/sync.(*Mutex).", Mutex}, {"internal/poll.runtime_pollWait", Network}, {"internal/poll.(*pollDesc).", Network},
	{"time.Sleep", Sleep}, {"runtime.chansend", ChanSend}, {"runtime.chanrecv", ChanReceive}, {"runtime.selectgo", Select}, {"runtime.block", Forever},
}

// calleeDepth is how many innermost frames are looked at: deeper ones are the caller's own.
const calleeDepth = 6

// calleeKind says what a goroutine waits for that stops at these frames, by the functions of the standard library that they end in.
func calleeKind(frames []Frame) Kind {
	frames = frames[:min(len(frames), calleeDepth, endOfStandard(frames))]
	for _, c := range callees {
		for _, f := range frames {
			if strings.HasPrefix(f.Func, c.prefix) {
				return c.kind
			}
		}
	}
	return Other
}

// endOfStandard returns how many innermost frames belong to the standard library.
func endOfStandard(frames []Frame) int {
	for i, f := range frames {
		if !isStandard(f.Func) {
			return i
		}
	}
	return len(frames)
}
