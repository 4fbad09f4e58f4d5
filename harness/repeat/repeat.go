// Package repeat tells a test how often it has run in this process, so that go test -count=100 repeats what repetition is good for.
//
// Repeating finds flaky tests and rare schedules. A test that builds programs and starts processes for half a minute shows nothing new the hundredth time,
// and keeps the other packages from being repeated at all. Such a test runs in full once in a process; later it runs what is quick.
package repeat

import (
	"sync"
	"testing"
)

var (
	mu   sync.Mutex
	runs = map[string]int{}
)

// Nth returns how often the test of that name asked before in this process: 0 the first time. Call it once in a test.
func Nth(t testing.TB) int {
	t.Helper()
	mu.Lock()
	defer mu.Unlock()
	n := runs[t.Name()]
	runs[t.Name()]++
	return n
}

// Once skips a test that this process has run before: one that takes long and whose outcome another run would not change.
func Once(t testing.TB) {
	t.Helper()
	if Nth(t) > 0 {
		t.Skip("ran in this process before: too long to be repeated by -count")
	}
}

// Tenth skips a test but for the first of every ten times that this process runs it: one that takes a second, and whose outcome is not always the same.
func Tenth(t testing.TB) {
	t.Helper()
	if Nth(t)%10 != 0 {
		t.Skip("runs one time in ten with -count: it takes long")
	}
}
