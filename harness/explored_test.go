package harness

import (
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/choice"
	"pgregory.net/rapid"
)

// A fakeControl plays the T of a program under control, for programs of one client: what needs real control is tested in targets.
type fakeControl struct {
	steps      []string
	boundaries int
	aside      int
	announced  []string
	kind, said string
	evidence   string
}

func (f *fakeControl) GodmodeProgram(string) (uint64, []string, bool) { return 0, f.steps, true }
func (f *fakeControl) GodmodeAnnounce(_ string, steps []string)       { f.announced = steps }
func (f *fakeControl) GodmodeAside(do func())                         { f.aside++; do() }
func (f *fakeControl) GodmodeQuietly(do func())                       { do() }
func (f *fakeControl) GodmodeBoundary(bool)                           { f.boundaries++ }
func (f *fakeControl) GodmodeVerdict(_, kind, message, evidence string) {
	f.kind, f.said, f.evidence = kind, message, evidence
}
func (f *fakeControl) GodmodeRefuse(string) {}

// ones is a number whose sum is wrong after the second addition, if it is broken, and which can leave a goroutine.
type ones struct {
	n      int
	broken bool
}

func (o *ones) add(d int) {
	if o.n += d; o.broken && o.n > d {
		o.n--
	}
}
func (o *ones) sum() int { return o.n }
func (o *ones) leave()   { runtime.Goexit() }

func onesTarget(broken bool) *Target {
	return &Target{
		Name: "ones", Doc: "a number", New: func(*Env) any { return &ones{broken: broken} },
		Operations: []Operation{
			OpDo("add", rapid.IntRange(1, 9), (*ones).add), Op0("sum", (*ones).sum).Observing(),
			Op0Do("leave", (*ones).leave).Only(func(id int) bool { return id == 0 }),
		},
		Model: NewModel("ones", "adds up", 0, Does("add", func(s, d int) (int, None) { return s + d, None{} }),
			Does0("sum", func(s int) (int, int) { return s, s }), Does0("leave", func(s int) (int, None) { return s, None{} })),
	}
}

// executed runs steps of one client as one execution.
func executed(t *testing.T, target *Target, seed uint64, steps ...casefile.Step) (*fakeControl, Verdict) {
	t.Helper()
	p, err := target.program(steps)
	if err != nil {
		t.Fatal(err)
	}
	f := &fakeControl{}
	x := &explored{control: f, target: target, name: t.Name()}
	if err := x.prepare(t.Name(), seed, encode(p)); err != nil {
		t.Fatal(err)
	}
	return f, x.run()
}

// A program is judged as its target declares, and what it violates is told with the history.
func TestExploredVerdict(t *testing.T) {
	steps := []casefile.Step{{Op: "add", Arg: "2"}, {Op: "add", Arg: "3"}, {Op: "sum"}}
	if f, v := executed(t, onesTarget(false), 0, steps...); v.Status != Held || f.kind != "" || f.boundaries != 3 || len(f.announced) != 3 {
		t.Errorf("%+v: %+v", v, f)
	}
	f, v := executed(t, onesTarget(true), returnStops, steps...)
	if v.Status != Violated || f.kind != "linearizable" || !strings.Contains(f.evidence, "c0 sum() -> 4") || f.boundaries != 6 {
		t.Errorf("%+v: %+v", v, f)
	}
}

// A client that leaves its goroutine has not done what it was asked, and no join waits for it.
func TestExploredExit(t *testing.T) {
	if f, v := executed(t, onesTarget(false), 0, casefile.Step{Op: "leave"}, casefile.Step{Op: "sum"}); v.Kind != "exit" || f.kind != "exit" {
		t.Errorf("%+v", v)
	}
}

// Programs follow from their seeds, have two clients where there can be two, and give nobody what is not his to call.
func TestSmallPrograms(t *testing.T) {
	target := onesTarget(false)
	m := newMill(target, 3, 1)
	m.most = 8
	lengths := map[int]int{}
	for seed := range uint64(500) {
		p := m.small(choice.New(seed))
		if q := m.small(choice.New(seed)); !slices.Equal(p, q) {
			t.Fatalf("seed %d: %v and %v", seed, p, q)
		}
		lengths[len(p)]++
		if p.Clients() < 2 || p.Clients() > 3 || len(p) > 8 {
			t.Errorf("seed %d: %v", seed, p)
		}
		for _, s := range p {
			if !target.Operations[s.op].allows(s.Client) {
				t.Errorf("seed %d: c%d %s", seed, s.Client, s.Op)
			}
		}
	}
	if lengths[8] < lengths[3] || lengths[3] == 0 {
		t.Errorf("lengths %v", lengths)
	}
	target.Quota = 1
	alone := newMill(target, target.clamp(3), 1)
	alone.most = 4
	if p := alone.small(choice.New(1)); p.Clients() != 1 {
		t.Errorf("one client at most: %v", p)
	}
}

// A program that was written down is the same when it is read, and one that does not fit the target is refused.
func TestProgramLines(t *testing.T) {
	target := onesTarget(false)
	m := newMill(target, 3, 1)
	m.most = 8
	for seed := range uint64(50) {
		p := m.small(choice.New(seed))
		if q, err := new(programStore).make(target, "", "", 0, encode(p)); err != nil || !slices.Equal(p, q) {
			t.Errorf("%v, %v, %v", p, q, err)
		}
	}
	for _, bad := range []string{"{", `{"Op":"fly"}`, `{"Client":1,"Op":"leave"}`, `{"Op":"add","Arg":"x"}`} {
		if _, err := new(programStore).make(target, "", "", 0, []string{bad}); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

// The last program is kept, so that the executions of one need not make it again.
func TestProgramStore(t *testing.T) {
	target := onesTarget(false)
	s := &programStore{mills: map[string]*mill{}, last: map[string]stored{}}
	of := func(seed uint64, steps []string) Program {
		p, err := s.of(target, t.Name(), "x", seed, steps)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := of(1, nil)
	if q := of(1, nil); &p[0] != &q[0] {
		t.Error("made twice")
	}
	if q := of(2, nil); slices.Equal(p, q) {
		t.Error("two seeds, one program")
	}
	if q := of(2, encode(p)); !slices.Equal(p, q) {
		t.Errorf("given %v, got %v", p, q)
	}
}

// Where nothing is under control, explore leaves the test alone.
func TestNotUnderControl(t *testing.T) {
	if explore(t, onesTarget(false)) {
		t.Error("this process was taken for one under control")
	}
	if why := Unexplorable(&Target{World: true}); !strings.Contains(why, "simulated") {
		t.Errorf("%q", why)
	}
	if why := Unexplorable(&Target{Skip: map[Engine]string{Explore: "no"}}); why != "no" {
		t.Errorf("%q", why)
	}
}
