package diagnose_test

import (
	"bytes"
	"errors"
	"os"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/debugtools/diagnose"
	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/finding"
)

// poolSource is a program that is well: main looks at its goroutines, and then gives them work.
const poolSource = `package main

type pool struct{ jobs chan int }

func (p *pool) work() {
	for range p.jobs {
	}
}

func main() {
	p := &pool{make(chan int)}
	go p.work()
	look()
	p.jobs <- 1
	close(p.jobs)
}
`

// poolDump is what goroutine number id of it sees; the lines are those of poolSource.
func poolDump(id string) string {
	return "goroutine " + id + " [running]:\nmain.main()\n\t/src/pool/main.go:13 +0x1d\n\n" +
		"goroutine 18 [chan receive]:\nmain.(*pool).work(0xc000012340)\n\t/src/pool/main.go:6 +0x1d\ncreated by main.main in goroutine " + id + "\n\t/src/pool/main.go:12 +0x1\n\n"
}

// TestDumperGoesOn: who took the dump runs. If that is main, or it holds a lock, what the others wait for may come from it.
func TestDumperGoesOn(t *testing.T) {
	source := func(string) ([]byte, error) { return []byte(poolSource), nil }
	if all := diagnose.Diagnose(dumpOf(t, poolDump("1")), diagnose.Options{Source: source, Quiet: true}); len(all) > 0 {
		t.Errorf("a healthy program is accused: %+v", all)
	}
	waiter := "goroutine 1 [sync.Mutex.Lock]:\nsync.(*Mutex).Lock(...)\n\t/go/src/sync/mutex.go:46\nmain.main()\n\t/src/pool/main.go:14 +0x1d\n[waits: mutex 0xc000012348 owner=7]\n\n"
	holder := "goroutine 7 [running]:\nmain.look()\n\t/src/pool/main.go:13 +0x1d\n[holds: mutex 0xc000012348]\n\n"
	if all := diagnose.Diagnose(dumpOf(t, holder, waiter), diagnose.Options{Source: source, Quiet: true}); len(all) > 0 {
		t.Errorf("who waits for one that runs is accused: %+v", all)
	}
}

// TestCountsProveNoDeadlock: profiles that count goroutines have no states and no numbers. Nothing is said of the whole program, and no goroutine -1 is named.
func TestCountsProveNoDeadlock(t *testing.T) {
	source := func(file string) ([]byte, error) {
		if strings.HasSuffix(file, "_test.go") {
			return os.ReadFile("dumper_test.go")
		}
		return nil, errors.New("no source")
	}
	for debug := range 2 {
		var b bytes.Buffer
		if err := pprof.Lookup("goroutine").WriteTo(&b, debug); err != nil {
			t.Fatal(err)
		}
		d, err := dump.Read(&b)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range diagnose.Diagnose(d, diagnose.Options{Source: source}) {
			if f.Certainty != finding.Note || strings.Contains(strings.Join(f.Evidence, " "), "G-1") {
				t.Errorf("debug=%d: %+v", debug, f)
			}
		}
	}
}

// startedSource is a function whose goroutines wait for a message that nobody sends, beside one that it has started by a method.
const startedSource = `package p

func f(s server) {
	jobs := make(chan int)
	go s.serve(1)
	go func() {
		<-jobs
	}()
	select {}
}
`

// TestWrapperBelow: the frame that the compiler makes for a go statement means that the call has not begun only if it is the innermost one.
func TestWrapperBelow(t *testing.T) {
	source := func(string) ([]byte, error) { return []byte(startedSource), nil }
	text := func(above string) string {
		return "goroutine 1 [sleep]:\ntime.Sleep(0x1)\n\t/go/src/runtime/time.go:1 +0x1\np.main()\n\t/src/main.go:9 +0x1\n\n" +
			"goroutine 7 [select (no cases)]:\np.f()\n\t/src/f.go:9 +0x1\ncreated by p.main in goroutine 1\n\t/src/main.go:5 +0x1\n\n" +
			"goroutine 8 [chan receive]:\np.f.func1()\n\t/src/f.go:7 +0x1\ncreated by p.f in goroutine 7\n\t/src/f.go:6 +0x1\n\n" +
			"goroutine 9 [IO wait]:\n" + above + "p.f.gowrap1()\n\t/src/f.go:5 +0x1\ncreated by p.f in goroutine 7\n\t/src/f.go:5 +0x1\n"
	}
	begun := diagnose.Diagnose(dumpOf(t, text("internal/poll.(*FD).Accept(0x1)\n\t/go/src/internal/poll/fd_unix.go:1 +0x1\n")), diagnose.Options{Source: source, Quiet: true})
	if got := kindsOf(begun); !strings.Contains(got, "no-peer") {
		t.Errorf("a call that has begun hides a lost receiver: %q", got)
	}
	if got := kindsOf(diagnose.Diagnose(dumpOf(t, text("")), diagnose.Options{Source: source, Quiet: true})); strings.Contains(got, "no-peer") {
		t.Errorf("a call that has not begun might do anything: %q", got)
	}
}
