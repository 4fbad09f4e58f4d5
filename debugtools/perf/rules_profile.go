package perf

import (
	"fmt"
	"time"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/harness/stats"
)

const (
	// hotPlaces is how many places a text shows.
	hotPlaces = 10
	// profileWaits and profileWait make a lock a finding in a profile that does not say how long it was measured: many waits, each longer on average than
	// the 1 ms after which sync.Mutex hands over in order of arrival.
	profileWaits = 10
	profileWait  = time.Millisecond
	profileShare = 0.2
)

// Findings says what stands out in a profile, most important first. A share of a CPU profile is a finding if the lower end of its interval of 95 %
// (Clopper and Pearson) is above the threshold, so that a profile of few samples accuses nobody.
func (p *Profile) Findings() []finding.Finding {
	var all []finding.Finding
	switch p.Kind {
	case CPUProfile:
		all = p.classFindings()
	case MutexProfile, BlockProfile:
		all = append(p.waitFindings(), p.waitNote()...)
	}
	finding.Sort(all)
	return all
}

// classFindings judges the work of the runtime.
func (p *Profile) classFindings() []finding.Finding {
	var all []finding.Finding
	for _, m := range meanings {
		for _, c := range p.Classes {
			if c.Name != m.class {
				continue
			}
			between := stats.ClopperPearson(int(c.Count), int(p.Count), benchConfidence)
			if between.Low < m.from {
				continue
			}
			f := likely("cpu-"+m.class, 0.8, c.Time, fmt.Sprintf("%s of the processor time %s", percent(share(c.Time, p.Time)), m.title), m.fix,
				fmt.Sprintf("%d of %d samples: between %s and %s", c.Count, p.Count, percent(between.Low), percent(between.High)))
			if m.note {
				f.Certainty, f.Confidence = finding.Note, 1
			}
			all = append(all, f)
		}
	}
	return all
}

// waitFindings finds locks for which goroutines wait long.
func (p *Profile) waitFindings() []finding.Finding {
	var all []finding.Finding
	for _, at := range p.Places {
		lock := at.Wait.IsLock() || p.Kind == MutexProfile
		if !lock || at.Count < profileWaits || at.mean() < profileWait || share(at.Time, p.Time) < profileShare {
			continue
		}
		where := "for locks that are taken at"
		if p.Kind == MutexProfile {
			where = "for locks that are given back at"
		}
		evidence := []string{fmt.Sprintf("%d contentions, %s in sum, on average %s", at.Count, short(at.Time), short(at.mean()))}
		if p.Duration > 0 {
			evidence = append(evidence, fmt.Sprintf("on average %s goroutines waited in the %s that were measured",
				digits(share(at.Time, p.Duration)), short(p.Duration)))
		}
		all = append(all, likely("contended-lock", 0.75, at.Time,
			fmt.Sprintf("%s of all waiting is %s %s, %s each time", percent(share(at.Time, p.Time)), where, at.Frame, short(at.mean())),
			"do less while the lock is held, or split it", evidence...))
	}
	return all
}

// waitNote says how waiting splits by what was waited for. A mutex profile knows locks only.
func (p *Profile) waitNote() []finding.Finding {
	if p.Kind != BlockProfile || p.Time == 0 {
		return nil
	}
	var sums [Kinds]time.Duration
	for _, at := range p.Places {
		sums[at.Wait] += at.Time
	}
	var evidence []string
	for range sums {
		best := Other
		for k, d := range sums {
			if d > sums[best] {
				best = Kind(k)
			}
		}
		if sums[best] > 0 {
			evidence = append(evidence, fmt.Sprintf("%s: %s (%s)", best, short(sums[best]), percent(share(sums[best], p.Time))))
		}
		sums[best] = 0
	}
	title := fmt.Sprintf("goroutines were blocked for %s in sum; much of that may be waiting for work", short(p.Time))
	return []finding.Finding{note("blocked", p.Time, title, evidence...)}
}
