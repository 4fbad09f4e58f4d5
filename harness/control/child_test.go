package control

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/gotest"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// childFiles is a module of tests whose schedules are cheap and of tests that use much of what there is.
var childFiles = map[string]string{
	"go.mod":         "module example.org/child\n\ngo 1.25\n",
	"select_test.go": selectTests,
	"script_test.go": scriptTests,
	"alarm.go":       alarmCode,
	"alarm_test.go":  alarmTests,
	"child_test.go": `package child

import (
	"context"
	"crypto/rand"
	"hash/maphash"
	mathrand "math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestTwo(t *testing.T) {
	c := make(chan int)
	go func() { c <- 1 }()
	<-c
}

func TestMany(t *testing.T) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	n := 0
	for range 5 {
		wg.Go(func() {
			for range 2000 {
				mu.Lock()
				n++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if n != 10000 {
		t.Error(n)
	}
}

func TestMixed(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	var mu sync.RWMutex
	var calls atomic.Int64
	seen := map[int]int{1: 1, 2: 2, 3: 3}
	jobs, results := make(chan int), make(chan int, 2)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for j := range jobs {
				calls.Add(1)
				mu.RLock()
				v := seen[j]
				mu.RUnlock()
				time.Sleep(time.Duration(j) * time.Millisecond)
				select {
				case results <- v:
				case <-ctx.Done():
				}
			}
		})
	}
	sum := 0
	wg.Go(func() {
		defer close(jobs)
		for k := range map[int]bool{1: true, 2: true, 3: true} {
			select {
			case jobs <- k:
			case <-ctx.Done():
				return
			}
		}
	})
	go func() { wg.Wait(); close(results) }()
	for v := range results {
		sum += v
		mu.Lock()
		seen[v] = v
		mu.Unlock()
	}
	if sum != 6 && ctx.Err() == nil {
		t.Error(sum)
	}
}

func TestLost(t *testing.T) {
	var mu sync.Mutex
	n := 0
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			mu.Lock()
			x := n
			mu.Unlock()
			mu.Lock()
			n = x + 1
			mu.Unlock()
		})
	}
	wg.Wait()
	if n != 2 {
		t.Error("lost update")
	}
}

func TestCircle(t *testing.T) {
	var a, b sync.Mutex
	done := make(chan bool)
	go func() {
		a.Lock()
		b.Lock()
		b.Unlock()
		a.Unlock()
		done <- true
	}()
	b.Lock()
	a.Lock()
	a.Unlock()
	b.Unlock()
	<-done
}

func TestPlain(t *testing.T) {
	var wg sync.WaitGroup
	n := new(int)
	for range 2 {
		wg.Go(func() { *n++ })
	}
	wg.Wait()
	if *n != 2 {
		t.Error("lost update")
	}
}

func TestClosed(t *testing.T) {
	c := make(chan int, 2)
	go close(c)
	c <- 1
	c <- 2
}

// TestRandom does what random bytes say, of the operating system, of math/rand and of a hash.
func TestRandom(t *testing.T) {
	c := make(chan int, 100)
	var wait sync.WaitGroup
	wait.Go(func() {
		b := make([]byte, 1)
		rand.Read(b)
		for range b[0] % 32 {
			c <- 1
		}
	})
	wait.Go(func() {
		for range maphash.String(maphash.MakeSeed(), "x")%16 + mathrand.Uint64N(16) {
			c <- 2
		}
	})
	wait.Wait()
}

// The two goroutines of workers are there before the test.
var pool = make(chan func())

func init() {
	for range 2 {
		go func() {
			for f := range pool {
				f()
			}
		}()
	}
}

func TestWorkers(t *testing.T) {
	var mu sync.Mutex
	n := 0
	var wait sync.WaitGroup
	wait.Add(2)
	for range 2 {
		pool <- func() {
			defer wait.Done()
			mu.Lock()
			v := n
			mu.Unlock()
			mu.Lock()
			n = v + 1
			mu.Unlock()
		}
	}
	wait.Wait()
	if n != 2 {
		t.Error("an update was lost")
	}
}

func TestPanics(t *testing.T) {
	var wait sync.WaitGroup
	wait.Go(func() {
		defer func() { panic("again") }()
		panic("a goroutine that ends the process")
	})
	wait.Wait()
}

func TestFatal(t *testing.T) {
	var wait sync.WaitGroup
	wait.Go(func() { new(sync.Mutex).Unlock() })
	wait.Wait()
}

func TestExits(t *testing.T) {
	var wait sync.WaitGroup
	wait.Go(func() { os.Exit(3) })
	wait.Wait()
}
`,
}

// childBinaries builds the module once for each kind of binary.
var childBinaries = map[bool]func() (gotest.Binary, error){false: sync.OnceValues(func() (gotest.Binary, error) { return buildChild(false) }),
	true: sync.OnceValues(func() (gotest.Binary, error) { return buildChild(true) })}

func buildChild(race bool, flags ...string) (gotest.Binary, error) {
	dir, err := os.MkdirTemp("", "harness-child-")
	if err != nil {
		return gotest.Binary{}, err
	}
	for name, text := range childFiles {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return gotest.Binary{}, err
		}
	}
	set, err := Build(context.Background(), Config{Dir: dir, Race: race, BuildFlags: flags, TempDir: dir, Env: append(os.Environ(), "GOWORK=off", "GOFLAGS=")})
	if err != nil {
		return gotest.Binary{}, err
	}
	b := set.Binaries[0]
	if b.BuildError != "" {
		err = fmt.Errorf("%s", b.BuildError)
	}
	return b, err
}

// mustChild returns a binary, or skips where it cannot be run.
func mustChild(t testing.TB, race bool) gotest.Binary {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("controlled programs were run on linux only")
	}
	if race && !compilesC() {
		t.Skip("the race detector needs a C compiler")
	}
	b, err := childBinaries[race]()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// child runs a binary and returns its events and the processor time that it took.
func child(t testing.TB, b gotest.Binary, request string) (events string, cpu time.Duration) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "request")
	if err := os.WriteFile(path, []byte(request), 0o600); err != nil {
		t.Fatal(err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, b.Path, "-test.parallel=8", "-test.timeout=0")
	c.Dir, c.Env, c.ExtraFiles = b.Dir, append(os.Environ(), "GODMODE_EXPLORE="+path, "GORACE=atexit_sleep_ms=0"), []*os.File{write}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	var out bytes.Buffer
	out.ReadFrom(read)
	c.Wait() // a panic ends some of them
	for line := range strings.Lines(out.String()) {
		if !strings.Contains(line, `"progress"`) { // how many there are depends on the speed
			events += line
		}
	}
	return events, c.ProcessState.UserTime() + c.ProcessState.SystemTime()
}

var determinismPairs = flag.Int("determinism.pairs", 60, "pairs of processes that must take the same decisions")

// TestDeterminism runs each schedule twice in fresh processes. The decisions are the same, and the failures and what is told of them, whatever else the
// machine does. The long form, half of it with the race detector:
//
//	go test ./harness/control -run TestDeterminism -determinism.pairs 1000 -timeout 0
func TestDeterminism(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds the standard library")
	}
	tests := []string{"TestTwo", "TestMixed", "TestLost", "TestCircle", "TestClosed", "TestRandom", "TestWorkers", "TestQuit", "TestOrderFixed"}
	strategies := []string{"portfolio", "rw", "pct", "pos", "urw", "surw"}
	differ := 0
	for i := range *determinismPairs {
		b := mustChild(t, i%2 == 1)
		request := fmt.Sprintf("mode explore\ntest %s\nstrategy %s\nseed %d\ncount 25\nwarmup on\n", tests[i%len(tests)], strategies[i/2%len(strategies)], i)
		first, _ := child(t, b, request)
		second, _ := child(t, b, request)
		if first != second || first == "" {
			differ++
			t.Errorf("two runs differ:\n%s%.400s\n%.400s", request, first, second)
		}
	}
	t.Logf("%d of %d pairs differ", differ, *determinismPairs)
}

// TestBuildsAgree shows that the race detector changes no decision: a switch within the scheduler is not an operation to it.
func TestBuildsAgree(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds the standard library")
	}
	plain, race := mustChild(t, false), mustChild(t, true)
	for _, test := range []string{"TestTwo", "TestMixed", "TestMany", "TestQuitFixed", "TestOrderFixed"} {
		request := "mode explore\ntest " + test + "\nstrategy portfolio\nseed 7\ncount 10\nwarmup on\n"
		a, _ := child(t, plain, request)
		b, _ := child(t, race, request)
		if x, y := finished(t, a), finished(t, b); x.Digest != y.Digest || x.Digest == "" {
			t.Errorf("%s: %+v without the detector, %+v with it", test, x, y)
		}
	}
}

// TestVerdicts shows that each failure is found as what it is.
func TestVerdicts(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds the standard library")
	}
	b := mustChild(t, false)
	for test, want := range map[string]string{"TestLost": `"failure":"assertion"`, "TestCircle": `"failure":"deadlock"`, "TestMixed": `"exhausted":false`,
		"TestWorkers": `"failure":"assertion"`} {
		events, _ := child(t, b, "mode explore\ntest "+test+"\nstrategy portfolio\nseed 1\ncount 200\n")
		if !strings.Contains(events, want) {
			t.Errorf("%s: no %s in %s", test, want, events)
		}
	}
	if events, _ := child(t, b, "mode explore\ntest TestClosed\nstrategy portfolio\nseed 1\ncount 200\n"); strings.Contains(events, `"done"`) {
		t.Errorf("TestClosed did not panic: %s", events)
	}
	for test, last := range map[string]string{"TestPanics": "Panic", "TestFatal": "Fatal", "TestExits": "Exit"} {
		events, _ := child(t, b, "mode replay\ntest "+test+"\nstrategy baseline\nseed 1\ncount 1\ntrace on\n")
		want := `"kind":"` + last + `","object":-1,"site":{"func":"example.org/child.` + test + `.func1`
		if !strings.Contains(events, `"event":"dying"`) || !strings.Contains(events, want) || strings.Contains(events, `"done"`) {
			t.Errorf("%s: no %s in %s", test, want, events)
		}
	}
}

// TestMemoryPoints shows that plain accesses to memory are points where a package is compiled with the instrumentation of the race detector, and only there.
func TestMemoryPoints(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds the standard library")
	}
	request := "mode explore\ntest TestPlain\nstrategy portfolio\nseed 1\ncount 200\n"
	if events, _ := child(t, mustChild(t, false), request); !strings.Contains(events, `"schedules":200`) {
		t.Errorf("an update of plain memory was divided: %s", events)
	}
	b, err := buildChild(false, "-gcflags=example.org/child/...=-race")
	if err != nil {
		t.Fatal(err)
	}
	if events, _ := child(t, b, request); !strings.Contains(events, `"failure":"assertion"`) {
		t.Errorf("an update of plain memory was never divided: %s", events)
	}
	if events, _ := child(t, b, "mode replay\ntest TestPlain\ntrace on\n"); !strings.Contains(events, `"type":"memory"`) || !strings.Contains(events, `"type":"sync.WaitGroup"`) {
		t.Errorf("what is memory is not called memory, or what is none is: %s", events)
	}
}

// A done is the last event of a child.
type done struct {
	Schedules, Points uint64
	Digest            string
}

func finished(t testing.TB, events string) (d done) {
	t.Helper()
	for line := range strings.Lines(events) {
		if strings.Contains(line, `"event":"done"`) {
			if err := json.Unmarshal([]byte(line), &d); err != nil {
				t.Fatal(err)
			}
		}
	}
	return d
}

// BenchmarkChild measures schedules and operations by the second of processor time, the start of the process included.
func BenchmarkChild(b *testing.B) {
	for _, c := range []struct {
		test, strategy string
		count          int
	}{{"TestTwo", "rw", 50_000}, {"TestTwo", "portfolio", 50_000}, {"TestMany", "rw", 50}, {"TestMany", "portfolio", 50}} {
		b.Run(c.test+"/"+c.strategy, func(b *testing.B) {
			binary := mustChild(b, false)
			var cpu time.Duration
			var all done
			for b.Loop() {
				events, took := child(b, binary, fmt.Sprintf("mode explore\ntest %s\nstrategy %s\nseed 1\ncount %d\n", c.test, c.strategy, c.count))
				d := finished(b, events)
				all.Schedules, all.Points, cpu = all.Schedules+d.Schedules, all.Points+d.Points, cpu+took
			}
			b.ReportMetric(float64(all.Schedules)/cpu.Seconds(), "schedules/cpu-s")
			b.ReportMetric(float64(all.Points)/cpu.Seconds()/1e6, "Mpoints/cpu-s")
		})
	}
}
