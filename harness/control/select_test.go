package control

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// selectTests is a file of the module of childFiles: what fails depends on which of several ready cases a select takes.
const selectTests = `package child

import (
	"reflect"
	"testing"
)

// work loses a job if its select takes quit although there is one; unless it drains.
func work(jobs <-chan int, quit <-chan bool, drain bool) (sum int) {
	for {
		select {
		case j := <-jobs:
			sum += j
		case <-quit:
			for drain {
				select {
				case j := <-jobs:
					sum += j
				default:
					return sum
				}
			}
			return sum
		}
	}
}

func quit(t *testing.T, drain bool) {
	jobs, quit, done := make(chan int, 2), make(chan bool), make(chan int)
	go func() { done <- work(jobs, quit, drain) }()
	jobs <- 1
	jobs <- 2
	close(quit)
	if sum := <-done; sum != 3 {
		t.Error("lost a job")
	}
}

func TestQuit(t *testing.T)      { quit(t, false) }
func TestQuitFixed(t *testing.T) { quit(t, true) }

// drain empties four full channels, and returns in which order.
func drain() (order int) {
	var c [4]chan int
	for i := range c {
		c[i] = make(chan int, 1)
		c[i] <- i
	}
	for range 4 {
		v := 0
		select {
		case v = <-c[0]:
		case v = <-c[1]:
		case v = <-c[2]:
		case v = <-c[3]:
		}
		order = order*10 + v
	}
	return order
}

func TestOrder(t *testing.T) {
	if drain() == 3120 {
		t.Error("that order")
	}
}

func TestOrderFixed(t *testing.T) {
	if drain() < 0 {
		t.Error("no order")
	}
}

func TestSends(t *testing.T) {
	c, d, e := make(chan int, 1), make(chan int, 1), make(chan int, 1)
	e <- 1
	select {
	case <-e:
	case c <- 1:
	case d <- 2:
	}
	if len(d) == 1 {
		t.Error("the last send")
	}
}

// Two cases wait at one channel: who is woken was decided before.
func TestSame(t *testing.T) {
	c, d := make(chan int), make(chan int)
	go func() { c <- 1 }()
	n := 0
	select {
	case <-c:
		n = 1
	case <-d:
	case <-c:
		n = 2
	case <-c:
		n = 3
	}
	if n == 3 {
		t.Error("the third")
	}
}

func TestReflect(t *testing.T) {
	var cases []reflect.SelectCase
	for range 3 {
		c := make(chan int)
		close(c)
		cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(c)})
	}
	if i, _, _ := reflect.Select(cases); i == 2 {
		t.Error("the last")
	}
}

// By default a select takes the first case, but not for ever.
func TestPoll(t *testing.T) {
	always, stop := make(chan int), make(chan int)
	close(always)
	close(stop)
	for {
		select {
		case <-always:
		case <-stop:
			return
		}
	}
}

func TestEven(t *testing.T) {
	c := make(chan int)
	close(c)
	select {
	case <-c:
	case <-c:
		t.Error("the second")
	}
}
`

// selectExplored asks a child for schedules of a test and returns what it says at the end.
func selectExplored(t *testing.T, race bool, test, strategy string, more string) (events string, d selectDone) {
	t.Helper()
	events, _ = child(t, mustChild(t, race), fmt.Sprintf("test %s\nstrategy %s\nseed 1\n%s", test, strategy, more))
	for line := range strings.Lines(events) {
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatal(err)
		}
	}
	return events, d
}

// A selectDone holds what several events say.
type selectDone struct {
	Failure   string
	Switches  [][3]any
	Schedules int
	Chance    int
	Exhausted bool
	Execution struct {
		Steps []struct {
			Pick *struct {
				Option, Of int
				Kind       string
				Forced     bool
			}
		}
	}
}

// TestSelectIsExhausted shows that the strategies that enumerate try every case that is ready: what needs a certain one is found, what needs none is
// exhausted, and nothing was left to chance. The 24 orders of four channels are 24 schedules.
func TestSelectIsExhausted(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds the standard library")
	}
	for test, schedules := range map[string]int{"TestQuit": 0, "TestOrder": 0, "TestSends": 0, "TestSame": 0, "TestReflect": 0,
		"TestOrderFixed": 24, "TestQuitFixed": -1} {
		for _, strategy := range []string{"dpor", "pb", "db"} {
			if test == "TestQuitFixed" && strategy != "dpor" {
				continue // it has very many schedules
			}
			events, d := selectExplored(t, false, test, strategy, "count 5000\nwarmup on\n")
			switch {
			case schedules == 0 && d.Failure != "assertion":
				t.Errorf("%s does not find %s: %s", strategy, test, events)
			case schedules != 0 && (!d.Exhausted || d.Chance != 0 || schedules > 0 && d.Schedules != schedules && strategy == "dpor"):
				t.Errorf("%s, %s: %+v", test, strategy, d)
			}
		}
	}
}

// TestSelectIsReplayed shows that the switches of a failure hold its choices: they make it fail again, whatever the seed is, with and without the race
// detector, and without them it passes. What was forced is told.
func TestSelectIsReplayed(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds the standard library")
	}
	for _, test := range []string{"TestQuit", "TestOrder", "TestSends", "TestSame", "TestReflect"} {
		_, found := selectExplored(t, false, test, "rw", "count 2000\n")
		replay := "mode replay\ntrace on\n"
		for _, s := range found.Switches {
			replay += fmt.Sprintf("switch %v %v %v\n", s[0], s[1], s[2])
		}
		for _, race := range []bool{false, true} {
			_, again := selectExplored(t, race, test, "rw", replay+"seed 99\n")
			if again.Failure != "assertion" || fmt.Sprint(again.Switches) != fmt.Sprint(found.Switches) {
				t.Errorf("%s, race %t: %v, then %q with %v", test, race, found.Switches, again.Failure, again.Switches)
			}
			forced := 0
			for _, s := range again.Execution.Steps {
				if s.Pick != nil && s.Pick.Forced && s.Pick.Option < s.Pick.Of {
					forced++
				}
			}
			if forced == 0 {
				t.Errorf("%s: no choice is marked", test)
			}
		}
		if _, plain := selectExplored(t, false, test, "rw", "mode replay\n"); plain.Failure != "" {
			t.Errorf("%s fails by default: %s", test, plain.Failure)
		}
	}
}

// TestSelectIsDrawn shows that random strategies take one case about as often as the other, and that the default rule is fair.
func TestSelectIsDrawn(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds the standard library")
	}
	for _, strategy := range []string{"rw", "portfolio"} {
		failed := 0
		for seed := range 100 {
			if _, d := selectExplored(t, false, "TestEven", strategy, fmt.Sprintf("count 1\nseed %d\n", seed)); d.Failure != "" {
				failed++
			}
		}
		if failed < 30 || failed > 70 {
			t.Errorf("%s takes the second case in %d of 100 schedules", strategy, failed)
		}
	}
	if events, d := selectExplored(t, false, "TestPoll", "baseline", "count 1\n"); d.Failure != "" || d.Schedules != 1 {
		t.Errorf("polling does not end: %s", events)
	}
}
