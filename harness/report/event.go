package report

import (
	"math"
	"time"
)

// Schema is the version of the events. It is raised when a field changes its meaning; new fields and kinds do not raise it.
const Schema = 1

// A Kind says what an event is about.
type Kind string

// The kinds of events, in the order of a run. Readers skip kinds that they do not know.
const (
	// Start opens a run: what will be run, how, with which seed and budget.
	Start Kind = "start"
	// Run says that a target is being run from now on. Without a target it says that a package is being made ready.
	Run Kind = "run"
	// Progress says how far a target is. Its counts are totals of the target, not differences.
	Progress Kind = "progress"
	// Fault says that a fault was injected.
	Fault Kind = "fault"
	// Violation describes one way in which a target failed. The verdict of the target follows.
	Violation Kind = "violation"
	// Shrink says how far a failure was minimised.
	Shrink Kind = "shrink"
	// Note is a remark that belongs to the result.
	Note Kind = "note"
	// Verdict closes a target.
	Verdict Kind = "verdict"
	// End closes a run: counts, exit code, and what was not proved.
	End Kind = "end"
)

// An Event is something that happened in a run. Kind says which fields mean something; a field that is zero is unknown and left
// out of the JSON. Durations are nanoseconds there.
//
// Events about one target have the same Engine, Package, Target and Bug; that is how sinks bring them together when several targets
// run side by side. [Multi] fills in the first two.
type Event struct {
	// Time is when it happened. [Multi] fills it in.
	Time time.Time `json:"time"`
	Kind Kind      `json:"event"`
	// Schema stands on the first event of a stream. [JSON] fills it in.
	Schema int `json:"schema,omitempty"`

	// Engine is the verb of the command: check, stress, race, explore, chaos, soak.
	Engine string `json:"engine,omitempty"`
	// Package is the import path, or the row of built-in targets. Target is a target or a test in it, Bug a wrong twin of the target,
	// which is expected to be caught.
	Package string `json:"package,omitempty"`
	Target  string `json:"target,omitempty"`
	Bug     string `json:"bug,omitempty"`
	Seed    Seed   `json:"seed,omitzero"`

	// Targets lists what a start event announces, in the order in which it is run and as Name prints it. Subject says what these are:
	// "target", "test" or "property".
	Targets []string `json:"targets,omitempty"`
	Subject string   `json:"subject,omitempty"`
	// Budget is the time of the whole run, Cores the number of processors that it may use.
	Budget time.Duration `json:"budget_ns,omitempty"`
	Cores  int           `json:"cores,omitempty"`

	// Histories counts finished runs of a target, Operations completed calls in them, Schedules controlled schedules, Failures those
	// of them that failed.
	Histories  int64 `json:"histories,omitempty"`
	Operations int64 `json:"operations,omitempty"`
	Schedules  int64 `json:"schedules,omitempty"`
	Failures   int64 `json:"failures,omitempty"`
	// Rate estimates how often a run fails.
	Rate *Rate `json:"rate,omitempty"`
	// Space is the fraction of all schedules that was explored; 1 means exhausted.
	Space float64 `json:"space,omitempty"`
	// Open is the average number of operations open at once, MaxOpen the largest.
	Open    float64 `json:"open,omitempty"`
	MaxOpen int     `json:"max_open,omitempty"`
	// Elapsed is how long it took, After the time to the first failure.
	Elapsed time.Duration `json:"elapsed_ns,omitempty"`
	After   time.Duration `json:"after_ns,omitempty"`

	// Status is the outcome, Property what it is about, Message a line about it, on a run event what it begins with that takes long. Details are short phrases, such as "no leak".
	Status   Status   `json:"status,omitempty"`
	Property string   `json:"property,omitempty"`
	Message  string   `json:"message,omitempty"`
	Details  []string `json:"details,omitempty"`
	// Where names the run that failed first: "history 37", "schedule 14 (pos)".
	Where string `json:"where,omitempty"`
	// Evidence explains a violation to a person, over several lines.
	Evidence string `json:"evidence,omitempty"`
	// From and To say how far something was minimised, in Unit: "operations", "forced switches".
	From int    `json:"from,omitempty"`
	To   int    `json:"to,omitempty"`
	Unit string `json:"unit,omitempty"`
	// Reproduced of Replays replays failed again.
	Reproduced int `json:"reproduced,omitempty"`
	Replays    int `json:"replays,omitempty"`
	// Case is the path of the saved case, Replay and Explain are the commands that go on from there.
	Case    string `json:"case,omitempty"`
	Replay  string `json:"replay,omitempty"`
	Explain string `json:"explain,omitempty"`

	// A fault is Action, done when Key came to Site for the Nth time, counted from 0.
	Site   string `json:"site,omitempty"`
	Key    string `json:"key,omitempty"`
	Nth    uint64 `json:"nth,omitempty"`
	Action string `json:"action,omitempty"`

	// NotProved says in sentences what the run does not show.
	NotProved []string `json:"not_proved,omitempty"`
	// Counts and Exit stand on the end event. Exit points to the code, since 0 has a meaning.
	Counts *Counts   `json:"counts,omitempty"`
	Exit   *ExitCode `json:"exit,omitempty"`
}

// A Rate is the estimated probability of a failure in one run, with its 95 % confidence interval.
type Rate struct {
	Estimate float64 `json:"estimate"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
}

// Name returns the target as people write it: "treiber-stack", "treiber-stack#aba" for a wrong twin; the package if there is no target.
func (e Event) Name() string {
	switch {
	case e.Target == "":
		return e.Package
	case e.Bug != "":
		return e.Target + "#" + e.Bug
	}
	return e.Target
}

// encodable returns the event without numbers that JSON cannot write: infinities and NaN become 0, which is unknown.
func (e Event) encodable() Event {
	e.Space, e.Open = finite(e.Space), finite(e.Open)
	if r := e.Rate; r != nil {
		e.Rate = &Rate{finite(r.Estimate), finite(r.Low), finite(r.High)}
	}
	return e
}

func finite(f float64) float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	return f
}
