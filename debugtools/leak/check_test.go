package leak

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// A mock is a test whose failures are looked at. Its name, and whether it runs in parallel, are those of a real one.
type mock struct {
	*testing.T
	cleanups     []func()
	errors, logs []string
	fails        bool
}

func (m *mock) Cleanup(f func()) { m.cleanups = append(m.cleanups, f) }
func (m *mock) Failed() bool     { return m.fails }
func (m *mock) Errorf(format string, args ...any) {
	m.errors = append(m.errors, fmt.Sprintf(format, args...))
}
func (m *mock) Logf(format string, args ...any) {
	m.logs = append(m.logs, fmt.Sprintf(format, args...))
}

// end runs the cleanups, as a real test does on its own goroutine.
func (m *mock) end() {
	for _, f := range slices.Backward(m.cleanups) {
		f()
	}
}

// quickly is a configuration for tests that leak on purpose: those must be waited for.
var quickly = Config{Patience: 30 * time.Millisecond}

// unlabelled starts a goroutine that has lost its labels.
func unlabelled(f func()) {
	go func() {
		pprof.SetGoroutineLabels(context.Background())
		f()
	}()
}

// cases leave goroutines behind until the channel is closed, or do not.
var cases = []struct {
	name   string
	leaks  int    // goroutines that it is accused of
	phrase string // in what it is accused of, or else in the log
	body   func(m *mock, stop chan struct{})
}{
	{"child", 1, "waits in chan receive", func(_ *mock, stop chan struct{}) { go func() { <-stop }() }},
	{"three children", 3, "leaves 3 goroutines behind", func(_ *mock, stop chan struct{}) {
		for range 3 {
			go func() { <-stop }()
		}
	}},
	{"grandchild", 1, "it carries the label of the test", func(_ *mock, stop chan struct{}) { go func() { go func() { <-stop }() }() }},
	{"sender", 1, "the receiver has left", func(m *mock, _ chan struct{}) {
		c := make(chan int)
		m.T.Cleanup(func() { <-c })
		go func() { c <- 1 }()
	}},
	{"label dropper", 1, "its parent belongs to the test", func(_ *mock, stop chan struct{}) { unlabelled(func() { <-stop }) }},
	{"other label", 2, "its parent belongs to the test", func(_ *mock, stop chan struct{}) {
		go pprof.Do(context.Background(), pprof.Labels("mine", "1"), func(context.Context) {
			go func() { <-stop }()
			<-stop
		})
	}},
	{"orphan without label", 0, "it may belong to another test", func(_ *mock, stop chan struct{}) {
		orphan(stop)
	}},
	{"stopped by a cleanup", 0, "", func(m *mock, _ chan struct{}) {
		own := make(chan struct{})
		go func() { <-own }()
		m.Cleanup(func() { close(own) })
	}},
	{"about to end", 0, "", func(_ *mock, _ chan struct{}) {
		go func() {
			for range 3000 {
				runtime.Gosched()
			}
		}()
	}},
	{"timer stopped", 0, "", func(m *mock, _ chan struct{}) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		context.AfterFunc(ctx, func() {})
		m.Cleanup(cancel)
	}},
	{"ticker loop", 1, "waits in select", func(_ *mock, stop chan struct{}) {
		go func() {
			for t := time.NewTicker(time.Hour); ; {
				select {
				case <-t.C:
				case <-stop:
					return
				}
			}
		}()
	}},
	{"subtest", 1, "leaves 1 goroutine behind", func(m *mock, stop chan struct{}) {
		m.Run("sub", func(*testing.T) { go func() { <-stop }() })
	}},
	{"subtest under harness leaks", 1, "leaves 1 goroutine behind", func(m *mock, stop chan struct{}) {
		m.Run("sub", func(t *testing.T) {
			pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels(Label, t.Name())))
			go func() { <-stop }()
		})
	}},
	{"failed already", 0, "the test has failed", func(m *mock, stop chan struct{}) { m.fails = true; go func() { <-stop }() }},
	{"ignored", 0, "ignored: github.com/concurrency-god-mode/godmode/debugtools/leak.keeper", func(_ *mock, stop chan struct{}) { go keeper(stop) }},
}

// keeper stays on purpose.
func keeper(stop chan struct{}) { <-stop }

// orphan leaves a goroutine behind without label and parent.
func orphan(stop chan struct{}) {
	ended := make(chan struct{})
	go parent(stop, ended)
	<-ended
	for buf := make([]byte, 4<<20); strings.Contains(string(buf[:runtime.Stack(buf, true)]), "leak.parent("); {
		runtime.Gosched()
	}
}

// parent starts a goroutine without labels, and ends.
func parent(stop, ended chan struct{}) {
	pprof.SetGoroutineLabels(context.Background())
	go func() { <-stop }()
	close(ended)
}

// TestCheckInParallel runs all cases at once: what they leave is there while the others look, and each is accused of its own and of nothing else.
func TestCheckInParallel(t *testing.T) {
	repeat.Tenth(t)
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	t.Run("all", func(t *testing.T) {
		var ready, looked sync.WaitGroup
		ready.Add(len(cases))
		looked.Add(len(cases))
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				defer looked.Done()
				m := &mock{T: t}
				config := quickly
				config.Ignore = []string{"github.com/concurrency-god-mode/godmode/debugtools/leak.keeper"}
				config.Check(m)
				c.body(m, stop)
				ready.Done()
				ready.Wait() // go on when all have left what they leave
				m.end()
				m.verify(t, c.leaks, c.phrase)
			})
		}
	})
}

// verify compares what a mock was told.
func (m *mock) verify(t *testing.T, leaks int, phrase string) {
	t.Helper()
	said := strings.Join(m.errors, "\n")
	if got := leakCount(said); got != leaks {
		t.Errorf("accused of %d goroutines, want %d: %s\nlog: %s", got, leaks, said, m.logs)
	}
	if leaks == 0 {
		said = strings.Join(m.logs, "\n")
	}
	if phrase == "" && strings.Contains(said, "leak.parent") { // that of another test, of which nobody can tell whose it is
		return
	}
	if !strings.Contains(said, phrase) || phrase == "" && said != "" {
		t.Errorf("said: %s\nwant: %q", said, phrase)
	}
}

// leakCount counts the goroutines in an accusation.
func leakCount(said string) int {
	n := 0
	for line := range strings.Lines(said) {
		if _, rest, ok := strings.Cut(line, " leaves "); ok {
			for _, c := range rest[:strings.IndexByte(rest, ' ')] {
				n += int(c - '0')
			}
		}
	}
	return n
}

// TestCheckAlone: where no other test runs, a goroutine that nothing ties to a test is that of the one.
func TestCheckAlone(t *testing.T) {
	stop := make(chan struct{})
	defer close(stop)
	m := &mock{T: t}
	quickly.Check(m)
	orphan(stop)
	m.end()
	m.verify(t, 1, "no other test ran beside it")
}

// TestGoleakInParallel shows on one program what goleak, which looks at all goroutines, and Check say to a test that leaves nothing while another has left something.
func TestGoleakInParallel(t *testing.T) {
	repeat.Tenth(t)
	stop, left, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	t.Cleanup(func() { close(stop) })
	t.Run("both", func(t *testing.T) {
		t.Run("clean", func(t *testing.T) {
			t.Parallel()
			defer close(done)
			m := &mock{T: t}
			quickly.Check(m)
			<-left
			if goleak.Find(goleak.IgnoreTopFunction("testing.(*T).Run")) == nil {
				t.Error("goleak has not seen the other test's goroutine: this test shows nothing")
			}
			m.end()
			m.verify(t, 0, "")
		})
		t.Run("leaking", func(t *testing.T) {
			t.Parallel()
			m := &mock{T: t}
			quickly.Check(m)
			go func() { <-stop }()
			close(left)
			<-done
			m.end()
			m.verify(t, 1, "TestGoleakInParallel/both/leaking leaves 1 goroutine")
		})
	})
}

// TestDaemons: connections that http keeps and copiers of a process that runs are named, and accuse nobody; half of a connection does.
func TestDaemons(t *testing.T) {
	repeat.Tenth(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 100_000))
	}))
	defer server.Close()
	for _, c := range []struct {
		name   string
		leaks  int
		phrase string
		read   bool
	}{
		{"keep-alive", 0, "an idle connection that http keeps", true},
		{"body not closed", 1, "net/http.(*persistConn).readLoop", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			transport := &http.Transport{}
			defer transport.CloseIdleConnections()
			m := &mock{T: t}
			quickly.Check(m)
			r, err := (&http.Client{Transport: transport}).Get(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Body.Close()
			if c.read {
				_, _ = io.Copy(io.Discard, r.Body)
				_ = r.Body.Close()
			}
			m.end()
			m.verify(t, c.leaks, c.phrase)
		})
	}
	t.Run("process", func(t *testing.T) {
		m := &mock{T: t}
		quickly.Check(m)
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), waitVar+"=1")
		in, err := cmd.StdinPipe()
		var out strings.Builder
		cmd.Stdout = &out
		if err = errors.Join(err, cmd.Start()); err != nil {
			t.Fatal(err)
		}
		m.end()
		in.Close()
		_ = cmd.Wait()
		m.verify(t, 0, "it copies for a process that still runs")
	})
}

// waitVar makes this binary a process that waits for the end of its input.
const waitVar = "GODMODE_LEAK_WAIT"

func TestMain(m *testing.M) {
	if os.Getenv(waitVar) != "" {
		_, _ = io.Copy(io.Discard, os.Stdin)
		return
	}
	flag.Parse()
	if err := flag.Set("test.parallel", "64"); err != nil { // all cases at once, however many processors there are
		panic(err)
	}
	os.Exit(Config{Ignore: []string{"github.com/concurrency-god-mode/godmode/debugtools/leak.lost"}}.Main(m))
}
