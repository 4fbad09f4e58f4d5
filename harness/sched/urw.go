package sched

// urw is the uniform random walk (Zhao, Wolff, Mathur, Roychoudhury, "Selectively Uniform Concurrency Testing", ASPLOS 2025). A thread is picked
// with a probability in proportion to the operations that it, with the threads that it has yet to start, still has to execute. If these counts are
// exact and nothing waits, all interleavings are equally likely. The counts are learned; a thread of which nothing is known counts for one. What is
// private to a thread, as to start another, is not counted.
type urw struct {
	random  random
	profile *profile
	weights
}

// NewURW returns the uniform random walk.
func NewURW() Strategy {
	p := newProfile()
	return drive(p, &urw{profile: p})
}

func (s *urw) Begin(x *Exec, seed uint64) bool {
	s.random.state = seed
	s.weights.begin(s.profile.remaining())
	return true
}

func (s *urw) Started(x *Exec, thread int32) {
	s.weights.started(x, thread, s.profile.index(thread))
}

func (s *urw) Pick(x *Exec) int32 { return s.weights.draw(x, &s.random) }

func (s *urw) Ran(x *Exec, thread int32, op Op) {
	if !op.Private() {
		s.weights.spend(thread)
	}
}

func (s *urw) End(x *Exec, outcome Outcome) {}
func (s *urw) demote(x *Exec, thread int32) {}

// weights are what threads still have to execute, of whatever is counted.
type weights struct {
	whole []int32 // by thread of the profile, with its descendants
	left  []int64 // by thread of the execution
}

func (w *weights) begin(whole []int32) { w.whole, w.left = whole, w.left[:0] }

// started takes over what the thread that started this one still had to execute for it.
func (w *weights) started(x *Exec, thread, index int32) {
	n := int64(0)
	if index >= 0 && int(index) < len(w.whole) {
		n = int64(w.whole[index])
	}
	w.left = append(w.left, n)
	if p := x.Threads[thread].Parent; p >= 0 {
		w.left[p] -= n
	}
}

// draw picks an enabled thread in proportion to the weights.
func (w *weights) draw(x *Exec, r *random) int32 {
	sum := int64(0)
	for _, t := range x.Enabled {
		sum += max(1, w.left[t])
	}
	n := int64(r.below(uint64(sum)))
	for _, t := range x.Enabled {
		if n -= max(1, w.left[t]); n < 0 {
			return t
		}
	}
	return x.Current
}

func (w *weights) spend(thread int32) { w.left[thread]-- }

func (s *urw) name() string { return "urw" }
