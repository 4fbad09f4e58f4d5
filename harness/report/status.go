package report

// A Status is the outcome of running a target.
type Status string

// The outcomes. Caught and Missed are about wrong twins, which are expected to be caught.
const (
	// Held: no violation was found in what ran.
	Held Status = "held"
	// Violated: a violation was found.
	Violated Status = "violated"
	// Inconclusive: the question could not be answered, or too little ran.
	Inconclusive Status = "inconclusive"
	// Caught: the violation of a wrong twin was found.
	Caught Status = "caught"
	// Missed: the violation of a wrong twin was not found.
	Missed Status = "missed"
	// Skipped: it was not run, for a reason that the message gives.
	Skipped Status = "skipped"
	// Errored: the harness or the target could not run.
	Errored Status = "error"
)

// statuses lists all outcomes, the gravest first.
var statuses = []Status{Violated, Missed, Errored, Inconclusive, Held, Caught, Skipped}

// gravity orders outcomes, the gravest first; an unknown one counts as inconclusive.
func (s Status) gravity() int {
	inconclusive := 0
	for i, t := range statuses {
		if t == s {
			return i
		}
		if t == Inconclusive {
			inconclusive = i
		}
	}
	return inconclusive
}

// Worst returns the gravest of outcomes: violated, missed, error, inconclusive, held, caught, skipped. Of none it returns Inconclusive,
// since nothing was shown.
func Worst(all ...Status) Status {
	if len(all) == 0 {
		return Inconclusive
	}
	worst := all[0]
	for _, s := range all[1:] {
		if s.gravity() < worst.gravity() {
			worst = s
		}
	}
	return worst
}

// Counts says how many targets had which outcome.
type Counts struct {
	Held         int `json:"held,omitempty"`
	Violated     int `json:"violated,omitempty"`
	Inconclusive int `json:"inconclusive,omitempty"`
	Caught       int `json:"caught,omitempty"`
	Missed       int `json:"missed,omitempty"`
	Skipped      int `json:"skipped,omitempty"`
	Errors       int `json:"errors,omitempty"`
}

// of returns the count of an outcome; an unknown one counts as inconclusive.
func (c *Counts) of(s Status) *int {
	switch s {
	case Held:
		return &c.Held
	case Violated:
		return &c.Violated
	case Caught:
		return &c.Caught
	case Missed:
		return &c.Missed
	case Skipped:
		return &c.Skipped
	case Errored:
		return &c.Errors
	}
	return &c.Inconclusive
}

// Add counts one more outcome.
func (c *Counts) Add(s Status) { *c.of(s)++ }

// Total returns the number of targets.
func (c Counts) Total() int {
	n := 0
	for _, s := range statuses {
		n += *c.of(s)
	}
	return n
}

// Worst returns the gravest outcome that was counted.
func (c Counts) Worst() Status {
	for _, s := range statuses {
		if *c.of(s) > 0 {
			return s
		}
	}
	return Inconclusive
}
