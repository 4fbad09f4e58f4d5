package soak

import (
	"cmp"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/concurrency-god-mode/godmode/harness/signature"
	"github.com/concurrency-god-mode/godmode/harness/stats"
)

// maxEvidence bounds the evidence of an example, in bytes: a dump of all goroutines may have megabytes.
const maxEvidence = 16 << 10

// kindCrash is the kind of failure that ends the process.
const kindCrash = "crash"

// An Example is a failure as one round saw it.
type Example struct {
	// Status is violated, or inconclusive for a death that nobody can explain.
	Status    report.Status `json:"status"`
	Kind      string        `json:"kind"`
	Message   string        `json:"message"`
	Signature string        `json:"signature"`
	// Round is the round that saw it, At the time of the soak, After the time since the round began.
	Round int           `json:"round"`
	At    time.Duration `json:"at_ns"`
	After time.Duration `json:"after_ns,omitempty"`
	Seed  report.Seed   `json:"seed"`
	// Count is how often the round saw it.
	Count int64 `json:"count"`
	// Steps, Clients and Switches measure the program and its schedule.
	Steps    int    `json:"steps,omitempty"`
	Clients  int    `json:"clients,omitempty"`
	Switches int    `json:"switches,omitempty"`
	Program  string `json:"program,omitempty"`
	Schedule string `json:"schedule,omitempty"`
	Evidence string `json:"evidence,omitempty"`
	// Reproduced of Replays replays failed again; Exact says that they are under control.
	Reproduced int  `json:"reproduced,omitempty"`
	Replays    int  `json:"replays,omitempty"`
	Exact      bool `json:"exact,omitempty"`
	// Case is the path of the saved case, or empty.
	Case string `json:"case,omitempty"`
}

// example describes an engine's failure.
func example(f *harness.Failure) *Example {
	return &Example{Status: report.Violated, Kind: f.Kind, Message: f.Message, Signature: f.Signature, After: f.After, Seed: report.Seed(f.Seed),
		Count: f.Count, Steps: len(f.Program), Clients: f.Program.Clients(), Switches: len(f.Schedule), Program: f.Program.String(),
		Schedule: f.Schedule.String(), Evidence: capped(f.Evidence), Reproduced: f.Reproduced, Replays: f.Replays, Exact: f.Exact}
}

// crashed describes the death of a process in a round.
func crashed(d *death, b *begin) *Example {
	x := &Example{Kind: kindCrash, Seed: b.Seed, Count: 1, Status: report.Inconclusive,
		Message: "the process ended twice in this round without last words: killed, out of memory, or os.Exit"}
	if d.LastWords != "" {
		x.Status, x.Evidence = report.Violated, capped(d.LastWords)
		x.Message, x.Signature = lastWords(d.LastWords)
	}
	x.Signature = cmp.Or(x.Signature, kindCrash+": "+x.Message)
	return x
}

// confirm turns a suspicion into a failure: a person may kill a soak twice in one round, but hardly twice again in the one round that has the same seed.
func (x *Example) confirm() {
	if x.Status == report.Inconclusive {
		x.Status = report.Violated
		x.Message = "the process ended in each of four tries without last words: killed, out of memory, or os.Exit"
		x.Signature = kindCrash + ": " + x.Message
	}
}

// lastWords names what the runtime said.
func lastWords(text string) (message, sig string) {
	for _, f := range signature.Parse([]byte(text), signature.ExitInfo{Code: 2}) {
		switch f.Kind {
		case signature.Panic, signature.Fatal, signature.Deadlock:
			return f.Title, kindCrash + ": " + f.Signature
		}
	}
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line, ""
}

// capped cuts a text.
func capped(s string) string {
	if len(s) <= maxEvidence {
		return s
	}
	return strings.ToValidUTF8(s[:maxEvidence], "") + "\n[cut]\n"
}

// A bucket holds what is known of one failure of one pair.
type bucket struct {
	pair                     int
	signature                string
	first, fastest, smallest *Example
	count                    int64
	// examples counts the rounds that told of it in full, rounds all that saw it.
	examples, rounds int
}

// add takes an example.
func (b *bucket) add(x *Example) {
	b.examples++
	if b.first == nil {
		b.first, b.fastest, b.smallest = x, x, x
	}
	if x.After < b.fastest.After {
		b.fastest = x
	}
	if smaller(x, b.smallest) {
		b.smallest = x
	}
}

// smaller compares examples by size; one without a program is larger than any.
func smaller(a, b *Example) bool {
	none := func(x *Example) int {
		if x.Steps == 0 {
			return 1
		}
		return 0
	}
	return cmp.Or(none(a)-none(b), a.Steps-b.Steps, a.Clients-b.Clients, a.Switches-b.Switches) < 0
}

// better reports whether an example is worth keeping: the first of its bucket, or a faster or smaller one.
func (b *bucket) better(x *Example) bool {
	return b == nil || b.first == nil || x.After < b.fastest.After || smaller(x, b.smallest)
}

// A Rate estimates how often something fails.
type Rate struct {
	// Failed of Runs failed; Unit says what a run is: a history or a round.
	Failed int64  `json:"failed"`
	Runs   int64  `json:"runs"`
	Unit   string `json:"unit"`
	// Low and High bound the probability with 95 % confidence, by the method of Clopper and Pearson.
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// The units of a rate.
const (
	unitHistory = "history"
	unitRound   = "round"
)

// rate returns how often a bucket's failure happens. Stress and chaos run a number of histories that does not depend on what they find, so that
// the unit is a history; check stops at its first find, so that only whole rounds can be counted, and so it is with crashes.
func (b *bucket) rate(p *pairState) Rate {
	r := Rate{Failed: int64(b.rounds), Runs: int64(p.rounds), Unit: unitRound}
	if p.Engine != harness.Check && b.first != nil && b.first.Kind != kindCrash {
		r = Rate{Failed: b.count, Runs: p.sum.Histories, Unit: unitHistory}
	}
	i := stats.ClopperPearson(int(r.Failed), int(r.Runs), 0.95)
	r.Low, r.High = i.Low, i.High
	return r
}
