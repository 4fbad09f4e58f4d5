package harness

import (
	"fmt"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/choice"
	"github.com/concurrency-god-mode/godmode/harness/coop"
)

// A Schedule is a list of forced switches between the clients of a program; between them each client runs on.
type Schedule []coop.Switch

// String prints a switch a line.
func (s Schedule) String() string {
	var b strings.Builder
	for _, sw := range s {
		if sw.Task < 0 {
			fmt.Fprintf(&b, "start with c%d\n", sw.To)
			continue
		}
		fmt.Fprintf(&b, "c%d at its point %d (%s): switch to c%d\n", sw.Task, sw.Nth, sw.Site, sw.To)
	}
	return b.String()
}

// Bounds of a controlled run: a schedule of a small program has some dozens of steps; one of thousands spins.
const (
	stepLimit    = 4000
	fairSteps    = 40
	randomShare  = 4 // one schedule in so many is a random walk
	switchChance = 0.3
)

// A controlled runs programs of a target whose code passes points, under schedules that it decides. It is not safe for concurrent use.
type controlled struct {
	target *Target
	limit  int // of the history checker
	runner *coop.Runner
	steps  []coop.Step
	env    *Env

	seen map[string]struct{} // outcomes of the current program that were judged
}

func newControlled(t *Target, clients, limit int) *controlled {
	return &controlled{target: t, limit: limit, runner: coop.New(clients, stepLimit, fairSteps), seen: map[string]struct{}{}}
}

// run executes a program under a chooser and judges it. The trace is valid until the next run.
func (c *controlled) run(p Program, seed uint64, choose coop.Chooser) (Verdict, []coop.Step) {
	c.env = newEnv(seed, c.target, c.runner.At)
	defer c.env.clean()
	system := c.target.New(c.env)
	calls, clock := make([]Call, len(p)), int64(0)
	out := c.runner.Run(c.jobs(p, system, calls, &clock), choose, c.steps)
	c.steps = out.Steps
	if out.Panic != nil {
		return panicVerdict(out.Panic, nil), out.Steps
	}
	h := &History{Calls: started(calls)}
	h.sort()
	if out.Stuck {
		return Violation("no-progress", "operations do not finish under a fair schedule", timeline(h)), out.Steps
	}
	return c.judge(&Run{c.target, c.env, system, h}), out.Steps
}

// jobs returns what each client does. A point in front of each operation lets the others in between.
func (c *controlled) jobs(p Program, system any, calls []Call, clock *int64) []func() {
	jobs := make([]func(), p.Clients())
	for id := range jobs {
		client := c.target.client(c.env, system, id)
		jobs[id] = func() {
			for i, s := range p {
				if s.Client != id {
					continue
				}
				c.runner.At(s.Op)
				*clock++
				calls[i] = Call{Client: id, Op: s.Op, Arg: s.Arg, Start: *clock, Pending: true, op: s.op}
				result := c.target.Operations[s.op].codec.call(client, s.Arg)
				*clock++
				calls[i].Result, calls[i].End, calls[i].Pending = result, *clock, indeterminate(result)
			}
		}
	}
	return jobs
}

// started returns the calls that began.
func started(calls []Call) []Call {
	list := calls[:0:0]
	for _, c := range calls {
		if c.Start > 0 {
			list = append(list, c)
		}
	}
	return list
}

// judge judges a run, once for each outcome: two schedules of one program with the same results in the same order need one check. A target
// with invariants or properties of its own is judged every time, because its state may differ where results do not.
func (c *controlled) judge(r *Run) Verdict {
	if len(c.target.Invariants)+len(c.target.Properties) > 0 {
		return c.target.judge(r, c.limit)
	}
	key := outcome(r.History)
	if _, ok := c.seen[key]; ok {
		return HeldVerdict()
	}
	v := c.target.judge(r, c.limit)
	if v.Status == Held {
		c.seen[key] = struct{}{}
	}
	return v
}

// outcome is the history as a text without the values of stamps, only their order.
func outcome(h *History) string {
	var b strings.Builder
	for i := range h.Calls {
		c := &h.Calls[i]
		fmt.Fprint(&b, c.Client, c.op, c.Start, c.End, c.Pending, c.Arg, c.Result, ";")
	}
	return b.String()
}

// A finding is a program that fails under a schedule.
type finding struct {
	verdict  Verdict
	program  Program
	schedule Schedule
	seed     uint64
	runs     int
}

// explore searches the schedules of a program for a failure: all with no preemption, one, two, as far as the budget goes, then random walks,
// because some mistakes need more switches than can be enumerated. It is a pure function of its arguments.
func (c *controlled) explore(p Program, seed uint64, budget int) (found *finding, undecided int, schedules int, exhausted bool) {
	clear(c.seen)
	random := choice.New(seed)
	try := func(choose coop.Chooser) []coop.Step {
		v, steps := c.run(p, seed, choose)
		schedules++
		switch v.Status {
		case Violated:
			found = &finding{v, p, coop.Switches(steps), seed, schedules}
		case Inconclusive:
			undecided++
		}
		return steps
	}
	bound := coop.Limit{Preemptions: 2, Schedules: budget - budget/randomShare}
	stats := coop.Explore(bound, random.Split(0), func(s []coop.Switch) ([]coop.Step, bool) {
		choose, _ := coop.Follow(s)
		steps := try(choose)
		return steps, found == nil
	})
	for walk := random.Split(1); found == nil && p.Clients() > 1 && schedules < budget; {
		try(coop.Random(walk, switchChance))
	}
	return found, undecided, schedules, stats.Exhausted
}

// replay runs a program under a recorded schedule. It reports the verdict and how many switches did not apply.
func (c *controlled) replay(p Program, s Schedule, seed uint64) (Verdict, int) {
	clear(c.seen)
	choose, missed := coop.Follow(s)
	v, _ := c.run(p, seed, choose)
	return v, missed()
}

// close ends the coroutines.
func (c *controlled) close() { c.runner.Close() }
