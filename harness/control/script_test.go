package control

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// scriptTests is a file of the module of childFiles: TestScript runs a program that the environment names, a letter an operation and a word a goroutine, and
// its process writes into a file what the executions that came to their end have seen. Nobody waits for ever, since the last thing that main does is to
// close quit.
const scriptTests = `package child

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var (
	script = strings.Fields(os.Getenv("CHILD_SCRIPT"))
	seen   []string
)

func TestMain(m *testing.M) {
	code := m.Run()
	if path := os.Getenv("CHILD_SEEN"); path != "" {
		slices.Sort(seen)
		os.WriteFile(path, []byte(strings.Join(seen, "\n")), 0o600)
	}
	os.Exit(code)
}

// A stage is what a script runs on.
type stage struct{ plain, one, two, quit chan int }

// do executes an operation and returns the number of the case that it has taken, times 100, and the value that it has received.
func (s *stage) do(op rune, id int) int {
	switch op {
	case 's':
		select {
		case s.plain <- id:
			return 100
		case <-s.quit:
			return 200
		}
	case 'r':
		select {
		case v := <-s.plain:
			return 100 + v
		case <-s.quit:
			return 200
		}
	case 'a':
		select {
		case s.one <- id:
			return 100
		default:
			return 200
		}
	case 'b':
		s.two <- id
	case 'S':
		select {
		case v := <-s.one:
			return 100 + v
		case v := <-s.two:
			return 200 + v
		case <-s.quit:
			return 300
		}
	case 'T':
		select {
		case v := <-s.two:
			return 100 + v
		case s.one <- id:
			return 200
		case v := <-s.two:
			return 300 + v
		case <-s.quit:
			return 400
		}
	case 'D':
		select {
		case v := <-s.one:
			return 100 + v
		case s.plain <- id:
			return 200
		default:
			return 300
		}
	}
	return 0
}

func TestScript(t *testing.T) {
	s := &stage{plain: make(chan int), one: make(chan int, 1), two: make(chan int, 8), quit: make(chan int)}
	done := make(chan string, len(script))
	for i, ops := range script {
		go func() {
			saw := strconv.Itoa(i)
			for k, op := range ops {
				saw += " " + strconv.Itoa(s.do(op, 10*i+k+1))
			}
			done <- saw
		}()
	}
	close(s.quit)
	var all []string
	for range script {
		all = append(all, <-done)
	}
	slices.Sort(all)
	if end := strings.Join(all, ", "); !slices.Contains(seen, end) {
		seen = append(seen, end)
	}
}
`

var scripts = flag.Int("scripts", 30, "programs with selects that are explored in three ways")

// TestSelectLosesNothing compares what random programs with selects show under reduction with what they show in many schedules that are drawn, and in those
// of few preemptions with every choice: nothing is seen there that the reduction misses. The long form:
//
//	go test ./harness/control -run TestSelectLosesNothing -scripts 1000 -timeout 0
func TestSelectLosesNothing(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds the standard library")
	}
	random := rand.New(rand.NewPCG(1, 2))
	endings := 0
	for range *scripts {
		script := ""
		for _, letters := range []int{1 + random.IntN(2), 2} {
			for range letters {
				script += string("srabSTD"[random.IntN(7)])
			}
			script += " "
		}
		t.Setenv("CHILD_SCRIPT", script)
		reduced, all := scriptSeen(t, "dpor", 20_000)
		if !all {
			t.Errorf("%s: not exhausted", script)
		}
		endings += len(reduced)
		for _, strategy := range []string{"pb", "rw"} {
			other, _ := scriptSeen(t, strategy, 300)
			for _, end := range other {
				if !slices.Contains(reduced, end) {
					t.Errorf("%s: %s shows %s; under reduction there are\n%s", script, strategy, end, strings.Join(reduced, "\n"))
				}
			}
		}
	}
	t.Logf("%d programs with %d endings", *scripts, endings)
	if endings <= *scripts {
		t.Error("nothing was decided")
	}
}

// scriptSeen explores the script and returns what its executions have seen, and whether that is all.
func scriptSeen(t *testing.T, strategy string, count int) (seen []string, all bool) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "seen")
	t.Setenv("CHILD_SEEN", path)
	events, d := selectExplored(t, false, "TestScript", strategy, fmt.Sprintf("count %d\nwarmup on\n", count))
	if d.Failure != "" {
		t.Fatalf("%s fails: %s", os.Getenv("CHILD_SCRIPT"), events)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n"), d.Exhausted && d.Chance == 0
}
