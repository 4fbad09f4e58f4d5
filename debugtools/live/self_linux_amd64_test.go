package live

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"unsafe"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

// self is the inspector of this process: to look into its file takes a second with the race detector.
var self = sync.OnceValues(func() (*Inspector, error) { return Open(os.Getpid()) })

// inspectSelf returns it.
func inspectSelf(t testing.TB) *Inspector {
	t.Helper()
	i, err := self()
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// readSelf reads the own process.
func readSelf(t *testing.T, o Options) *dump.Dump {
	t.Helper()
	d, err := inspectSelf(t).Read(o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// inspect returns a function that reads a process.
func inspect(t *testing.T, pid int) func(Options) *dump.Dump {
	t.Helper()
	i, err := Open(pid)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(i.Close)
	return func(o Options) *dump.Dump {
		t.Helper()
		d, err := i.Read(o)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
}

// at returns the address of a variable.
func at[T any](p *T) uint64 { return uint64(uintptr(unsafe.Pointer(p))) }

// find returns the goroutine in which a function is called.
func find(t *testing.T, d *dump.Dump, function string) *dump.Goroutine {
	t.Helper()
	for i, g := range d.Goroutines {
		if slices.ContainsFunc(g.Stack.Frames, func(f dump.Frame) bool { return strings.HasSuffix(f.Func, function) }) {
			return &d.Goroutines[i]
		}
	}
	t.Fatalf("no goroutine is in %s", function)
	return nil
}

//go:noinline
func waitLocked(m *sync.Mutex) { m.Lock(); defer m.Unlock() }

// TestSelf reads the process that reads.
func TestSelf(t *testing.T) {
	var m sync.Mutex
	m.Lock()
	var done sync.WaitGroup
	done.Go(func() {
		pprof.Do(context.Background(), pprof.Labels("k", "v]:\n", "a", ""), func(context.Context) { waitLocked(&m) })
	})
	defer done.Wait()
	defer m.Unlock()
	untilBlocked(t, "waitLocked", "sync.Mutex.Lock")
	g := find(t, readSelf(t, Options{}), ".waitLocked")
	want := []dump.Object{{Kind: "mutex", Addr: at(&m), Count: 1 | 1<<3}}
	if g.State != "sync.Mutex.Lock" || !slices.Equal(g.Waits, want) {
		t.Errorf("%s %+v, want %+v", g.State, g.Waits, want)
	}
	if !slices.Equal(g.Labels, []dump.Label{{Key: "a", Value: ""}, {Key: "k", Value: "v]:\n"}}) {
		t.Errorf("labels %q", g.Labels)
	}
	if frames := find(t, readSelf(t, Options{Runtime: true}), ".waitLocked").Stack.Frames; frames[0].Func != "runtime.gopark" {
		t.Errorf("frames of the runtime: %v", frames)
	}
}

// untilBlocked waits until a goroutine that is in a function is blocked.
func untilBlocked(t *testing.T, function, state string) {
	t.Helper()
	buf := make([]byte, 1<<20)
	for range 1_000_000 {
		for g := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			if strings.Contains(g, function) && strings.Contains(g, "["+state) {
				return
			}
		}
		runtime.Gosched()
	}
	t.Fatal("it does not block")
}

// TestBubble: goroutines of a synctest bubble have its number, and say if they are durably blocked.
func TestBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := make(chan int)
		go func() { inBubble(c) }()
		synctest.Wait()
		g := find(t, readSelf(t, Options{}), ".inBubble")
		if g.Bubble == 0 || g.State != "chan receive" || g.Flags != dump.Durable {
			t.Errorf("%+v", g)
		}
		close(c)
	})
}

//go:noinline
func inBubble(c chan int) { <-c }

//go:noinline
func fresh(wg *sync.WaitGroup) { wg.Done() }

// TestFresh: a goroutine that has not begun to run shows, as with runtime.Stack, what it will begin with, though that is nothing a user wrote.
func TestFresh(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	inspectSelf(t)
	var all sync.WaitGroup
	for range 50 {
		all.Add(1)
		go fresh(&all)
	}
	d := readSelf(t, Options{})
	all.Wait()
	for _, g := range d.Goroutines {
		if f := g.Stack.Frames; g.State == "runnable" && strings.HasSuffix(g.Stack.Creator.Func, ".TestFresh") &&
			(len(f) != 2 || !strings.Contains(f[0].Func, ".TestFresh.gowrap") || f[1].Func != "runtime.goexit") {
			t.Errorf("not begun: %+v", f)
		}
	}
}

// TestSystem: the goroutines of the runtime are shown on request.
func TestSystem(t *testing.T) {
	count := func(d *dump.Dump) (n int) {
		for _, g := range d.Goroutines {
			if g.Flags&dump.System != 0 {
				n++
			}
		}
		return n
	}
	if n := count(readSelf(t, Options{})); n != 0 {
		t.Errorf("%d of them without asking", n)
	}
	if n := count(readSelf(t, Options{System: true})); n < 2 {
		t.Errorf("%d of them", n)
	}
	if d := readSelf(t, Options{System: true, Max: 1}); len(d.Goroutines) != 1 || !d.Truncated {
		t.Errorf("%d goroutines with a limit of 1", len(d.Goroutines))
	}
}

// The functions of a dance wait on stacks of their own kind.
//
//go:noinline
func danceA(tick chan int, n int) { danceB(tick, n); danceC(tick, n) }

//go:noinline
func danceB(tick chan int, n int) {
	if n > 0 {
		danceB(tick, n-1)
		return
	}
	<-tick
}

//go:noinline
func danceC(tick chan int, n int) { danceD(tick); danceB(tick, n/2) }

//go:noinline
func danceD(tick chan int) {
	select {
	case <-tick:
	case <-tick:
	}
}

// dancer dances until it is told to stop.
func dancer(tick chan int, n int, stop chan struct{}) {
	for {
		select {
		case <-stop:
			return
		default:
			danceA(tick, n)
		}
	}
}

// danceCalls are the calls that each of them makes.
var danceCalls = map[string]string{"dancer": "danceA", "danceA": "danceB danceC", "danceB": "danceB", "danceC": "danceD danceB", "danceD": ""}

// TestMoving reads goroutines that never rest: every stack that is shown is one that they can have had.
func TestMoving(t *testing.T) {
	stop, tick := make(chan struct{}), make(chan int)
	var dancers, feeders sync.WaitGroup
	for i := range 20 {
		dancers.Go(func() { dancer(tick, i, stop) })
	}
	for range 2 {
		feeders.Go(func() {
			for {
				select {
				case tick <- 1:
				case <-stop:
					return
				}
			}
		})
	}
	seen := 0
	for range 20 {
		for _, g := range readSelf(t, Options{}).Goroutines {
			if g.Flags&dump.NoStack == 0 {
				seen += checkDance(t, &g)
			}
		}
	}
	close(stop)
	feeders.Wait()
	close(tick)
	dancers.Wait()
	if seen < 20 {
		t.Errorf("dancers were seen %d times", seen)
	}
}

// checkDance looks at the stack of a goroutine, and returns 1 if it is a dancer.
func checkDance(t *testing.T, g *dump.Goroutine) int {
	t.Helper()
	var names []string // innermost first
	for _, f := range g.Stack.Frames {
		if _, name, ok := strings.Cut(f.Func, "live."); ok {
			names = append(names, name)
		}
	}
	i := slices.Index(names, "dancer")
	if i < 0 {
		return 0
	}
	for ; i > 0; i-- {
		if !slices.Contains(strings.Fields(danceCalls[names[i]]), names[i-1]) {
			t.Errorf("%s: impossible stack %v", g.State, names)
			return 1
		}
	}
	if blocked := g.State == "select" || g.State == "chan receive"; blocked && !slices.Contains([]string{"danceB", "danceD", "dancer"}, names[0]) {
		t.Errorf("%s: blocked in %v", g.State, names)
	}
	return 1
}

// stranger returns the number of a process that is no Go program, and runs: it has answered. A process that has just been started has no program in its memory for a moment.
func stranger(t *testing.T) int {
	t.Helper()
	cat := exec.Command("cat")
	in, err := cat.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cat.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cat.Start(); err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { in.Close(); cat.Process.Kill(); cat.Wait() })
	if _, err := in.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	return cat.Process.Pid
}

func TestErrors(t *testing.T) {
	var e *Error
	if _, err := Read(stranger(t), Options{}); !errors.Is(err, ErrNotGo) {
		t.Errorf("not a Go program: %v", err)
	}
	if _, err := Read(1<<30, Options{}); !errors.As(err, &e) || e.Hint == "" {
		t.Errorf("no process: %v", err)
	}
	if _, err := Read(os.Getpid(), Options{Stop: true}); !errors.As(err, &e) || e.Hint == "" {
		t.Errorf("stop oneself: %v", err)
	}
	if _, err := Read(-1, Options{}); err == nil {
		t.Error("a negative number")
	}
}

func TestList(t *testing.T) {
	all, err := List()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if p.PID == os.Getpid() || p.Go == "" || p.Command == "" {
			t.Errorf("%+v", p)
		}
	}
}

func ExampleRead() {
	d, err := Read(os.Getpid(), Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Form, len(d.Goroutines) > 0)
	// Output: live true
}
