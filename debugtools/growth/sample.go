package growth

import (
	"os"
	"runtime"
	"runtime/metrics"
)

// A gauge is something that a process can hold more and more of.
type gauge struct {
	name   string
	unit   string  // "B", or a plural
	metric string  // its name in runtime/metrics, or empty
	floor  float64 // what is not called growth
}

// gauges are what is measured. Of the metrics of memory /gc/heap/live:bytes is the right one: the bytes that the last collection marked. The memory classes
// also count what was allocated since and may be dead; MemStats.HeapInuse counts whole spans, and so grows with fragmentation.
var gauges = []gauge{
	{"heap", "B", "/gc/heap/live:bytes", 16 << 10},
	{"objects", "objects", "/gc/heap/objects:objects", 100},
	{"goroutines", "goroutines", "/sched/goroutines:goroutines", 2},
	{"threads", "threads", "/sched/threads/total:threads", 4},
	{"files", "files", "", 2},
}

// A meter reads gauges of this process without holding anything new itself.
type meter struct {
	runtime []metrics.Sample
	fewest  int // goroutines at a barrier, so far
}

// newMeter returns a meter.
func newMeter() *meter {
	m := &meter{fewest: runtime.NumGoroutine()}
	for _, g := range gauges {
		if g.metric != "" {
			m.runtime = append(m.runtime, metrics.Sample{Name: g.metric})
		}
	}
	return m
}

// settleYields bounds how often the meter gives way to goroutines that are about to end.
const settleYields = 200

// read waits for the end of goroutines that are ending, collects twice (the first runs finalizers and empties pools, the second frees what these let go), and
// stores the gauges into values, in their order; NaN where the system does not tell.
func (m *meter) read(values []float64) {
	for i := 0; i < settleYields && runtime.NumGoroutine() > m.fewest; i++ {
		runtime.Gosched()
	}
	m.fewest = min(m.fewest, runtime.NumGoroutine())
	runtime.GC()
	runtime.GC()
	metrics.Read(m.runtime)
	next := 0
	for i, g := range gauges {
		if g.metric == "" {
			values[i] = openFiles()
			continue
		}
		values[i] = number(m.runtime[next].Value)
		next++
	}
}

// number returns a value of the runtime, NaN if this version of Go does not have it.
func number(v metrics.Value) float64 {
	if v.Kind() != metrics.KindUint64 {
		return nan
	}
	return float64(v.Uint64())
}

// openFiles counts the descriptors of this process, or returns NaN where no directory lists them. The one that lists them is among them, always.
func openFiles() float64 {
	for _, name := range []string{"/proc/self/fd", "/dev/fd"} {
		if list, err := os.ReadDir(name); err == nil {
			return float64(len(list))
		}
	}
	return nan
}
