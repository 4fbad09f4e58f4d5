package explain

import (
	"strings"
	"testing"
)

// judged is a failure that the test itself has judged: a history that no order explains.
func judged(function string) *Execution {
	return &Execution{
		Test: "TestStack", Failure: "linearizable", Message: "no order explains it", Evidence: "c0 pop() -> 1  |---|\nc1 pop() -> 1    |---|\n",
		Threads: []Thread{{ID: 0, Parent: -1, Func: "example.com/m.TestStack"}, {ID: 2, Func: "c0"}},
		Steps:   []Step{{Thread: 2, Kind: "Call", Note: "pop()"}, {Thread: 2, Kind: "Update", Object: 0, Site: Site{Func: function, File: "m.go", Line: 7}}},
	}
}

// What the test says is shown, and names the failure wherever the last operation was: smaller programs end elsewhere.
func TestJudged(t *testing.T) {
	var b strings.Builder
	if err := Text(&b, judged("example.com/m.pop"), Options{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"linearizable: no order explains it\n\n    c0 pop() -> 1  |---|\n    c1 pop() -> 1    |---|\n", "pop()"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
	if got := Signature(judged("example.com/m.pop")); got != "linearizable: no order explains it" {
		t.Errorf("signature %q", got)
	}
	if !Same(judged("example.com/m.pop"), judged("example.com/m.push")) {
		t.Error("the same mistake at another operation is taken for another one")
	}
	other := judged("example.com/m.pop")
	other.Message = "a sum is too large"
	if Same(judged("example.com/m.pop"), other) {
		t.Error("two mistakes are taken for one")
	}
}
