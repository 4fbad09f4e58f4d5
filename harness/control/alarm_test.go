package control

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// What follows was accused in the tests of popular modules, and was right. Each program has a twin that is wrong.

// alarmCode is what is not in a file of tests: what a timer does that is made there is a matter of the program.
const alarmCode = `package child

import (
	"runtime"
	"sync"
	"time"
)

// table is made before anything is under control. It is large enough for its order to depend on the seed of its hash.
var table = map[string]int{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7, "h": 8, "i": 9, "j": 10, "k": 11, "l": 12, "m": 13, "n": 14}

// born is the time at which this package was initialised, and a seed for some.
var born = time.Now()

// alarms sets two timers, and returns how late the first one was.
func alarms() <-chan time.Duration {
	c := make(chan time.Duration, 1)
	began := time.Now()
	time.AfterFunc(10*time.Millisecond, func() { c <- time.Since(began) })
	time.AfterFunc(11*time.Millisecond, func() {})
	return c
}

// stopped sets a timer and returns what stops it.
func stopped() func() bool { return time.AfterFunc(10*time.Millisecond, func() {}).Stop }

// guarded reports whether an alarm comes before a moment that the program waits for.
func guarded(d time.Duration) bool {
	select {
	case <-alarms():
		return true
	case <-time.After(d):
		return false
	}
}

// A keeper has a goroutine of its own, which does not know the keeper.
type keeper struct{ end chan struct{} }

func newKeeper() *keeper {
	k := &keeper{end: make(chan struct{})}
	go func(end chan struct{}) { <-end }(k.end)
	return k
}

// finalized returns a keeper whose goroutine ends when nobody knows the keeper any more, and cleaned does so in another way.
func finalized() *keeper {
	k := newKeeper()
	runtime.SetFinalizer(k, func(k *keeper) { close(k.end) })
	return k
}

func cleaned() *keeper {
	k := newKeeper()
	runtime.AddCleanup(k, func(end chan struct{}) { close(end) }, k.end)
	return k
}

// spin waits in a loop until another goroutine has locked and unlocked a mutex, if it ever does.
func spin(never bool) {
	var mu sync.Mutex
	done := false
	go func() {
		mu.Lock()
		done = !never
		mu.Unlock()
	}()
	for {
		mu.Lock()
		end := done
		mu.Unlock()
		if end {
			return
		}
	}
}
`

const alarmTests = `package child

import (
	"bytes"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestSpins(t *testing.T)       { spin(false) }
func TestSpinsForever(t *testing.T) { spin(true) }

func TestOnTime(t *testing.T) {
	if late := <-alarms(); late < 10500*time.Microsecond {
		t.Error("on time")
	}
}

// TestGuard is not to fail because the machine is late: it would on any machine that is.
func TestGuard(t *testing.T) {
	select {
	case <-alarms():
	case <-time.After(12 * time.Millisecond):
		t.Error("late")
	}
}

func TestGuarded(t *testing.T) {
	if !guarded(12 * time.Millisecond) {
		t.Error("late")
	}
}

// TestChangedGuard leaves the clock nobody to run for: the timer that could have fired early is stopped, and the next one guards the test.
func TestChangedGuard(t *testing.T) {
	stop := stopped()
	c := make(chan bool)
	go func() { stop(); c <- true }()
	select {
	case <-c:
	case <-time.After(20 * time.Millisecond):
	}
}

func TestMap(t *testing.T) {
	if age := time.Since(born); age < 0 || age > time.Minute {
		t.Error(age)
	}
	for range 1 + born.UnixNano()%100 {
		runtime.Gosched()
	}
	for name := range table {
		c := make(chan int, 1)
		for range len(name) + table[name] {
			go func() { c <- 1 }()
			<-c
		}
	}
}

func TestSignal(t *testing.T) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTERM)
	time.Sleep(time.Millisecond)
	signal.Stop(c)
}

func TestAwaitsSignal(t *testing.T) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTERM)
	<-c
}

func TestSignalAndCircle(t *testing.T) {
	signal.Ignore(syscall.SIGTERM)
	<-make(chan os.Signal)
}

func TestFinalized(t *testing.T)  { finalized() }
func TestCleaned(t *testing.T)    { cleaned() }
func TestLeftBehind(t *testing.T) { newKeeper() }

func TestCollects(t *testing.T) {
	c := make(chan bool)
	runtime.SetFinalizer(new([1024]byte), func(*[1024]byte) { close(c) })
	runtime.GC()
	<-c
}

func TestNeverCollects(t *testing.T) {
	c := make(chan bool)
	kept := new([1024]byte)
	runtime.SetFinalizer(kept, func(*[1024]byte) { close(c) })
	runtime.GC()
	<-c
	kept[0]++
}

// TestStacks sees what every test of this package sees: the goroutine that waits for it, itself, and the two of errands.
func TestStacks(t *testing.T) {
	all := make([]byte, 1<<16)
	all = all[:runtime.Stack(all, true)]
	if n := bytes.Count(all, []byte("]:\n")); n != 4 || runtime.NumGoroutine() != 4 || strings.Contains(string(all), "driver).loop") {
		t.Errorf("%d of %d goroutines: %s", n, runtime.NumGoroutine(), all)
	}
	debug.FreeOSMemory()
}

func TestStacksOfMore(t *testing.T) {
	c := make(chan bool)
	go func() { <-c }()
	runtime.Gosched()
	TestStacks(t)
	close(c)
}
`

// TestNoFalseAlarm runs what was accused wrongly, and its twins.
func TestNoFalseAlarm(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds the standard library")
	}
	passed := `"schedules":25,`
	for _, c := range []struct{ test, strategy, want string }{
		{"TestSpins", "portfolio", passed},
		{"TestSpins", "dpor", passed},
		{"TestSpinsForever", "portfolio", `"failure":"livelock"`},
		{"TestGuard", "portfolio", passed},
		{"TestGuarded", "portfolio", `"failure":"assertion"`},
		{"TestChangedGuard", "portfolio", passed},
		{"TestSignal", "portfolio", passed},
		{"TestAwaitsSignal", "portfolio", `"event":"uncontrolled","what":"signal"`},
		{"TestSignalAndCircle", "portfolio", `"failure":"deadlock"`},
		{"TestFinalized", "portfolio", passed},
		{"TestCleaned", "portfolio", passed},
		{"TestLeftBehind", "portfolio", `"failure":"leak"`},
		{"TestCollects", "portfolio", passed},
		{"TestNeverCollects", "portfolio", `"failure":"deadlock"`},
		{"TestStacks", "portfolio", passed},
		{"TestStacksOfMore", "portfolio", `"failure":"assertion"`},
	} {
		count := 25
		if c.want != passed {
			count = 1000
		}
		events, _ := child(t, mustChild(t, false), fmt.Sprintf("mode explore\ntest %s\nstrategy %s\nseed 1\ncount %d\nsteps 5000\n", c.test, c.strategy, count))
		if !strings.Contains(events, c.want) || c.want == passed && strings.Contains(events, `"failure"`) {
			t.Errorf("%s, %s: no %s in %s", c.test, c.strategy, c.want, events)
		}
	}
}

// TestProofEnds shows that the attempt to see all schedules ends where there is no end of them.
func TestProofEnds(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds the standard library")
	}
	events, _ := child(t, mustChild(t, false), "mode explore\ntest TestSpins\nstrategy dpor\nseed 1\ncount 10000\nsteps 1000\nproof on\n")
	if d := finished(t, events); d.Schedules == 0 || d.Schedules > 100 || !strings.Contains(events, `"exhausted":false`) || !strings.Contains(events, `"unfinished":1,`) {
		t.Errorf("no end after the first schedule that was cut off: %s", events)
	}
}

// TestReplayKeepsTime shows that a replay does with the clock what the strategy does that it replays: one that enumerates never lets a machine be late.
func TestReplayKeepsTime(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds the standard library")
	}
	b := mustChild(t, false)
	late := 0
	for seed := range 16 {
		for strategy, request := range map[string]string{"dpor": "mode explore\n", "dpor again": "mode replay\n", "rw again": "mode replay\n"} {
			name, _, _ := strings.Cut(strategy, " ")
			events, _ := child(t, b, fmt.Sprintf("%stest TestOnTime\nstrategy %s\nseed %d\ncount 1\n", request, name, seed))
			failed := strings.Contains(events, `"failure":"assertion"`)
			if name == "dpor" && !failed {
				t.Errorf("%s, seed %d: not on time: %s", strategy, seed, events)
			} else if !failed {
				late++
			}
		}
	}
	if late == 0 {
		t.Error("a strategy that draws at random is never late")
	}
}

// TestMapsOfPackages shows that the order of a map that was made before the test does not depend on what the machine did then, nor does the time that was read.
func TestMapsOfPackages(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds the standard library")
	}
	var digests []string
	for range 16 {
		events, _ := child(t, mustChild(t, false), "mode explore\ntest TestMap\nstrategy baseline\nseed 1\ncount 1\n")
		digests = append(digests, finished(t, events).Digest)
	}
	if len(slices.Compact(digests)) != 1 || digests[0] == "" {
		t.Errorf("one schedule decided differently: %s", digests)
	}
}
