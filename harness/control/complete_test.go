package control

import (
	"context"
	"os"
	"strings"
	"testing"

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
`,
}

// TestPrunedExecutionsEnd: an execution of which a strategy has seen enough is taken to its end, so that the next one finds no lock locked by it.
func TestPrunedExecutionsEnd(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds the standard library")
	}
	if tc := mustHere(t); !tc.Runs() {
		t.Skip("programs cannot be run here")
	}
	set, err := Build(context.Background(), Config{Dir: write(t, keptFiles), TempDir: t.TempDir(), Env: append(os.Environ(), "GOWORK=off", "GOFLAGS=")})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	for _, strategy := range []string{"dpor", "pb", "db"} {
		events, _ := child(t, set.Binaries[0], "mode explore\ntest TestKept\nstrategy "+strategy+"\nseed 1\ncount 2000\nwarmup on\n")
		if strings.Contains(events, `"failure"`) || !strings.Contains(events, `"done"`) {
			t.Errorf("%s: %s", strategy, events)
		}
		if strategy == "dpor" && !strings.Contains(events, `"exhausted":true`) {
			t.Errorf("not all orders were seen: %s", events)
		}
	}
}
