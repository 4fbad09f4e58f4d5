package owners

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
)

// sample is a report of two goroutines that lock in both orders.
const sample = `something else
lock-order 1
lock 1 mutex 0xc000010000 writer=0
lock 2 rwmutex 0xc000010040 writer=-1
edge 0
locks 2 write at bank.(*Account[go.shape.int, go.shape.string]).add /src/bank/bank.go:51
holds 1 write at bank.transfer /src/bank/bank.go:50
stack bank.transfer /src/bank/bank.go:52
edge 1
locks 1 write at bank.audit /src/bank/audit.go:9
holds 2 read at bank.audit /src/bank/audit.go:8
event 0 edge=0 goroutine=7 parent=1
event 1 edge=1 goroutine=8 parent=1
end dropped=0
something else
`

// one parses a text with one report.
func one(t *testing.T, text string) Report {
	t.Helper()
	all, err := Parse(strings.NewReader(text))
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	return all[0]
}

// kinds lists what was found.
func kinds(r Report) string {
	var b strings.Builder
	for _, f := range r.Findings() {
		fmt.Fprintf(&b, "%s %s;", f.Certainty, f.Kind)
	}
	return b.String()
}

func TestFindings(t *testing.T) {
	for _, c := range []struct{ change, to, want string }{
		{"", "", "LIKELY lock-order-cycle;"},
		{"goroutine=8", "goroutine=7", ""},
		{"goroutine=8 parent=1", "goroutine=8 parent=1 after 0-0", ""},
		{"goroutine=8 parent=1", "goroutine=8 parent=0", "LIKELY lock-order-cycle;"},
		{"edge 0\n", "edge 0 cut\n", "LIKELY lock-order-cycle;"},
		{"writer=0", "writer=0 handed", ""},
		{"locks 1 write", "locks 1 try-write", ""},
		{"locks 2 write", "locks 2 read", "LIKELY lock-order-cycle;"},
		{"writer=-1", "writer=0", "LIKELY lock-order-cycle;"},
		{"dropped=0", "dropped=3", "LIKELY lock-order-cycle;NOTE lock-order-incomplete;"},
		{"end dropped=0\n", "", "LIKELY lock-order-cycle;NOTE lock-order-incomplete;"},
	} {
		text := strings.Replace(sample, c.change, c.to, 1)
		if c.to == "" && c.change != "" {
			text = strings.Replace(strings.TrimSuffix(sample, "something else\n"), c.change, "", 1)
		}
		if got := kinds(one(t, text)); got != c.want {
			t.Errorf("%q instead of %q: %q, want %q", c.to, c.change, got, c.want)
		}
	}
}

// TestOrderIsCheap: many locks that are locked in one order are no search, and one that is locked against it is found among them.
func TestOrderIsCheap(t *testing.T) {
	r := Report{Locks: map[int]Lock{}}
	add := func(holds, takes int) {
		at := func(l int) Site { return Site{fmt.Sprint("f", l), "/f.go", l} }
		r.Events = append(r.Events, Event{Edge: len(r.Edges), Goroutine: int64(len(r.Edges) + 1), Parent: 1})
		r.Edges = append(r.Edges, Edge{Takes: Step{Lock: takes, At: at(takes)}, Holds: []Step{{Lock: holds, At: at(holds)}}})
	}
	for i := range 60 {
		for j := range i {
			add(j, i)
		}
	}
	s := newSearch(&r)
	if found := s.cycles(); len(found) != 0 || s.steps > 10*len(r.Edges) {
		t.Errorf("%d steps: %v", s.steps, found)
	}
	add(30, 29)
	if found := r.Findings(); len(found) == 0 || found[0].Kind != KindCycle || len(found[0].Goroutines) != 2 {
		t.Errorf("%+v", found)
	}
}

func TestParse(t *testing.T) {
	r := one(t, sample)
	e := r.Edges[0]
	want := Site{"bank.(*Account[go.shape.int, go.shape.string]).add", "/src/bank/bank.go", 51}
	if e.Takes.At != want || len(e.Holds) != 1 || len(e.Stack) != 1 || r.Locks[2].Writer != -1 || r.Locks[1].Addr != 0xc000010000 {
		t.Errorf("%+v", r)
	}
	if all, err := Parse(strings.NewReader(sample + sample)); err != nil || len(all) != 2 {
		t.Error(len(all), err)
	}
	if all, err := Parse(strings.NewReader("nothing\n")); err != nil || len(all) != 0 {
		t.Error(all, err)
	}
	for _, bad := range []string{"lock x mutex 0x1 writer=0", "lock 1", "edge 1", "locks 1 write", "event 0 edge=0 goroutine=1 parent=1", "what", "end"} {
		if _, err := Parse(strings.NewReader("lock-order 1\n" + bad + "\n")); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// FuzzParse: any text is read or refused, and what was read can be judged. Same text, same findings.
func FuzzParse(f *testing.F) {
	f.Add(sample)
	f.Add(strings.Replace(sample, "event 1 edge=1", "event 1 edge=0", 1))
	if text, err := os.ReadFile("testdata/report.txt"); err == nil {
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		all, _ := Parse(strings.NewReader(text))
		for _, r := range all {
			if len(r.Edges) > 12 {
				continue // cycles are many
			}
			a, b := r.Findings(), r.Findings()
			if fmt.Sprint(a) != fmt.Sprint(b) {
				t.Error(a, b)
			}
			for _, x := range a {
				if x.Title == "" || x.Confidence <= 0 || x.Confidence > 1 || x.Certainty == finding.Proved && x.Confidence != 1 {
					t.Errorf("%+v", x)
				}
			}
		}
	})
}
