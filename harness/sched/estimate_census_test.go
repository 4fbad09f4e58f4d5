package sched

import (
	"math"
	"testing"
)

// TestCensusOfMoreThanItKeeps draws from more classes than it has memory for, all equally likely, so that what it should say is known.
func TestCensusOfMoreThanItKeeps(t *testing.T) {
	const classes, draws = 3 * mostTraces, 4 * mostTraces
	var c census
	r := random{1}
	for range draws {
		c.count(mix(1 + r.below(classes)))
	}
	unseen := math.Exp(-float64(draws) / classes)
	for name, v := range map[string][2]float64{
		"traces":   {float64(c.Traces()), classes * (1 - unseen)},
		"total":    {c.Total(), classes},
		"coverage": {c.Coverage(), 1 - unseen},
	} {
		if math.Abs(v[0]-v[1]) > 0.03*v[1] {
			t.Errorf("%s: %v, want about %v", name, v[0], v[1])
		}
	}
	if c.Executions() != draws || len(c.times) > mostTraces || c.halvings == 0 {
		t.Errorf("%d executions, %d kept, halved %d times", c.Executions(), len(c.times), c.halvings)
	}
}
