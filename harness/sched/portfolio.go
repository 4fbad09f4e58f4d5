package sched

// NewPortfolio returns the default: half of the schedules by surw (half of these with roles), an eighth each by pos, pct, urw and rw, which
// share one profile. No strategy is best at every kind of bug, and none of them is lost so.
//
// Schedules to the first failure of the 22 classics that are measured (package model/classics), geometric means of means of 60 trials: surw 5.1,
// portfolio 6.1, pos 7.4, urw 7.9, rw 11, pct10 13, pct 17, pct3 23.
func NewPortfolio() Strategy {
	p := newProfile()
	s, r := &surw{profile: p}, &surw{profile: p, roles: true}
	return drive(p, s, s, r, r, &pos{}, &pct{profile: p}, &urw{profile: p}, &rw{})
}

// makers are the strategies by name.
var makers = []struct {
	name string
	make func() Strategy
}{
	{"portfolio", NewPortfolio},
	{"rw", NewRW},
	{"pct", func() Strategy { return NewPCT(0) }},
	{"pct3", func() Strategy { return NewPCT(3) }},
	{"pct10", func() Strategy { return NewPCT(10) }},
	{"pos", NewPOS},
	{"urw", NewURW},
	{"surw", NewSURW},
}

// enumerators are the strategies that go through the schedules one by one, by name.
var enumerators = []struct {
	name string
	make func() Strategy
}{
	{"dpor", func() Strategy { return NewDPOR() }},
	{"pb", func() Strategy { return NewPB() }},
	{"db", func() Strategy { return NewDB() }},
}

// Names returns the names of the strategies that draw each schedule, the default first.
func Names() []string {
	var names []string
	for _, m := range makers {
		names = append(names, m.name)
	}
	return names
}

// New returns a strategy by name: one of Names, or dpor, pb or db, which enumerate.
func New(name string) (Strategy, bool) {
	for _, m := range makers {
		if m.name == name {
			return m.make(), true
		}
	}
	for _, m := range enumerators {
		if m.name == name {
			return m.make(), true
		}
	}
	return nil, false
}

// NameOf returns the name of the strategy that decided the execution before, or decides the one that has begun: of the default, that of the one
// that it drew. It is empty for a strategy that is none of those that draw each schedule.
func NameOf(s Strategy) string {
	switch s := s.(type) {
	case *Recorder:
		return NameOf(s.inner)
	case *driver:
		if s.current != nil {
			return s.current.name()
		}
	}
	return ""
}
