package perf

import (
	"strings"
	"time"
)

// A Trace is what an execution trace says, added up. Its size depends on the program's code and on how many goroutines live at a time, not on how long the
// trace is.
type Trace struct {
	// Duration is from the first event to the last.
	Duration time.Duration `json:"duration_ns"`
	// Events is how many events were read, Bytes how many bytes.
	Events int64 `json:"events"`
	Bytes  int64 `json:"bytes"`
	// Truncated says why reading ended before the file did, or is empty. Everything else then holds for what was read.
	Truncated string `json:"truncated,omitempty"`
	// Version is the release of Go whose format the trace has: "1.26". Releases that change nothing in the format keep that of an older one.
	Version string `json:"version"`
	// Processors is GOMAXPROCS: the largest if it changed.
	Processors int `json:"processors"`
	// Times adds up all goroutines but those of the runtime, and those whose stack the trace never shows.
	Times Times `json:"times"`
	// Lifetime is how long these goroutines lived, counted in another way than Times: both are equal.
	Lifetime time.Duration `json:"lifetime_ns"`
	// Groups are the goroutines by where they start and who started them, those that ran or wanted to run longest first.
	Groups []*Group `json:"groups"`
	// Goroutines are single ones, in the order of their numbers: the first [MaxGoroutines] that ended, and all that lived at the end.
	Goroutines []Goroutine `json:"-"`
	// Waits are the longest times that goroutines waited for a processor, longest first; at most [MaxWaits].
	Waits []Wait `json:"waits"`
	// Sites are where goroutines were blocked or in system calls, longest in sum first.
	Sites []*Site `json:"sites"`
	// Edges are who woke whom, longest in sum first.
	Edges []*Edge `json:"edges"`
	// Idle are the times in which no goroutine of the program ran or was ready, by what ended them, longest in sum first.
	Idle []*Idle `json:"idle"`
	// Use is how the processors were used.
	Use Use `json:"use"`
	// GC is what the collector took, and for how long the world stood still.
	GC GCUse `json:"gc"`
	// Cut counts what was added to something else because a table was full. It is 0 for nearly all programs.
	Cut int `json:"cut,omitempty"`
}

// The sizes of tables.
const (
	MaxGoroutines = 1 << 14 // goroutines that ended
	MaxWaits      = 16
	maxSites      = 1 << 15
	maxEdges      = 1 << 15
	maxGroups     = 1 << 14
)

// A Group is the goroutines that start at one function and were started at one place.
type Group struct {
	Start   Frame  `json:"start"`
	Creator Frame  `json:"creator"`          // unknown for those that were there when the trace began
	System  bool   `json:"system,omitempty"` // the runtime's own
	Count   int    `json:"count"`
	Ended   int    `json:"ended"`
	Times   Times  `json:"times"`
	Latency Spread `json:"latency"` // waits for a processor
	// Crowded is the part of these waits in which all processors were busy; in the rest, the thread of one had not woken up.
	Crowded time.Duration `json:"crowded_ns"`
	// Whole is how long those ran, in sum, that were seen from start to end.
	Whole Spread `json:"whole"`
	// Slices are the uninterrupted times on a processor.
	Slices Spread `json:"slices"`
}

// Name returns who the goroutines are: the function that they start at, or if that is one of the standard library that calls another, the place that
// starts them.
func (g *Group) Name() string {
	switch {
	case g == nil || g.Start.Func == "":
		return "goroutines of unknown origin"
	case g.Creator.Func != "" && isStandard(g.Start.Func) && !g.System:
		return "go at " + g.Creator.String()
	}
	return g.Start.Func
}

// who names the group behind a count: "of main.worker", "started at main.run main.go:12".
func (g *Group) who() string {
	if at, ok := strings.CutPrefix(g.Name(), "go at "); ok {
		return "started at " + at
	}
	return "of " + g.Name()
}

// Busy returns the time that the group's goroutines were not blocked.
func (g *Group) Busy() time.Duration { return g.Times.Running + g.Times.Runnable + g.Times.Syscall }

// A Goroutine is one goroutine.
type Goroutine struct {
	ID    int64
	Group *Group
	Birth time.Duration // since the beginning of the trace
	Death time.Duration // or the end of the trace
	Ended bool
	Times Times
}

// A Wait is one goroutine that was ready and waited for a processor.
type Wait struct {
	Goroutine int64         `json:"goroutine"`
	Group     string        `json:"group"`
	At        time.Duration `json:"at_ns"` // since the beginning of the trace
	For       time.Duration `json:"for_ns"`
	// Ran names who ran meanwhile, most time first; Known is the share of the wait that is still remembered, below 1 where very many goroutines ran.
	Ran   []Share `json:"ran"`
	Known float64 `json:"known"`
}

// A Share is somebody's part of a time.
type Share struct {
	Name string        `json:"name"`
	Time time.Duration `json:"time_ns"`
}

// A Site is a place where goroutines wait.
type Site struct {
	Kind    Kind    `json:"kind"`
	Syscall bool    `json:"syscall,omitempty"` // a system call; Kind is Other
	Place   Frame   `json:"place"`             // the innermost frame outside of the standard library
	Stack   []Frame `json:"stack"`
	Group   *Group  `json:"-"` // of the first that waited here
	Spread
	// Full is the part in which all processors were busy, Unfinished counts the waits that had not ended with the trace.
	Full       time.Duration `json:"full_ns"`
	Unfinished int           `json:"unfinished"`
}

// An Edge is a place where goroutines wait and a place where they are woken.
type Edge struct {
	Kind   Kind  `json:"kind"`
	Waiter Frame `json:"waiter"`
	Waker  Frame `json:"waker"` // empty: a timer, the network, or the runtime
	// WaiterStack and WakerStack are both stacks, innermost frame first.
	WaiterStack []Frame `json:"waiter_stack"`
	WakerStack  []Frame `json:"waker_stack"`
	Waiters     *Group  `json:"-"` // of the first
	Wakers      *Group  `json:"-"` // of the first; nil if Waker is empty
	Spread
	// Off is for how long wakers were blocked or in system calls after they got the lock themselves and while the waiters waited: very probably with the lock.
	Off      time.Duration `json:"off_ns"`
	OffKind  Kind          `json:"off_kind"`
	OffPlace Frame         `json:"off_place"`
	offMax   time.Duration
}

// An Idle is a reason for which nothing of the program ran.
type Idle struct {
	Kind  Kind  `json:"kind"` // what the goroutine had waited for that ran first again; Other for a system call
	Place Frame `json:"place"`
	Spread
	LongestAt time.Duration `json:"longest_at_ns"`
}

// Use is how the processors were used.
type Use struct {
	// Running is the time on processors of all goroutines, those of the runtime too.
	Running time.Duration `json:"running_ns"`
	// Full is for how long all processors were busy.
	Full time.Duration `json:"full_ns"`
	// Starved is for how long goroutines were ready while a processor had nothing to do, not counting the first 100 us of each time, which waking a
	// thread takes; Longest is the longest of these times, Missed the processor time that was lost.
	Starved time.Duration `json:"starved_ns"`
	Longest time.Duration `json:"longest_ns"`
	Missed  time.Duration `json:"missed_ns"`
}

// GCUse is what the collector took.
type GCUse struct {
	Cycles int           `json:"cycles"`
	Mark   time.Duration `json:"mark_ns"`   // wall time of marking
	Work   time.Duration `json:"work_ns"`   // processor time of its workers, without those that ran because a processor had nothing else to do
	Assist time.Duration `json:"assist_ns"` // for which goroutines of the program ran to help; their waiting to be able to help is in Times.Blocked[GC]
	Sweep  time.Duration `json:"sweep_ns"`
	Stops  []*Stop       `json:"stops"` // longest in sum first
}

// A Stop is a reason for stopping the world.
type Stop struct {
	Reason string `json:"reason"`
	Spread
	LongestAt time.Duration `json:"longest_at_ns"`
}

// Stopped returns for how long the world stood still, and the longest time.
func (g *GCUse) Stopped() (sum, longest time.Duration) {
	for _, s := range g.Stops {
		sum += s.Total
		longest = max(longest, s.Max)
	}
	return sum, longest
}
