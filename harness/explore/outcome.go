package explore

import (
	"fmt"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/explain"
	"github.com/concurrency-god-mode/godmode/harness/sched"
	"github.com/concurrency-god-mode/godmode/harness/signature"
)

// An outcome is what became of a child.
type outcome struct {
	greeted  bool
	now      counts
	done     *finished
	failed   *failed // Failure is "" if this is the record of a schedule that passed
	dying    *failed // the schedule that was about to end the process; how it did is in exit and output
	outside  *explain.Uncontrolled
	diverged []Divergence
	programs []*program // that the last schedule has run
	trace    *trace

	exit      signature.ExitInfo
	output    []byte
	silence   bool // it was asked for a dump because it finished no schedule
	cancelled bool
	torn      error  // an event could not be read
	problem   string // why it shows nothing
	elapsed   time.Duration
}

// listen takes the events of a child, and tells alive of each.
func (o *outcome) listen(events interface{ Read([]byte) (int, error) }, alive chan<- struct{}, progress func(counts)) {
	beat := func() {
		select {
		case alive <- struct{}{}:
		default:
		}
	}
	o.torn = listener{
		hello: func() { o.greeted = true; beat() },
		progress: func(c counts) {
			o.now = c
			beat()
			if progress != nil {
				progress(c)
			}
		},
		failed:   func(f *failed) { o.failed = f; beat() },
		dying:    func(f *failed) { o.dying = f; beat() },
		outside:  func(u explain.Uncontrolled) { o.outside = &u; beat() },
		diverged: func(d Divergence) { o.diverged = append(o.diverged, d); beat() },
		program:  func(a announced) { o.programs = a.add(o.programs); beat() },
		done:     func(f finished) { o.done, o.now = &f, f.counts; beat() },
	}.read(events)
}

// A finding is a schedule that failed, as the child that ran it told, or as it left it when it died.
type finding struct {
	race      bool // in the executable with the race detector
	number    uint64
	strategy  string
	seed      uint64 // of this schedule
	switches  []sched.Switch
	execution *explain.Execution
	died      bool
	after     time.Duration // since its test was begun
	schedules int64         // of the test until then
	chunk     *request      // that it was found in, nil if it is a replay
	program   *program      // that the clients of a target ran; nil for tests that generate none
}

// refusal is the exit code of a child that cannot do what it is asked.
const refusal = 125

// finding returns the failure that a child of a test showed, or nil.
func (o *outcome) finding(test string) *finding {
	switch {
	case o.cancelled || o.problem != "" || o.outside != nil:
		return nil
	case o.failed != nil && o.failed.Failure != "":
		return o.withProgram(o.told(test))
	case o.failed != nil || o.done != nil || !o.greeted || o.trace == nil || o.exit.Code == refusal:
		return nil
	}
	return o.withProgram(o.died(test))
}

// told returns the failure that a child described itself.
func (o *outcome) told(test string) *finding {
	f := o.failed
	x := f.Execution
	if x == nil {
		x = &explain.Execution{}
	}
	x.Test, x.Failure, x.Message = test, f.Failure, f.Message
	if x.Output == "" {
		x.Output = string(o.output)
	}
	return &finding{number: f.Schedule, strategy: f.Strategy, seed: uint64(f.Seed), switches: f.switches(), execution: x}
}

// died returns the failure of a child that ended in the middle of a schedule.
func (o *outcome) died(test string) *finding {
	kind, message := o.cause()
	if kind == string(signature.Infra) {
		return nil
	}
	x := &explain.Execution{Test: test}
	f := &finding{number: o.trace.number, seed: o.trace.seed, switches: o.trace.switches, execution: x, died: true}
	if d := o.dying; d != nil {
		f.strategy, f.switches = d.Strategy, d.switches()
		if d.Execution != nil {
			f.execution = d.Execution
		}
	}
	f.execution.Failure, f.execution.Message, f.execution.Output = kind, message, string(o.output)
	return f
}

// cause says how a child died, in the words of package explain.
func (o *outcome) cause() (kind, message string) {
	if o.exit == (signature.ExitInfo{}) {
		return "exit", "the process ended with exit status 0 before the test did"
	}
	all := signature.Parse(o.output, o.exit)
	f := all[len(all)-1] // a race that was reported before is not what ended the process
	for _, g := range all {
		if g.Kind != signature.Race && g.Kind != signature.Assertion {
			f = g
			break
		}
	}
	if f.Kind == signature.Fatal {
		return "crash", f.Title
	}
	return string(f.Kind), f.Title
}

// complaint says why a child that showed no failure shows nothing else either, or returns "".
func (o *outcome) complaint() string {
	said := brief(o.output)
	switch {
	case o.cancelled || o.problem != "":
		return o.problem
	case o.torn != nil:
		return o.torn.Error()
	case o.exit.Code == refusal && strings.HasPrefix(said, "godmode: "):
		return said
	case o.silence && o.done == nil && o.failed == nil:
		return "it finished no schedule in its time, and could not be asked why"
	case o.done != nil || o.failed != nil || o.outside != nil:
		return ""
	case !o.greeted && o.exit == (signature.ExitInfo{}):
		return "its TestMain does not run the tests"
	case !o.greeted:
		return "the process ended before the test: " + said
	case o.exit.Signal != "":
		return "the process was ended from outside by signal " + o.exit.Signal
	}
	return fmt.Sprintf("the process ended with exit status %d before it had begun: %s", o.exit.Code, said)
}

// brief returns the last lines of an output as one.
func brief(output []byte) string {
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], "; ")
}
