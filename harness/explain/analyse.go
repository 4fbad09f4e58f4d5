package explain

// An Analysis says what an execution means.
type Analysis struct {
	Headline  string   `json:"headline"`
	Signature string   `json:"signature"`
	Names     []string `json:"names"`              // of Execution.Threads
	Waits     []Wait   `json:"waits,omitempty"`    // who waits at the end; the own code of the test only, if there is any
	Core      []int    `json:"core,omitempty"`     // the goroutines that make the failure: a cycle, in its order, or those that nobody wakes
	Cycle     bool     `json:"cycle,omitempty"`    // Core waits in a circle
	Proved    bool     `json:"proved,omitempty"`   // that circle rests on locks that the steps show
	Remarks   []string `json:"remarks,omitempty"`  // what became of the last signal, who ended without unlocking, ...
	Critical  *Pair    `json:"critical,omitempty"` // the two operations whose order decided
	Spinning  []Spin   `json:"spinning,omitempty"` // in a livelock
}

// A Pair is two operations of different goroutines on one object: indices of steps. First came before Second because the schedule was forced.
type Pair struct {
	First  int `json:"first"`
	Second int `json:"second"`
}

// A Spin is a goroutine that goes round and round.
type Spin struct {
	Thread int    `json:"thread"`
	Name   string `json:"name"`
	Sites  []Site `json:"sites"`
	Steps  int    `json:"steps"` // how many of the last steps were its own
}

// An analysis is an Analysis in the making.
type analysis struct {
	*trace
	*facts
	Analysis
	kind      coreKind
	waitedFor map[int]bool // objects
}

// Analyse asks what an execution means.
func Analyse(e *Execution) *Analysis { return &analyse(e).Analysis }

func analyse(e *Execution) *analysis {
	if e == nil {
		e = &Execution{}
	}
	t := newTrace(e)
	a := &analysis{trace: t, facts: newFacts(t), waitedFor: map[int]bool{}}
	for _, g := range e.Threads {
		a.Names = append(a.Names, a.threads[a.byID[g.ID]].name)
	}
	a.waiting()
	a.onlyOwn()
	for _, w := range a.Waits {
		a.waitedFor[w.Object] = w.Object >= 0
	}
	a.findCore()
	a.findCritical()
	a.findSpinning()
	a.remark()
	a.Headline = a.headline()
	a.Signature = a.signature()
	return a
}

// onlyOwn drops the goroutines of the machinery that wait, if others do too.
func (a *analysis) onlyOwn() {
	var own []Wait
	for _, w := range a.Waits {
		if w.own {
			own = append(own, w)
		}
	}
	if len(own) > 0 {
		a.Waits = own
	}
}

// Headline says what happened in one sentence.
func Headline(e *Execution) string { return analyse(e).Headline }

// Signature names the failure: its kind, and the functions at which goroutines wait or at which it came to light, without lines and numbers.
// The same mistake has the same signature on every schedule and after edits elsewhere. Ask it of executions that were recorded with their steps:
// without, nobody knows which of those who wait make the failure.
func Signature(e *Execution) string { return analyse(e).Signature }
