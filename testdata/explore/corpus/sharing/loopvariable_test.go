package sharing

import (
	"sync"
	"testing"
)

// explore:want race
// explore:also assertion
// The goroutines read the one variable that the loop goes on writing. Deterministic for the race detector.
func TestLoopVariableBug(t *testing.T) { runJobs(t, runBatch) }

func TestLoopVariableFixed(t *testing.T) { runJobs(t, runBatchFixed) }

func runJobs(t *testing.T, runBatch func([]job, func(job)) job) {
	var mu sync.Mutex
	sum := 0
	last := runBatch([]job{{1}, {2}, {4}}, func(j job) {
		mu.Lock()
		defer mu.Unlock()
		sum += j.id
	})
	if sum != 7 || last.id != 4 {
		t.Errorf("sum %d, last %d", sum, last.id)
	}
}
