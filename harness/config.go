package harness

import "time"

// A Config says how an engine runs a target. The zero value of each field means its default.
type Config struct {
	// Seed fixes every decision that the harness makes. The schedule of real goroutines is not among them.
	Seed uint64
	// For bounds the time. 0: no bound if Iterations is set, else one second.
	For time.Duration
	// Iterations bounds the histories of stress and the generated programs of check. 0: no bound if For is set, else 100.
	Iterations int
	// Goroutines is the number of clients of a history under stress (default 4), and the most of a program under check (default 3).
	Goroutines int
	// Ops is the number of operations of each client under stress (default 16), and the most of a whole program under check (default 8).
	Ops int
	// Schedules is the most schedules that check explores for one program (default 400).
	Schedules int
	// Configs bounds the search of the history checker, in configurations (default 500 000).
	Configs int
	// Patience is how long an iteration may make no progress before it counts as a hang (default 5 s).
	Patience time.Duration
	// Limit is the number of failures after which a bucket is only counted, and the run ends once every bucket has as many (default 20).
	Limit int
	// LockCheck makes Env.Lock return the mutex of go-deadlock, and its reports failures.
	LockCheck bool
	// Faults are injected (chaos); nil means the target's own.
	Faults []*Fault
	// Clock reads the time since some fixed moment. Nil means the real one.
	Clock func() time.Duration
	// Progress is told now and then how many runs are finished. It may be nil, and must be quick.
	Progress func(runs, operations int64)
	// Announce is told the number of each history, from 1, before it runs under stress. It may be nil.
	Announce func(n int64)
	// Keep makes engines go on after failures until the budget ends, as soak wants; else they stop early.
	Keep bool
}

// with returns the config with the defaults of an engine filled in.
func (c Config) with(goroutines, ops int) Config {
	if c.For == 0 && c.Iterations == 0 {
		c.For, c.Iterations = time.Second, 100
	}
	setDefault(&c.Goroutines, goroutines)
	setDefault(&c.Ops, ops)
	setDefault(&c.Schedules, 400)
	setDefault(&c.Configs, 500_000)
	setDefault(&c.Patience, 5*time.Second)
	setDefault(&c.Limit, 20)
	if c.Clock == nil {
		c.Clock = realClock()
	}
	if c.Progress == nil {
		c.Progress = func(int64, int64) {}
	}
	if c.Announce == nil {
		c.Announce = func(int64) {}
	}
	return c
}

// setDefault sets v to d if it is zero.
func setDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}

// spent reports whether the budget is used up after n runs since the clock read start.
func (c *Config) spent(start time.Duration, n int64) bool {
	return c.Iterations > 0 && n >= int64(c.Iterations) || c.For > 0 && c.Clock()-start >= c.For
}
