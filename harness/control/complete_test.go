package control

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/gotest"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// keptFiles is a module whose test keeps a mutex between executions.
var keptFiles = map[string]string{
	"go.mod": "module example.org/kept\n\ngo 1.26\n",
	"kept_test.go": `package kept

import (
	"sync"
	"testing"
)

var (
	mu sync.Mutex
	n  int
)

func TestKept(t *testing.T) {
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			mu.Lock()
			n++
			mu.Unlock()
		})
	}
	all.Wait()
}

func TestTooMany(t *testing.T) {
	for range 70_000 {
		go func() {}()
	}
}
`,
}

// keptBinary is built once.
var keptBinary = sync.OnceValues(func() (gotest.Binary, error) {
	dir, err := os.MkdirTemp("", "harness-kept-")
	if err != nil {
		return gotest.Binary{}, err
	}
	for name, text := range keptFiles {
		if err := writeFile(filepath.Join(dir, name), []byte(text)); err != nil {
			return gotest.Binary{}, err
		}
	}
	set, err := Build(context.Background(), Config{Dir: dir, TempDir: dir, Env: append(os.Environ(), "GOWORK=off", "GOFLAGS=")})
	if err != nil {
		return gotest.Binary{}, err
	}
	return set.Binaries[0], nil
})

// mustKept returns it, or skips where it cannot be run.
func mustKept(t *testing.T) gotest.Binary {
	t.Helper()
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds the standard library")
	}
	if tc := mustHere(t); !tc.Runs() {
		t.Skip("programs cannot be run here")
	}
	b, err := keptBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestTooManyGoroutines: an execution with more goroutines than can be controlled ends the process with the reason. It is no failure of the test.
func TestTooManyGoroutines(t *testing.T) {
	b := mustKept(t)
	request := filepath.Join(t.TempDir(), "request")
	if err := os.WriteFile(request, []byte("mode explore\ntest TestTooMany\ncount 1\nsteps 5000000\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(b.Path)
	c.Env = append(os.Environ(), "GODMODE_EXPLORE="+request)
	out, _ := c.CombinedOutput()
	if c.ProcessState.ExitCode() != 125 || !strings.Contains(string(out), "godmode: an execution has more goroutines than can be controlled") {
		t.Errorf("%v: %.300s", c.ProcessState, out)
	}
	t.Logf("%v of processor time", c.ProcessState.UserTime()+c.ProcessState.SystemTime())
}

// TestPrunedExecutionsEnd: an execution of which a strategy has seen enough is taken to its end, so that the next one finds no lock locked by it.
func TestPrunedExecutionsEnd(t *testing.T) {
	b := mustKept(t)
	for _, strategy := range []string{"dpor", "pb", "db"} {
		events, _ := child(t, b, "mode explore\ntest TestKept\nstrategy "+strategy+"\nseed 1\ncount 2000\nwarmup on\n")
		if strings.Contains(events, `"failure"`) || !strings.Contains(events, `"done"`) {
			t.Errorf("%s: %s", strategy, events)
		}
		if strategy == "dpor" && !strings.Contains(events, `"exhausted":true`) {
			t.Errorf("not all orders were seen: %s", events)
		}
	}
}
