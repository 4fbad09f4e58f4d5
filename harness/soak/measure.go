package soak

import (
	"os"
	"runtime"
	"runtime/metrics"
)

// A Sample is what a process holds at one moment at which nothing should be going on.
type Sample struct {
	// Heap is the memory of live objects, in bytes.
	Heap int64 `json:"heap"`
	// Goroutines is the number of goroutines.
	Goroutines int64 `json:"goroutines"`
	// Files is the number of open descriptors, or -1 where the system does not tell.
	Files int64 `json:"files"`
}

// measure reads a sample of this process, after two collections: the first runs finalizers and empties pools, the second frees what these
// let go.
//
// Of the metrics of the runtime /gc/heap/live:bytes is the right one: the bytes that the last collection marked. The memory classes
// (/memory/classes/heap/objects:bytes) also count what was allocated since and may be dead; MemStats.HeapInuse counts whole spans and so grows
// with fragmentation.
func measure() Sample {
	runtime.GC()
	runtime.GC()
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	return Sample{Heap: int64(live[0].Value.Uint64()), Goroutines: int64(runtime.NumGoroutine()), Files: openFiles()}
}

// openFiles counts this process's descriptors; the one that lists them is among them, always. It returns -1 where there is no /proc.
func openFiles() int64 {
	d, err := os.Open("/proc/self/fd")
	if err != nil {
		return -1
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	if err != nil {
		return -1
	}
	return int64(len(names))
}
