package harness

import (
	"testing"
	"time"
)

// box is a system whose operations cost next to nothing, so that what is measured is the recording.
type box struct{ n int }

//go:noinline
func (b *box) add(d int) int {
	b.n += d
	return b.n
}

// laneSteps is the length of the recorded programs.
const laneSteps = 4096

// boxLane returns a lane that calls add on a box, with an argument of one and a result.
func boxLane(pausing bool) (*lane, *box) {
	t := &Target{Name: "box", Doc: "a number", New: func(*Env) any { return &box{} },
		Operations: []Operation{Op("add", nil, (*box).add)}}
	p := make(Program, laneSteps)
	for i := range p {
		p[i] = Step{Op: "add", Arg: 1}
	}
	l := newLanes(t, p, epoch(), 1)[0]
	l.pausing = pausing
	return l, &box{}
}

// TestRecordingAllocatesNothing asks for no allocation from the first step to the last, yields included.
func TestRecordingAllocatesNothing(t *testing.T) {
	for _, pausing := range []bool{false, true} {
		l, b := boxLane(pausing)
		var client any = b
		if n := testing.AllocsPerRun(20, func() { l.run(client) }); n != 0 {
			t.Errorf("pausing %v: %v allocations in %d operations", pausing, n, laneSteps)
		}
		if b.n != 21*laneSteps {
			t.Errorf("pausing %v: %d operations were executed", pausing, b.n)
		}
	}
}

// TestRecordedIntervals asks that a lane records every call with its argument and result, and that its stamps never go back: an operation starts
// after the one before ended.
func TestRecordedIntervals(t *testing.T) {
	for _, twice := range []bool{false, true} {
		l, b := boxLane(true)
		l.twice = twice
		l.run(b)
		calls := l.calls(nil)
		if len(calls) != laneSteps {
			t.Fatalf("%d calls", len(calls))
		}
		last := int64(0)
		for i, c := range calls {
			if c.Pending || c.Op != "add" || c.Arg != 1 || c.Result != i+1 {
				t.Fatalf("call %d: %+v", i, c)
			}
			if c.Start < last || c.End < c.Start || !twice && i > 0 && c.Start != last+1 {
				t.Fatalf("call %d runs from %d to %d, the one before ended at %d", i, c.Start, c.End, last)
			}
			last = c.End
		}
	}
}

// TestRecordsThePanic asks that the call which panics is recorded as pending, and none behind it.
func TestRecordsThePanic(t *testing.T) {
	target := &Target{Name: "bomb", Doc: "panics", New: func(*Env) any { return &box{} },
		Operations: []Operation{OpDo("tick", nil, func(b *box, d int) {
			if b.n++; b.n == 3 {
				panic("boom")
			}
		})}}
	p := make(Program, 5)
	for i := range p {
		p[i] = Step{Op: "tick", Arg: i}
	}
	l := newLanes(target, p, epoch(), 1)[0]
	l.run(&box{})
	calls := l.calls(nil)
	if l.crash != "boom" || len(calls) != 3 || !calls[2].Pending || calls[1].Pending {
		t.Errorf("crash %v, calls %v", l.crash, calls)
	}
}

// BenchmarkRecording is the cost of one operation: called plainly, between two readings of time.Now, and recorded by a lane. RECORDING.md holds
// the results.
func BenchmarkRecording(b *testing.B) {
	b.Run("plain", func(b *testing.B) {
		x, f := &box{}, (*box).add
		perOperation(b, func() {
			for range laneSteps {
				f(x, 1)
			}
		})
	})
	b.Run("time.Now", func(b *testing.B) {
		x, f := &box{}, (*box).add
		starts, ends := make([]time.Time, laneSteps), make([]time.Time, laneSteps)
		perOperation(b, func() {
			for i := range laneSteps {
				starts[i] = time.Now()
				f(x, 1)
				ends[i] = time.Now()
			}
		})
	})
	benchLane(b, "lane", false, false)
	benchLane(b, "lane, two readings", false, true)
	benchLane(b, "lane, yields", true, false)
}

func benchLane(b *testing.B, name string, pausing, twice bool) {
	b.Run(name, func(b *testing.B) {
		l, x := boxLane(pausing)
		l.twice = twice
		var client any = x
		b.ReportAllocs()
		perOperation(b, func() { l.run(client) })
	})
}

// perOperation measures a program of laneSteps operations, and reports the times of one: passed, and computed by this process.
func perOperation(b *testing.B, program func()) {
	start := processorTime()
	for b.Loop() {
		program()
	}
	n := float64(b.N) * laneSteps
	b.ReportMetric(float64(processorTime()-start)/n, "cpu-ns/operation")
	b.ReportMetric(float64(b.Elapsed())/n, "ns/operation")
	b.ReportMetric(0, "ns/op")
}
