package control

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// rareFiles is a module whose mistake shows seldom if nobody helps: between its two critical sections there is hardly time.
var rareFiles = map[string]string{
	"go.mod": "module example.org/rare\n\ngo 1.26\n",
	"rare_test.go": `package rare

import (
	"sync"
	"testing"
)

func TestRareBug(t *testing.T) { count(t, false) }

func TestRareFixed(t *testing.T) { count(t, true) }

func count(t *testing.T, whole bool) {
	var mu sync.Mutex
	n := 0
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			mu.Lock()
			v := n
			if !whole {
				mu.Unlock()
				mu.Lock()
			}
			n = v + 1
			mu.Unlock()
		})
	}
	all.Wait()
	if n != 2 {
		t.Error(n)
	}
}
`,
}

// TestYields: outside of control the goroutines give way at their operations if the parent wants it, so that a rare mistake shows; what is right stays so.
func TestYields(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds the standard library")
	}
	if tc := mustHere(t); !tc.Runs() {
		t.Skip("programs cannot be run here")
	}
	set, err := Build(context.Background(), Config{Dir: write(t, rareFiles), TempDir: t.TempDir(), Env: append(os.Environ(), "GOWORK=off", "GOFLAGS=")})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	failed := func(test, yields string) int {
		cmd := exec.Command(set.Binaries[0].Path, "-test.run=^"+test+"$", "-test.count=2000")
		cmd.Env = append(os.Environ(), "GODMODE_YIELDS="+yields)
		out, _ := cmd.CombinedOutput()
		return strings.Count(string(out), "--- FAIL: "+test)
	}
	helped, alone, fixed := failed("TestRareBug", "4"), failed("TestRareBug", ""), failed("TestRareFixed", "4")
	t.Logf("of 2 000 runs %d failed with yields, %d without, and %d of the correct twin", helped, alone, fixed)
	if helped < 20 || fixed > 0 {
		t.Error("yields do not show what they should")
	}
}
