// Package dump reads goroutine dumps: every form that Go 1.18 to 1.27 prints, from a file, a pipe or a running process, in one
// pass and with memory for what is distinct.
//
//	d, err := dump.Read(file)
//	for _, g := range d.Goroutines {
//		fmt.Println(g.ID, g.State, g.Stack.Frames[0].Func)
//	}
package dump

import "time"

// A Form says how a dump was made, which decides what is in it.
type Form string

const (
	// FormStack is what runtime.Stack and /debug/pprof/goroutine?debug=2 print: goroutines one by one, without frames of the runtime.
	FormStack Form = "stack"
	// FormPanic is the same below a panic or a fatal error.
	FormPanic Form = "panic"
	// FormQuit is what SIGQUIT and GOTRACEBACK=system print: headers with gp= and m=, frames of the runtime, fp=, sp= and pc=. It
	// has the addresses of channels.
	FormQuit Form = "quit"
	// FormCounts is /debug/pprof/goroutine?debug=1: text with a count for each stack, without numbers, states and waits.
	FormCounts Form = "counts"
	// FormProto is /debug/pprof/goroutine?debug=0: the same as a compressed protocol buffer.
	FormProto Form = "proto"
	// FormRace is a log that holds reports of the race detector and no dump.
	FormRace Form = "race"
	// FormLive is the memory of a running process, read by package live: the frames of FormStack, and the exact object in Waits of all that are blocked.
	FormLive Form = "live"
)

// A Dump is what one dump says.
type Dump struct {
	// Form is that of the first goroutine in it.
	Form Form
	// Moving is set if the goroutines were read one after the other while the program went on: what two of them say need not be true at one time.
	Moving bool
	// Reason is the line that says why a program died ("panic: ...", "fatal error: all goroutines are asleep - deadlock!", "SIGQUIT: quit"), or empty.
	Reason string
	// Go is the version of Go as far as the dump tells it ("1.26.8"), or empty.
	Go string
	// Goroutines are in the order of the dump.
	Goroutines []Goroutine
	// Stacks are the distinct stacks, in the order of their first goroutine. Stack.Index is the index in here.
	Stacks []*Stack
	// Races are the reports of the race detector in between.
	Races []Race
	// Truncated is true if the dump ends in the middle of something or at a limit of who wrote it. TruncatedAt says where and how it shows.
	Truncated   bool
	TruncatedAt string
	// Problems are the places that could not be read, at most 100 of them.
	Problems []Problem
	// Others is the number of other dumps in the same input: see [Options.Read].
	Others int
	// Dropped is the number of goroutines that Options.Keep did not want.
	Dropped int
	// Bytes is the length of what was read, Skipped how many of them belonged to no goroutine.
	Bytes   int64
	Skipped int64
}

// Total returns the number of goroutines, those that are only counted among them.
func (d *Dump) Total() int {
	n := 0
	for i := range d.Goroutines {
		n += d.Goroutines[i].Count
	}
	return n
}

// A Problem is a place that could not be read.
type Problem struct {
	Line int64 // from 1
	Text string
}

// A Goroutine is one goroutine, or several of which only the number is known.
type Goroutine struct {
	// ID is its number, or -1 if the form does not tell.
	ID int64
	// Count is 1, or the number of goroutines that a profile has counted with this stack and these labels.
	Count int
	// State is what it does, without remarks: "running", "chan receive", "sync.Mutex.Lock", "IO wait"; empty if the form does not tell.
	// Remarks that belong to the reason of waiting stay: "chan receive (nil chan)", "select (no cases)".
	State string
	// Minutes is how long it has been blocked. Go counts whole minutes, and only when a collection has seen it blocked: 0 means unknown.
	Minutes int
	// Waited is the same more exactly, where the form tells it (FormLive), or 0.
	Waited time.Duration
	// Flags are the remarks of the header.
	Flags Flags
	// Bubble is the number of its testing/synctest bubble, or 0.
	Bubble int64
	// Labels are its profiler labels, sorted by key; goroutines with equal labels share them.
	Labels []Label
	// Parent is the goroutine that started it, or 0 if the dump does not tell (goroutine 1, Go before 1.21).
	Parent int64
	// Stack is where it is. Goroutines with equal stacks share it. Never nil; its Frames may be empty.
	Stack *Stack
	// Shape is how the argument lists of its frames are written, or nil if the form has none. Goroutines with equal shapes share it.
	Shape *Shape
	// Args are the words in the argument lists of the frames, in order, frame after frame; Arg finds one.
	Args []uint64
	// Waits says what it waits for and Holds what it has locked, if the program was built to record owners (see Owner lines in the documentation of Read).
	Waits []Object
	Holds []Object
	// Line is the line of its header, from 1.
	Line int64
}

// Flags are remarks in the header of a goroutine.
type Flags uint8

const (
	Locked    Flags = 1 << iota // locked to its thread
	Leaked                      // found unreachable by the goroutine leak profile
	Scan                        // being scanned by the collector
	Durable                     // durably blocked in a synctest bubble
	System                      // a goroutine of the runtime itself
	Ancestors                   // stacks of its ancestors follow in the dump; they are not kept
	NoStack                     // its stack was unavailable, as it ran on another thread
)

// A Label is one profiler label.
type Label struct{ Key, Value string }

// An Object is a lock, channel or other thing that a goroutine waits for or holds, as recorded by the program itself.
type Object struct {
	Kind  string // "mutex", "rwmutex", "rwmutex-read", "chan", "waitgroup", "cond", "once"; of FormLive also "fd" (a descriptor, Addr is its number) and "sema"
	Addr  uint64
	Owner int64  // the goroutine that holds it, -1 if that has ended without unlocking, 0 if unknown
	Count int64  // readers of an rwmutex, counter of a wait group, messages in a channel
	At    string // function and file:line where it was locked, or empty
	// Op is what the goroutine wants of a channel ("send", "receive") or a descriptor ("read", "write"), or empty if the form does not tell (only FormLive does).
	Op string
	// Cap is the size of the buffer of a channel and Closed whether it has been closed, as far as the form tells (FormLive does).
	Cap    int64
	Closed bool
}

// A Stack is a sequence of frames, innermost first, and where the goroutine was started.
type Stack struct {
	// Index is its place in Dump.Stacks.
	Index int
	// Frames are the calls. Where the runtime left frames out, a Frame with Elided > 0 stands.
	Frames []Frame
	// Creator is the go statement that started the goroutine; Func is empty if the dump does not tell.
	Creator Frame
	// Goroutines is how many goroutines of the dump have it.
	Goroutines int

	system bool // all of it is the runtime's
}

// A Frame is one call.
type Frame struct {
	Func   string // with its package: "net/http.(*conn).serve", "main.main.func1"
	File   string
	Line   int
	Inline bool // its arguments were "(...)": it was inlined, and has no arguments of its own
	Elided int  // instead of a call: so many frames are missing here, or -1 if the dump does not say how many
}

// A Race is one report of the race detector.
type Race struct {
	// Line is the line of "WARNING: DATA RACE", from 1.
	Line int64
	// Accesses are the two accesses, newest first.
	Accesses []Access
}

// An Access is one side of a race.
type Access struct {
	Write     bool
	Atomic    bool
	Addr      uint64
	Goroutine int64 // 0 for the main goroutine
	Frames    []Frame
	Created   []Frame // where the goroutine was started
}
