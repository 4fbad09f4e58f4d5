package sched

import (
	"math"
	"slices"
	"testing"
)

// sampled returns a census of draws from so many equally likely classes.
func sampled(seed uint64, classes, draws int) (c census) {
	r := random{seed}
	for range draws {
		c.count(mix(1 + r.below(uint64(classes))))
	}
	return c
}

// TestPoolIsOneCensus: several processes together know what one would know that had run all their schedules.
func TestPoolIsOneCensus(t *testing.T) {
	var all census
	var pool Pool
	for seed := range uint64(4) {
		c := sampled(seed, 1000, 500)
		pool.Add(c.Classes(1 << 20))
		r := random{seed}
		for range 500 {
			all.count(mix(1 + r.below(1000)))
		}
	}
	if pool.Traces() != all.Traces() || pool.Executions() != all.Executions() || pool.once != all.once || pool.twice != all.twice {
		t.Errorf("%d classes, %d once, %d twice in the pool; %d, %d, %d in one census", pool.Traces(), pool.once, pool.twice, all.Traces(), all.once, all.twice)
	}
}

// TestPoolOfFew: where little is handed over, the pool speaks for all from that. Two processes that have seen the same half of the classes cover half.
func TestPoolOfFew(t *testing.T) {
	const classes, draws = 100_000, 70_000
	var pool Pool
	for seed := range uint64(2) {
		c := sampled(seed, classes, draws)
		text, _ := c.Classes(4096).AppendText(nil)
		var read Classes
		if err := read.UnmarshalText(text); err != nil {
			t.Fatal(err)
		}
		if len(read.Hashes) > 4096 || len(read.Hashes) < 1024 {
			t.Fatalf("%d classes", len(read.Hashes))
		}
		pool.Add(read)
	}
	unseen := math.Exp(-2 * float64(draws) / classes)
	if got, want := float64(pool.Traces()), classes*(1-unseen); math.Abs(got-want) > 0.1*want {
		t.Errorf("%v classes, want about %v", got, want)
	}
	if math.Abs(pool.Coverage()-(1-unseen)) > 0.08 {
		t.Errorf("coverage %v, want about %v", pool.Coverage(), 1-unseen)
	}
}

// FuzzClasses: whatever the text is, what can be read is written as it was read.
func FuzzClasses(f *testing.F) {
	for _, text := range []string{"0 3 00000000000000011", "2 9 00000000000000103", "0 0 ", "", "1 1 00000000000000011", "0 1 x", "-1 0 ", "0 1 00000000000000014"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var c Classes
		if c.UnmarshalText([]byte(text)) != nil {
			return
		}
		again, _ := c.AppendText(nil)
		var d Classes
		if err := d.UnmarshalText(again); err != nil || !slices.Equal(c.Hashes, d.Hashes) || !slices.Equal(c.Times, d.Times) || c.Executed != d.Executed || c.Halvings != d.Halvings {
			t.Errorf("%q: %q, %v", text, again, err)
		}
		var p Pool
		p.Add(c)
		_ = p.Coverage() + p.Total()
	})
}
