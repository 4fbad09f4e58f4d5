package sched

// rw is the random walk: each decision is uniform over the enabled threads. It switches all the time, so it is good where a bug needs
// many switches close together, and never lets one thread run far ahead of ten others.
type rw struct{ random random }

// NewRW returns the random walk.
func NewRW() Strategy { return drive(newProfile(), &rw{}) }

func (s *rw) Begin(x *Exec, seed uint64) bool {
	s.random.state = seed
	return true
}

func (s *rw) Pick(x *Exec) int32 { return x.Enabled[s.random.below(uint64(len(x.Enabled)))] }

func (s *rw) Started(x *Exec, thread int32)    {}
func (s *rw) Ran(x *Exec, thread int32, op Op) {}
func (s *rw) End(x *Exec, outcome Outcome)     {}
func (s *rw) demote(x *Exec, thread int32)     {}

func (s *rw) name() string { return "rw" }
