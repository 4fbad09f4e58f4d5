package signature

import (
	"runtime"
	"strings"
	"testing"
)

// TestFailuresDoNotHoldTheirOutput keeps the failures of many large outputs and measures what stays in memory.
func TestFailuresDoNotHoldTheirOutput(t *testing.T) {
	const size, n = 1 << 19, 12
	noise := strings.Repeat("a line that says nothing, and at some length so that there are few: "+strings.Repeat(".", 932)+"\n", size/1000)
	outputs := map[string]ExitInfo{"panic-index": {Code: 2}, "race-one": {Code: 1}, "hang-lockorder": {Code: 2, TimedOut: true}, "assert-all": {Code: 1}}
	all := recordings(t)
	var kept []Failure
	before := heap()
	for range n / len(outputs) {
		for name, exit := range outputs {
			kept = append(kept, Parse([]byte(noise+string(all[name])), exit)...)
		}
	}
	if grown := heap() - before; len(kept) < n || grown > n*size/3 {
		t.Errorf("%d failures of %d MB of output hold %d bytes", len(kept), n*size>>20, grown)
	}
	runtime.KeepAlive(kept)
}

// heap returns the bytes that are alive.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
