package properties

import (
	"testing"

	"github.com/concurrency-god-mode/godmode/harness"
)

func TestTokensRise(t *testing.T) {
	p := TokensRise(func(s any) []Acquisition { return s.([]Acquisition) })
	good := []harness.Sample{
		{Why: "nobody acquired anything", System: []Acquisition{}},
		{Why: "later is larger, with gaps", System: []Acquisition{{"a", 1, 2, 1}, {"b", 3, 4, 7}, {"a", 5, 6, 8}}},
		{Why: "attempts that overlap may have any order", System: []Acquisition{{"a", 1, 5, 2}, {"b", 2, 6, 1}}},
	}
	bad := []harness.Sample{
		{Why: "a later acquisition has a smaller token", System: []Acquisition{{"a", 1, 2, 7}, {"b", 3, 4, 3}}},
		{Why: "the smaller token comes after another one", System: []Acquisition{{"a", 1, 2, 7}, {"b", 1, 4, 9}, {"c", 3, 5, 3}}},
		{Why: "two attempts that overlap have the same token", System: []Acquisition{{"a", 1, 5, 2}, {"b", 2, 6, 2}}},
	}
	harness.TestProperty(t, *p, good, bad)
}

func TestFenced(t *testing.T) {
	inv := Fenced(func(s any) []uint64 { return s.([]uint64) })
	for _, good := range [][]uint64{nil, {1}, {1, 1, 4, 4, 9}} {
		if err := inv.Check(good); err != nil {
			t.Errorf("%v: %v", good, err)
		}
	}
	if err := inv.Check([]uint64{1, 4, 3, 5}); err == nil || err.Error() != "token 3 was accepted as number 3, after 4" {
		t.Errorf("an old token after a new one: %v", err)
	}
	if !inv.Always || inv.Doc == "" {
		t.Error("it must hold after every step, and say what it is")
	}
}

func TestOneHolder(t *testing.T) {
	inv := OneHolder(func(s any) []Holder { return s.([]Holder) })
	for _, good := range [][]Holder{nil, {{"a", 1}}} {
		if err := inv.Check(good); err != nil {
			t.Errorf("%v: %v", good, err)
		}
	}
	err := inv.Check([]Holder{{"a", 1}, {"b", 2}})
	if err == nil || err.Error() != "2 do at once: [a with token 1 b with token 2]" {
		t.Errorf("two holders: %v", err)
	}
	if !inv.Always || inv.Doc == "" {
		t.Error("it must hold after every step, and say what it is")
	}
}

func TestGuardedNumber(t *testing.T) {
	bump := func(client, value int, how How, from, to int64) harness.Call {
		r := Tried{value, how}
		return harness.Call{Client: client, Op: "bump", Arg: 0, Result: r, Start: from, End: to, Pending: r.Indeterminate()}
	}
	read := func(client, value int, from, to int64) harness.Call {
		return harness.Call{Client: client, Op: "read", Arg: harness.None{}, Result: Tried{value, Done}, Start: from, End: to}
	}
	abandon := harness.Call{Client: 2, Op: "abandon", Arg: harness.None{}, Result: harness.None{}, Start: 1, End: 100}
	good := []harness.Sample{
		{Why: "one after another", Calls: []harness.Call{bump(0, 1, Done, 1, 2), read(1, 1, 3, 4), bump(1, 2, Done, 5, 6), abandon}},
		{Why: "a refused bump changes nothing", Calls: []harness.Call{bump(0, 0, Refused, 1, 2), read(1, 0, 3, 4)}},
		{Why: "an unsure bump took effect later", Calls: []harness.Call{bump(0, 0, Unsure, 1, 0), read(1, 0, 3, 4), read(1, 1, 5, 6)}},
		{Why: "an unsure bump never took effect", Calls: []harness.Call{bump(0, 0, Unsure, 1, 0), bump(1, 1, Done, 3, 4), read(1, 1, 5, 6)}},
	}
	bad := []harness.Sample{
		{Why: "two bumps saw the same number: an update is lost", Calls: []harness.Call{bump(0, 1, Done, 1, 4), bump(1, 1, Done, 2, 5)}},
		{Why: "a refused bump took effect", Calls: []harness.Call{bump(0, 0, Refused, 1, 2), read(1, 1, 3, 4)}},
		{Why: "an unsure bump took effect twice", Calls: []harness.Call{bump(0, 0, Unsure, 1, 0), read(1, 1, 3, 4), read(1, 2, 5, 6)}},
		{Why: "the number went back", Calls: []harness.Call{bump(0, 1, Done, 1, 2), read(1, 0, 3, 4)}},
	}
	harness.TestModel(t, GuardedNumber(), good, bad)
	for r, want := range map[Tried]string{{3, Done}: "3", {0, Refused}: "refused", {0, Unsure}: "unsure"} {
		if r.String() != want {
			t.Errorf("%#v prints as %s", r, r)
		}
	}
}
