package gotest

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
)

// testPlanner varies everything, whatever the machine.
func testPlanner(seed uint64) planner {
	return planner{seed: seed, procs: []int{1, 2, 4, 8}, cpus: []int{0, 3}, gogc: true, shuffle: true}
}

func TestPlansAreAFunctionOfTheSeed(t *testing.T) {
	a, b, other := testPlanner(7), testPlanner(7), testPlanner(8)
	same := 0
	for n := range 200 {
		p := a.plan("pkg.TestX", n, false)
		if q := b.plan("pkg.TestX", n, false); !reflect.DeepEqual(p, q) {
			t.Fatalf("process %d: %v and %v", n, p, q)
		}
		if p.Seed == other.plan("pkg.TestX", n, false).Seed || p.Seed == a.plan("pkg.TestY", n, false).Seed {
			same++
		}
	}
	if same > 0 {
		t.Errorf("%d seeds are the same in another run or test", same)
	}
}

func TestPlansVaryEverything(t *testing.T) {
	seen := map[string]int{}
	const n = 4000
	for i := range n {
		for _, pair := range testPlanner(1).plan("pkg.TestX", i, false).pairs() {
			seen[pair.Key]++
			if pair.Key == "gomaxprocs" {
				seen["procs "+pair.Value]++
			}
		}
	}
	// The share of each condition, out of eight; one processor gets half the weight of any other number.
	for key, eighths := range map[string]float64{"gogc": 3, "cpu": 2, "pauses": 1, "shuffle": 4, "procs 1": 8. / 7, "procs 2": 16. / 7, "procs 8": 16. / 7} {
		if want := n * eighths / 8; canPause && (float64(seen[key]) < 0.8*want || float64(seen[key]) > 1.2*want) {
			t.Errorf("%s in %d of %d plans, want about %.0f", key, seen[key], n, want)
		}
	}
}

func TestCalmPlansVaryOnlyProcessors(t *testing.T) {
	p := testPlanner(3)
	p.calm = true
	for n := range 200 {
		if plan := p.plan("pkg.TestX", n, false); len(plan.pairs()) != 2 {
			t.Fatalf("%v", plan)
		}
	}
}

func TestPlansPassThroughCases(t *testing.T) {
	for n := range 2000 {
		want := testPlanner(uint64(n)).plan("pkg.TestX", n, n%7 == 0)
		settings := append(want.pairs(), casefile.Pair{Key: "timeout", Value: "1s"})
		got, err := ParsePlan(settings)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%v became %v, %v", want, got, err)
		}
	}
}

func TestPlanText(t *testing.T) {
	p := Plan{Seed: 31, Procs: 4, GOGC: "off", CPU: 1, Shuffle: 9, Late: true}
	p.Pauses = []Pause{{time.Millisecond, 300 * time.Microsecond}, {4 * time.Millisecond, time.Millisecond}}
	want := "seed=0x1f gomaxprocs=4 gogc=off cpu=1 pauses=1ms+300µs,4ms+1ms shuffle=9 late=on"
	if got := p.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestBadPlans(t *testing.T) {
	for _, text := range []string{"", "seed=1", "gomaxprocs=1", "seed=x gomaxprocs=1", "seed=1 gomaxprocs=0", "seed=1 gomaxprocs=1 gogc=often",
		"seed=1 gomaxprocs=1 cpu=-7", "seed=1 gomaxprocs=1 pauses=1", "seed=1 gomaxprocs=1 pauses=1s+x", "seed=1 gomaxprocs=1 shuffle=-1"} {
		var settings casefile.Pairs
		for _, word := range strings.Fields(text) {
			key, value, _ := strings.Cut(word, "=")
			settings.Set(key, value)
		}
		if p, err := ParsePlan(settings); err == nil {
			t.Errorf("%q is read as %v", text, p)
		}
	}
}

func TestReplaysAlternate(t *testing.T) {
	fixed := Plan{Seed: 99, Procs: 3, CPU: -1, Late: true}
	p, free := testPlanner(5), testPlanner(5)
	p.replay = &fixed
	for n := range 20 {
		got, want := p.plan("pkg.TestX", n, false), fixed
		if n%2 == 1 {
			want = free.plan("pkg.TestX", n/2, false)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("process %d: %v, want %v", n, got, want)
		}
	}
}

func TestProcessorsToTry(t *testing.T) {
	if got := procsUpTo(1); !reflect.DeepEqual(got, []int{1, 2, 4, 8}) {
		t.Error(got)
	}
	if got := procsUpTo(16); !reflect.DeepEqual(got, []int{1, 2, 4, 8, 16, 32}) {
		t.Error(got)
	}
}
