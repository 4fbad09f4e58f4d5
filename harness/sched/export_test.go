package sched

// NewUniformSURW is surw without its roles.
func NewUniformSURW() Strategy {
	p := newProfile()
	return drive(p, &surw{profile: p})
}
