package gotest

import (
	"runtime"
	"strconv"
	"time"
)

// A Plan holds the conditions under which one process runs. It is a function of the seed, the test and the number of the run.
type Plan struct {
	Seed    uint64  // handed to the process as HARNESS_RUN_SEED
	Procs   int     // GOMAXPROCS
	GOGC    string  // "" leaves it as it is
	CPU     int     // the only CPU to run on, or -1
	Pauses  []Pause // in the order of their time
	Shuffle uint64  // -test.shuffle, 0 for none
	Late    bool    // the race detector waits a second at exit for late races
}

// A Pause stops a process for a moment.
type Pause struct {
	After time.Duration // since the start of the process
	For   time.Duration
}

// A planner makes plans.
type planner struct {
	seed    uint64
	procs   []int
	cpus    []int // on which processes may be pinned, at least two; otherwise there is nothing to vary
	calm    bool
	gogc    bool // GOGC may be set
	shuffle bool
	replay  *Plan // of every second process
}

// procsUpTo returns the powers of two up to twice the number of CPUs, at least up to 8.
func procsUpTo(cpus int) []int {
	var all []int
	for p := 1; p <= max(8, 2*cpus); p *= 2 {
		all = append(all, p)
	}
	return all
}

// newPlanner prepares the planner of a run.
func newPlanner(c RunConfig, env []string) planner {
	p := planner{seed: c.Seed, procs: c.Procs, calm: c.Calm, shuffle: c.Isolate == PerPackage, replay: c.Plan}
	if len(p.procs) == 0 {
		p.procs = procsUpTo(runtime.NumCPU())
	}
	if fixed, ok := lookup(c.Env, "GOMAXPROCS"); ok {
		if n, err := strconv.Atoi(fixed); err == nil && n > 0 {
			p.procs = []int{n}
		}
	}
	if cpus := availableCPUs(); len(cpus) > 1 {
		p.cpus = cpus
	}
	_, gogc := lookup(env, "GOGC")
	_, limit := lookup(env, "GOMEMLIMIT")
	p.gogc = !gogc && !limit
	return p
}

// plan returns the conditions of the n-th run of a test, n from 0.
func (p planner) plan(test string, n int, late bool) Plan {
	if p.replay != nil {
		if n%2 == 0 {
			return *p.replay
		}
		n /= 2
	}
	d := draw(p.seed ^ hash(test) ^ mix(uint64(n)+1))
	plan := Plan{Seed: d.next(), CPU: -1, Late: late}
	plan.Procs = p.procs[p.procsIndex(&d)]
	if p.shuffle && d.below(2) == 0 && !p.calm {
		plan.Shuffle = d.next()>>1 | 1
	}
	if p.calm {
		return plan
	}
	if gogc := [...]string{"10", "50", "off", "", "", "", "", ""}[d.below(8)]; p.gogc {
		plan.GOGC = gogc
	}
	if d.below(4) == 0 && len(p.cpus) > 0 {
		plan.CPU = p.cpus[d.below(len(p.cpus))]
	}
	if d.below(8) == 0 && canPause {
		plan.Pauses = pauses(&d)
	}
	return plan
}

// procsIndex draws a value of GOMAXPROCS. 1 gets half the weight of any other: it hides most races on memory.
func (p planner) procsIndex(d *draw) int {
	if i := d.below(2*len(p.procs) - 1); i > 0 || len(p.procs) == 1 {
		return (i + 1) / 2
	}
	return 0
}

// pauses draws one or two pauses.
func pauses(d *draw) []Pause {
	var all []Pause
	at := time.Duration(0)
	for range 1 + d.below(2) {
		at += time.Duration(d.below(15_000)) * time.Microsecond
		all = append(all, Pause{After: at, For: time.Duration(200+d.below(3_800)) * time.Microsecond})
	}
	return all
}

// A draw is a stream of random numbers: SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, OOPSLA 2014).
type draw uint64

// next returns the next number.
func (d *draw) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	return mix(uint64(*d))
}

// below returns a number from 0 to n-1. Its bias, n in 2^64, does not matter here.
func (d *draw) below(n int) int { return int(d.next() % uint64(n)) }

// mix spreads the bits of a number.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// hash is FNV-1a of a text, mixed.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return mix(h)
}
