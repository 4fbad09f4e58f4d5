package harness_test

import (
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/properties"
)

// TestValidate asks that every way in which a declaration can be wrong is named with a sentence that says what to do.
func TestValidate(t *testing.T) {
	if err := counterTarget().Validate(); err != nil {
		t.Fatalf("the good declaration: %v", err)
	}
	for _, c := range []struct {
		want   string
		change func(*harness.Target)
	}{
		{`Name "A B" must be lower-case words`, func(x *harness.Target) { x.Name = "A B" }},
		{`Row "X" must be`, func(x *harness.Target) { x.Row = "X" }},
		{"Doc is empty: say in one sentence", func(x *harness.Target) { x.Doc = "" }},
		{"New is nil: return a fresh instance", func(x *harness.Target) { x.New = nil }},
		{"World is set but Client is nil", func(x *harness.Target) { x.World = true }},
		{"World and Points are both set", func(x *harness.Target) { x.World = true }},
		{"Sites are listed but Points is false", func(x *harness.Target) { x.Points = false }},
		{"Progress claims wait-free", func(x *harness.Target) { x.Points, x.Sites = false, nil }},
		{"Quota -1 must not be negative", func(x *harness.Target) { x.Quota = -1 }},
		{`Skip names the unknown engine "fly"`, func(x *harness.Target) { x.Skip = map[harness.Engine]string{"fly": "x"} }},
		{"Skip of race has no reason", func(x *harness.Target) { x.Skip = map[harness.Engine]string{harness.Race: ""} }},
		{"Operations is empty: declare", func(x *harness.Target) { x.Operations = nil }},
		{"was not made by harness.Op", func(x *harness.Target) { x.Operations = append(x.Operations, harness.Operation{Name: "x"}) }},
		{"is declared twice: rename one", func(x *harness.Target) { x.Operations = append(x.Operations, x.Operations[0]) }},
		{"only int can be numbered", func(x *harness.Target) {
			x.Operations = append(x.Operations, harness.OpDo("say", nil, func(*counter, string) {}))
		}},
		{"negative weight", func(x *harness.Target) { x.Operations[0].Weight = -1 }},
		{"client 0 may call no operation", func(x *harness.Target) {
			for i := range x.Operations {
				x.Operations[i] = x.Operations[i].Only(func(id int) bool { return id > 0 })
			}
		}},
		{"nothing judges it", func(x *harness.Target) { x.Model = nil }},
		{"no rule for operation", func(x *harness.Target) { x.Model = properties.Stack() }},
		{`invariant "i" needs a Doc and a Check`, func(x *harness.Target) { x.Invariants = []harness.Invariant{{Name: "i"}} }},
		{`property "p" needs a Doc and a Check`, func(x *harness.Target) { x.Properties = []harness.Property{{Name: "p"}} }},
		{`bug "lost-update" has no Doc`, func(x *harness.Target) { x.Bugs[0].Doc = "" }},
		{"caught by no engine", func(x *harness.Target) { x.Bugs[0].CaughtBy = nil }},
		{"which the target skips", func(x *harness.Target) { x.Skip = map[harness.Engine]string{harness.Check: "no"} }},
		{"a fault is nil", func(x *harness.Target) { x.Faults = append(x.Faults, nil) }},
		{"New returned nil", func(x *harness.Target) { x.New = func(*harness.Env) any { return nil } }},
		{"New panicked: boom", func(x *harness.Target) { x.New = func(*harness.Env) any { panic("boom") } }},
		{"make both agree", func(x *harness.Target) { x.New = func(*harness.Env) any { return "a string" } }},
	} {
		bad := counterTarget()
		c.change(bad)
		if err := bad.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want a complaint about %q, got %v", c.want, err)
		}
	}
	var none *harness.Target
	if err := none.Validate(); err == nil {
		t.Error("a nil target is valid")
	}
}
