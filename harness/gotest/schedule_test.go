package gotest

import (
	"testing"
	"time"
)

func TestTimeIsShared(t *testing.T) {
	slow, fast := &job{}, &job{}
	s := schedule{jobs: []*job{slow, fast}}
	for range 600 {
		j := s.next()
		s.start(j)
		s.end(j, map[*job]time.Duration{slow: 100 * time.Millisecond, fast: 10 * time.Millisecond}[j], true)
	}
	if ratio := float64(fast.ended) / float64(slow.ended); ratio < 8 || ratio > 12 {
		t.Errorf("%d slow processes, %d fast ones", slow.ended, fast.ended)
	}
}

func TestRunningProcessesCount(t *testing.T) {
	a, b := &job{}, &job{}
	s := schedule{jobs: []*job{a, b}}
	s.start(s.next())
	if s.next() != b {
		t.Error("both workers got the same test")
	}
}

func TestIterationsEnd(t *testing.T) {
	s := schedule{jobs: []*job{{}, {}}, iterations: 3}
	n := 0
	for j := s.next(); j != nil; j = s.next() {
		s.start(j)
		s.end(j, time.Millisecond, true)
		n++
	}
	if n != 6 {
		t.Errorf("%d processes, want 6", n)
	}
}

func TestFruitlessTestsAreGivenUp(t *testing.T) {
	j := &job{}
	s := schedule{jobs: []*job{j}}
	for range maxBarren - 1 {
		s.start(j)
		s.end(j, time.Millisecond, false)
	}
	s.start(j)
	s.end(j, time.Millisecond, true) // one that ran starts the count again
	n := 0
	for ; s.next() != nil; n++ {
		s.start(j)
		s.end(j, time.Millisecond, false)
	}
	if n != maxBarren || j.dropped == "" {
		t.Errorf("given up after %d", n)
	}
}
