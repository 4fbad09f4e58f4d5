package sched

import "math"

// A Probe is a random walk that estimates how many schedules there are (Knuth, "Estimating the efficiency of backtrack programs", Mathematics of
// Computation 1975): the product of the numbers of threads and options among which it chose has the number of all schedules as its mean. The mean
// is right from the first probe on, but its spread is wide: a few probes are worth an order of magnitude, no more.
type Probe struct {
	random  random
	product float64
	sum     float64
	squares float64
	n       int
}

// NewProbe returns a probe.
func NewProbe() *Probe { return &Probe{} }

// Schedules returns the estimate, and its standard error.
func (p *Probe) Schedules() (estimate, deviation float64) {
	if p.n == 0 {
		return 0, 0
	}
	n := float64(p.n)
	mean := p.sum / n
	return mean, math.Sqrt(max(0, p.squares/n-mean*mean) / n)
}

// Begin starts another probe.
func (p *Probe) Begin(x *Exec, seed uint64) bool {
	p.random.state, p.product = seed, 1
	return true
}

// Pick chooses.
func (p *Probe) Pick(x *Exec) int32 {
	p.product *= float64(len(x.Enabled))
	return x.Enabled[p.random.below(uint64(len(x.Enabled)))]
}

// Choose chooses.
func (p *Probe) Choose(x *Exec, thread int32, n int) int {
	p.product *= float64(n)
	return int(p.random.below(uint64(n)))
}

// End counts the probe, whatever came out.
func (p *Probe) End(x *Exec, outcome Outcome) {
	p.n++
	p.sum += p.product
	p.squares += p.product * p.product
}

// Started does nothing.
func (p *Probe) Started(x *Exec, thread int32) {}

// Ran does nothing.
func (p *Probe) Ran(x *Exec, thread int32, op Op) {}
