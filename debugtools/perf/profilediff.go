package perf

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/harness/stats"
)

// A ProfileDiff is what changed between two profiles of one kind, by function.
type ProfileDiff struct {
	Kind ProfileKind `json:"kind"`
	Old  *Profile    `json:"-"`
	New  *Profile    `json:"-"`
	Rows []DiffRow   `json:"rows"` // largest change first
}

// A DiffRow is one function in two profiles: its share of all time (of goroutines and threads: of their number), and the mean of its waits.
type DiffRow struct {
	Func    string        `json:"func"`
	Old     float64       `json:"old_share"`
	New     float64       `json:"new_share"`
	OldMean time.Duration `json:"old_mean_ns,omitempty"`
	NewMean time.Duration `json:"new_mean_ns,omitempty"`
	// Sure is set in CPU profiles if the intervals of 95 % of both shares do not meet. It is not set in others, which hold no samples but sums.
	Sure bool `json:"sure"`
}

// grown is by how much of all time a share must grow to be a finding.
const grown = 0.05

// DiffProfiles compares two profiles. It returns an error if they are of different kinds.
func DiffProfiles(old, new *Profile) (*ProfileDiff, error) {
	if old.Kind != new.Kind && !(old.waiting() && new.waiting() && min(old.Count, new.Count) == 0) {
		return nil, fmt.Errorf("the first is a %s profile, the second a %s profile: nothing to compare", old.Kind, new.Kind)
	}
	d := &ProfileDiff{Kind: old.Kind, Old: old, New: new}
	a, b := old.byFunction(), new.byFunction()
	for name := range merged(a, b) {
		d.Rows = append(d.Rows, diffRow(name, old, new, a[name], b[name]))
	}
	slices.SortFunc(d.Rows, func(x, y DiffRow) int {
		return cmp.Or(cmp.Compare(math.Abs(y.New-y.Old), math.Abs(x.New-x.Old)), cmp.Compare(x.Func, y.Func))
	})
	return d, nil
}

// waiting reports whether a profile is of mutexes or blocking: one that is empty may be either.
func (p *Profile) waiting() bool { return p.Kind == MutexProfile || p.Kind == BlockProfile }

// byFunction adds up places by function.
func (p *Profile) byFunction() map[string]*Place {
	sums := map[string]*Place{}
	for _, at := range p.Places {
		s := sums[at.Frame.Func]
		if s == nil {
			s = &Place{Frame: Frame{Func: at.Frame.Func}}
			sums[at.Frame.Func] = s
		}
		s.Count += at.Count
		s.Time += at.Time
	}
	return sums
}

// merged returns the keys of both maps.
func merged(a, b map[string]*Place) map[string]bool {
	keys := map[string]bool{}
	for _, m := range []map[string]*Place{a, b} {
		for k := range m {
			keys[k] = true
		}
	}
	return keys
}

// diffRow compares one function, which may be missing on a side.
func diffRow(name string, old, new *Profile, a, b *Place) DiffRow {
	if a == nil {
		a = &Place{}
	}
	if b == nil {
		b = &Place{}
	}
	row := DiffRow{Func: name, Old: old.part(a), New: new.part(b)}
	switch old.Kind {
	case MutexProfile, BlockProfile: // of an empty one the other knows which
		row.OldMean, row.NewMean = a.mean(), b.mean()
	case CPUProfile:
		x := stats.ClopperPearson(int(a.Count), int(old.Count), benchConfidence)
		y := stats.ClopperPearson(int(b.Count), int(new.Count), benchConfidence)
		row.Sure = x.High < y.Low || y.High < x.Low
	}
	return row
}

// part returns the share of a place.
func (p *Profile) part(at *Place) float64 {
	if p.Time > 0 {
		return share(at.Time, p.Time)
	}
	if p.Count > 0 {
		return float64(at.Count) / float64(p.Count)
	}
	return 0
}

// Findings names what has grown by 5 % of all time or more, most important first. For CPU profiles only differences count that sampling does not explain.
func (d *ProfileDiff) Findings() []finding.Finding {
	var all []finding.Finding
	for _, row := range d.Rows {
		if row.New-row.Old < grown || d.Kind == CPUProfile && !row.Sure {
			continue
		}
		f := likely("grown", 0.7, time.Duration((row.New-row.Old)*float64(max(d.New.Time, time.Duration(d.New.Count)))),
			fmt.Sprintf("%s has grown from %s to %s of the %s profile", orUnknown(row.Func), percent(row.Old), percent(row.New), d.Kind), "")
		if row.NewMean > 0 {
			f.Evidence = append(f.Evidence, fmt.Sprintf("one wait took %s on average, now %s", short(row.OldMean), short(row.NewMean)))
		}
		if d.Kind != CPUProfile {
			f.Confidence = 0.5
		}
		all = append(all, f)
	}
	finding.Sort(all)
	return all
}

// WriteText writes a difference for people: findings, then the functions that changed most. It returns the first error of w.
func (d *ProfileDiff) WriteText(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "difference of two %s profiles: %s, then %s\n\n", d.Kind, d.Old.total(), d.New.total())
	finding.Write(b, d.Findings())
	fmt.Fprintf(b, "%8s %8s %8s  %s\n", "old", "new", "points", "function")
	for _, row := range d.Rows[:min(len(d.Rows), hotPlaces)] {
		fmt.Fprintf(b, "%8s %8s %+8.1f  %s\n", percent(row.Old), percent(row.New), 100*(row.New-row.Old), orUnknown(row.Func))
	}
	return b.Flush()
}
