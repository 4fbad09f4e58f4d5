package harness

import (
	"fmt"
	"strings"
	"testing"
)

// complaints is a test that writes down what it is told and goes on.
type complaints struct {
	testing.TB
	list []string
}

func (c *complaints) Helper()                   {}
func (c *complaints) Errorf(f string, a ...any) { c.list = append(c.list, fmt.Sprintf(f, a...)) }
func (c *complaints) Fatal(a ...any)            { panic(fmt.Sprint(a...)) }
func (c *complaints) Fatalf(f string, a ...any) { panic(fmt.Sprintf(f, a...)) }

// complaintsOf runs f, and returns what it complained about.
func complaintsOf(f func(testing.TB)) (list []string) {
	c := &complaints{}
	defer func() {
		if e := recover(); e != nil {
			list = append(c.list, fmt.Sprint(e))
		}
	}()
	f(c)
	return c.list
}

// summed and added are calls of the counting model.
func summed(n any, start, end int) Call {
	return Call{Op: "sum", Arg: None{}, Result: n, Start: int64(start), End: int64(end)}
}

func added(d, start, end int) Call {
	return Call{Op: "add", Arg: d, Result: None{}, Start: int64(start), End: int64(end)}
}

func sample(calls ...Call) []Sample { return []Sample{{Why: "a reason", Calls: calls}} }

// expect asks for exactly one complaint, with some text in it; none if the text is empty.
func expect(t *testing.T, name, text string, list []string) {
	t.Helper()
	if text == "" && len(list) == 0 || len(list) == 1 && text != "" && strings.Contains(list[0], text) {
		return
	}
	t.Errorf("%s: want a complaint with %q, got %q", name, text, list)
}

// TestTestModel makes each mistake once that TestModel must notice.
func TestTestModel(t *testing.T) {
	good, bad := sample(added(1, 1, 2), summed(1, 3, 4)), sample(added(1, 1, 2), summed(0, 3, 4))
	for _, c := range []struct {
		name, complaint string
		good, bad       []Sample
	}{
		{"nothing is wrong", "", good, bad},
		{"no bad sample", "at least one", good, nil},
		{"a good sample is bad", "good sample", append(good, bad...), bad},
		{"a bad sample is good", "bad sample", good, append(bad, good...)},
		{"an operation is never called", "no good sample calls add", sample(summed(0, 1, 2)), sample(summed(1, 1, 2))},
		{"a result of another type", "result of type int64", good, sample(summed(int64(0), 1, 2))},
	} {
		expect(t, c.name, c.complaint, complaintsOf(func(t testing.TB) { TestModel(t, countingModel(), c.good, c.bad) }))
	}
	free := Sequential("free", "a type", func() any { return nil }, nil)
	expect(t, "no rules", "Sequential", complaintsOf(func(t testing.TB) { TestModel(t, free, good, bad) }))
	unknown := append(bad, sample(Call{Op: "fly"})...)
	if list := complaintsOf(func(t testing.TB) { TestModel(t, countingModel(), good, unknown) }); len(list) == 0 {
		t.Error("an operation that the model does not have went unnoticed")
	}
}

// TestTestProperty makes each mistake once that TestProperty must notice.
func TestTestProperty(t *testing.T) {
	property := func(kind, evidence string) Property {
		return Property{Name: "short", Doc: "there are fewer than two calls", Check: func(r *Run) Verdict {
			if len(r.History.Calls) < 2 {
				return HeldVerdict()
			}
			return Violation(kind, "too many calls", evidence)
		}}
	}
	good, bad := sample(added(1, 1, 2)), sample(added(1, 1, 2), added(1, 3, 4))
	for _, c := range []struct {
		name, complaint string
		p               Property
		good, bad       []Sample
	}{
		{"nothing is wrong", "", property("short", "2 calls"), good, bad},
		{"no good sample", "at least one", property("short", "2 calls"), nil, bad},
		{"a good sample is bad", "good sample", property("short", "2 calls"), append(good, bad...), bad},
		{"a bad sample is good", "bad sample", property("short", "2 calls"), good, append(bad, good...)},
		{"no evidence", "no evidence", property("short", ""), good, bad},
		{"another kind", "the kind is", property("long", "2 calls"), good, bad},
		{"no sentence", "needs a name", Property{Name: "short"}, good, bad},
	} {
		expect(t, c.name, c.complaint, complaintsOf(func(t testing.TB) { TestProperty(t, c.p, c.good, c.bad) }))
	}
}
