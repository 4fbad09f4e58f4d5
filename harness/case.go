package harness

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/coop"
)

// Names of the settings that a case of this package keeps in its config lines.
const (
	configSeed      = "seed"      // of the failing run, as 0x...
	configFaults    = "faults"    // names of the injected faults, joined by commas
	configLockCheck = "lockcheck" // "on" if Env.Lock was that of go-deadlock
	configClients   = "clients"   // clients of the program as first seen, and its operations: how far it was minimised
	configOps       = "operations"
)

// startOf names the goroutine of a switch that decides who goes first.
const startOf = "start"

// Case returns the failure as a case file holds it, found under the given circumstances.
func (f *Failure) Case(found casefile.Found) *casefile.Case {
	c := &casefile.Case{
		Target: f.Target, Bug: f.Bug, Engine: string(f.Engine), Kind: f.Kind, Signature: f.Signature, Message: f.Message, Found: found,
		Fidelity: f.fidelity(), Expect: casefile.ExpectFail, Trace: f.trace(),
	}
	c.Found.Race = c.Found.Race || f.Race
	c.Config.Set(configSeed, fmt.Sprintf("%#x", f.Seed))
	c.Config.Set(configClients, strconv.Itoa(f.Clients))
	c.Config.Set(configOps, strconv.Itoa(f.Operations))
	if len(f.FaultNames) > 0 {
		c.Config.Set(configFaults, strings.Join(f.FaultNames, ","))
	}
	if f.LockCheck {
		c.Config.Set(configLockCheck, "on")
	}
	if f.Race {
		c.Requires = []string{"race"}
	}
	for _, s := range f.Program {
		c.Program = append(c.Program, casefile.Step{Client: s.Client, Op: s.Op, Arg: argText(s.Arg)})
	}
	for _, s := range f.Schedule {
		c.Schedule = append(c.Schedule, decision(s))
	}
	for _, d := range f.Faults {
		c.Faults = append(c.Faults, casefile.FaultDecision{Site: d.Site, Key: d.Key, N: d.N, Action: "fire"})
	}
	c.FitTrace()
	return c
}

// fidelity says what the replays before the case was written showed.
func (f *Failure) fidelity() casefile.Fidelity {
	switch {
	case f.Replays == 0:
		return casefile.Fidelity{Level: casefile.BestEffort}
	case f.Exact:
		return casefile.Fidelity{Level: casefile.Exact, Failed: f.Reproduced, Runs: f.Replays}
	}
	return casefile.Fidelity{Level: casefile.Statistical, Failed: f.Reproduced, Runs: f.Replays}
}

// trace explains the failure to people: program, schedule, evidence.
func (f *Failure) trace() string {
	return strings.TrimRight(f.Story(), "\n")
}

// Story explains the failure over several lines: what the clients did, the forced switches, and the evidence.
func (f *Failure) Story() string {
	var b strings.Builder
	if len(f.Program) > 0 {
		fmt.Fprintf(&b, "%s\n", f.Program)
	}
	if len(f.Schedule) > 0 {
		fmt.Fprintf(&b, "%s\n", f.Schedule)
	}
	b.WriteString(f.Evidence)
	return b.String()
}

// decision writes a switch as a case names it.
func decision(s coop.Switch) casefile.Decision {
	if s.Task < 0 {
		return casefile.Decision{Goroutine: startOf, Site: startOf, Next: clientName(s.To)}
	}
	return casefile.Decision{Goroutine: clientName(s.Task), N: s.Nth, Site: s.Site, Next: clientName(s.To)}
}

func clientName(id int) string { return "c" + strconv.Itoa(id) }

// clientID is the inverse of clientName.
func clientID(name string) (int, error) {
	digits, ok := strings.CutPrefix(name, "c")
	id, err := strconv.Atoi(digits)
	if !ok || err != nil || id < 0 {
		return 0, fmt.Errorf("switch names %q; want a client such as c0", name)
	}
	return id, nil
}

// A recipe is what a case says about a target, in the target's own terms.
type recipe struct {
	target   *Target // the twin that the case names
	program  Program
	schedule Schedule
	seed     uint64
	faults   []*Fault
	lock     bool
}

// recipe reads a case about the target. The errors say what does not fit any more.
func (t *Target) recipe(c *casefile.Case) (*recipe, error) {
	twin, ok := t.With(c.Bug)
	if !ok {
		return nil, fmt.Errorf("%s has no bug %q: was it renamed?", t.ID(), c.Bug)
	}
	r := &recipe{target: twin}
	r.lock = value(c, configLockCheck) == "on"
	var err error
	if s := value(c, configSeed); s != "" {
		if r.seed, err = strconv.ParseUint(s, 0, 64); err != nil {
			return nil, fmt.Errorf("config seed is %q; want a number such as 0x5eed17", s)
		}
	}
	if r.program, err = t.program(c.Program); err != nil {
		return nil, err
	}
	if r.schedule, err = schedule(c.Schedule, r.program.Clients()); err != nil {
		return nil, err
	}
	r.faults, err = t.faultsNamed(value(c, configFaults))
	return r, err
}

// value returns a config value, or "".
func value(c *casefile.Case, key string) string {
	v, _ := c.Config.Get(key)
	return v
}

// program reads the steps of a case.
func (t *Target) program(steps []casefile.Step) (Program, error) {
	if len(steps) == 0 {
		return nil, fmt.Errorf("the case of %s has no steps", t.ID())
	}
	var p Program
	for _, s := range steps {
		i := t.operation(s.Op)
		if i < 0 {
			return nil, fmt.Errorf("%s has no operation %q: was it renamed?", t.ID(), s.Op)
		}
		if !t.Operations[i].allows(s.Client) || s.Client >= maxClients {
			return nil, fmt.Errorf("client c%d may not call %s", s.Client, s.Op)
		}
		arg, err := t.Operations[i].codec.parse(s.Arg)
		if err != nil {
			return nil, fmt.Errorf("step c%d %s: %w", s.Client, s.Op, err)
		}
		p = append(p, Step{Client: s.Client, Op: s.Op, Arg: arg, op: i})
	}
	return p, nil
}

// maxClients is more clients than any engine uses; a case that names more is not ours.
const maxClients = 1024

// operation returns the index of an operation, or -1.
func (t *Target) operation(name string) int {
	for i := range t.Operations {
		if t.Operations[i].Name == name {
			return i
		}
	}
	return -1
}

// schedule reads the switches of a case.
func schedule(list []casefile.Decision, clients int) (Schedule, error) {
	var s Schedule
	for _, d := range list {
		sw := coop.Switch{Task: -1, Nth: d.N, Site: d.Site}
		var err error
		if d.Goroutine != startOf {
			if sw.Task, err = clientID(d.Goroutine); err != nil {
				return nil, err
			}
		}
		if sw.To, err = clientID(d.Next); err != nil {
			return nil, err
		}
		if sw.To >= clients || sw.Task >= clients {
			return nil, fmt.Errorf("switch %q names a client that has no steps", d)
		}
		s = append(s, sw)
	}
	return s, nil
}

// faultsNamed returns the target's faults of those names.
func (t *Target) faultsNamed(names string) ([]*Fault, error) {
	if names == "" {
		return nil, nil
	}
	var list []*Fault
	for n := range strings.SplitSeq(names, ",") {
		found := false
		for _, f := range t.Faults {
			if f.Name == n {
				list, found = append(list, f), true
			}
		}
		if !found {
			return nil, fmt.Errorf("%s has no fault %q: was it renamed?", t.ID(), n)
		}
	}
	return list, nil
}
