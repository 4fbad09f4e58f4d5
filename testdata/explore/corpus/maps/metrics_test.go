package maps

import (
	"sync"
	"testing"
)

// explore:want race
// One looks a counter up while another adds one.
func TestMetricsBug(t *testing.T) { countRequests(t, (*metricSet).counter) }

func TestMetricsFixed(t *testing.T) { countRequests(t, (*metricSet).counterFixed) }

func countRequests(t *testing.T, get func(*metricSet, string) *counter) {
	m := newMetricSet()
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { get(m, "requests").inc() })
	}
	wg.Wait()
	if c := get(m, "requests"); c.n != 2 {
		t.Errorf("%d requests, want 2", c.n)
	}
}
