package harness

import (
	"context"
	"flag"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/choice"
	"pgregory.net/rapid"
)

// runCheck generates small programs with rapid and looks for one that fails: under controlled schedules if the target passes points,
// on deterministic machines if it lives in a world, and else one operation after another, plus a few times on real goroutines.
//
// The schedule is not drawn by rapid: a program fails if some schedule of a deterministic bounded search fails. That is a function of the program
// alone, so rapid can shrink it; the message of the failure is constant for the same reason.
func runCheck(ctx context.Context, t *Target, cfg Config) *Result {
	cfg = cfg.with(3, 8)
	c := &checker{target: t, cfg: cfg, start: cfg.Clock()}
	c.judgeProgram = c.sequential
	if t.World {
		c.judgeProgram = c.worlds
	}
	if t.Points {
		c.control = newControlled(t, t.clamp(cfg.Goroutines), cfg.Configs)
		defer c.control.close()
		c.judgeProgram = c.controlled
	}
	for round := uint64(0); !c.over(ctx); round++ {
		c.round(ctx, round)
	}
	return c.result()
}

// guardedCheck runs check on a goroutine of its own. An operation that calls runtime.Goexit takes that goroutine with it, coroutines or not; the answer
// is then that it did, without a program: nothing is left that could minimise one.
func guardedCheck(ctx context.Context, t *Target, cfg Config) *Result {
	var r *Result
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r = runCheck(ctx, t, cfg)
	}()
	<-ended
	if r == nil {
		v := Violation("exit", "an operation ends its goroutine", "an operation called runtime.Goexit (or FailNow of a test): stress names it")
		r = &Result{Target: t.ID(), Engine: Check, Seed: cfg.Seed, Status: Violated, Histories: 1, Failures: []*Failure{{
			Verdict: v, Target: t.ID(), Engine: Check, Seed: cfg.Seed, Signature: signature(v), Count: 1, Runs: 1, First: 1}}}
	}
	return r
}

// A checker is one run of the engine check.
type checker struct {
	target       *Target
	cfg          Config
	control      *controlled
	judgeProgram func(Program) *finding
	start        time.Duration

	programs, schedules, operations int64
	exhausted, undecided            int64
	broken                          error // the target cannot be run as it should
	found                           *finding
	foundAt                         time.Duration
	foundIn                         int64 // schedules until then; shrinking runs more
}

// over reports whether to stop.
func (c *checker) over(ctx context.Context) bool {
	return ctx.Err() != nil || c.found != nil || c.broken != nil || c.cfg.spent(c.start, c.programs)
}

// round lets rapid check up to a hundred programs.
func (c *checker) round(ctx context.Context, round uint64) {
	t := c.target
	programs := t.programs(c.cfg.Goroutines, c.cfg.Ops)
	checks := 100
	if left := int64(c.cfg.Iterations) - c.programs; c.cfg.Iterations > 0 && left < 100 {
		checks = int(left)
	}
	seed := choice.Mix(c.cfg.Seed, round)
	withRapid(seed, checks, func() {
		rapid.Check(&quietTB{name: t.ID()}, func(r *rapid.T) {
			p := programs.Draw(r, "program").normal(t)
			if c.found == nil && c.over(ctx) {
				return
			}
			if c.found == nil {
				c.programs++
				c.operations += int64(len(p))
			}
			if f := c.judgeProgram(p); f != nil {
				if c.found == nil {
					c.foundAt, c.foundIn = c.cfg.Clock()-c.start, c.schedules
				}
				c.found = f
				r.Fatal("the target misbehaves")
			}
		})
	})
	if c.found != nil {
		c.found = c.shrunk(c.found)
	}
}

// controlled explores the schedules of a program.
func (c *checker) controlled(p Program) *finding {
	found, undecided, n, exhausted := c.control.explore(p, choice.Mix(c.cfg.Seed, 1), c.cfg.Schedules)
	c.schedules += int64(n)
	c.undecided += int64(undecided)
	if exhausted {
		c.exhausted++
	}
	c.cfg.Progress(c.programs, c.operations)
	return found
}

// sequential runs a program one operation after another, in the order of its list.
func (c *checker) sequential(p Program) *finding {
	env := newEnv(choice.Mix(c.cfg.Seed, 1), c.target, nil)
	defer env.clean()
	c.schedules++
	v := sequentialVerdict(c.target, env, p, c.cfg.Configs)
	if v.Status != Violated {
		return nil
	}
	return &finding{verdict: v, program: p, seed: env.seed}
}

// sequentialVerdict executes and judges a program without any concurrency. A panic is a violation.
func sequentialVerdict(t *Target, env *Env, p Program, limit int) (v Verdict) {
	defer func() {
		if e := recover(); e != nil {
			v = panicVerdict(e, nil)
		}
	}()
	system := t.New(env)
	clients := make([]any, p.Clients())
	for id := range clients {
		clients[id] = t.client(env, system, id)
	}
	h := &History{}
	for i, s := range p {
		result := t.Operations[s.op].codec.call(clients[s.Client], s.Arg)
		at := int64(2 * i)
		h.Calls = append(h.Calls, Call{Client: s.Client, Op: s.Op, Arg: s.Arg, Result: result, Start: at + 1, End: at + 2,
			Pending: indeterminate(result), op: s.op})
	}
	return t.judge(&Run{t, env, system, h}, limit)
}

// shrunk makes a finding smaller than rapid did, where the schedule is controlled.
func (c *checker) shrunk(f *finding) *finding {
	if c.target.World {
		w := minimiseWorld(c.target, worldCase{verdict: f.verdict, program: f.program, seed: f.seed}, c.cfg.Configs)
		return &finding{verdict: w.verdict, program: w.program, seed: w.seed}
	}
	if c.control == nil {
		return f
	}
	return c.control.minimise(f, c.cfg.Schedules)
}

// result says what was found.
func (c *checker) result() *Result {
	t := c.target
	r := &Result{Target: t.ID(), Engine: Check, Seed: c.cfg.Seed, Status: Held, Histories: c.programs, Schedules: c.schedules,
		Operations: c.operations, Undecided: c.undecided, Elapsed: c.cfg.Clock() - c.start}
	switch {
	case c.found != nil:
		r.Status = Violated
		r.Failures = []*Failure{c.failure(r)}
	case c.broken != nil:
		r.Status, r.Reason = Inconclusive, c.broken.Error()
	case c.programs == 0:
		r.Status, r.Reason = Inconclusive, "no program was run within the budget"
	case c.undecided > c.schedules/10:
		r.Status, r.Reason = Inconclusive, fmt.Sprintf("the history checker gave up on %d of %d runs", c.undecided, c.schedules)
	}
	c.describe(r)
	return r
}

// describe fills in the columns and what was not proved.
func (c *checker) describe(r *Result) {
	if c.target.Model != nil {
		r.Details = append(r.Details, "linearizable")
	}
	if c.target.World {
		r.NotProved = append(r.NotProved, c.worldProof())
		return
	}
	if c.control == nil {
		r.NotProved = append(r.NotProved, "operations ran one after another: this target passes no points, so check controls no schedule of it")
		return
	}
	r.NotProved = append(r.NotProved, fmt.Sprintf("programs of at most %d operations; every schedule with up to 2 preemptions was run for %d of %d programs",
		c.cfg.Ops, c.exhausted, c.programs))
}

// failure turns the finding into a failure.
func (c *checker) failure(r *Result) *Failure {
	f := c.found
	out := &Failure{Verdict: f.verdict, Target: r.Target, Engine: Check, Seed: f.seed, Signature: signature(f.verdict), Program: f.program,
		Schedule: f.schedule, Clients: f.program.Clients(), Operations: len(f.program), Count: 1, Runs: c.foundIn, After: c.foundAt, Exact: true}
	out.Replays = 2
	for range out.Replays {
		if v := replayExact(c.target, f.program, f.schedule, f.seed, c.cfg.Configs); v.Status == Violated && v.Kind == f.verdict.Kind {
			out.Reproduced++
		}
	}
	out.Exact = out.Reproduced == out.Replays
	return out
}

// replayExact runs a program once as check does: under the schedule, on the machines of the seed, or one operation after another.
func replayExact(t *Target, p Program, s Schedule, seed uint64, limit int) Verdict {
	switch {
	case t.World:
		return replayWorld(t, p, seed, nil, limit)
	case t.Points:
		c := newControlled(t, p.Clients(), limit)
		defer c.close()
		v, _ := c.replay(p, s, seed)
		return v
	}
	env := newEnv(seed, t, nil)
	defer env.clean()
	return sequentialVerdict(t, env, p, limit)
}

// rapidShrinks is how long rapid may shrink. It lowers values well and quickly; what is left, operations, clients and switches, is
// minimised afterwards by a search that knows what they are and needs a hundredth of the runs.
const rapidShrinks = "300ms"

// rapidMu guards rapid's flags, which are global.
var rapidMu sync.Mutex

// withRapid runs f with rapid's flags set for one deterministic round, and restores them. It must not be nested.
func withRapid(seed uint64, checks int, f func()) {
	rapidMu.Lock()
	defer rapidMu.Unlock()
	readyFlags()
	if testing.Short() {
		checks *= 5 // rapid divides by five then, and a fifth of a few is none
	}
	for name, value := range map[string]string{
		"rapid.seed": strconv.FormatUint(seed|1, 10), "rapid.checks": strconv.Itoa(max(checks, 1)),
		"rapid.nofailfile": "true", "rapid.shrinktime": rapidShrinks,
	} {
		fl := flag.Lookup(name)
		if fl == nil {
			continue
		}
		old := fl.Value.String()
		defer func() { _ = fl.Value.Set(old) }()
		_ = fl.Value.Set(value)
	}
	f()
}

// readyFlags makes the flags of package testing readable, which rapid asks for, in a program that is no test.
func readyFlags() {
	if flag.Lookup("test.short") == nil {
		testing.Init()
	}
	if !flag.Parsed() {
		_ = flag.CommandLine.Parse(nil)
	}
}

// quietTB is what rapid reports to: the finding is kept elsewhere.
type quietTB struct {
	name   string
	failed bool
}

func (t *quietTB) Helper()               {}
func (t *quietTB) Name() string          { return t.name }
func (t *quietTB) Logf(string, ...any)   {}
func (t *quietTB) Log(...any)            {}
func (t *quietTB) Skipf(string, ...any)  {}
func (t *quietTB) Skip(...any)           {}
func (t *quietTB) SkipNow()              {}
func (t *quietTB) Errorf(string, ...any) { t.failed = true }
func (t *quietTB) Error(...any)          { t.failed = true }
func (t *quietTB) Fatalf(string, ...any) { t.failed = true }
func (t *quietTB) Fatal(...any)          { t.failed = true }
func (t *quietTB) FailNow()              { t.failed = true }
func (t *quietTB) Fail()                 { t.failed = true }
func (t *quietTB) Failed() bool          { return t.failed }
