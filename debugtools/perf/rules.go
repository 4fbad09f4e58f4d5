package perf

import (
	"time"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
)

// Findings says what costs the program its time, most important first. Nothing here is Proved: a trace shows where time goes, not whether it should.
// A program without a bottleneck has findings of certainty Note at most. The same trace gives the same findings.
func (t *Trace) Findings() []finding.Finding {
	var all []finding.Finding
	if t.Duration <= 0 {
		return nil
	}
	rules := []func() []finding.Finding{
		t.lockFindings, t.consumerFindings, t.starvedFindings, t.lateFindings, t.collectorFindings, t.stopFindings, t.syscallFindings, t.tinyFindings,
		t.idleNotes, t.processorNotes,
	}
	for _, rule := range rules {
		all = append(all, rule()...)
	}
	finding.Sort(all)
	return all
}

// average returns how many goroutines were somewhere on average, of the time they spent there in sum.
func (t *Trace) average(sum time.Duration) float64 { return share(sum, t.Duration) }

// likely returns a finding that names a cost.
func likely(kind string, confidence float64, weight time.Duration, title, fix string, evidence ...string) finding.Finding {
	return finding.Finding{
		Kind: kind, Certainty: finding.Likely, Confidence: confidence, Title: title, Evidence: evidence, Fix: fix, Weight: float64(weight),
	}
}

// note returns a finding that explains.
func note(kind string, weight time.Duration, title string, evidence ...string) finding.Finding {
	return finding.Finding{Kind: kind, Certainty: finding.Note, Confidence: 1, Title: title, Evidence: evidence, Weight: float64(weight)}
}
