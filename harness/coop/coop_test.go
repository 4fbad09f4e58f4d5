package coop

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/choice"
)

// counter is two or more tasks that each add 1 by a load and a store, with a point in front of each.
type counter struct {
	r *Runner
	n int
}

func (c *counter) add() {
	c.r.At("load")
	v := c.n
	c.r.At("store")
	c.n = v + 1
}

func (c *counter) jobs(n int) []func() {
	return slices.Repeat([]func(){c.add}, n)
}

// explore returns how many schedules of n adders there are within the bound, and how many lose an update.
func explore(t *testing.T, n, preemptions int) (total, lost int) {
	t.Helper()
	r := New(n, 1000, 100)
	defer r.Close()
	seen := map[string]bool{}
	stats := Explore(Limit{preemptions, 100000}, choice.New(1), func(s []Switch) ([]Step, bool) {
		c := &counter{r: r}
		choose, missed := Follow(s)
		out := r.Run(c.jobs(n), choose, nil)
		if missed() != 0 {
			t.Fatalf("%d switches of %v not applied", missed(), s)
		}
		if key := fmt.Sprint(out.Steps); seen[key] {
			t.Fatalf("schedule %v run twice", out.Steps)
		} else {
			seen[key] = true
		}
		if c.n != n {
			lost++
		}
		return out.Steps, true
	})
	if !stats.Exhausted {
		t.Fatal("not exhausted")
	}
	return stats.Schedules, lost
}

// enumerate is the reference: it walks all interleavings of n adders directly, each of which makes 3 steps (to the load, to the store,
// to the end), and counts them and those that lose an update.
func enumerate(at, local []int, shared int) (total, lost int) {
	finished := true
	for i := range at {
		if at[i] == 3 {
			continue
		}
		finished = false
		next, values, value := slices.Clone(at), slices.Clone(local), shared
		switch next[i]++; next[i] {
		case 2:
			values[i] = value
		case 3:
			value = values[i] + 1
		}
		t, l := enumerate(next, values, value)
		total, lost = total+t, lost+l
	}
	if finished && shared != len(at) {
		return 1, 1
	} else if finished {
		return 1, 0
	}
	return total, lost
}

func TestCountsOfSchedules(t *testing.T) {
	for tasks := 1; tasks <= 3; tasks++ {
		total, lost := explore(t, tasks, 9)
		wantTotal, wantLost := enumerate(make([]int, tasks), make([]int, tasks), 0)
		if total != wantTotal || lost != wantLost {
			t.Errorf("%d tasks: %d schedules lose an update of %d, want %d of %d", tasks, lost, total, wantLost, wantTotal)
		}
	}
	for tasks, orders := range []int{1: 1, 2: 2, 3: 6} {
		if tasks == 0 {
			continue
		}
		if total, lost := explore(t, tasks, 0); total != orders || lost != 0 {
			t.Errorf("%d tasks without preemption: %d schedules lose an update of %d, want 0 of %d", tasks, lost, total, orders)
		}
	}
}

// TestReplay repeats random schedules from their list of switches.
func TestReplay(t *testing.T) {
	r := New(3, 1000, 100)
	defer r.Close()
	for seed := range uint64(200) {
		c := &counter{r: r}
		out := r.Run(c.jobs(3), Random(choice.New(seed), 0.5), nil)
		steps, n := slices.Clone(out.Steps), c.n
		again := &counter{r: r}
		choose, missed := Follow(Switches(steps))
		out = r.Run(again.jobs(3), choose, nil)
		if !reflect.DeepEqual(out.Steps, steps) || again.n != n || missed() != 0 {
			t.Fatalf("seed %d: replay differs:\n%v\n%v", seed, steps, out.Steps)
		}
	}
}

// TestFairness lets a spinning task wait for another that never runs by itself.
func TestFairness(t *testing.T) {
	r := New(2, 1000, 10)
	defer r.Close()
	flag := false
	spin := func() {
		for !flag {
			r.At("spin")
		}
	}
	set := func() { r.At("set"); flag = true }
	choose, _ := Follow(nil)
	if out := r.Run([]func(){spin, set}, choose, nil); out.Stuck {
		t.Fatal("the spinning task starved the other")
	}
}

// TestStuckIsCutOff also asks that the coroutines are unwound, deferred calls included, and can be used again.
func TestStuckIsCutOff(t *testing.T) {
	r := New(2, 50, 10)
	defer r.Close()
	unwound := 0
	forever := func() {
		defer func() { unwound++ }()
		for {
			r.At("spin")
		}
	}
	choose, _ := Follow(nil)
	if out := r.Run([]func(){forever, forever}, choose, nil); !out.Stuck || len(out.Steps) != 50 {
		t.Fatalf("stuck %v after %d steps", out.Stuck, len(out.Steps))
	}
	if unwound != 2 {
		t.Fatalf("%d tasks unwound, want 2", unwound)
	}
	c := &counter{r: r}
	if r.Run(c.jobs(2), choose, nil); c.n != 2 {
		t.Fatalf("after a cut-off run: %d", c.n)
	}
}

// TestPanic stops the run and says who panicked.
func TestPanic(t *testing.T) {
	r := New(2, 50, 10)
	defer r.Close()
	choose, _ := Follow([]Switch{{Task: 0, Nth: 1, To: 1}})
	out := r.Run([]func(){
		func() { r.At("a"); t.Error("ran on after the panic") },
		func() { r.At("b"); panic("boom") },
	}, choose, nil)
	if out.Panic != "boom" || out.Panicked != 1 {
		t.Fatalf("got %v of task %d", out.Panic, out.Panicked)
	}
}

// TestLimit stops at the limit of schedules and does not claim to be exhaustive.
func TestLimit(t *testing.T) {
	r := New(3, 1000, 100)
	defer r.Close()
	stats := Explore(Limit{9, 100}, choice.New(1), func(s []Switch) ([]Step, bool) {
		c := &counter{r: r}
		choose, _ := Follow(s)
		return r.Run(c.jobs(3), choose, nil).Steps, true
	})
	if stats.Schedules != 100 || stats.Exhausted {
		t.Fatalf("%+v", stats)
	}
}

// BenchmarkSchedule is one schedule of two tasks with two points each.
func BenchmarkSchedule(b *testing.B) {
	r := New(2, 1000, 100)
	defer r.Close()
	c := &counter{r: r}
	jobs := c.jobs(2)
	s := choice.New(1)
	var steps []Step
	b.ReportAllocs()
	for b.Loop() {
		steps = r.Run(jobs, Random(s, 0.5), steps).Steps
	}
}
