package harness

import (
	"encoding/json"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/choice"
	"github.com/concurrency-god-mode/godmode/harness/point"
)

// A controller is a *testing.T of a program whose goroutines are under control: see testing/godmode_target.go in harness/control/std/add. No other T has
// these methods, so a test cannot take itself for controlled by mistake.
type controller interface {
	programmer
	// GodmodeAnnounce tells the parent the steps of the program.
	GodmodeAnnounce(target string, steps []string)
	// GodmodeAside runs f without any scheduling point, as if nobody controlled it.
	GodmodeAside(f func())
	// GodmodeQuietly runs f without scheduling points as long as there is no other goroutine.
	GodmodeQuietly(f func())
	// GodmodeBoundary is a scheduling point before an operation is called, or after it has returned.
	GodmodeBoundary(returns bool)
	// GodmodeVerdict says what the execution violates, or without a kind why that is unknown.
	GodmodeVerdict(target, kind, message, evidence string)
	// GodmodeRefuse says why a target cannot be explored.
	GodmodeRefuse(why string)
}

// A programmer is the part of a controller that every version has: a T with more or less than we know is a mistake that must not look like a pass.
type programmer interface {
	// GodmodeProgram returns which program of a target this execution runs: one that a seed stands for, or given steps. ok is false if nothing is explored.
	GodmodeProgram(target string) (seed uint64, steps []string, ok bool)
}

// Bits of the seed of a program: where it has scheduling points beside those of its own operations.
const (
	namedPoints = 1 // at the points that the code under test names (Env.Hook): in front of plain accesses, too
	returnStops = 2 // after each operation
)

// explore runs one program of the target as one execution under control, and judges it. It reports false if nobody explores.
func explore(t *testing.T, target *Target) bool {
	p, ok := any(t).(programmer)
	if !ok {
		return false
	}
	name := t.Name() + " " + target.ID()
	seed, steps, ok := p.GodmodeProgram(name)
	if !ok {
		return false
	}
	c, ok := any(t).(controller)
	if !ok {
		t.Fatal("harness: this package and the command harness are of different versions: install the command in the version that go.mod requires")
	}
	if why := Unexplorable(target); why != "" {
		c.GodmodeRefuse(why)
		return true
	}
	x := &explored{control: c, target: target, name: name}
	var err error
	c.GodmodeAside(func() { err = x.prepare(t.Name(), seed, steps) })
	if err != nil {
		t.Fatalf("harness: %v", err)
	}
	if v := x.run(); v.Status == Violated {
		t.Fail()
	}
	return true
}

// Unexplorable says why the schedules of a target are not the business of explore, or returns "".
func Unexplorable(t *Target) string {
	switch {
	case t.Skip[Explore] != "":
		return t.Skip[Explore]
	case t.World:
		return "its machines are simulated, one event after another, and have no goroutines to control: harness check and harness chaos run them exactly"
	}
	return ""
}

// An explored is a program as one controlled execution runs it. Its methods are known to the control layer by their names: nothing in them is a
// scheduling point, so that a schedule has decisions about the target only. One goroutine runs at a time, so a plain number is an exact clock.
type explored struct {
	control controller
	target  *Target
	name    string
	program Program
	seed    uint64
	env     *Env
	system  any

	lanes [][]Step // by client
	calls [][]Call // what each client did
	clock int64    // of all clients; see tick
	ended sync.WaitGroup
}

// prepare finds the program, announces it, and makes room for its record.
func (x *explored) prepare(test string, seed uint64, steps []string) (err error) {
	x.seed = seed
	if x.program, err = programs.of(x.target, test, x.name, seed, steps); err != nil {
		return err
	}
	x.env = newEnv(choice.Mix(seed, 1), x.target, nil)
	if seed&namedPoints != 0 {
		x.env.hook = point.New(yieldAt)
	}
	x.lanes = make([][]Step, x.program.Clients())
	for _, s := range x.program {
		x.lanes[s.Client] = append(x.lanes[s.Client], s)
	}
	x.calls = make([][]Call, len(x.lanes))
	for id, lane := range x.lanes {
		x.calls[id] = make([]Call, 0, len(lane))
	}
	x.control.GodmodeAnnounce(x.name, encode(x.program))
	return nil
}

// yieldAt makes a named point of the target a scheduling point.
func yieldAt(string) { runtime.Gosched() }

// run executes the program, judges it, and says what the verdict is.
func (x *explored) run() (v Verdict) {
	defer x.env.clean()
	handles := make([]any, len(x.lanes))
	x.control.GodmodeQuietly(func() {
		x.system = x.target.New(x.env)
		for id := range handles {
			handles[id] = x.target.client(x.env, x.system, id)
		}
	})
	for id, handle := range handles {
		x.ended.Add(1)
		go x.client(id, handle)
	}
	x.ended.Wait()
	x.control.GodmodeAside(func() {
		switch v = x.judge(); v.Status {
		case Violated:
			x.control.GodmodeVerdict(x.name, v.Kind, v.Message, v.Evidence)
		case Inconclusive:
			x.control.GodmodeVerdict(x.name, "", v.Message, "")
		}
	})
	return v
}

// client executes the operations of one client. It records each call before it begins, so that one that never returns is known, too.
func (x *explored) client(id int, handle any) {
	defer x.ended.Done()
	for _, s := range x.lanes[id] {
		x.control.GodmodeBoundary(false)
		x.calls[id] = append(x.calls[id], Call{Client: id, Op: s.Op, Arg: s.Arg, Start: x.tick(), Pending: true, op: s.op})
		result := x.target.Operations[s.op].codec.call(handle, s.Arg)
		c := &x.calls[id][len(x.calls[id])-1]
		c.Result, c.End, c.Pending = result, x.tick(), indeterminate(result)
		if x.seed&returnStops != 0 {
			x.control.GodmodeBoundary(true)
		}
	}
}

// tick is the time, one later at each look. Goroutines share it without synchronisation: only one runs at a time, and anything that ordered them here would
// hide data races of the target from the race detector.
//
//go:norace
func (x *explored) tick() int64 {
	x.clock++
	return x.clock
}

// judge asks everything that the target declares. A client that left its goroutine (runtime.Goexit) has not done what it was asked.
func (x *explored) judge() Verdict {
	h := &History{}
	for id, calls := range x.calls {
		if n := len(calls); n < len(x.lanes[id]) || n > 0 && calls[n-1].End == 0 {
			op := calls[n-1].Op
			return Violation("exit", "an operation ends its goroutine: "+op, op+" called runtime.Goexit (or FailNow of a test): the client could not go on")
		}
		h.Calls = append(h.Calls, calls...)
	}
	h.sort()
	v := x.target.judge(&Run{x.target, x.env, x.system, h}, exploredConfigs)
	if v.Status == Violated && v.Evidence == "" {
		v.Evidence = timeline(h)
	}
	return v
}

// exploredConfigs bounds the search of the history checker: the histories are short.
const exploredConfigs = 100_000

// programs makes the programs of this process. It is used aside from any schedule.
var programs = &programStore{mills: map[string]*mill{}, last: map[string]stored{}}

// A programStore keeps what it takes long to make.
type programStore struct {
	mu    sync.Mutex // for the race detector: tests of one process may be parallel
	mills map[string]*mill
	last  map[string]stored // by target
}

// A stored is the last program of a target.
type stored struct {
	seed    uint64
	given   bool
	program Program
}

// of returns the program that a seed stands for, or that of the given steps.
func (s *programStore) of(t *Target, test, name string, seed uint64, steps []string) (Program, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l, ok := s.last[name]; ok && l.seed == seed && l.given == (steps != nil) {
		return l.program, nil
	}
	p, err := s.make(t, test, name, seed, steps)
	if err == nil {
		s.last[name] = stored{seed, steps != nil, p}
	}
	return p, err
}

// make makes a program.
func (s *programStore) make(t *Target, test, name string, seed uint64, steps []string) (Program, error) {
	if steps != nil {
		list, err := decode(steps)
		if err != nil {
			return nil, err
		}
		return t.program(list)
	}
	m, err := s.mill(t, test, name)
	if err != nil {
		return nil, err
	}
	return m.small(choice.New(choice.Keyed(seed, "program", name, 0))), nil
}

// mill returns the mill of a target.
func (s *programStore) mill(t *Target, test, name string) (*mill, error) {
	if m := s.mills[name]; m != nil {
		return m, nil
	}
	if err := t.Validate(); err != nil {
		return nil, err
	}
	given, err := readSettings(test, flags, environment)
	if err != nil {
		return nil, err
	}
	cfg := given.cfg.with(3, 8)
	m := newMill(t, t.clamp(cfg.Goroutines), choice.Keyed(0, "pools", name, 0))
	m.most = cfg.Ops
	s.mills[name] = m
	return m, nil
}

// small makes a program of a few steps, of two clients at least if there can be two. The long ones are more frequent than the short ones.
func (m *mill) small(s *choice.Stream) Program {
	clients := len(m.choices)
	if clients > 2 {
		clients = 2 + s.Intn(clients-1)
	}
	n := max(clients, m.most-min(s.Intn(m.most), s.Intn(m.most)))
	p := make(Program, 0, n)
	for i := range n {
		c := s.Intn(clients)
		if i < clients {
			c = i
		}
		if len(m.choices[c]) > 0 {
			p = append(p, m.step(s, c))
		}
	}
	return m.target.number(p)
}

// encode writes a program for the parent, a step a line.
func encode(p Program) (lines []string) {
	for _, s := range p {
		text, _ := json.Marshal(casefile.Step{Client: s.Client, Op: s.Op, Arg: argText(s.Arg)}) // numbers and strings can always be written
		lines = append(lines, string(text))
	}
	return lines
}

// decode reads what the parent wants to be run.
func decode(lines []string) (steps []casefile.Step, err error) {
	for _, l := range lines {
		var s casefile.Step
		if err := json.Unmarshal([]byte(l), &s); err != nil {
			return nil, fmt.Errorf("the step %q cannot be read: %w", l, err)
		}
		steps = append(steps, s)
	}
	return steps, nil
}
