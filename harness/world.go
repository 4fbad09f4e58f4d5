package harness

import (
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/choice"
	"github.com/concurrency-god-mode/godmode/harness/sim"
)

// Bounds of a run in a world. They are counted in events and in virtual time, so they mean the same on every machine.
const (
	// patientEvents is how many events may pass without an operation finishing: a hundred times what one takes.
	patientEvents = 20_000
	// faultyTempos is the longest time for which faults stay, in multiples of the world's tempo; settleTempos what passes after the last operation.
	faultyTempos = 200
	settleTempos = 20
	// Faults are healed after a number of operations in this range. A program of the default length has 64, so half of the runs see the end of the faults.
	fewestHeal = 8
	mostHeal   = 128
	// logLines is how much of the end of a log goes into the evidence.
	logLines = 60
)

// A worldRun is one execution of a program on simulated machines: a pure function of target, program, seed and faults.
type worldRun struct {
	target  *Target
	program Program
	faults  []*Fault
	seed    uint64

	env      *Env
	world    *sim.World
	system   any
	calls    []Call
	left     int // operations that have not finished
	progress int // events when the last one did

	disturbed bool // faults may be active
	heal      func()
	deciders  []*Decider
	healAfter int           // faults are healed when so many operations have finished,
	healTime  time.Duration // or at this time
	verdict   Verdict
}

// build makes the target and its clients, and injects the faults. A panic is a violation.
func (r *worldRun) build() (err error) {
	defer func() {
		if e := recover(); e != nil {
			r.verdict = panicVerdict(e, debug.Stack())
		}
	}()
	r.system = r.target.New(r.env)
	for id := range r.program.Clients() {
		client := r.target.client(r.env, r.system, id)
		r.world.Go(clientName(id), func() { r.client(id, client) })
	}
	return r.inject()
}

// inject starts the faults. How long they stay is drawn without a look at the program, so that a program without the operations that never began fails
// as the whole did.
func (r *worldRun) inject() error {
	if len(r.faults) == 0 {
		return nil
	}
	var err error
	r.disturbed = true
	r.heal, r.deciders, err = inject(r.env, r.faults, r.seed)
	random := choice.New(choice.Keyed(r.seed, "heal", "", 0))
	r.healAfter = fewestHeal + random.Intn(mostHeal-fewestHeal)
	r.healTime = r.world.Config().Tempo * time.Duration(faultyTempos/10+random.Intn(faultyTempos))
	return err
}

// client performs the operations of one client.
func (r *worldRun) client(id int, client any) {
	for i, s := range r.program {
		if s.Client != id {
			continue
		}
		call := &r.calls[i]
		*call = Call{Client: id, Op: s.Op, Arg: s.Arg, Start: r.world.Stamp(), Pending: true, op: s.op}
		r.world.Note(clientName(id), "call", "calls %s(%s)", s.Op, argText(s.Arg))
		result := r.target.Operations[s.op].codec.call(client, s.Arg)
		call.Result, call.End, call.Pending = result, r.world.Stamp(), indeterminate(result)
		r.world.Note(clientName(id), "call", "has %s", call.text())
		r.left, r.progress = r.left-1, r.world.Steps()
	}
}

// runWorld executes a program and judges it. The world is closed when it returns; its log and the history can still be read.
func runWorld(t *Target, p Program, seed uint64, faults []*Fault, record bool, limit int) (*worldRun, error) {
	r := &worldRun{target: t, program: p, faults: faults, seed: seed, env: newEnv(seed, t, nil), calls: make([]Call, len(p)), left: len(p),
		heal: func() {}, verdict: HeldVerdict()}
	defer r.env.clean()
	r.world = r.env.World()
	if record {
		r.world.Record()
	}
	err := r.build()
	defer func() { r.heal() }()
	if err == nil && r.verdict.Status == Held {
		r.run(limit)
	}
	return r, err
}

// run lets time pass until the clients have finished and the world has settled, or something is violated.
func (r *worldRun) run(limit int) {
	for r.left > 0 && r.verdict.Status == Held {
		if r.disturbed && r.mayHeal() {
			r.calm()
		}
		if !r.world.Step() {
			r.stuck("hang", "nothing is left that could wake the clients")
			continue
		}
		r.watch()
		if r.world.Steps()-r.progress > patientEvents {
			r.stuck("no-progress", "operations do not finish")
		}
	}
	if r.verdict.Status == Held {
		r.settle()
	}
	if r.verdict.Status == Held {
		r.verdict = r.target.judge(r.result(), limit)
	}
}

// mayHeal reports whether the faults have been there for as long as they should.
func (r *worldRun) mayHeal() bool {
	return len(r.program)-r.left >= r.healAfter || r.world.Time() >= r.healTime || r.world.Steps()-r.progress > patientEvents/2
}

// calm ends all faults. The clients get their patience anew.
func (r *worldRun) calm() {
	r.world.Note("world", "fault", "is calm from here on: all faults are healed")
	r.heal()
	r.disturbed, r.progress = false, r.world.Steps()
}

// stuck notes that the clients make no progress; while there are faults, it ends these first.
func (r *worldRun) stuck(kind, what string) {
	if f := r.world.Failure(); f != nil {
		r.verdict = panicVerdict(f.Value, []byte(f.Stack))
		return
	}
	if r.disturbed {
		r.calm()
		return
	}
	if len(r.faults) > 0 {
		kind, what = "recovery", what+" after the faults were healed"
	}
	r.verdict = Violation(kind, what+": "+r.open(), strings.Join(r.world.Waiting(), "\n")+"\n")
}

// open names the operations that have not finished, without numbers that change from run to run.
func (r *worldRun) open() string {
	names := map[string]bool{}
	for i := range r.calls {
		if c := &r.calls[i]; c.Start > 0 && c.End == 0 {
			names[c.Op] = true
		}
	}
	return "stuck in " + strings.Join(sortedKeys(names), ", ")
}

// watch asks what must hold after every step.
func (r *worldRun) watch() {
	if f := r.world.Failure(); f != nil {
		r.verdict = panicVerdict(f.Value, []byte(f.Stack))
		return
	}
	for i := range r.target.Invariants {
		if inv := &r.target.Invariants[i]; inv.Always {
			if v := inv.judge(r.system); v.Status == Violated {
				r.verdict = v
				return
			}
		}
	}
}

// settle gives what is under way time to arrive, with all faults healed.
func (r *worldRun) settle() {
	if r.disturbed {
		r.calm()
	}
	until := r.world.Time() + settleTempos*r.world.Config().Tempo
	for end := r.world.Steps() + patientEvents; r.world.Steps() < end && r.world.Time() < until && r.verdict.Status == Held; {
		if !r.world.Step() {
			break
		}
		r.watch()
	}
}

// result is the run as properties see it.
func (r *worldRun) result() *Run {
	h := &History{Calls: started(r.calls)}
	h.sort()
	return &Run{r.target, r.env, r.system, h}
}

// begun returns the part of the program that was begun.
func (r *worldRun) begun() Program {
	var p Program
	for i, s := range r.program {
		if r.calls[i].Start > 0 {
			p = append(p, s)
		}
	}
	return p
}

// fired returns the decisions of all faults that said yes.
func (r *worldRun) fired() []Fired {
	var list []Fired
	for _, d := range r.deciders {
		list = append(list, d.Fired()...)
	}
	return list
}

// explained runs the program again with its log on, and adds the end of the log to the evidence. The violation must be the same, or the target is not
// a function of its seed, and then the verdict says so.
func (r *worldRun) explained(limit int) Verdict {
	again, err := runWorld(r.target, r.program, r.seed, r.faults, true, limit)
	if err != nil || again.verdict.Kind != r.verdict.Kind || again.verdict.Message != r.verdict.Message {
		v := r.verdict
		v.Evidence += "\nThe same seed did not fail in the same way again: the target is not a function of its seed.\n"
		return v
	}
	v := again.verdict
	v.Evidence = strings.TrimRight(v.Evidence, "\n") + "\n\n" + sim.Sequence(again.world.Log(), logLines)
	return v
}

// steady runs a program twice and reports how the runs differ, if they do.
func steady(t *Target, p Program, seed uint64, faults []*Fault, limit int) error {
	var logs [2][]sim.Line
	for i := range logs {
		r, err := runWorld(t, p, seed, faults, true, limit)
		if err != nil {
			return err
		}
		logs[i] = r.world.Log()
	}
	for i := range min(len(logs[0]), len(logs[1])) {
		if a, b := logs[0][i].String(), logs[1][i].String(); a != b {
			return fmt.Errorf("the target is not a function of its seed: line %d of two runs of seed %#x is %q and %q; look for a range over a map, the real time, or global randomness", i+1, seed, a, b)
		}
	}
	if len(logs[0]) != len(logs[1]) {
		return fmt.Errorf("the target is not a function of its seed: two runs of seed %#x have %d and %d events", seed, len(logs[0]), len(logs[1]))
	}
	return nil
}

// replayWorld runs a program once on the machines of a seed with the faults injected, and returns the verdict with the log of the run.
func replayWorld(t *Target, p Program, seed uint64, faults []*Fault, limit int) Verdict {
	r, err := runWorld(t, p, seed, faults, false, limit)
	switch {
	case err != nil:
		return Unknown(err.Error())
	case r.verdict.Status != Violated:
		return r.verdict
	}
	return r.explained(limit)
}
