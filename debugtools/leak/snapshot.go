package leak

import (
	"bytes"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

// taking makes dumps one after another: they change a setting of the process for a moment.
var taking sync.Mutex

// snapshot returns all goroutines of this process; the first is the caller. The world stops for about 100 ms per 10 000 goroutines.
func snapshot() (*dump.Dump, error) {
	taking.Lock()
	defer taking.Unlock()
	defer showLabels()()
	buf := make([]byte, 64<<10+runtime.NumGoroutine()*1024)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) {
			return dump.Read(bytes.NewReader(buf[:n]))
		}
		buf = make([]byte, 2*len(buf))
	}
}

// showLabels has dumps show labels until the function that it returns is called. Since Go 1.27 they do anyway.
func showLabels() (restore func()) {
	before, set := os.LookupEnv("GODEBUG")
	if strings.Contains(before, "tracebacklabels=1") {
		return func() {}
	}
	_ = os.Setenv("GODEBUG", strings.TrimPrefix(before+",tracebacklabels=1", ",")) // it fails for malformed names only
	return func() {
		if set {
			_ = os.Setenv("GODEBUG", before)
		} else {
			_ = os.Unsetenv("GODEBUG")
		}
	}
}

// Waits between two looks at goroutines that may be about to end: the first ones only give way.
const (
	yields   = 20
	longest  = 50 * time.Millisecond
	shortest = 100 * time.Microsecond
	// running is how long a goroutine that runs may take to end.
	running = 20 * time.Second
)

// settle looks until nothing is left, or what is left has been waiting for as long as patience says. A goroutine that runs is about to do something, so it
// is given 20 seconds at least: a slow machine accuses nobody. It returns the last look.
func settle(patience time.Duration, look func() (left []*dump.Goroutine, err error)) ([]*dump.Goroutine, error) {
	enough, tooMuch := time.NewTimer(patience), time.NewTimer(max(patience, running))
	defer enough.Stop()
	defer tooMuch.Stop()
	waited := false
	for i, pause := 0, shortest; ; i++ {
		left, err := look()
		if err != nil || len(left) == 0 || waited && !anyRuns(left) {
			return left, err
		}
		if i < yields {
			runtime.Gosched()
			continue
		}
		next := time.NewTimer(pause)
		select {
		case <-enough.C:
			waited = true
		case <-tooMuch.C:
			return left, nil
		case <-next.C:
			pause = min(2*pause, longest)
		}
		next.Stop()
	}
}

// anyRuns reports whether one of the goroutines runs, is about to, or is in a system call.
func anyRuns(all []*dump.Goroutine) bool {
	for _, g := range all {
		switch g.State {
		case "running", "runnable", "syscall":
			return true
		}
	}
	return false
}
