package dump

import "testing"

// TestStandard: which frames are nobody's own.
func TestStandard(t *testing.T) {
	for _, c := range []struct {
		function, file string
		standard       bool
	}{
		{"sync.(*Mutex).Lock", "/usr/local/go/src/sync/mutex.go", true},
		{"sync.(*Mutex).Lock", "sync/mutex.go", true},
		{"internal/sync.runtime_SemacquireMutex", "/usr/local/go/src/runtime/sema.go", true},
		{"internal/sync.runtime_SemacquireMutex", "runtime/sema.go", true},
		{"panic", "runtime/panic.go", true},
		{"main.main", "/src/main.go", false},
		{"queue.(*Queue).Get", "/build/queue/queue.go", false},
		{"example.com/runtime.Get", "example.com/runtime/get.go", false},
	} {
		if got := (Frame{Func: c.function, File: c.file}).standard(); got != c.standard {
			t.Errorf("%s in %s: %v", c.function, c.file, got)
		}
	}
}
