// Package generate writes goroutine dumps of any size and form for tests and benchmarks, and knows what is in them. The same
// options give the same bytes.
package generate

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
)

// Options say what to write.
type Options struct {
	Seed       uint64
	Goroutines int
	Stacks     int  // distinct stacks
	Quit       bool // as SIGQUIT does: gp=, m=, fp=, sp= and pc=
	Reason     string
}

// Write writes a dump. The only errors are those of w.
func Write(w io.Writer, o Options) error {
	g := &generator{w: bufio.NewWriterSize(w, 1<<16), rand: rand.New(rand.NewPCG(o.Seed, 1)), quit: o.Quit}
	for i := range o.Stacks {
		s := newStack(g.rand, i)
		s.parent = 1 + i%parents
		g.stacks = append(g.stacks, s)
	}
	if o.Reason != "" {
		fmt.Fprintf(g.w, "%s\n\n", o.Reason)
	}
	for i := range o.Goroutines {
		g.goroutine(int64(i+1), g.stacks[g.rand.IntN(len(g.stacks))])
	}
	return g.w.Flush()
}

// A generator writes goroutines.
type generator struct {
	w      *bufio.Writer
	rand   *rand.Rand
	quit   bool
	stacks []stack
}

// A stack is what goroutines have in common.
type stack struct {
	state  string
	frames []frame
	parent int // the goroutine that starts all of them
}

// parents is how many goroutines start others.
const parents = 7

// A frame is one call. Its arguments are a pattern in which '#' is an address.
type frame struct{ function, args, place string }

// kinds are ways to block: the state and the frames of std that it has.
var kinds = []stack{
	{state: "chan receive"},
	{state: "chan send"},
	{state: "select"},
	{state: "sleep", frames: []frame{{"time.Sleep", "0x34630b8a000", "runtime/time.go:363 +0x145"}}},
	{state: "semacquire", frames: []frame{
		{"internal/poll.runtime_Semacquire", "#?", "runtime/sema.go:76 +0x25"},
		{"internal/poll.(*fdMutex).rwlock", "#, 0x3b?", "internal/poll/fd_mutex.go:154 +0xe8"},
	}},
	{state: "sync.Mutex.Lock", frames: []frame{
		{"internal/sync.runtime_SemacquireMutex", "#?, 0x0?, 0x0?", "runtime/sema.go:95 +0x25"},
		{"internal/sync.(*Mutex).lockSlow", "#", "internal/sync/mutex.go:149 +0x15d"},
		{"internal/sync.(*Mutex).Lock", "...", "internal/sync/mutex.go:70"},
		{"sync.(*Mutex).Lock", "...", "sync/mutex.go:46"},
	}},
	{state: "sync.RWMutex.RLock", frames: []frame{
		{"sync.runtime_SemacquireRWMutexR", "#?, 0xc0?, #?", "runtime/sema.go:100 +0x25"},
		{"sync.(*RWMutex).RLock", "...", "sync/rwmutex.go:74"},
	}},
	{state: "sync.WaitGroup.Wait", frames: []frame{
		{"sync.runtime_SemacquireWaitGroup", "#?, 0x0?", "runtime/sema.go:114 +0x2e"},
		{"sync.(*WaitGroup).Wait", "#", "sync/waitgroup.go:206 +0x85"},
	}},
	{state: "sync.Cond.Wait", frames: []frame{
		{"sync.runtime_notifyListWait", "#, 0x16a", "runtime/sema.go:617 +0x159"},
		{"sync.(*Cond).Wait", "#?", "sync/cond.go:71 +0x85"},
	}},
	{state: "IO wait", frames: []frame{
		{"internal/poll.runtime_pollWait", "#, 0x72", "runtime/netpoll.go:351 +0x85"},
		{"internal/poll.(*pollDesc).wait", "#?, #?, 0x0", "internal/poll/fd_poll_runtime.go:84 +0x27"},
		{"internal/poll.(*pollDesc).waitRead", "...", "internal/poll/fd_poll_runtime.go:89"},
		{"internal/poll.(*FD).Read", "#, {#, 0x1000, 0x1000}", "internal/poll/fd_unix.go:165 +0x29a"},
		{"net.(*netFD).Read", "#, {#?, 0x49d4d8?, 0x0?}", "net/fd_posix.go:68 +0x25"},
		{"net.(*conn).Read", "#, {#?, 0x0?, 0x0?}", "net/net.go:196 +0x45"},
	}},
}

// root is where std lies in the dumps.
const root = "/usr/local/go/src/"

// newStack makes the i-th stack: a way to block below one to six calls of a program.
func newStack(r *rand.Rand, i int) stack {
	kind := kinds[i%len(kinds)]
	s := stack{state: kind.state}
	for _, f := range kind.frames {
		f.place = root + f.place
		s.frames = append(s.frames, f)
	}
	args := []string{"#", "#, 0x1", "#, {#, 0x5}, 0x0?", "{#?, #?}, #", "..."}
	for depth := range 1 + r.IntN(6) {
		s.frames = append(s.frames, frame{
			function: fmt.Sprintf("example.com/shop/internal/service%d.(*Handler).step%d", i/len(kinds), depth),
			args:     args[r.IntN(len(args))],
			place:    fmt.Sprintf("/build/shop/internal/service%d/handler.go:%d +0x%x", i/len(kinds), 10+r.IntN(900), 16+r.IntN(4000)),
		})
	}
	last := len(s.frames) - 1
	if s.frames[last].args == "..." {
		s.frames[last].args = "#"
	}
	return s
}

// goroutine writes one goroutine.
func (g *generator) goroutine(id int64, s stack) {
	fmt.Fprintf(g.w, "goroutine %d ", id)
	if g.quit {
		fmt.Fprintf(g.w, "gp=0x%x m=nil ", g.address())
	}
	g.w.WriteString("[" + s.state)
	if minutes := g.rand.IntN(12); minutes > 6 {
		fmt.Fprintf(g.w, ", %d minutes", minutes)
	}
	g.w.WriteString("]:\n")
	for _, f := range s.frames {
		g.frame(f)
	}
	fmt.Fprintf(g.w, "created by example.com/shop/internal/pool.(*Pool).Start in goroutine %d\n", s.parent)
	fmt.Fprintf(g.w, "\t/build/shop/internal/pool/pool.go:77 +0x1a5\n\n")
}

// frame writes one frame.
func (g *generator) frame(f frame) {
	g.w.WriteString(f.function + "(")
	for i := range len(f.args) {
		if f.args[i] == '#' {
			fmt.Fprintf(g.w, "0x%x", g.address())
		} else {
			g.w.WriteByte(f.args[i])
		}
	}
	place := f.place
	g.w.WriteString(")\n\t" + place)
	if g.quit && f.args != "..." {
		a := g.address()
		fmt.Fprintf(g.w, " fp=0x%x sp=0x%x pc=0x%x", a, a-64, 0x400000+g.rand.IntN(1<<20))
	}
	g.w.WriteByte('\n')
}

// address returns an address of the heap.
func (g *generator) address() uint64 { return 0xc000000000 + g.rand.Uint64N(1<<24)<<3 }
