package harness

import (
	"fmt"
	"reflect"
	"testing"
)

// A Sample is a finished history, made by hand, with what a model or property should say about it:
//
//	harness.Sample{Why: "a pop sees the push that ended before it", Calls: []harness.Call{
//		{Client: 0, Op: "push", Arg: 1, Result: harness.None{}, Start: 1, End: 2},
//		{Client: 1, Op: "pop", Arg: harness.None{}, Result: harness.Some(1), Start: 3, End: 4},
//	}}
type Sample struct {
	// Why says in one sentence why the history is good, or why it is bad.
	Why string
	// Calls are the history. Start and End are any numbers; calls that share a moment overlap.
	Calls []Call
	// System is what the run is said to have left behind, for properties that look at it.
	System any
}

// TestModel is the test that every model must pass: it accepts the good samples and rejects the bad ones, and those are bad for the reason that
// they give and not for a slip of the pen:
//
//   - every operation of the model is called in a good sample;
//   - a bad sample has only operations, and types of arguments and results, that occur in good ones;
//   - what makes it bad is an answer: with all results unknown, it is good.
//
// The model must be made by [NewModel]; one made by [Sequential] is as right as the type it is made from. Give at least one sample of each kind.
func TestModel(t testing.TB, m *Model, good, bad []Sample) {
	t.Helper()
	j, err := newModelJudge(m)
	if err != nil {
		t.Fatal(err)
	}
	testSamples(t, good, bad, func(s Sample) Verdict { return j.judge(s.Calls) })
	used := typesOf(good)
	for op := range m.rules {
		if len(used[op]) == 0 {
			t.Errorf("no good sample calls %s", op)
		}
	}
	for _, s := range bad {
		if err := used.cover(s); err != nil {
			t.Errorf("bad sample %q: %v", s.Why, err)
		}
		if v := j.judge(unanswered(s.Calls)); v.Status != Held {
			t.Errorf("bad sample %q: it is bad even with all results unknown: %s", s.Why, v.Message)
		}
	}
}

// TestProperty is the test that every property must pass: it holds on the good samples and is violated on the bad ones, with the kind by which it is
// named, a message, and evidence; asked again, it says the same. Give at least one sample of each kind.
func TestProperty(t testing.TB, p Property, good, bad []Sample) {
	t.Helper()
	if p.Name == "" || p.Doc == "" || p.Check == nil {
		t.Fatalf("property %q needs a name, a sentence and a check", p.Name)
	}
	judge := func(s Sample) Verdict {
		h := &History{Calls: append([]Call(nil), s.Calls...)}
		h.sort()
		return p.Check(&Run{Target: &Target{Name: "sample"}, System: s.System, History: h})
	}
	testSamples(t, good, bad, judge)
	for _, s := range bad {
		v := judge(s)
		if v.Status == Violated && v.Kind != p.Name {
			t.Errorf("bad sample %q: the kind is %q, the property is %q", s.Why, v.Kind, p.Name)
		}
		if again := judge(s); again != v {
			t.Errorf("bad sample %q: asked twice, it says %+v and %+v", s.Why, v, again)
		}
	}
}

// testSamples compares the verdict on each sample with the one it should have.
func testSamples(t testing.TB, good, bad []Sample, judge func(Sample) Verdict) {
	t.Helper()
	if len(good) == 0 || len(bad) == 0 {
		t.Errorf("%d good and %d bad samples: at least one of each is needed", len(good), len(bad))
	}
	for _, s := range good {
		if v := judge(s); v.Status != Held {
			t.Errorf("good sample %q: %v: %s\n%s", s.Why, v.Status, v.Message, v.Evidence)
		}
	}
	for _, s := range bad {
		v := judge(s)
		if v.Status != Violated {
			t.Errorf("bad sample %q: %v", s.Why, v.Status)
		} else if v.Message == "" || v.Evidence == "" {
			t.Errorf("bad sample %q: no message or no evidence: %+v", s.Why, v)
		}
	}
}

// modelJudge judges histories by a model alone.
type modelJudge struct {
	target *Target
	number map[string]int
}

// newModelJudge wraps a model into a target that has its operations by name only.
func newModelJudge(m *Model) (*modelJudge, error) {
	if m.free {
		return nil, fmt.Errorf("model %s is made by Sequential: there is nothing to test in it without its type", m.Name)
	}
	j := &modelJudge{target: &Target{Name: m.Name, Model: m}, number: map[string]int{}}
	for op := range m.rules {
		j.number[op] = len(j.target.Operations)
		j.target.Operations = append(j.target.Operations, Operation{Name: op})
	}
	return j, nil
}

// judge asks whether calls are linearizable.
func (j *modelJudge) judge(calls []Call) Verdict {
	h := &History{}
	for _, c := range calls {
		n, ok := j.number[c.Op]
		if !ok {
			return Unknown(fmt.Sprintf("the model has no operation %q", c.Op))
		}
		c.op = n
		h.Calls = append(h.Calls, c)
	}
	h.sort()
	return j.target.linearizable(h, sampleConfigs)
}

// sampleConfigs bounds the judging of a sample, which a person wrote and can survey.
const sampleConfigs = 1 << 20

// callTypes holds, by operation, the types of arguments and results that occur.
type callTypes map[string]map[[2]reflect.Type]bool

// typesOf collects the types of all completed calls.
func typesOf(samples []Sample) callTypes {
	types := callTypes{}
	for _, s := range samples {
		for _, c := range s.Calls {
			if c.Pending {
				continue
			}
			if types[c.Op] == nil {
				types[c.Op] = map[[2]reflect.Type]bool{}
			}
			types[c.Op][c.types()] = true
		}
	}
	return types
}

func (c *Call) types() [2]reflect.Type {
	return [2]reflect.Type{reflect.TypeOf(c.Arg), reflect.TypeOf(c.Result)}
}

// cover returns an error if a sample has a call whose types do not occur.
func (t callTypes) cover(s Sample) error {
	for _, c := range s.Calls {
		if !c.Pending && !t[c.Op][c.types()] {
			return fmt.Errorf("no good sample has %s with an argument of type %T and a result of type %T", c.Op, c.Arg, c.Result)
		}
	}
	return nil
}

// unanswered returns the calls without their results.
func unanswered(calls []Call) []Call {
	list := make([]Call, len(calls))
	for i, c := range calls {
		c.Pending, c.Result = true, nil
		list[i] = c
	}
	return list
}
