package explore

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/explain"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

// A program is what the clients of a target did in a schedule (harness.Test). Which programs there are only the test knows: it makes one of a seed, or runs
// the steps that it is given. Every number of schedules the child goes on to the next seed.
type program struct {
	of    string // the test and the target, or "" if the steps are those that the seed stands for
	seed  uint64 // its lowest bits say at which further places schedules are decided
	steps []casefile.Step
}

// ask writes what a child is to know of the program.
func (p *program) ask(line func(key string, value any)) {
	line("program", fmt.Sprintf("%#x", p.seed))
	if p.of == "" {
		return
	}
	line("of", p.of)
	for _, s := range p.steps {
		text, _ := json.Marshal(s) // numbers and strings can always be written
		line("step", string(text))
	}
}

// An announced is a program as a child announces it.
type announced struct {
	Of    string   `json:"of"`
	Seed  seedText `json:"seed"`
	Steps []string `json:"steps"`
}

// add adds the program to those of the schedule that the child is at: another seed is another schedule.
func (a announced) add(list []*program) []*program {
	p := &program{of: a.Of, seed: uint64(a.Seed)}
	for _, text := range a.Steps {
		var s casefile.Step
		if json.Unmarshal([]byte(text), &s) == nil {
			p.steps = append(p.steps, s)
		}
	}
	if len(list) > 0 && list[0].seed != p.seed {
		list = nil
	}
	return append(list, p)
}

// withProgram adds to a finding the program that failed. If several tests of one schedule run programs and none has said that it is the one, only
// their seed is known.
func (o *outcome) withProgram(f *finding) *finding {
	switch {
	case f == nil || len(o.programs) == 0:
		return f
	case len(o.programs) == 1:
		f.program = o.programs[0]
	default:
		f.program = &program{seed: o.programs[0].seed}
		for _, p := range o.programs {
			if o.failed != nil && p.of == o.failed.Of {
				f.program = p
			}
		}
	}
	f.program.annotate(f.execution)
	return f
}

// runner is part of the name of the function that package harness runs each client in.
const runner = "godmode/harness.(*explored).run."

// annotate names the goroutines of clients, and says at which steps they call which operation.
func (p *program) annotate(x *explain.Execution) {
	if x == nil {
		return
	}
	clients, calls := map[int]int{}, map[int][]string{}
	for i := range x.Threads {
		if t := &x.Threads[i]; strings.Contains(t.Func, runner) {
			clients[t.ID] = len(clients)
			t.Func = fmt.Sprintf("c%d", clients[t.ID])
		}
	}
	for _, s := range p.steps {
		calls[s.Client] = append(calls[s.Client], s.Op+"("+s.Arg+")")
	}
	if x.Failure == "livelock" { // that the test waits for its clients says nothing
		x.Waiting = slices.DeleteFunc(x.Waiting, func(w explain.Waiting) bool { return slices.ContainsFunc(w.Stack, runs) })
	}
	for i := range x.Steps {
		s := &x.Steps[i]
		c, ok := clients[s.Thread]
		if !ok || s.Site != (explain.Site{}) || s.Kind != "Read" && s.Kind != "Write" {
			continue
		}
		if s.Kind == "Write" {
			s.Kind = "Return"
		} else if s.Kind = "Call"; len(calls[c]) > 0 {
			s.Note, calls[c] = calls[c][0], calls[c][1:]
		}
	}
}

// runs reports whether a frame is that of the goroutine which runs the program.
func runs(s explain.Site) bool { return strings.HasSuffix(s.Func, "godmode/harness.(*explored).run") }

// text shows the program, a client a line.
func (p *program) text() string {
	var b strings.Builder
	clients := 0
	for _, s := range p.steps {
		clients = max(clients, s.Client+1)
	}
	for c := range clients {
		fmt.Fprintf(&b, "    c%d:", c)
		for _, s := range p.steps {
			if s.Client == c {
				fmt.Fprintf(&b, " %s(%s)", s.Op, s.Arg)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// programText says which program failed.
func (x *Failure) programText() string {
	if x.program == nil || len(x.program.steps) == 0 {
		return ""
	}
	from := ""
	if n := len(x.program.steps); x.Longer > n {
		from = fmt.Sprintf(", shrunk from %d to %s", x.Longer, report.Plural(int64(n), "operation"))
	}
	return "program" + from + ":\n" + x.program.text() + "\n"
}

// Names of the settings by which a case says which program it is about.
const (
	configProgram = "program" // the seed
	configOf      = "of"      // the test and the target
	configEvery   = "every"   // schedules of each program
	underControl  = "control" // what a case requires that no ordinary test binary has
)

// writeProgram adds the program to a case, and the target. If the failure needs all schedules of its chunk, the case says how their programs follow from a
// seed, and has the steps for people only.
func (x *Failure) writeProgram(c *casefile.Case) {
	p := x.program
	if p == nil {
		return
	}
	c.Requires, c.Program = append(c.Requires, underControl), p.steps
	_, c.Target, _ = strings.Cut(p.of, " ")
	switch {
	case x.chunked():
		c.Config.Set(configProgram, fmt.Sprintf("%#x", x.chunk.program.seed))
		c.Config.Set(configEvery, strconv.FormatUint(x.chunk.every, 10))
	default:
		c.Config.Set(configProgram, fmt.Sprintf("%#x", p.seed))
		if p.of != "" {
			c.Config.Set(configOf, p.of)
		}
	}
	if t := x.target; t != nil {
		c.Target, c.Bug = t.Row+"/"+t.Name, t.Bug
	}
}

// programOf returns the program of a case, or nil.
func programOf(c *casefile.Case) *program {
	text, ok := c.Config.Get(configProgram)
	if !ok {
		return nil
	}
	p := &program{steps: c.Program}
	p.of, _ = c.Config.Get(configOf)
	p.seed, _ = strconv.ParseUint(text, 0, 64)
	return p
}

// A Target is a built-in target, or with Bug its wrong twin.
type Target struct {
	Row, Name, Bug string
	Wanted         bool // it must fail: the verdict is whether it was caught
}

// targetVariable is how the test that runs them is told which.
const targetVariable = "HARNESS_TARGET"

// ID returns "row/name#bug".
func (t Target) ID() string {
	if t.Bug != "" {
		return t.Row + "/" + t.Name + "#" + t.Bug
	}
	return t.Row + "/" + t.Name
}

// name returns the target as a report about a row names it.
func (t Target) name(row string) string {
	if row == t.Row {
		return strings.TrimPrefix(t.ID(), row+"/")
	}
	return t.ID()
}

// subject says what a run of it is about.
func (t Target) subject() string {
	if t.Wanted {
		return "bug"
	}
	return "target"
}

// env returns what processes of the test are told beside what all are.
func (t *trial) env() []string {
	if t.target == nil {
		return nil
	}
	return []string{targetVariable + "=" + t.target.ID()}
}

// twinOf returns the ID of the built-in target that a case is about, or "".
func twinOf(c *casefile.Case) string {
	if c.Target == "" || c.Package != TargetPackage {
		return ""
	}
	if c.Bug != "" {
		return c.Target + "#" + c.Bug
	}
	return c.Target
}

// TargetPackage is the package whose one test runs the built-in targets, and TargetTest that test.
const (
	TargetPackage = "github.com/concurrency-god-mode/godmode/targets/explored"
	TargetTest    = "TestTarget"
)

// envOf returns what a process that replays a case is told.
func envOf(c *casefile.Case) []string {
	if id := twinOf(c); id != "" {
		return []string{targetVariable + "=" + id}
	}
	return nil
}

// weighBug turns a verdict about a wrong twin round: it was to fail.
func weighBug(s report.Status) report.Status {
	switch s {
	case report.Violated:
		return report.Caught
	case report.Held:
		return report.Missed
	}
	return s
}
