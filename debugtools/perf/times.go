package perf

import (
	"encoding/json"
	"time"
)

// Times is how long goroutines were in each state. Of goroutines that ran at the same time the times are added.
type Times struct {
	Running  time.Duration `json:"running_ns"`
	Runnable time.Duration `json:"runnable_ns"` // ready, and waiting for a processor
	Syscall  time.Duration `json:"syscall_ns"`
	Blocked  ByKind        `json:"blocked_ns"` // by what was waited for
}

// ByKind holds a time for each kind of wait. As JSON it is an object of those that are not 0.
type ByKind [Kinds]time.Duration

// MarshalJSON implements json.Marshaler.
func (b ByKind) MarshalJSON() ([]byte, error) {
	times := map[Kind]time.Duration{}
	for k, d := range b {
		if d != 0 {
			times[Kind(k)] = d
		}
	}
	return json.Marshal(times)
}

// Waiting returns the time in which goroutines were blocked.
func (t *Times) Waiting() time.Duration {
	var sum time.Duration
	for _, d := range t.Blocked {
		sum += d
	}
	return sum
}

// Total returns the time of all states: how long the goroutines lived.
func (t *Times) Total() time.Duration { return t.Running + t.Runnable + t.Syscall + t.Waiting() }

// Locks returns the time in which goroutines waited for somebody to unlock.
func (t *Times) Locks() time.Duration {
	return t.Blocked[Mutex] + t.Blocked[RWMutex] + t.Blocked[Once]
}

// add adds the times of others.
func (t *Times) add(o *Times) {
	t.Running += o.Running
	t.Runnable += o.Runnable
	t.Syscall += o.Syscall
	for k, d := range o.Blocked {
		t.Blocked[k] += d
	}
}

// share returns part as a share of whole, and 0 if there is no whole.
func share(part, whole time.Duration) float64 {
	if whole <= 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// A Spread is what is kept of many durations.
type Spread struct {
	Count int           `json:"count"`
	Total time.Duration `json:"total_ns"`
	Min   time.Duration `json:"min_ns"`
	Max   time.Duration `json:"max_ns"`
}

// Mean returns the mean, and 0 of nothing.
func (s *Spread) Mean() time.Duration {
	if s.Count == 0 {
		return 0
	}
	return s.Total / time.Duration(s.Count)
}

// add adds one duration.
func (s *Spread) add(d time.Duration) {
	if s.Count == 0 || d < s.Min {
		s.Min = d
	}
	s.Max = max(s.Max, d)
	s.Total += d
	s.Count++
}
