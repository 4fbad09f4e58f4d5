package explore

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/explain"
)

// ofProgram is the target of the script TestProgram.
const ofProgram = "TestProgram row/thing"

// step makes a step.
func step(client int, op, arg string) casefile.Step {
	return casefile.Step{Client: client, Op: op, Arg: arg}
}

// long is the program that the script makes of every seed.
var long = []casefile.Step{step(2, "put", "7"), step(0, "get", ""), step(1, "put", "9"), step(2, "get", ""), step(0, "put", "3"), step(2, "len", "")}

// runProgram plays a test that generates programs: it fails if one client puts and another one gets, in every second schedule of a later program.
func (f *fake) runProgram(n uint64) {
	steps := long
	if f.of != "" {
		steps = nil
		for _, text := range f.steps {
			var s casefile.Step
			must(json.Unmarshal([]byte(text), &s))
			steps = append(steps, s)
		}
	}
	f.announce(steps)
	f.decisions = 3
	if f.strategy == baseline && !f.replays() || !breaks(steps) || n%2 == 0 && !f.replays() || f.replays() && !f.has(a) {
		return
	}
	f.fail("linearizable", "no order explains it", n, noise(n))
}

// breaks reports whether two clients meet.
func breaks(steps []casefile.Step) bool {
	return slices.ContainsFunc(steps, func(s casefile.Step) bool {
		return s.Op == "put" && slices.ContainsFunc(steps, func(r casefile.Step) bool { return r.Op == "get" && r.Client != s.Client })
	})
}

// announce says which program is run.
func (f *fake) announce(steps []casefile.Step) {
	if f.announced {
		return
	}
	f.announced = true
	var lines []string
	for _, s := range steps {
		text, err := json.Marshal(s)
		must(err)
		lines = append(lines, string(text))
	}
	list, err := json.Marshal(lines)
	must(err)
	f.say(fmt.Sprintf(`{"event":"program","of":%q,"seed":"%#x","steps":%s}`, ofProgram, f.program, list))
}

// A failing program is made smaller, then its schedule, and the case holds both and replays.
func TestExploreProgram(t *testing.T) {
	slow(t)
	config := fakeConfig(t, "TestProgram")
	v := exploredOne(t, "TestProgram", config).violation
	if v == nil {
		t.Fatal("not found")
	}
	if v.Property != "linearizable" || v.To != 1 || v.Reproduced != 2 || !strings.Contains(v.Evidence, "program, shrunk from 6 to 2 operations") {
		t.Errorf("%+v", *v)
	}
	kept, err := casefile.Load(v.Case)
	if err != nil {
		t.Fatal(err)
	}
	if want := []casefile.Step{step(1, "get", ""), step(0, "put", "1")}; !same(kept.Program, want) {
		t.Errorf("program %v", kept.Program)
	}
	if kept.Target != "row/thing" || !slices.Contains(kept.Requires, "control") || !Owns(kept) {
		t.Errorf("%+v", kept)
	}
	if r, err := Again(t.Context(), config, config.Packages[0], kept); err != nil || !r.Reproduced {
		t.Errorf("%+v, %v", r, err)
	}
	again := exploredOne(t, "TestProgram", config).violation
	if again == nil || !strings.HasPrefix(again.Where, "a saved case") || !strings.Contains(again.Evidence, "c0: ") {
		t.Errorf("again: %+v", again)
	}
}

// same compares programs, whichever client is which.
func same(p, q []casefile.Step) bool {
	number := func(steps []casefile.Step) []string {
		var list []string
		seen := map[int]int{}
		for _, s := range steps {
			list = append(list, fmt.Sprint(rank(seen, s.Client), s.Op))
		}
		slices.Sort(list)
		return list
	}
	return len(p) == len(q) && breaks(p) && len(number(p)) == len(number(q))
}

// A seeded bug that is found is caught, and one that is not is missed; a target is told which it is by its environment.
func TestExploreTargets(t *testing.T) {
	slow(t)
	config := fakeConfig(t, "TestProgram|TestPass")
	config.Run, config.CaseDir = "^TestProgram$", ""
	config.Targets = []Target{{Row: "row", Name: "thing", Bug: "slip", Wanted: true}, {Row: "row", Name: "thing"}}
	all, summary := explored(t, config)
	if summary.Tests != 2 || summary.Failed != 1 || all["thing"].violation == nil { // the bug is caught, and its target has failed
		t.Errorf("%+v: %+v", summary, all["thing"])
	}
	config.Run = "^TestPass$"
	config.Targets = config.Targets[:1]
	all, _ = explored(t, config)
	if got := all["thing"].verdict; got.Status != "missed" || got.Bug != "slip" || got.Package != "row" {
		t.Errorf("%+v", got)
	}
}

// What is smaller says the same with less: nothing is added, and a candidate is never the program itself.
func TestSmallerPrograms(t *testing.T) {
	for n := 1; n <= len(long); n++ {
		for _, q := range without(long, n) {
			if len(q) != len(long)-n {
				t.Errorf("without %d: %v", n, q)
			}
		}
	}
	if got := len(without(long, 1)); got != len(long) {
		t.Errorf("%d programs lack one operation", got)
	}
	for _, q := range simpler(long) {
		if slices.Equal(q, long) || len(q) != len(long) || clients(q) > clients(long) {
			t.Errorf("%v", q)
		}
	}
	least := []casefile.Step{step(0, "put", "1"), step(1, "put", "2")}
	if all := simpler(least); len(all) != 1 { // one client does all
		t.Errorf("%v", all)
	}
}

// The goroutines of clients get their names, and the points between operations the operations that follow.
func TestAnnotate(t *testing.T) {
	x := &explain.Execution{
		Threads: []explain.Thread{{ID: 0, Func: "testing.f"}, {ID: 2, Func: "example.com/" + runner + "gowrap1"}, {ID: 3, Func: "example.com/" + runner + "gowrap1"}},
		Steps: []explain.Step{{Thread: 3, Kind: "Read"}, {Thread: 3, Kind: "Read", Site: explain.Site{Func: "f"}}, {Thread: 3, Kind: "Write"}, {Thread: 2, Kind: "Read"},
			{Thread: 0, Kind: "Read"}},
	}
	p := &program{steps: []casefile.Step{step(0, "get", ""), step(1, "put", "4")}}
	p.annotate(x)
	var got []string
	for _, s := range x.Steps {
		got = append(got, strings.TrimSpace(s.Kind+" "+s.Note))
	}
	if want := []string{"Call put(4)", "Read", "Return", "Call get()", "Read"}; !slices.Equal(got, want) || x.Threads[1].Func != "c0" || x.Threads[2].Func != "c1" {
		t.Errorf("%q, %+v", got, x.Threads)
	}
}

// Programs differ from chunk to chunk, and each chunk goes on where its number says.
func TestPrograms(t *testing.T) {
	trial := &trial{config: Config{Seed: 5, Shards: 1, Schedules: 100, Generated: 5000, RaceShare: 0.25, Strategy: "portfolio"}, pkg: Package{Plain: "p", Race: "r"},
		launcher: &launcher{}, limits: ground{programs: true}}
	first := trial.request(baseline, 0, 1)
	if first.every != 0 || first.program.seed%4 != 0 {
		t.Errorf("%+v", first)
	}
	seen, total, enumerated := map[uint64]bool{}, 0, 0
	for _, c := range trial.chunks() {
		r := trial.request(c.strategy, c.from, c.count)
		if total += c.count; c.strategy == exhaustive {
			enumerated += c.count
			continue
		}
		if r.every != eachProgram || seen[r.program.seed] {
			t.Errorf("%+v: %+v", c, r)
		}
		seen[r.program.seed] = true
	}
	if total != 5000+1250 || enumerated != 1250 {
		t.Errorf("%d schedules, %d of them enumerated", total, enumerated)
	}
	if text := first.String(); !strings.Contains(text, "\nevery 0\nprogram 0x") {
		t.Error(text)
	}
}

// Of several programs in one schedule, the one counts that was judged.
func TestWhichProgram(t *testing.T) {
	var list []*program
	for _, of := range []string{"TestA row/a", "TestB row/b"} {
		list = announced{Of: of, Seed: 8, Steps: []string{`{"Client":1,"Op":"x"}`}}.add(list)
	}
	o := &outcome{programs: list, failed: &failed{Of: "TestB row/b"}}
	if f := o.withProgram(&finding{execution: &explain.Execution{}}); f.program != list[1] {
		t.Errorf("%+v", f.program)
	}
	o.failed.Of = ""
	if f := o.withProgram(&finding{execution: &explain.Execution{}}); f.program.of != "" || f.program.seed != 8 {
		t.Errorf("%+v", f.program)
	}
	if next := (announced{Of: "TestA row/a", Seed: 9}).add(list); len(next) != 1 {
		t.Errorf("%+v", next)
	}
}

// A failure that needs the schedules before it is replayed with all their programs, which follow from a seed.
func TestProgramOfChunk(t *testing.T) {
	x := &Failure{program: &program{of: ofProgram, seed: 9, steps: long}, chunk: &request{program: &program{seed: 4}, every: 64}, Together: true,
		target: &Target{Row: "row", Name: "thing", Bug: "slip"}}
	c := &casefile.Case{Test: "TestProgram"}
	x.writeProgram(c)
	r, err := fromCase(c)
	if err != nil || r.program.of != "" || r.program.seed != 4 || r.every != 64 || c.Target != "row/thing" || c.Bug != "slip" {
		t.Errorf("%+v, %v, %+v", r, err, c)
	}
	x.Together = false
	c = &casefile.Case{Test: "TestProgram"}
	x.writeProgram(c)
	if r, err = fromCase(c); err != nil || r.program.of != ofProgram || r.program.seed != 9 || r.every != 0 || !slices.Equal(r.program.steps, long) {
		t.Errorf("%+v, %v", r, err)
	}
	if id := twinOf(&casefile.Case{Package: TargetPackage, Target: "row/thing", Bug: "slip"}); id != "row/thing#slip" {
		t.Errorf("%q", id)
	}
}

// A target that has no schedules says why itself.
func TestRefusedTarget(t *testing.T) {
	if got := reaches(&explain.Uncontrolled{What: "target: its machines are simulated"}); got != "its machines are simulated" {
		t.Errorf("%q", got)
	}
}
